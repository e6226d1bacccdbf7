package promotion

import (
	"context"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Gate judges from the log whether a policy version may go live. Package experiments/ope/gate is one.
type Gate interface {
	// Judge compares the candidate with the live version on decisions that the candidate has not seen.
	// It returns ErrSeen (wrapped) where the question asks for others, and errors of the source.
	Judge(ctx context.Context, src history.Scanner, q Question) (Verdict, error)
}

// Question is what a gate is asked.
type Question struct {
	Tenant    *engine.Tenant   // in the candidate's form: its Reward prices outcomes
	Candidate *engine.Snapshot // its header says what of the log it has seen
	Live      string           // name of the live policy version, whose decisions are looked at
	AsOf      time.Time        // labels are as known at this instant
	Margin    float64          // share of the live version's value that may be lost. Defaults to .01
	FromSeq   uint64           // first journal position to judge on. Defaults to the first one not seen
}

// DefaultMargin is the share of the live value that a non-inferior version may lose.
const DefaultMargin = .01

// The results of a verdict.
const (
	Better       = "better"        // the lower bound of the difference is above 0
	NonInferior  = "non_inferior"  // it is above −margin
	NotShown     = "not_shown"     // neither, yet: more decisions may show it
	Worse        = "worse"         // the upper bound is below −margin
	NotEstimable = "not_estimable" // the log cannot carry the comparison; Reason says why
)

// Verdict is what a gate found. Values are minor units per decision, of the candidate's reward.
type Verdict struct {
	Result string `json:"result"`
	Reason string `json:"reason,omitempty"` // in words, for people

	Decisions int     `json:"decisions"` // judged on: of the live version, after training, labels closed
	Debtors   int     `json:"debtors"`
	FromSeq   uint64  `json:"from_seq"` // first journal position of the span
	Live      float64 `json:"live"`     // value of the live version, as it was at each decision
	Candidate float64 `json:"candidate"`
	Diff      float64 `json:"difference"` // DR estimate of Candidate − Live
	Lower     float64 `json:"lower"`      // one-sided bounds of Diff at Level each, however often one looks
	Upper     float64 `json:"upper"`
	Level     float64 `json:"level"`
	Margin    float64 `json:"margin"` // what may be lost

	// Needed is the number of decisions still needed until the lower bound passes −Margin, from the
	// variance observed: if the difference stays as it is, or where that never passes, for a version as
	// good as the live one. 0: none, or none that can be told.
	Needed int `json:"needed"`
	// NeededBetter is the same for a bound above 0; 0 also where the difference is not positive.
	NeededBetter int `json:"needed_better"`

	ESS         float64        `json:"ess"`
	MaxWeight   float64        `json:"max_weight"`
	Unsupported float64        `json:"unsupported"`        // share of the candidate's choices that the log never tries
	LeftOut     map[string]int `json:"left_out,omitempty"` // decisions not judged on, by reason
}

// Passed reports whether the version may go live, at least on a ramp.
func (v *Verdict) Passed() bool { return v.Result == Better || v.Result == NonInferior }
