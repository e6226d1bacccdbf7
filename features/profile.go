package features

import (
	"math"

	"takt/engine"
)

// Profile is what the history says about one debtor: the facts that rules ask for and the
// statistics that make features. It is a plain value without pointers, so that millions of them
// cost the garbage collector nothing; two profiles of the same log are equal by ==.
// Times are Unix microseconds, 0 is never. Counters stop at their type's end.
type Profile struct {
	engine.Facts

	First    int64  // at of the first fact
	LastID   Prefix // of the last fact; its time is Facts.LastAt
	LastKind Kind
	Seen     Seen // identities of the folded events, and of those retracted

	// Standing flags by where they come from; Facts.Flags is their union.
	Told, Raised, ByCase engine.Flags
	Holds                [5]int64 // end of the debtor-wide hold by engine.HoldReason; Facts.HoldTill is the longest
	OpenDisputes         uint8    // disputes without a case
	Early                [3]Early // reports about decisions that are not folded yet, newest first

	// What tells an open decision from a stale one, by Seq: for all cases, and beside each of Cases.
	Changed uint64
	Moves   [len(engine.Facts{}.Cases)]Moves

	Channels [engine.Channels]ChannelStats
	Rhythm   Rhythm
	Out      Out // the last contact that was carried out

	Payments, Reversals, PaidInFull          uint16
	PaidMinor                                int64 // received less reversed
	LastPayment                              int64
	Money                                    Money
	Delays                                   uint16 // payments whose case had a due date
	DelayDays                                int32  // sum of days past due over them, early is negative
	Promises, PromisesKept, PromisesBroken   uint16
	Plans, PlansPaid, PlansMissed            uint16
	Disputed, Complaints, OptOuts, Returns   uint16
	CasesOpened, CasesClosed, Visits, Papers uint16
	Decided                                  uint16 // decisions of any kind, dry runs aside
	Cancelled                                int64  // contract cancelled at
	Scores                                   [len(ScoreNames)]Score
	PromiseVia                               engine.Channel // of the last promise

	Zone ZoneSpan // the debtor's clock around the last fact
}

// ChannelStats is what came of one channel.
type ChannelStats struct {
	Attempts  uint16 // contacts carried out
	Reached   uint16 // delivered or connected
	Failures  uint16
	Opens     uint16 // only while tracking was consented
	Clicks    uint16
	Replies   uint16
	Answered  uint16 // contacts followed by an act of the debtor within AnswerWindow
	PaidAfter uint16 // contacts followed by a payment within PayWindow
	Kept      uint16 // promises made on this channel that were kept
	Broken    uint16
	Complains uint16
	LastDay   uint16 // of the last contact carried out: local days since 1970
}

// Moves are the journal numbers of a case's last decision and of the last fact that changed the case.
type Moves struct{ Decided, Changed uint64 }

// Money is the payment or reversal that became known last; Minor is below 0 for a reversal.
type Money struct {
	Seq   uint64
	Minor int64
	Case  uint32 // low half of the case's key; 0: of none
}

// Out is the last contact carried out, which later acts are counted for.
type Out struct {
	At       int64
	Channel  engine.Channel
	Band     uint8
	Answered bool
	Paid     bool
}

// Early is a report about a decision that came before the decision itself in fold order, because
// clocks differ.
type Early struct {
	Decision uint64 // hash of its id
	At       int64
	Skipped  bool // else carried out at At
	Other    bool // overridden: something else was carried out
}

// Score is a number that the caller computed elsewhere.
type Score struct {
	Value   float32
	Set     bool
	Expires int64 // 0: never
}

// ScoreNames are the names of score_set events that become features; others are kept in the log only.
var ScoreNames = [...]string{"payment", "risk"}

// Windows, in microseconds, in which an act counts for the contact before it.
const (
	AnswerWindow = 7 * day
	PayWindow    = 14 * day
)

const (
	second = int64(1_000_000)
	hour   = 3600 * second
	day    = 24 * hour
)

// begin gives a zero profile its "unknown" values; it is called before the first fact.
func (p *Profile) begin() {
	p.Rest.OpenMinor, p.Rest.Level = -1, -1
}

// New is the profile of a debtor without history. The zero value is one too, but for the unknown
// amount and dunning level of its cases.
func New() Profile {
	var p Profile
	p.begin()
	return p
}

// HasHistory reports whether anything was folded.
func (p *Profile) HasHistory() bool { return p.LastKind != 0 }

func inc(n *uint16) {
	if *n < math.MaxUint16 {
		*n++
	}
}
