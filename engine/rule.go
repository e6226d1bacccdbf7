package engine

import "time"

// Rule is one contact rule as it holds from a day to a day: what kind of question it asks, with which values, and
// where it stands. A rule only ever restricts: one more rule never permits what the others forbid.
type Rule struct {
	ID          string // dotted, such as de.quiet_hours
	Kind        RuleKind
	From, Until Date // the last day included; a zero Until is without end
	Source      string
	Unverified  bool // nobody has checked it yet: its strictest reading is in force
	Text        RuleText
	Origin      string // pack or tenant file that states it
	Params      RuleParams
}

// RuleText is what a rule says, one plain sentence in each language.
type RuleText struct {
	EN string `json:"en"`
	DE string `json:"de"`
}

// In is the sentence in a language, de or else English.
func (t RuleText) In(language string) string {
	if Primary(language) == "de" {
		return t.DE
	}
	return t.EN
}

// RuleParams are the values of a rule; its kind says which of them count. The rest is zero.
type RuleParams struct {
	Flags   Flags      // of the debtors it is about
	Who     Set[Party] // the debtors it is about
	Outcome Kind       // of the decision, where it applies

	Age                 int16 // years from which a person is of age
	ContractBefore      Date
	Days, TreatmentDays int16
	Partial             Partial // what a partial dispute stops
	Reasons             Set[HoldReason]
	Fulfilment          Set[Fulfilment]
	Grace, Pause        time.Duration
	Claim               Set[ClaimState]

	Years   int16 // of limitation
	YearEnd bool  // they run to the end of the calendar year

	Channels    ChannelSet
	By          ChannelSet // the only channels allowed
	Purpose     Purpose
	MinValidity float64
	Wishes      Set[Wish]
	Stages      Set[Stage]

	Max          int16 // contacts or attempts
	Window, Gap  time.Duration
	Per          CapPer
	Counts       CapCounts
	Open, Close  int16 // local minutes of the day
	Weekdays     Set[Weekday]
	Holidays     bool // contacts on public holidays are allowed
	Tones        Set[Tone]
	Tags, Needs  Set[Tag] // of templates: what the rule is about, what must be there
	FirstFree    bool     // the first reminder carries none of it
	MaxMinor     int64
	MinMinor     int64
	Currency     string
	InContract   bool       // only what the contract names
	Charged      Set[Party] // who may be charged
	PointsPerson float64    // of interest, per year
	PointsFirm   float64

	Service                           Supply
	Reminders, NoticeDays, WorkDays   int16
	Instalments                       int16 // of arrears, at least
	Undisputed, Informed, NamesCourts bool

	Offers        Set[Offer]
	Acts          Set[Act]
	DebtAdvice    bool
	Deny          Set[DataUse]
	RetentionDays int16
}

// RuleKind is the kind of question a rule asks. The order is the one in which a guard asks: stops, claim, channels,
// caps, time, content, offer, human approval, data.
type RuleKind uint8

// The kinds. The comment names the params that count.
const (
	RuleStop            RuleKind = 1 + iota // flags, outcome: a flag ends contact
	RuleMinor                               // age, outcome: a flag or a birth year that leaves room for being under age
	RuleMoratorium                          // contract_before, who: by statute, as long as the rule is in force
	RuleBreathingSpace                      // days, treatment_days: claimed, no contact for so long
	RuleDispute                             // partial: a disputed claim is held
	RuleHold                                // reasons: standing holds, until their end
	RuleFulfilment                          // fulfilment: goods not there, or on their way back
	RulePromise                             // grace: an open promise, to its due day and so much more
	RulePlan                                // an agreed plan that is kept
	RuleReply                               // pause: after a message in, a chat or a portal visit
	RuleClaim                               // claim: states in which nothing may be claimed
	RuleLimitation                          // years, year_end, tones: time-barred, no such tone, a human looks
	RuleChannelConsent                      // channels: need the debtor's consent
	RuleChannelStop                         // channels: a STOP counts at once
	RulePurpose                             // purpose: content or measurement of this purpose needs its own consent
	RuleReturnedAddress                     // channels: an address that came back is not used again
	RuleAddress                             // min_validity, channels
	RuleWorkAddress                         // channels: no address at work
	RuleFirstContact                        // stages, who, by, needs: the first contact of the stage
	RuleZone                                // channels: need the debtor's zone; of several possible ones all must allow
	RuleWishes                              // wishes: what the debtor asked for is kept
	RuleCap                                 // max, window, per, counts, channels
	RuleGap                                 // gap, per, channels
	RuleConversation                        // days, per, channels: after a conversation, whose day is day 1
	RuleHours                               // open, close, weekdays, holidays, channels
	RuleSoftTones                           // flags, tones: never these tones to such debtors
	RulePreDue                              // tones: never these before the claim is late
	RuleContent                             // tags, channels, needs: such templates carry these tags too
	RuleDefaultClaims                       // tags, days, first_free: only once default is proven
	RuleFeeCap                              // max_minor, currency, in_contract: no more than so much, and named in the contract
	RuleLumpSum                             // max_minor, currency, charged
	RuleInterest                            // points_person, points_firm
	RuleBureau                              // reminders, days, informed, undisputed
	RuleServiceBlock                        // service, min_minor, currency, instalments, notice_days, work_days, undisputed, names_courts
	RuleIdentify                            // channels: identity before anything of the claim
	RuleDiscreet                            // channels: nothing of the claim that others could see
	RulePlanOffer                           // flags, offers: one of these offers, no pressure to pay at once
	RuleForbearance                         // acts, offers, debt_advice: offered before the act
	RuleApproval                            // acts: a human decides
	RuleObjection                           // to profiling: the ladder decides
	RuleData                                // deny, retention_days
	RuleKinds                               // one more than the last
)

var ruleKindNames = [RuleKinds]string{"", "stop", "minor", "moratorium", "breathing_space", "dispute", "hold", "fulfilment", "promise", "plan", "reply",
	"claim", "limitation", "channel_consent", "channel_stop", "purpose", "returned_address", "address", "work_address", "first_contact", "zone", "wishes",
	"cap", "gap", "conversation", "hours", "soft_tones", "pre_due", "content", "default_claims", "fee_cap", "lump_sum", "interest", "bureau",
	"service_block", "identify", "discreet", "plan_offer", "forbearance", "approval", "objection", "data"}

// String gives the name used in packs.
func (k RuleKind) String() string { return nameOf(ruleKindNames[:], uint8(k)) }

// MarshalText gives the name.
func (k RuleKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (k *RuleKind) UnmarshalText(b []byte) error {
	return levelOf(k, ruleKindNames[:], "kind of rule", b)
}
