package ope

import (
	"fmt"
	"math"
)

// Sample is one logged decision as an estimator sees it. Rules without a model (IPS, SNIPS …) read
// no Q and no QEval; DM reads QEval only. Leave both 0 when there is no model: DR is then IPS.
//
// The model must not have seen the row: fit it on other debtors (cross-fitting) or on earlier rows.
type Sample struct {
	PLog    float64 // probability with which the logged action was drawn, in (0,1]
	PEval   float64 // probability of the same action under the policy in question, in [0,1]
	Reward  float64 // finite
	Q       float64 // q(x,a): the model's reward of the logged action, finite
	QEval   float64 // q̂(x) = Σ_a pEval(a|x)·q(x,a), finite
	Cluster uint64  // the debtor; rows of one cluster depend on each other. Read by Clusters only
}

// Weight is the importance weight w = PEval/PLog.
func (s Sample) Weight() float64 { return s.PEval / s.PLog }

// FieldError says which field of a row is garbage. The row was not added.
type FieldError struct {
	Field string // as in Sample; "Part" when the rule gives no finite number
	Value float64
	Want  string
}

// Error is the sentence for people.
func (e *FieldError) Error() string {
	return fmt.Sprintf("off-policy sample: %s is %v; want %s", e.Field, e.Value, e.Want)
}

func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 } // false for NaN

// check is nil for a sample that can be used.
func (s *Sample) check() error {
	switch {
	case !(s.PLog > 0 && s.PLog <= 1):
		return &FieldError{"PLog", s.PLog, "a propensity in (0,1]"}
	case !(s.PEval >= 0 && s.PEval <= 1):
		return &FieldError{"PEval", s.PEval, "a probability in [0,1]"}
	case !finite(s.Reward):
		return &FieldError{"Reward", s.Reward, "a finite number"}
	case !finite(s.Q):
		return &FieldError{"Q", s.Q, "a finite number"}
	case !finite(s.QEval):
		return &FieldError{"QEval", s.QEval, "a finite number"}
	}
	return nil
}
