package learner

import "takt/engine"

// Report says what a training run read and what it left out.
type Report struct {
	Decisions int             `json:"decisions"` // read
	Contacts  int             `json:"contacts"`  // without a decision, read
	Learned   int             `json:"learned"`   // rows in the snapshot: Closed + Past
	Closed    int             `json:"closed"`    // decisions with a final label
	Past      int             `json:"past"`      // contacts without a decision, with a final label
	Open      int             `json:"open"`      // labels whose horizon still runs: they count by what they have seen
	Missing   int             `json:"missing"`   // contacts never reported back: never learned
	MissingBy map[string]int  `json:"missing_by,omitempty"`
	Refused   map[Refusal]int `json:"refused,omitempty"`
	Prior     bool            `json:"prior"`    // there was nothing to compare: the weights are the prior's
	FromSeq   uint64          `json:"from_seq"` // journal positions of the first and last fact read
	ToSeq     uint64          `json:"to_seq"`
	Drift     []Drift         `json:"drift,omitempty"`  // alarms, oldest first
	Forgot    []Forgetting    `json:"forgot,omitempty"` // when old examples were found out of date
}

// LastDrift is the newest alarm, nil for none.
func (r *Report) LastDrift() *Drift { return last(r.Drift) }

func last[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	v := list[len(list)-1]
	return &v
}

// Refusal is why a row was left out of the learning set.
type Refusal string

// The refusals.
const (
	RefusedShadow     Refusal = "shadow"     // the caller's own ladder was executed
	RefusedForced     Refusal = "no_choice"  // the rules left one action only
	RefusedKind       Refusal = "kind"       // neither contact nor hold: nothing a policy chose
	RefusedContext    Refusal = "context"    // x is empty, of a newer schema or not finite
	RefusedPropensity Refusal = "propensity" // not in (0,1]
	RefusedGrid       Refusal = "grid"       // the grid's text or the action's index is not readable
	RefusedLevel      Refusal = "level"      // the action has a level that today's grid lacks
	RefusedTime       Refusal = "time"       // issued after the as-of instant
	RefusedAmount     Refusal = "amount"     // nothing was open
	RefusedCase       Refusal = "case"       // a contact without a decision names no open case
)

func (r *Report) refuse(why Refusal) {
	if r.Refused == nil {
		r.Refused = map[Refusal]int{}
	}
	r.Refused[why]++
}

// miss counts a missing report by channel.
func (r *Report) miss(c engine.Channel) {
	r.Missing++
	if r.MissingBy == nil {
		r.MissingBy = map[string]int{}
	}
	r.MissingBy[c.String()]++
}

// add adds the counts of another report.
func (r *Report) add(o *Report) {
	r.Decisions += o.Decisions
	r.Contacts += o.Contacts
	r.Closed += o.Closed
	r.Past += o.Past
	r.Open += o.Open
	r.Missing += o.Missing
	for c, n := range o.MissingBy {
		if r.MissingBy == nil {
			r.MissingBy = map[string]int{}
		}
		r.MissingBy[c] += n
	}
	for why, n := range o.Refused {
		if r.Refused == nil {
			r.Refused = map[Refusal]int{}
		}
		r.Refused[why] += n
	}
}

// clone shares nothing with r.
func (r *Report) clone() Report {
	var c Report
	c.add(r)
	return c
}
