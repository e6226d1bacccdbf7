package learner

import (
	"fmt"
	"math"

	"takt/engine/policy"
)

// Online is the learner on any logged data, example by example: the same model, fold, precisions and draws as
// the dunning learner's, over one to four factors of any meaning. Rewards of 0 and 1 are learned by the logistic head,
// others by the linear one, in units of their scale.
//
//	l, err := learner.NewOnline([]int{7}, 12, 1, 0)
//	greedy, p := l.Propensities(x)     // before the example is learned
//	l.Learn(action, x, reward)
type Online struct {
	state   *state
	levels  []int
	head    policy.Head
	scale   float64
	seed    uint64
	pending []row
	weights *policy.Weights
	fresh   bool // weights are the state's
	counts  []float64
	values  []float64
	space   design
}

// NewOnline makes a learner that knows the prior alone. Levels are how many each factor has; an action is its levels'
// index with the last factor running fastest. With a scale of 0 rewards are 0 or 1, else they are of that order, such as
// the largest absolute value. Features are of order one.
func NewOnline(levels []int, features int, seed uint64, scale float64) (*Online, error) {
	if len(levels) < 1 || len(levels) > 4 || features < 0 || !(scale >= 0) {
		return nil, fmt.Errorf("%w: %d factors, %d features, scale %g; use 1 to 4 factors and numbers of at least 0", ErrOptions, len(levels), features, scale)
	}
	size := [4]int{}
	for i, n := range levels {
		if n < 1 {
			return nil, fmt.Errorf("%w: factor %d has %d levels", ErrOptions, i, n)
		}
		size[i] = n
	}
	spec := policy.DefaultPrior()
	for i := range spec.Heads[policy.Resolve].Level {
		spec.Heads[policy.Resolve].Level[i], spec.Heads[policy.Resolve].LevelX[i] = mainEffect, interaction
	}
	l := policy.Layout{Channels: size[0], Tones: size[1], Slots: size[2], Offers: size[3], Features: features}
	o := &Online{state: newState(shape{Layout: l}, spec, newDelays(size[0], oneDay)), levels: levels, scale: scale, seed: seed}
	if scale > 0 {
		o.head = policy.Amount
		h := &o.state.spec.Heads[policy.Amount]
		*h = o.state.spec.Heads[policy.Resolve]
		h.Mean, h.Noise = .5, .1
		for b := range policy.Blocks { // a logit is about a fifth of a share
			*h.Deviation(b) /= 5
		}
		o.state.believed = o.state.spec
	}
	o.counts, o.values = make([]float64, o.actions()), make([]float64, o.actions())
	return o, nil
}

// What a factor of unknown meaning is thought to do, in logits: about as much as which channel is used, and, for one
// debtor otherwise than for another, about as little as tones, slots and offers do (policy.DefaultPrior).
const (
	mainEffect  = .3
	interaction = .01
)

func (o *Online) actions() int {
	n := 1
	for _, k := range o.levels {
		n *= k
	}
	return n
}

// key is the action in levels.
func (o *Online) key(action int) key {
	at := [4]int16{policy.None, policy.None, policy.None, policy.None}
	for i := len(o.levels) - 1; i >= 0; i-- {
		at[i] = int16(action % o.levels[i])
		action /= o.levels[i]
	}
	return key{c: at[0], t: at[1], s: at[2], o: at[3]}
}

// Propensities are of the present posterior at x: the best action by posterior mean, and by action the share of the
// draws that like it best. The list is valid until the next call.
func (o *Online) Propensities(x []float32) (greedy int, thompson []float64) {
	if !o.fresh {
		o.refresh()
	}
	s, w := o.state, o.weights
	terms := s.terms(nil, &row{x: x})
	clear(o.counts)
	best := [policy.Lanes]int{}
	var top [policy.Lanes]float32
	var base score
	base.plus(w, 0, terms)
	for a := range o.counts {
		d := s.shape.of(o.key(a), &o.space)
		u := base
		for _, r := range d.rows[1:] { // the base is the same for all
			u.plus(w, r, terms)
		}
		for _, p := range d.singles {
			u.plus(w, p.param, terms[:1])
		}
		if o.values[a] = u.mean[o.head]; o.values[a] > o.values[greedy] {
			greedy = a
		}
		for m, v := range u.draw {
			if a == 0 || v > top[m] {
				top[m], best[m] = v, a
			}
		}
	}
	for _, a := range best {
		o.counts[a] += 1. / policy.Lanes
	}
	return greedy, o.counts
}

// score is an action's linear predictor: of each draw, and by posterior mean of each head.
type score struct {
	draw [policy.Lanes]float32
	mean [policy.Heads]float64
}

// plus adds the row of weights that starts at parameter first.
func (u *score) plus(w *policy.Weights, first int, terms []term) {
	for _, t := range terms {
		x := float32(t.x)
		for m, v := range w.Draws[(first+t.at)*policy.Lanes:][:policy.Lanes] {
			u.draw[m] += x * v
		}
		for h, v := range w.Means[(first+t.at)*policy.Heads:][:policy.Heads] {
			u.mean[h] += t.x * float64(v)
		}
	}
}

// refresh makes the weights the state's posterior.
func (o *Online) refresh() {
	s := o.state
	n, target := s.of(o.head)
	mean := make([]float64, n.d)
	sd := s.prior(o.head, mean)
	f, ok := n.posterior(target, s.noise(o.head), mean, sd)
	if !ok {
		f = nil
	}
	draws := make([]float64, n.d*policy.Lanes)
	f.draw(draws, mean, sd, s.spec.Scale, o.seed)
	f.spread(mean)
	o.weights, o.fresh = policy.NewWeights(s.shape.Layout), true
	for i, v := range draws {
		o.weights.Draws[i] = float32(v)
	}
	for i, v := range mean {
		o.weights.Means[i*policy.Heads+int(o.head)] = float32(v)
	}
}

// Learn takes an example in; the posterior changes when a block is full.
func (o *Online) Learn(action int, x []float32, reward float64) error {
	if action < 0 || action >= len(o.counts) || math.IsNaN(reward) || math.IsInf(reward, 0) || !finite(x) || len(x) > o.state.shape.Features ||
		o.scale == 0 && (reward < 0 || reward > 1) {
		return fmt.Errorf("%w: action %d of %d, %d of %d features, reward %g", ErrOptions, action, len(o.counts), len(x), o.state.shape.Features, reward)
	}
	e := row{key: o.key(action), x: append([]float32(nil), x...), closed: true, age: 1, settled: -1}
	e.y[policy.Resolve] = reward
	if o.scale > 0 {
		e.y = [policy.Heads]float64{policy.Resolve: 1, policy.Amount: reward / o.scale}
	}
	if o.pending = append(o.pending, e); len(o.pending) < min(o.state.blockRows(), max(20, o.state.rows/20)) {
		return nil
	}
	if err := o.state.fold(o.pending); err != nil {
		return err
	}
	o.pending, o.fresh = nil, false
	return nil
}
