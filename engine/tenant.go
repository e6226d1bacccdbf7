package engine

import "time"

// Tenant is what one creditor configured: its actions, their worth and the policy that decides.
// It is immutable; a change is a new Tenant behind an atomic pointer.
type Tenant struct {
	ID        string
	Secret    []byte // keys the draw; 32 bytes
	Policy    string // bandit, squarecb, ladder or uniform
	Epsilon   float64
	Grid      Grid
	Specs     [Channels]ChannelSpec // by channel; used for the channels in Grid
	Reward    Reward
	Ladder    Ladder
	Limits    Limits
	Rules     *Rules    // the pack of its jurisdiction, with its own; nil: the guard's default pack
	Denied    Denied    // features that it may not use
	Language  string    // of texts where the debtor's is unknown or has none, BCP 47
	Catalogue Catalogue // of texts; optional
	Methods   []Method  // ways to pay, the creditor's favourite first; optional
	Plans     PlanLimits
	Creditor  Creditor
	Contact   Service // where debtors reach a human; optional
	Holdout   Holdout
	Clock     ClockKind
}

// ClockKind is which clock a tenant lives by.
type ClockKind uint8

// The clocks.
const (
	SystemClock ClockKind = iota
	ReplayClock           // driven by as_of and event time, never backwards
)

// Creditor is whom a debtor pays.
type Creditor struct {
	Name string // of the account
	IBAN string // empty: no GiroCode
	BIC  string // optional in the European Economic Area
}

// PlanLimits bound the instalment plans that are offered, in the currency of Reward.
type PlanLimits struct {
	MinRateMinor int64 // least rate
	MaxCount     int   // most rates
	MaxDays      int   // from the contact's arrival to the last rate
	EveryDays    int   // from rate to rate
}

// FirstDays is how many days after the contact's arrival the first rate is due: two weeks, sooner
// where rates are closer together.
func (l *PlanLimits) FirstDays() int { return min(l.EveryDays, 14) }

// ChannelSpec is what a channel costs and how it behaves.
type ChannelSpec struct {
	CostMicro    int64         // per attempt, millionths of a major unit
	ReachedMicro int64         // more, per conversation
	Reach        float64       // share of attempts that become conversations, prices ReachedMicro
	Lag          time.Duration // until a contact arrives
	Opt          bool          // needs consent by event or request; else contract suffices unless withdrawn
	AnyTime      bool          // send time does not matter (letter): only the first open slot is kept
	MinValidity  float64       // of the address
}

// Expected is what an attempt costs on average, in millionths of a major unit: the price of options.
func (s *ChannelSpec) Expected() int64 { return s.CostMicro + int64(s.Reach*float64(s.ReachedMicro)) }

// Reward prices what a decision earned: one definition for engine, learner, simulator and reports.
type Reward struct {
	Currency       string
	Horizon        time.Duration // default 28 days, the same for every action
	WPay           float64
	WCost          float64
	WKeep          float64
	Margin         float64 // share of a recovered amount that is earned
	DiscountYear   float64 // yearly rate at which cash is discounted
	RetentionMinor int64   // value of a kept customer
	ComplaintMinor int64   // cost of a complaint
}

// Limits are the creditor's own contact limits on top of its rules: the stricter counts.
type Limits struct {
	QuietFrom, QuietTo int  // contacts only within local minutes [QuietTo, QuietFrom), default 20:00 and 08:00
	Sundays            bool // contacts on Sundays allowed
	Cap                int  // contacts per debtor within CapWindow, over all channels and cases
	CapWindow          time.Duration
	Gap                time.Duration // between two contacts of a debtor
	PromiseGrace       time.Duration // after a promise's due day
	ReplyPause         time.Duration // after an inbound message
	ExpireAfter        time.Duration // of a decision after its send window opens at the latest
	ReviewAfter        time.Duration // next look after a contact has arrived
	HoldFor            time.Duration // length of a hold that the policy chose
}

// Ladder is a tenant's classic dunning ladder: steps by days past due. It needs no model and no
// profiling; it serves the hold-out, shadow mode, objections and failures.
type Ladder struct {
	Steps []Step `yaml:"steps"`
}

// Step is one rung: from Day past due on, one contact by Channel in Tone with Offer, or the
// hand-over to an agency, which a human carries out.
type Step struct {
	Day     int
	Kind    Kind // KindHandover, else a contact
	Channel Channel
	Tone    Tone
	Offer   Offer
}
