package policy

import (
	"fmt"

	"takt/engine"
)

// HeadPrior is what is believed of a head before data: independent normal parameters. Features are
// of order one, so a standard deviation is an effect in the head's own unit: the logit for Resolve, a
// share for Amount, a probability for Complaint and Churn.
type HeadPrior struct {
	Mean   float64 `json:"mean"`   // of the base constant: the head's level for an average contact
	Hold   float64 `json:"hold"`   // mean of the hold constant: how hold differs from a contact
	Noise  float64 `json:"noise"`  // residual variance before data; of Resolve, which is logistic, not used
	Weight float64 `json:"weight"` // rows that the mean and noise count for when the noise is estimated

	Base   float64    `json:"base"`    // standard deviation of the base constant
	BaseX  float64    `json:"base_x"`  // of base weights
	HoldSD float64    `json:"hold_sd"` // of the hold constant
	HoldX  float64    `json:"hold_x"`  // of hold weights
	Level  [4]float64 `json:"level"`   // of a level's constant, by factor (channel, tone, slot, offer): main effects are shrunk weakly
	LevelX [4]float64 `json:"level_x"` // of a level's weights: interactions with the context are shrunk strongly
	Pairs  [5]float64 `json:"pairs"`   // of the entries of a pair table: channel×tone, channel×slot, tone×slot, channel×offer, tone×offer
	Group  float64    `json:"group"`   // of what a portfolio or segment adds to base and hold
	GroupX float64    `json:"group_x"` // of what it adds to a level's constant
	Own    float64    `json:"own"`     // of the weights of features about a level itself, such as answers on the channel, shared by all levels
}

// PriorSpec is the prior of all heads and the width of exploration.
type PriorSpec struct {
	Heads [Heads]HeadPrior `json:"heads"`
	Scale float64          `json:"scale"` // multiplies the posterior's standard deviation in draws; 1 is Thompson sampling
}

// DefaultPrior is a cautious creditor's belief: three in ten debtors settle within the horizon
// after a contact and two in ten without, most settle in full, and complaints are rare. The levels are
// near the 28-day figures of uncontacted and once-contacted cases of public trials; data overrules
// them within some hundred decisions.
//
// The deviations are what the evidence (package learner, Estimate) finds most probable in simulated
// worlds 1 to 5, rounded: what a debtor did on a channel before, and which channel it is, counts most; tones, slots and
// offers differ by a few hundredths of a logit, and more in pairs than alone (a plan needs a tone that lets one ask
// for it). Amounts vary less in the worlds than in life, so theirs are wider. Draws are a quarter as
// wide as the posterior: with hundreds of actions the best of 32 draws is otherwise mostly the luckiest, and the floor explores
// as well (better than half in five of seven seeds of base, by .02 of the gap to the oracle on average).
func DefaultPrior() PriorSpec {
	return PriorSpec{Scale: .25, Heads: [Heads]HeadPrior{
		Resolve: {Mean: -.85, Hold: -.5, Noise: 1, Weight: 20, Base: .8, BaseX: .65, HoldSD: .6, HoldX: .07, Group: .3, GroupX: .05, Own: .55,
			Level: [4]float64{.1, .03, .015, .03}, LevelX: [4]float64{.05, .009, .008, .008}, Pairs: [5]float64{.03, .03, .02, .03, .035}},
		Amount: {Mean: .98, Hold: 0, Noise: .02, Weight: 20, Base: .1, BaseX: .01, HoldSD: .02, HoldX: .003, Group: .05, GroupX: .002, Own: .005,
			Level: [4]float64{.005, .005, .005, .005}, LevelX: [4]float64{.001, .001, .001, .001}, Pairs: [5]float64{.002, .002, .002, .002, .002}},
		Complaint: {Mean: .003, Hold: -.003, Noise: .003, Weight: 200, Base: .01, BaseX: .006, HoldSD: .005, HoldX: .003, Group: .003, GroupX: .0007, Own: .002,
			Level: [4]float64{.002, .0025, .0005, .001}, LevelX: [4]float64{.0005, .0007, .0002, .0003}, Pairs: [5]float64{.0025, .002, .0015, .0012, .0016}},
		Churn: {Mean: .02, Hold: 0, Noise: .02, Weight: 100, Base: .05, BaseX: 1, HoldSD: .02, HoldX: .003, Group: .02, GroupX: .0006, Own: .002,
			Level: [4]float64{.001, .001, .0003, .0003}, LevelX: [4]float64{.0006, .0005, .0004, .0003}, Pairs: [5]float64{.0016, .0012, .001, .0007, .001}},
	}}
}

// The blocks of a head: parameters of one block share a prior deviation. Behind these come a level's
// constants and weights and the pair tables, one block per factor and table.
const (
	blockBase = iota
	blockBaseX
	blockHold
	blockHoldX
	blockLevel                    // 4 factors
	blockLevelX = blockLevel + 4  // 4 factors
	blockPairs  = blockLevelX + 4 // 5 tables
	blockGroup  = blockPairs + 5  // columns of groups in base and hold
	blockGroupX = blockGroup + 1  // in a level's row
	BlockOwn    = blockGroupX + 1 // weights that the learner shares between levels; no parameters of a Layout
	Blocks      = BlockOwn + 1    // how many there are
)

// Deviation is the prior deviation of a block.
func (v *HeadPrior) Deviation(block int) *float64 {
	switch {
	case block == BlockOwn:
		return &v.Own
	case block == blockGroupX:
		return &v.GroupX
	case block == blockGroup:
		return &v.Group
	case block >= blockPairs:
		return &v.Pairs[block-blockPairs]
	case block >= blockLevelX:
		return &v.LevelX[block-blockLevelX]
	case block >= blockLevel:
		return &v.Level[block-blockLevel]
	}
	return [...]*float64{&v.Base, &v.BaseX, &v.HoldSD, &v.HoldX}[block]
}

// BlockOf gives the block of each parameter; len(dst) = l.Params().
func (l Layout) BlockOf(dst []uint8) []uint8 {
	w := l.Width()
	for row := range l.Rows() {
		constant := 2 * row // base and hold
		weight, group := constant+1, blockGroup
		if row >= rowLevels {
			f := l.factor(row)
			constant, weight, group = blockLevel+f, blockLevelX+f, blockGroupX
		}
		r := dst[row*w : row*w+w]
		for j := range r {
			if r[j] = uint8(weight); j > l.Features {
				r[j] = uint8(group)
			}
		}
		r[0] = uint8(constant)
	}
	tables := [...]int{l.pairCT(), l.pairCS(), l.pairTS(), l.pairCO(), l.pairTO(), l.Params()}
	for t, first := range tables[:len(tables)-1] {
		for i := first; i < tables[t+1]; i++ {
			dst[i] = uint8(blockPairs + t)
		}
	}
	return dst
}

// Fill writes prior mean and standard deviation of each parameter of head h, len(mean) = len(sd) = l.Params().
func (p *PriorSpec) Fill(l Layout, h Head, mean, sd []float64) {
	v := &p.Heads[h]
	for i, block := range l.BlockOf(make([]uint8, len(sd))) {
		sd[i] = *v.Deviation(int(block))
	}
	clear(mean)
	mean[rowBase*l.Width()], mean[rowHold*l.Width()] = v.Mean, v.Hold
}

// Aspects gives what each parameter is about; len(dst) = l.Params().
func (l Layout) Aspects(dst []Aspects) []Aspects {
	for i := range dst {
		dst[i] = AboutBase
		if row := i / l.Width(); row >= rowLevels {
			dst[i] = AboutChannel << l.factor(min(row, l.Rows()-1))
		}
	}
	tables := [...]int{l.pairCT(), l.pairCS(), l.pairTS(), l.pairCO(), l.pairTO(), l.Params()}
	about := [...]Aspects{AboutChannel | AboutTone, AboutChannel | AboutSlot, AboutTone | AboutSlot, AboutChannel | AboutOffer, AboutTone | AboutOffer}
	for t, a := range about {
		for i := tables[t]; i < tables[t+1]; i++ {
			dst[i] = a
		}
	}
	return dst
}

// Aspects are what a parameter is about: how debtors pay whatever is done, or how they react to levels of factors.
type Aspects uint8

// The aspects.
const (
	AboutBase Aspects = 1 << iota
	AboutChannel
	AboutTone
	AboutSlot
	AboutOffer
)

// Prior is the bandit before any data: the snapshot a new tenant starts with, by spec or, without one, by
// DefaultPrior. Its draws come from a seed that is fixed by the tenant's id, so the same configuration gives
// the same snapshot.
func Prior(t *engine.Tenant, spec *PriorSpec, schema, features int) (*engine.Snapshot, error) {
	if spec == nil {
		d := DefaultPrior()
		spec = &d
	}
	h := engine.Header{Tenant: t.ID, Version: "prior", Grid: t.Grid.String(), Schema: schema, Features: features,
		Seed: engine.FNV1a("takt/prior/1", t.ID), Reward: t.Reward, Denied: t.Denied.Names}
	w := PriorWeights(NewLayout(&t.Grid, features), spec, h.Seed)
	w.Drop(t.Denied.At)
	b, err := Encode(h, spec, w)
	if err != nil {
		return nil, fmt.Errorf("build the prior of tenant %s: %w", t.ID, err)
	}
	return Open(b)
}
