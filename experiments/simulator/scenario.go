package simulator

import "takt/engine"

// Scenario is every constant of a simulated world, as its YAML file has it. What the creditor sets
// and knows stands under Creditor, how people behave under Debtors. The tag `is` says what a number
// may be: share (0 to 1), odds (factors above 0), rate, days, count, minor and micro (0 or more).
type Scenario struct {
	Name     string   `yaml:"name"`
	About    string   `yaml:"about"`
	Creditor Creditor `yaml:"creditor"`
	Debtors  Debtors  `yaml:"debtors"`
}

// Creditor is what the creditor decides: its calendar, contact rules, prices and habits.
type Creditor struct {
	Zone      string             `yaml:"zone"`  // IANA zone of all debtors
	Start     string             `yaml:"start"` // first day, YYYY-MM-DD
	CasesADay float64            `yaml:"cases_a_day" is:"count"`
	Funnel    Funnel             `yaml:"funnel"`
	Rules     ContactRules       `yaml:"rules"`
	Money     Money              `yaml:"money"`
	Costs     ByChannel[Cost]    `yaml:"costs"`
	Past      ByChannel[float64] `yaml:"past_contacts" is:"count"` // before the case, one every 18 days
	Reports   Reports            `yaml:"reports"`
	Caller    Caller             `yaml:"caller"`
}

// Funnel is how purchases become cases.
type Funnel struct {
	OnAccount float64 `yaml:"on_account" is:"share"` // of purchases
	Late      float64 `yaml:"late" is:"share"`       // of purchases on account
}

// ContactRules hold for every policy that chooses its time; the ladders are climbed as they are. Days
// count from the due date.
type ContactRules struct {
	First    float64 `yaml:"first_review" is:"days"`
	Handover float64 `yaml:"handover" is:"days"`
	Gap      float64 `yaml:"gap" is:"days"` // between two contacts
	Cap      float64 `yaml:"cap" is:"count"`
	CapDays  float64 `yaml:"cap_days" is:"days"`
	Contacts float64 `yaml:"contacts" is:"count"` // of a case, at most
}

// Money is what outcomes are worth, in minor units.
type Money struct {
	Currency     string  `yaml:"currency"`
	Retention    float64 `yaml:"retention" is:"minor"` // value of a kept customer
	Complaint    float64 `yaml:"complaint" is:"minor"`
	DiscountYear float64 `yaml:"discount_year" is:"share"`
	AgencyFee    float64 `yaml:"agency_fee" is:"share"` // of what the agency collects
}

// Cost is what a contact costs, in millionths of the major unit.
type Cost struct {
	Micro   float64 `yaml:"micro" is:"micro"`         // per attempt
	Reached float64 `yaml:"reached_micro" is:"micro"` // more, if a conversation comes about
}

// Reports are faults on the way of the creditor's events to Takt.
type Reports struct {
	Lost     float64 `yaml:"lost" is:"share"` // never told: deliveries, answers; money always is
	Late     float64 `yaml:"late" is:"share"`
	LateDays float64 `yaml:"late_days" is:"days"` // mean delay of late ones
	Twice    float64 `yaml:"twice" is:"share"`
}

// Caller is how the dunning system treats decisions.
type Caller struct {
	Skip        float64 `yaml:"skip" is:"share"`        // not carried out, reported so
	Override    float64 `yaml:"override" is:"share"`    // a neutral letter instead, reported so
	Silent      float64 `yaml:"silent" is:"share"`      // carried out, never reported
	BalanceDays float64 `yaml:"balance_days" is:"days"` // until a payment shows in the stated balance, and the last one closes the case
}

// Debtors is how people behave.
type Debtors struct {
	Link       string             `yaml:"link"` // logit, probit or cloglog: how odds act on a probability
	Amount     Amount             `yaml:"amount"`
	Types      ByType[TypeTraits] `yaml:"types"`
	Liquidity  Liquidity          `yaml:"liquidity"`
	Ages       ByAge[AgeTraits]   `yaml:"ages"`
	Channels   ByChannel[Traffic] `yaml:"channels"`
	Windows    Windows            `yaml:"windows"`
	Preference Preference         `yaml:"preference"`
	Fatigue    float64            `yaml:"fatigue" is:"rate"` // odds fall by exp(-fatigue) per noticed contact
	Digital    Digital            `yaml:"digital"`
	Complaints Complaints         `yaml:"complaints"`
	Plans      Plans              `yaml:"plans"`
	Promises   Promises           `yaml:"promises"`
	Disputes   Disputes           `yaml:"disputes"`
	Moves      Moves              `yaml:"moves"`
	History    History            `yaml:"history"`
	Reading    Reading            `yaml:"reading"`
	Drift      Drift              `yaml:"drift"`
	Storm      Storm              `yaml:"storm"`
	Groups     Groups             `yaml:"groups"`
}

// Amount is the log-normal open amount, minor units.
type Amount struct {
	Median float64 `yaml:"median" is:"minor"`
	Sigma  float64 `yaml:"sigma" is:"rate"`
}

// TypeTraits are why somebody is late, and what follows.
type TypeTraits struct {
	Share     float64         `yaml:"share" is:"share"`
	Respond   float64         `yaml:"respond" is:"share"`    // P(pay | noticed), neutral tone, no link
	Cure      float64         `yaml:"cure" is:"share"`       // pays by itself, per day
	CureEarly float64         `yaml:"cure_early" is:"share"` // more of it at first, fading with exp(-day/cure_fades)
	CureFades float64         `yaml:"cure_fades" is:"days"`
	Link      float64         `yaml:"link" is:"odds"`  // a payment link on a digital channel
	Plan      float64         `yaml:"plan" is:"share"` // P(takes a plan | noticed, did not pay at once)
	PlanKept  float64         `yaml:"plan_kept" is:"share"`
	Dispute   float64         `yaml:"dispute" is:"share"` // P(disputes | noticed)
	Agency    float64         `yaml:"agency" is:"share"`  // of the amount that an agency collects
	Tone      ByTone[float64] `yaml:"tone" is:"odds"`
}

// Liquidity is when those who are short of cash have money again.
type Liquidity struct {
	Days    float64 `yaml:"days" is:"days"`    // mean, exponential
	Payday  float64 `yaml:"payday" is:"share"` // moved to the nearest 1st, 15th or 28th
	Respond float64 `yaml:"respond" is:"share"`
	Cure    float64 `yaml:"cure" is:"share"`
}

// AgeTraits are what differs by age.
type AgeTraits struct {
	Share  float64            `yaml:"share" is:"share"`
	Years  float64            `yaml:"years" is:"count"`
	Types  ByType[float64]    `yaml:"types" is:"odds"`   // tilt of the types' shares
	Known  ByChannel[float64] `yaml:"known" is:"share"`  // the creditor knows an address
	Notice ByChannel[float64] `yaml:"notice" is:"share"` // mean over people
	Prefer ByChannel[float64] `yaml:"prefer" is:"share"`
	Trust  float64            `yaml:"trust_sms" is:"odds"` // links in text messages look like fraud to many
}

// Traffic is how a channel carries contacts and answers.
type Traffic struct {
	Valid         float64 `yaml:"valid" is:"share"`        // of known addresses
	Concentration float64 `yaml:"concentration" is:"rate"` // of the people's Beta around the mean notice: the lower, the more they differ
	Least         float64 `yaml:"least" is:"days"`         // from contact to booked money
	Mean          float64 `yaml:"mean" is:"days"`          // mean of it; the rest is geometric
	Talk          float64 `yaml:"talk" is:"odds"`          // of a voice against text
	Grudge        float64 `yaml:"grudge" is:"odds"`        // complaints against text
}

// Windows are the four bands 8-11, 11-14, 14-17, 17-20; a letter has none.
type Windows struct {
	Share      ByWindow[float64] `yaml:"share" is:"share"` // whose own time it is
	Answer     ByWindow[float64] `yaml:"answer_phone" is:"odds"`
	NoticeHit  float64           `yaml:"notice_hit" is:"odds"` // factor on noticing a message in one's own window
	NoticeMiss float64           `yaml:"notice_miss" is:"odds"`
	PayHit     float64           `yaml:"pay_hit" is:"odds"`
	PayMiss    float64           `yaml:"pay_miss" is:"odds"`
}

// Preference is what the preferred channel does to paying.
type Preference struct {
	Hit  float64 `yaml:"hit" is:"odds"`
	Miss float64 `yaml:"miss" is:"odds"`
}

// Digital is whether digital contacts work better late.
type Digital struct {
	From  float64 `yaml:"late_from" is:"days"` // past due
	Early float64 `yaml:"early" is:"odds"`
	Late  float64 `yaml:"late" is:"odds"`
}

// Complaints per noticed contact, and what they lead to.
type Complaints struct {
	Tone       ByTone[float64] `yaml:"tone" is:"share"`
	PerContact float64         `yaml:"per_contact" is:"rate"` // factor 1 + per_contact·contacts so far
	AfterPaid  float64         `yaml:"after_paid" is:"odds"`  // factor for whoever has paid already
	Churn      float64         `yaml:"churn" is:"share"`      // of complaints
	Cancels    float64         `yaml:"cancels" is:"days"`     // a contract is cancelled so long after its cause
	Handover   float64         `yaml:"churn_handover" is:"share"`
}

// Plans are instalments.
type Plans struct {
	Tone        ByTone[float64] `yaml:"tone" is:"share"` // share of those open to a plan whom the tone lets ask
	Instalments float64         `yaml:"instalments" is:"count"`
	Every       float64         `yaml:"every" is:"days"`
	Breaks      float64         `yaml:"breaks" is:"days"` // a plan that is not kept shows after
}

// Promises are given in conversations.
type Promises struct {
	Told   float64 `yaml:"told" is:"share"`  // of those who will pay, who promise it
	False  float64 `yaml:"false" is:"share"` // of those who will not
	Breaks float64 `yaml:"breaks" is:"days"` // due so many days after
}

// Disputes hold a case for a time.
type Disputes struct {
	Days    float64 `yaml:"days" is:"days"`
	Settled float64 `yaml:"settled" is:"share"` // paid then
}

// Moves make postal addresses wrong.
type Moves struct {
	AYear    float64 `yaml:"a_year" is:"share"`
	Returned float64 `yaml:"returned" is:"days"` // until a letter comes back, from the contact
	Post     float64 `yaml:"post" is:"days"`     // until a letter is read, unless money follows sooner
}

// History is what former contacts show of a debtor.
type History struct {
	Channel    float64 `yaml:"shows_channel" is:"share"` // the true preferred channel shows
	Window     float64 `yaml:"shows_window" is:"share"`
	AnswersHit float64 `yaml:"answers_preferred" is:"share"` // a noticed contact is answered
	Answers    float64 `yaml:"answers" is:"share"`
}

// Reading is how soon a delivered text message is read: attention is not payment.
type Reading struct {
	Noticed float64 `yaml:"noticed" is:"share"` // within 3 minutes, of noticed ones
	Glanced float64 `yaml:"glanced" is:"share"` // of the rest
}

// Drift changes preferences, and how people react to channels, for good on a day; 0 is never.
type Drift struct {
	Day  float64            `yaml:"day" is:"days"`
	To   ByChannel[string]  `yaml:"to"`             // channel that takes a preferred one's place
	Odds ByChannel[float64] `yaml:"odds" is:"odds"` // of paying once noticed, from the day on
}

// Storm multiplies complaints between two days.
type Storm struct {
	From       float64 `yaml:"from" is:"days"`
	To         float64 `yaml:"to" is:"days"`
	Complaints float64 `yaml:"complaints" is:"odds"`
}

// Groups are two planted groups of debtors; nobody belongs to one unless planted.
type Groups struct {
	Planted bool    `yaml:"planted"`
	ShareA  float64 `yaml:"share_a" is:"share"`
	A       Group   `yaml:"a"`
	B       Group   `yaml:"b"`
}

// Group is what its members have in common.
type Group struct {
	Prefer string          `yaml:"prefer"`
	Window float64         `yaml:"window" is:"count"` // 0 to 3
	Tone   ByTone[float64] `yaml:"tone" is:"odds"`    // beside the type's
}

// ByType has a value per type of debtor.
type ByType[T any] struct {
	Forgetful T `yaml:"forgetful"`
	Short     T `yaml:"short"`
	Cannot    T `yaml:"cannot"`
	Wont      T `yaml:"wont"`
	Dispute   T `yaml:"dispute"`
}

// ByAge has a value per age band.
type ByAge[T any] struct {
	Young  T `yaml:"18-29"`
	Middle T `yaml:"30-49"`
	Older  T `yaml:"50-69"`
	Old    T `yaml:"70+"`
}

// ByChannel has a value per simulated channel.
type ByChannel[T any] struct {
	Letter    T `yaml:"letter"`
	Phone     T `yaml:"phone"`
	Email     T `yaml:"email"`
	SMS       T `yaml:"sms"`
	Push      T `yaml:"push"`
	Messenger T `yaml:"messenger"`
}

// ByTone has a value per tone.
type ByTone[T any] struct {
	Friendly   T `yaml:"friendly"`
	Neutral    T `yaml:"neutral"`
	LossFramed T `yaml:"loss_framed"`
	Firm       T `yaml:"firm"`
	Formal     T `yaml:"formal"`
	Empathetic T `yaml:"empathetic"`
}

// ByWindow has a value per window.
type ByWindow[T any] struct {
	Morning   T `yaml:"8-11"`
	Noon      T `yaml:"11-14"`
	Afternoon T `yaml:"14-17"`
	Evening   T `yaml:"17-20"`
}

func (b *ByType[T]) list() [types]T {
	return [types]T{b.Forgetful, b.Short, b.Cannot, b.Wont, b.Dispute}
}

func (b *ByAge[T]) list() [ages]T { return [ages]T{b.Young, b.Middle, b.Older, b.Old} }

func (b *ByWindow[T]) list() [windows]T { return [windows]T{b.Morning, b.Noon, b.Afternoon, b.Evening} }

// list is indexed by engine.Channel.
func (b *ByChannel[T]) list() (l [engine.Channels]T) {
	l[engine.Letter], l[engine.Phone], l[engine.Email] = b.Letter, b.Phone, b.Email
	l[engine.SMS], l[engine.Push], l[engine.Messenger] = b.SMS, b.Push, b.Messenger
	return l
}

// list is indexed by engine.Tone.
func (b *ByTone[T]) list() (l [engine.Tones]T) {
	l[engine.Friendly], l[engine.Neutral], l[engine.LossFramed] = b.Friendly, b.Neutral, b.LossFramed
	l[engine.Firm], l[engine.Formal], l[engine.Empathetic] = b.Firm, b.Formal, b.Empathetic
	return l
}
