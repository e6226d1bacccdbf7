package export

import (
	"math"
	"slices"
	"time"

	"takt/engine"
	"takt/features"
)

// Refusal is why a decision is no row of the table.
type Refusal string

// The refusals: what nobody can evaluate.
const (
	RefusedGrid       Refusal = "grid"       // its grid's text or the action's index is not readable
	RefusedPropensity Refusal = "propensity" // none in (0,1], or not the one that its votes and floor give
	RefusedContext    Refusal = "context"    // x is longer than the known features, or not finite
	RefusedTime       Refusal = "time"       // issued after the as-of instant
)

// row is one decision as the table shows it.
type row struct {
	d        *engine.Decision
	o        engine.Outcome
	eligible []int32   // by the plan's index
	p        []float64 // propensity of each eligible action
	action   int32
	levels   *Action
	reward   float64 // minor units; NaN unless the label is closed
	cost     float64 // minor units
}

// read takes a decision in, or says why it cannot.
func (r *row) read(p *Plan, d *engine.Decision, asOf time.Time) Refusal {
	g := p.grids[d.Grid]
	if g == nil || d.Chosen < 0 || d.Chosen >= g.Size() {
		return RefusedGrid
	}
	if d.IssuedAt.After(asOf) {
		return RefusedTime
	}
	if len(d.X) > len(p.Features) || d.Schema > features.Schema || !finite(d.X) {
		return RefusedContext
	}
	at, ok := slices.BinarySearch(d.Eligible, uint16(d.Chosen))
	var err error
	if r.p, err = d.PropensitiesOn(r.p, g.Grid); err != nil || !ok || !(d.Propensity > 0 && d.Propensity <= 1) {
		return RefusedPropensity
	}
	if math.Abs(r.p[at]-d.Propensity) > maxDrift {
		return RefusedPropensity
	}
	r.d, r.eligible = d, r.eligible[:0]
	for _, a := range d.Eligible {
		r.eligible = append(r.eligible, g.index[a])
	}
	r.action = g.index[d.Chosen]
	r.levels = &p.Actions[r.action]
	return ""
}

// maxDrift is how far the rebuilt propensity of the chosen action may lie from the logged one: they are
// the same bits on one version of the engine.
const maxDrift = 1e-9

// price fills what the outcome is worth. A label that is not closed has no reward: an open one is not zero.
func (r *row) price(reward *engine.Reward) {
	r.cost, r.reward = reward.Minor(r.o.CostMicro), math.NaN()
	if r.o.State == engine.LabelClosed {
		r.reward = reward.Earned(&r.o)
	}
}

func finite(x []float32) bool {
	for _, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return true
}
