package learner

import (
	"math"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// row is one learning example.
type row struct {
	key key
	x   []float32
	y   [policy.Heads]float64 // Amount counts only if Resolve is 1 and it is above 0
}

// key is what was done, in levels of today's grid; policy.None for a level that is not known.
type key struct {
	hold       bool
	c, t, s, o int16
}

// reader turns logs into rows.
type reader struct {
	options *Options
	rules   outcome.Rules
	grids   map[string]*mapping
	zones   features.Zones
	report  Report
}

func newReader(o *Options) *reader {
	return &reader{options: o, rules: outcome.Rules{Reward: &o.Tenant.Reward, Booking: o.Booking}, grids: map[string]*mapping{}}
}

// rows are the learning examples of one debtor; they share nothing with the log.
func (r *reader) rows(l *history.Log) []row {
	var rows []row
	for i := range l.Events {
		r.report.saw(l.Events[i].Seq)
	}
	for i := range l.Decisions {
		d := &l.Decisions[i]
		r.report.saw(d.Seq)
		r.report.Decisions++
		k, why := r.check(d)
		if why != "" {
			r.report.refuse(why)
			continue
		}
		o := r.rules.Label(l, d, r.options.AsOf)
		switch o.State {
		case engine.LabelOpen:
			r.report.Open++
		case engine.LabelMissing:
			r.report.miss(d.Action.Channel)
		case engine.LabelClosed:
			r.report.Closed++
			rows = append(rows, r.row(k, d, &o))
		}
	}
	return rows
}

func (r *reader) row(k key, d *engine.Decision, o *engine.Outcome) row {
	e := row{key: k, x: append([]float32(nil), d.X...)}
	e.y[policy.Resolve], e.y[policy.Complaint], e.y[policy.Churn] = one(o.Resolved), one(o.Complaint), one(o.Churn)
	e.y[policy.Amount] = min(o.CashMinor/float64(d.OpenMinor), policy.MaxShare)
	return e
}

// check gives the action of a decision that may be learned, or why it may not.
func (r *reader) check(d *engine.Decision) (key, Refusal) {
	switch {
	case d.Mode != engine.Live:
		return key{}, RefusedShadow
	case d.Kind != engine.KindContact && d.Kind != engine.KindHold:
		return key{}, RefusedKind
	case len(d.Eligible) < 2 && !r.options.Forced:
		return key{}, RefusedForced
	case d.IssuedAt.After(r.options.AsOf):
		return key{}, RefusedTime
	case d.Schema > r.options.Schema || len(d.X) == 0 || len(d.X) > r.options.Features || !finite(d.X):
		return key{}, RefusedContext
	case !(d.Propensity > 0 && d.Propensity <= 1):
		return key{}, RefusedPropensity
	case d.OpenMinor <= 0:
		return key{}, RefusedAmount
	case (d.Kind == engine.KindHold) != (d.Chosen == engine.Hold):
		return key{}, RefusedKind
	}
	return r.mapping(d.Grid).key(d.Chosen)
}

func finite(x []float32) bool {
	for _, v := range x {
		if math.IsNaN(float64(v)) || math.Abs(float64(v)) > maxContext {
			return false
		}
	}
	return true
}

// maxContext bounds a feature: features are of order one, so more is a defect.
const maxContext = 1e4

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
