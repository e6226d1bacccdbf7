package learner

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// state is what learning has come to: the fold of all blocks so far. Nothing in it depends on when, or how
// often, it was asked for a snapshot.
type state struct {
	tenant   *engine.Tenant // for the names of its channels
	shape    shape
	groups   []engine.Group
	spec     policy.PriorSpec // with the precisions of the last review
	believed policy.PriorSpec // before data
	rows     int
	first    *row // the first example
	differ   bool // another one differed from it

	portfolio *string // of the first example

	resolve *normal // weighted by the logistic working weights
	old     *normal // resolve as of the last review, after forgetting
	amount  *normal // of settled examples
	rare    *normal // targets: complaint, churn
	spare   *normal // of scratch; nil before its first use
	totals  [policy.Heads]totals
	delays  *delays

	mean       []float64               // of resolve, all parameters
	oldMean    []float64               // as of the last review
	others     [policy.Heads][]float64 // means of the linear heads as of the last review, all parameters
	reviewed   int                     // rows at the last review
	anew       int                     // rows at the last alarm or forgetting
	alarm      alarm
	dispersion dispersion // of the resolve head
	outlook    *outlook
	forgot     []Forgetting
}

// totals are sums of a head over all its examples.
type totals struct{ n, sum, square float64 }

// errSingular is returned where a precision is not positive definite: numbers of absurd size.
var errSingular = errors.New("the precision matrix is not positive definite")

func newState(l shape, spec policy.PriorSpec, d *delays) *state {
	n := l.params()
	s := &state{shape: l, spec: spec, believed: spec, resolve: newNormal(n, 1), old: newNormal(n, 1), amount: newNormal(n, 1), rare: newNormal(n, 2), delays: d}
	s.mean, s.oldMean = make([]float64, n), make([]float64, n)
	s.prior(policy.Resolve, s.mean)
	copy(s.oldMean, s.mean)
	s.outlook = newOutlook(l.Features, &spec.Heads[policy.Resolve])
	s.alarm.lanes = make([]wager, 1+len(d.lanes))
	return s
}

// prior fills mean and gives the deviations of a head.
func (s *state) prior(h policy.Head, mean []float64) (sd []float64) {
	sd = make([]float64, len(mean))
	n := s.shape.Params()
	s.spec.Fill(s.shape.Layout, h, mean[:n], sd[:n])
	for i := n; i < len(sd); i++ {
		mean[i], sd[i] = 0, s.spec.Heads[h].Own
	}
	return sd
}

// of is the likelihood of a head and which of its targets.
func (s *state) of(h policy.Head) (n *normal, target int) {
	switch h {
	case policy.Resolve:
		return s.resolve, 0
	case policy.Amount:
		return s.amount, 0
	case policy.Complaint:
		return s.rare, 0
	}
	return s.rare, 1
}

// steps is how often a block's working weights are computed, each time at a better mean.
const steps = 2

// fold takes one block in, whose examples are final.
func (s *state) fold(rows []row) error {
	s.meet(rows)
	alarms := len(s.alarm.Raised)
	s.watch(rows)
	for i := range rows {
		s.delays.add(&rows[i])
	}
	if err := s.learn(rows); err != nil {
		return err
	}
	if alarms = len(s.alarm.Raised) - alarms; alarms > 0 || s.rows-s.reviewed >= max(firstReview, s.reviewed/2) || s.rows-s.reviewed >= max(longestSpan, s.rows/20) {
		return s.review(alarms > 0)
	}
	return nil
}

// learn adds examples, open ones among them, to the likelihoods.
func (s *state) learn(rows []row) error {
	s.contrast(rows)
	amount, rare := s.sumLinear(rows)
	s.amount.add(amount)
	s.rare.add(rare)
	s.rows += len(rows)
	if err := s.outlook.learn(rows); err != nil {
		return err
	}
	shares := s.delays.shares()
	for range steps - 1 {
		step := s.scratch(s.resolve)
		step.add(s.sumResolve(rows, shares))
		if err := s.solve(step); err != nil {
			return err
		}
	}
	s.resolve.add(s.sumResolve(rows, shares))
	return nil
}

// scratch is a copy of n, whose shape is that of resolve, to work on until the next one is made.
func (s *state) scratch(n *normal) *normal {
	if s.spare == nil || s.spare.d != n.d { // groups joined
		s.spare = newNormal(n.d, 1)
	}
	s.spare.copyFrom(n)
	return s.spare
}

// solve moves the resolve head's mean to the posterior of n.
func (s *state) solve(n *normal) error {
	sd := s.prior(policy.Resolve, s.mean)
	f, ok := n.posterior(0, s.noise(policy.Resolve), s.mean, sd)
	if !ok {
		return errSingular
	}
	f.spread(s.mean)
	return nil
}

// meanOf is the posterior mean of a linear head, all parameters.
func (s *state) meanOf(h policy.Head) ([]float64, error) {
	n, target := s.of(h)
	mean := make([]float64, n.d)
	sd := s.prior(h, mean)
	f, ok := n.posterior(target, s.noise(h), mean, sd)
	if !ok {
		return nil, fmt.Errorf("fit head %d: %w", h, errSingular)
	}
	f.spread(mean)
	return mean, nil
}

// contrast notes whether two examples differ at all: without, there is nothing to compare.
func (s *state) contrast(rows []row) {
	for i := range rows {
		e := &rows[i]
		switch {
		case s.first == nil:
			first := *e
			s.first = &first
		case s.differ:
			return
		default:
			s.differ = e.key != s.first.key || e.y != s.first.y || !slices.Equal(e.x, s.first.x)
		}
	}
}

// sorted are the keys in order.
func sorted(m map[uint64]float64) []uint64 { return slices.Sorted(maps.Keys(m)) }

// clone is a copy to lay open examples on. The spare matrix goes with it: no memory is held for it between trainings.
func (s *state) clone() *state {
	c := *s
	s.spare = nil
	c.resolve, c.amount, c.rare = newNormal(s.resolve.d, 1), newNormal(s.resolve.d, 1), newNormal(s.resolve.d, 2)
	c.resolve.copyFrom(s.resolve)
	c.amount.copyFrom(s.amount)
	c.rare.copyFrom(s.rare)
	c.mean, c.alarm.Raised = slices.Clone(s.mean), slices.Clip(s.alarm.Raised)
	c.groups = slices.Clone(s.groups)
	c.delays, c.outlook = s.delays.clone(), s.outlook.clone()
	return &c
}
