package engine

// The words of rules: each a closed list whose zero value is none.

// Party is a kind of debtor that a rule is about.
type Party uint8

// Partial is what of a partly disputed claim a dispute stops, the looser reading first.
type Partial uint8

// ClaimState is a state in which a claim may not be dunned.
type ClaimState uint8

// Purpose is what a consent of its own is needed for.
type Purpose uint8

// Wish is what a debtor may have asked for.
type Wish uint8

// CapPer is whose contacts a cap counts, the looser scope first.
type CapPer uint8

// CapCounts is what a cap counts, the looser reading first: contacts that reached somebody, or every attempt.
type CapCounts uint8

// Weekday is a day of the week.
type Weekday uint8

// Tag is the place of one of [Tags] in their order, counted from 1.
type Tag uint8

// Supply is a service that may be cut off.
type Supply uint8

// Act is a step with legal or similar effect.
type Act uint8

// DataUse is a use of data that a rule forbids.
type DataUse uint8

// The parties.
const (
	Consumer Party = 1 + iota
	MicroBusiness
	Business
)

// The readings of a partial dispute.
const (
	PartialUndisputed Partial = 1 + iota
	PartialWhole
)

// The states of a claim.
const (
	ClaimClosed ClaimState = 1 + iota
	ClaimWrittenOff
	ClaimHandedOver
	ClaimNothingOpen
	ClaimAmountUnknown
	ClaimLegal
)

// The purposes.
const (
	Marketing Purpose = 1 + iota
	Tracking
)

// The wishes.
const (
	WishTime Wish = 1 + iota
	WishPlace
	WishChannel
)

// The scopes of a cap.
const (
	PerCase CapPer = 1 + iota
	PerDebtor
)

// What a cap counts.
const (
	CountContacts CapCounts = 1 + iota
	CountAttempts
)

// The days of the week; day w of package time is w+1.
const (
	Sunday Weekday = 1 + iota
	Monday
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
)

// The supplies.
const (
	Telco Supply = 1 + iota
	Energy
)

// The acts.
const (
	ActHandover Act = 1 + iota
	ActBlock
	ActPlanRefusal
	ActBureauReport
	ActCourt
)

// The uses of data.
const (
	SpecialCategories DataUse = 1 + iota
	AddressOnlyScores
	Creditworthiness
)

// Stage and Fulfilment are the states of a case as indices of Stages and Fulfilments.
type (
	Stage      uint8
	Fulfilment uint8
)

var (
	partyWords      = [...]string{"", "consumer", "micro_business", "business"}
	partialWords    = [...]string{"", "undisputed", "whole"}
	claimStateWords = [...]string{"", "closed", "written_off", "handed_over", "nothing_open", "amount_unknown", "legal"}
	purposeWords    = [...]string{"", "marketing", "tracking"}
	wishWords       = [...]string{"", "time", "place", "channel"}
	capPerWords     = [...]string{"", "case", "debtor"}
	capCountsWords  = [...]string{"", "contacts", "attempts"}
	weekdayWords    = [...]string{"", "sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	serviceWords    = [...]string{"", "telco", "energy"}
	actWords        = [...]string{"", "handover", "block", "plan_refusal", "bureau_report", "court"}
	dataUseWords    = [...]string{"", "special_categories", "address_only_scores", "creditworthiness"}
)

// String gives the name used in packs.
func (p Party) String() string { return nameOf(partyWords[:], uint8(p)) }

// String gives the name used in packs.
func (p Partial) String() string { return nameOf(partialWords[:], uint8(p)) }

// String gives the name used in packs.
func (c ClaimState) String() string { return nameOf(claimStateWords[:], uint8(c)) }

// String gives the name used in packs.
func (p Purpose) String() string { return nameOf(purposeWords[:], uint8(p)) }

// String gives the name used in packs.
func (w Wish) String() string { return nameOf(wishWords[:], uint8(w)) }

// String gives the name used in packs.
func (c CapPer) String() string { return nameOf(capPerWords[:], uint8(c)) }

// String gives the name used in packs.
func (c CapCounts) String() string { return nameOf(capCountsWords[:], uint8(c)) }

// String gives the name used in packs.
func (w Weekday) String() string { return nameOf(weekdayWords[:], uint8(w)) }

// String gives the name used in packs.
func (t Tag) String() string { return nameOf(tagWords, uint8(t)) }

// String gives the name used in packs.
func (s Supply) String() string { return nameOf(serviceWords[:], uint8(s)) }

// String gives the name used in packs.
func (a Act) String() string { return nameOf(actWords[:], uint8(a)) }

// String gives the name used in packs.
func (d DataUse) String() string { return nameOf(dataUseWords[:], uint8(d)) }

// String gives the name used in JSON.
func (s Stage) String() string { return nameOf(Stages[:], uint8(s)) }

// String gives the name used in JSON.
func (f Fulfilment) String() string { return nameOf(Fulfilments[:], uint8(f)) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (p *Party) UnmarshalText(b []byte) error { return levelOf(p, partyWords[:], "party", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (p *Partial) UnmarshalText(b []byte) error { return levelOf(p, partialWords[:], "partial", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (c *ClaimState) UnmarshalText(b []byte) error {
	return levelOf(c, claimStateWords[:], "state of a claim", b)
}

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (p *Purpose) UnmarshalText(b []byte) error { return levelOf(p, purposeWords[:], "purpose", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (w *Wish) UnmarshalText(b []byte) error { return levelOf(w, wishWords[:], "wish", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (c *CapPer) UnmarshalText(b []byte) error {
	return levelOf(c, capPerWords[:], "scope of a cap", b)
}

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (c *CapCounts) UnmarshalText(b []byte) error {
	return levelOf(c, capCountsWords[:], "thing to count", b)
}

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (w *Weekday) UnmarshalText(b []byte) error { return levelOf(w, weekdayWords[:], "weekday", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (t *Tag) UnmarshalText(b []byte) error { return levelOf(t, tagWords, "tag", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (s *Supply) UnmarshalText(b []byte) error { return levelOf(s, serviceWords[:], "service", b) }

// MarshalText gives the name.
func (a Act) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (a *Act) UnmarshalText(b []byte) error { return levelOf(a, actWords[:], "act", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (d *DataUse) UnmarshalText(b []byte) error { return levelOf(d, dataUseWords[:], "use of data", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (s *Stage) UnmarshalText(b []byte) error { return levelOf(s, Stages[:], "stage", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (f *Fulfilment) UnmarshalText(b []byte) error {
	return levelOf(f, Fulfilments[:], "fulfilment", b)
}

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (h *HoldReason) UnmarshalText(b []byte) error {
	return levelOf(h, holdNames[:], "reason of a hold", b)
}
