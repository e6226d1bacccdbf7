package engine

import "time"

// Decision is the whole record of one decision: everything the learner and the evaluators need,
// so that nothing is rebuilt later.
type Decision struct {
	ID       ID
	Tenant   string
	Debtor   string
	Case     string
	Seq      uint64 // position in the journal
	Kind     Kind
	Mode     Mode
	IssuedAt time.Time // UTC, microseconds
	Recorded time.Time // server's clock when it was written
	Expires  time.Time
	Review   time.Time // next_review_at

	// What it was decided on.
	ProfileAsOf time.Time // zero: no history
	Schema      int       // version of the feature vector
	X           []float32 // context, one value per feature of the schema
	Portfolio   string
	Segment     string
	OpenMinor   int64 // amount that counted, minor units
	Currency    string

	// How it was decided.
	Policy   string // name of the policy that voted
	Version  string // policy version
	Snapshot string // id of the snapshot, "" for policies without one
	Ruleset  string // version of the rules
	Variant  Variant
	Grid     string   // Grid.String of the action set
	Eligible []uint16 // action indices that passed the guard, ascending
	Votes    []Vote   // actions that got votes, ascending; p = (1-Epsilon)·votes/Σvotes + Epsilon·floor
	Epsilon  float64
	Draw     float64 // the keyed draw u in [0,1)

	// What was decided.
	Chosen     int     // action index; Hold for every kind but contact
	Propensity float64 // probability of Chosen, in (0,1]; 1 where the guard left no choice
	Action     ContactAction
	Until      time.Time // of hold
	Reason     string    // code of hold, no_contact and agent_review
	Queue      string    // of agent_review
	CostMicro  int64     // expected cost of the contact

	RequestHash uint64 // of the request's facts: equal requests get an open decision again
	Key         string // Idempotency-Key of the request
	BodyHash    [16]byte
	Reply       []byte // the JSON that was answered, byte for byte
	Sealed      string // of a masked decision: the rest of it under its debtor's key, see package vault; else ""
}

// Vote is the weight that a policy gave to one action.
type Vote struct {
	Action uint16
	Weight float64 // > 0
}

// Kind is what a decision asks the caller to do; the numbers are stored: append only.
type Kind uint8

// The kinds.
const (
	KindContact Kind = 1 + iota
	KindHold
	KindNoContact
	KindAgentReview
	KindHandover
	KindRoute
)

var kindNames = [...]string{"", "contact", "hold", "no_contact", "agent_review", "handover", "route"}

// String gives the name used in JSON and SQL.
func (k Kind) String() string { return nameOf(kindNames[:], uint8(k)) }

// MarshalText gives the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name.
func (k *Kind) UnmarshalText(b []byte) error { return levelOf(k, kindNames[:], "kind", b) }

// Variant is the branch of an experiment that a debtor is in; the share is logged apart from the
// propensity inside the branch.
type Variant struct {
	Experiment string  // "" for none
	Arm        string  // "holdout" keeps the debtor on the ladder
	Share      float64 // of debtors in the arm, in (0,1]; 1 without experiment
}

// Holdout reports whether the debtor is kept on the ladder.
func (v Variant) Holdout() bool { return v.Arm == "holdout" }

// ContactAction is a chosen contact in words and local time.
type ContactAction struct {
	Channel    Channel
	Tone       Tone
	Offer      Offer
	AddressRef string
	Template   string
	Language   string
	NotBefore  time.Time // send window, with the debtor's zone as location
	NotAfter   time.Time
	TZ         string
}

// LabelState says whether a decision's outcome is final.
type LabelState uint8

// The label states. A missing report leaves the learning set; it is counted, not guessed.
const (
	LabelOpen LabelState = 1 + iota
	LabelClosed
	LabelMissing
)

var labelNames = [...]string{"", "open", "closed", "missing"}

// String gives the name used in JSON and SQL.
func (s LabelState) String() string { return nameOf(labelNames[:], uint8(s)) }

// Outcome is what one decision earned inside its horizon (intention to treat): hold has its own.
type Outcome struct {
	State     LabelState
	Age       time.Duration // how much of the horizon has passed
	Executed  bool          // reported as executed; hold and no_contact count as executed when issued
	Resolved  bool          // the claim was settled inside the horizon
	ResolveIn time.Duration // from issue to settlement, if Resolved
	CashMinor float64       // discounted cash, minor units
	CostMicro int64         // of contacts inside the horizon that this decision caused
	Complaint bool
	Churn     bool
}
