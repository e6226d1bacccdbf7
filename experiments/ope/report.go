package ope

import (
	"errors"
	"fmt"
	"math"
)

// Report is what an [Audit] found.
type Report struct {
	N           int           `json:"n"`
	WeightSum   float64       `json:"weight_sum"` // Σw, about N
	WeightZ     float64       `json:"weight_z"`   // (Σw−N)/√(N·var w): beyond ±4 propensities or support are wrong
	ESS         float64       `json:"ess"`        // effective sample size, in [0,N]
	MaxWeight   float64       `json:"max_weight"`
	Unsupported float64       `json:"unsupported"` // share of the policy on actions of propensity 0: no log can judge it. Needs Log and Eval
	Actions     []Calibration `json:"actions,omitempty"`
}

// Calibration compares what was drawn of one action with what the propensities say.
type Calibration struct {
	N          int     `json:"n"`
	Share      float64 `json:"share"`      // N/rows
	Propensity float64 `json:"propensity"` // mean of pLog(a|x) over all rows; without Log the harmonic mean over the rows that took a
	Eval       float64 `json:"eval"`       // mean of pEval(a|x); 0 without Eval
	// Z is (N−Σp)/√Σp(1−p) with Log, else (Σ1/p − rows)/√Σ(1−p)/p² over the rows that took the action
	// (Horvitz-Thompson; an action not always eligible then reads low). Beyond ±4 the log is wrong.
	Z         float64 `json:"z"`
	Supported bool    `json:"supported"` // logged at least once
}

// Value is the report so far.
func (a *Audit) Value() Report {
	w := &a.weights
	r := Report{N: w.N(), WeightSum: w.sum, ESS: w.ESS(), MaxWeight: w.largest, Actions: make([]Calibration, len(a.actions))}
	if w.n == 0 {
		return r
	}
	r.Unsupported = a.unsupported / w.n
	r.WeightZ = score(w.sum-w.n, w.squares-w.sum*w.sum/w.n)
	for i, t := range a.actions {
		c := Calibration{N: int(t.n), Share: t.n / w.n, Eval: t.eval / w.n, Supported: t.n > 0}
		switch {
		case a.full:
			c.Propensity, c.Z = t.p/w.n, score(t.n-t.p, t.pq)
		case t.n > 0:
			c.Propensity, c.Z = t.n/t.ip, score(t.ip-w.n, t.spread)
		}
		r.Actions[i] = c
	}
	return r
}

// score is a difference in standard deviations, finite: 0 where nothing differs, ± the largest number
// where nothing was random and yet something differs.
func score(difference, variance float64) float64 {
	switch {
	case math.Abs(difference) <= 1e-9:
		return 0
	case variance <= 0:
		return math.Copysign(math.MaxFloat64, difference)
	}
	return difference / math.Sqrt(variance)
}

// ErrNotEstimable says that a log cannot carry an estimate of this policy: show none, nor an interval.
var ErrNotEstimable = errors.New("not estimable from this log")

// Limits beyond which nothing is estimated.
type Limits struct {
	ESS         float64 `json:"ess"` // least effective sample size; defaults to 100
	WeightShare float64 // largest share of Σw in one row; defaults to .05
	Unsupported float64 `json:"unsupported"` // largest share of the policy without support; defaults to .01
}

// Filled is the limits with their defaults.
func (l Limits) Filled() Limits {
	return Limits{or(l.ESS, 100), or(l.WeightShare, .05), or(l.Unsupported, .01)}
}

// Estimable is nil, or [ErrNotEstimable] with its reason.
func (r Report) Estimable(l Limits) error {
	l = l.Filled()
	switch {
	case r.ESS < l.ESS:
		return fmt.Errorf("%w: effective sample size %.1f of %d rows, at least %g needed", ErrNotEstimable, r.ESS, r.N, l.ESS)
	case r.MaxWeight > l.WeightShare*r.WeightSum:
		return fmt.Errorf("%w: one row has %.1f %% of all weight, at most %g %% allowed", ErrNotEstimable, 100*r.MaxWeight/r.WeightSum, 100*l.WeightShare)
	case r.Unsupported > l.Unsupported:
		return fmt.Errorf("%w: %.1f %% of the policy is on actions of propensity 0, at most %g %% allowed", ErrNotEstimable, 100*r.Unsupported, 100*l.Unsupported)
	}
	return nil
}

func or(v, otherwise float64) float64 {
	if v == 0 {
		return otherwise
	}
	return v
}
