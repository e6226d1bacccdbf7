package policy

import (
	"fmt"
	"math"

	"takt/engine"
)

// HeadPrior is what is believed of a head before data: independent normal parameters. Features are
// of order one, so a standard deviation is an effect in the head's own unit.
type HeadPrior struct {
	Mean   float64 `json:"mean"`   // of the base constant: the head's level for an average contact
	Hold   float64 `json:"hold"`   // mean of the hold constant: how hold differs from a contact
	Noise  float64 `json:"noise"`  // residual variance before data
	Weight float64 `json:"weight"` // rows that the mean and noise count for when the noise is estimated

	Base    float64 `json:"base"`     // standard deviation of the base constant
	BaseX   float64 `json:"base_x"`   // of base weights
	HoldSD  float64 `json:"hold_sd"`  // of the hold constant
	HoldX   float64 `json:"hold_x"`   // of hold weights
	Level   float64 `json:"level"`    // of a level's constant: main effects are shrunk weakly
	LevelX  float64 `json:"level_x"`  // of a level's weights: interactions with the context are shrunk strongly
	PairsSD float64 `json:"pairs_sd"` // of pair table entries
}

// PriorSpec is the prior of all heads and the width of exploration.
type PriorSpec struct {
	Heads [Heads]HeadPrior `json:"heads"`
	Scale float64          `json:"scale"` // multiplies the posterior's standard deviation in draws; 1 is Thompson sampling
}

// DefaultPrior is a cautious creditor's belief: three in ten debtors settle within the horizon
// after a contact and two without, most settle in full, and complaints are rare. The levels are
// near the 28-day figures of uncontacted and once-contacted cases of public trials; data overrules
// them within some hundred decisions.
func DefaultPrior() PriorSpec {
	return PriorSpec{Scale: 1, Heads: [Heads]HeadPrior{
		Resolve: {Mean: .3, Hold: -.1, Noise: .2, Weight: 20,
			Base: .2, BaseX: .08, HoldSD: .1, HoldX: .03, Level: .06, LevelX: .025, PairsSD: .03},
		Amount: {Mean: .98, Hold: 0, Noise: .02, Weight: 20,
			Base: .1, BaseX: .03, HoldSD: .02, HoldX: .01, Level: .02, LevelX: .01, PairsSD: .01},
		Complaint: {Mean: .003, Hold: -.003, Noise: .003, Weight: 200,
			Base: .01, BaseX: .005, HoldSD: .005, HoldX: .003, Level: .005, LevelX: .003, PairsSD: .003},
		Churn: {Mean: .02, Hold: 0, Noise: .02, Weight: 100,
			Base: .05, BaseX: .02, HoldSD: .02, HoldX: .01, Level: .01, LevelX: .005, PairsSD: .005},
	}}
}

// Validate reports a prior that gives no proper model: a deviation or noise that is not above 0, or a number that is not finite.
func (p *PriorSpec) Validate() error {
	if !(p.Scale >= 0 && p.Scale <= 100) {
		return fmt.Errorf("prior scale %v: use 0 to 100", p.Scale)
	}
	for h, v := range p.Heads {
		for _, f := range []float64{v.Noise, v.Weight, v.Base, v.BaseX, v.HoldSD, v.HoldX, v.Level, v.LevelX, v.PairsSD} {
			if !(f > 0 && f < 1e6) {
				return fmt.Errorf("prior of head %d: deviations, noise and weight must be above 0, have %v", h, f)
			}
		}
		if !(math.Abs(v.Mean) < 1e6 && math.Abs(v.Hold) < 1e6) {
			return fmt.Errorf("prior of head %d: means %v and %v are out of range", h, v.Mean, v.Hold)
		}
	}
	return nil
}

// Fill writes prior mean and standard deviation of each parameter of head h, len(mean) = len(sd) = l.Params().
func (p *PriorSpec) Fill(l Layout, h Head, mean, sd []float64) {
	v, w := &p.Heads[h], l.Width()
	clear(mean)
	for row := range l.Rows() {
		constant, weight := v.Level, v.LevelX
		switch row {
		case rowBase:
			constant, weight = v.Base, v.BaseX
		case rowHold:
			constant, weight = v.HoldSD, v.HoldX
		}
		r := sd[row*w : row*w+w]
		for j := range r {
			r[j] = weight
		}
		r[0] = constant
	}
	for i := l.pairCT(); i < len(sd); i++ {
		sd[i] = v.PairsSD
	}
	mean[rowBase*w], mean[rowHold*w] = v.Mean, v.Hold
}

// Prior is the bandit before any data: the snapshot a new tenant starts with. Its draws come from a seed
// that is fixed by the tenant's id, so the same configuration gives the same snapshot.
func Prior(t *engine.Tenant, schema, features int) (*engine.Snapshot, error) {
	spec := DefaultPrior()
	h := engine.Header{Tenant: t.ID, Version: "prior", Grid: t.Grid.String(), Schema: schema, Features: features,
		Seed: engine.FNV1a("takt/prior/1", t.ID), Reward: t.Reward}
	l := NewLayout(&t.Grid, features)
	b, err := Encode(h, &spec, PriorWeights(l, &spec, h.Seed))
	if err != nil {
		return nil, fmt.Errorf("build the prior of tenant %s: %w", t.ID, err)
	}
	return Open(b)
}
