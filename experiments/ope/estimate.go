package ope

import (
	"errors"
	"fmt"
	"math"
)

// ErrRules says that two accumulators of different rules or parameters were to be merged.
var ErrRules = errors.New("accumulators of different rules do not merge")

func same(a, b Rule) error {
	if a == nil {
		a = IPS{}
	}
	if b == nil {
		b = IPS{}
	}
	if a != b {
		return fmt.Errorf("%w: %T%+v and %T%+v", ErrRules, a, a, b, b)
	}
	return nil
}

// Estimate runs a rule through a log of independent rows. The zero value is IPS, ready.
type Estimate struct {
	Rule    Rule // defaults to IPS; not changed after the first Add
	moments moments
	lo, hi  float64 // the least and the largest C
}

// Add takes one row; an error (a [FieldError]) leaves the estimate as it was.
func (e *Estimate) Add(s Sample) error {
	p, err := part(e.Rule, &s)
	if err == nil {
		e.add(p)
	}
	return err
}

// AddPair adds what policy a would have earned more than policy b on one logged row: the estimate
// is then V(a) − V(b), its interval far narrower than the two apart. Plain means only.
func (e *Estimate) AddPair(a, b Sample) error {
	p, err := pair(e.Rule, &a, &b)
	if err == nil {
		e.add(p)
	}
	return err
}

func (e *Estimate) add(p Part) {
	if e.moments.n == 0 {
		e.lo, e.hi = p.C, p.C
	}
	e.lo, e.hi = min(e.lo, p.C), max(e.hi, p.C)
	e.moments.add(p)
}

// Merge adds another shard of the log; the result does not depend on the shards but for rounding.
func (e *Estimate) Merge(o *Estimate) error {
	if err := same(e.Rule, o.Rule); err != nil || o.moments.n == 0 {
		return err
	}
	if e.moments.n == 0 {
		e.lo, e.hi = o.lo, o.hi
	}
	e.lo, e.hi = min(e.lo, o.lo), max(e.hi, o.hi)
	e.moments.merge(&o.moments)
	return nil
}

// N is the number of rows.
func (e *Estimate) N() int { return int(e.moments.n) }

// Value is the estimate, in units of the reward; false without rows, or without any weight where
// the rule divides by the sum of weights.
func (e *Estimate) Value() (float64, bool) { return e.moments.value() }

// StdErr is the standard error of the value, √(s²/n) with s² as in [Estimate.Gaussian].
func (e *Estimate) StdErr() (float64, bool) {
	v, ok := e.moments.variance()
	if !ok {
		return 0, false
	}
	return math.Sqrt(v / e.moments.n), true
}
