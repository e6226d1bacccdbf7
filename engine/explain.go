package engine

import "time"

// Explanation says why a decision is what it is. It is a buffer that serves many decisions.
type Explanation struct {
	Scored       bool    // the policy has a model: Scores, Uplift and Hold mean something
	Scores       Scores  // of the chosen action
	Hold         Scores  // of waiting
	Uplift       float64 // P(resolve) of the chosen action less that of waiting
	Exploration  bool    // another action got more votes
	Reasons      []Reason
	Alternatives []Alternative // the best of the actions not chosen, by expected net value
	Trace        Trace
	Fallback     Fallback
	Terms        Terms // what the text of a contact must keep to
}

// Reason is one thing that spoke for or against; its sentence is ReasonText(Code, language).
type Reason struct {
	Code        string
	Feature     int     // index in the feature vector for ReasonFeature, the first of its group; else -1
	WeightMinor float64 // what it moved, minor units; 0 for rules
}

// Alternative is an eligible action that was not chosen.
type Alternative struct {
	Index      int           // in the grid; Hold for waiting
	Action     ContactAction // empty for Hold
	Propensity float64
	NetMinor   float64 // expected net value; NaN where the policy has no model
}

// Fallback is the next step of the tenant's ladder: what the caller does if it cannot or will not
// carry out the decision.
type Fallback struct {
	Kind   Kind // contact, hold or handover, or what the guard settled
	Step   Step // of contact and handover
	Due    time.Time
	Reason string
}

// Explainer is a Scorer that can say what each feature moved.
type Explainer interface {
	Scorer
	// Contributions appends the features that moved the value of option i against waiting the
	// most, largest first, at most n; WeightMinor is in minor units and Code is ReasonFeature.
	// Features of one of in.Groups are one reason, of the sum of their weights.
	Contributions(dst []Reason, b *Ballot, in *Input, i, n int) []Reason
}

// Reset empties the explanation and keeps its memory.
func (e *Explanation) Reset() {
	e.Trace.Reset()
	*e = Explanation{Reasons: e.Reasons[:0], Alternatives: e.Alternatives[:0], Trace: e.Trace}
}

// because adds a rule's reason.
func (e *Explanation) because(code string) {
	e.Reasons = append(e.Reasons, Reason{Code: code, Feature: -1})
}
