package features

import "takt/engine"

// SegmentRule is a segment that a plain rule sets: how the debtor has paid so far.
type SegmentRule struct {
	ID  string
	Doc string // the rule; of several that hold the first counts
	in  func(p *Profile) bool
}

// PromptDays is how many days past due, on average, still count as paid promptly.
const PromptDays = 10

// Segments are the rule segments, in the order in which they are tried; the last holds always. There are four
// at most: each costs the model a column in every row of weights.
var Segments = [...]SegmentRule{
	{"broken_promises", "more promises and instalments were broken than kept", func(p *Profile) bool {
		return int(p.PromisesBroken)+int(p.PlansMissed) > int(p.PromisesKept)+int(p.PlansPaid)
	}},
	{"new", "no payment is known that was not taken back, or none on a case with a due date", func(p *Profile) bool {
		return p.Payments <= p.Reversals || p.Delays == 0
	}},
	{"prompt", "payments come at most 10 days past due on average", func(p *Profile) bool {
		return p.DelayDays <= PromptDays*int32(p.Delays)
	}},
	{"late", "payments come later", func(*Profile) bool { return true }},
}

// Segment is the debtor's rule segment as of the last fact folded: one definition for serving, training and simulation. It
// is "" for a debtor who objected to profiling, by the history or by the request.
func (p *Profile) Segment(q *engine.Request) string {
	if (p.Flags|q.Debtor.Flags)&engine.Objection != 0 {
		return ""
	}
	for i := range Segments {
		if Segments[i].in(p) {
			return Segments[i].ID
		}
	}
	return ""
}
