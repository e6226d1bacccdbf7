package engine

import "time"

// Request asks for the next best action of one case. Null or absent means unknown to the caller;
// what it leaves open the debtor's history answers, and restrictions of both unite.
type Request struct {
	Case        Case
	Debtor      Debtor
	Contacts    []ContactPoint // "channels" in JSON
	AsOf        time.Time      // zero: the server's clock
	Constraints Constraints
	Want        Want
}

// Case is one claim being worked.
type Case struct {
	ID           string
	Portfolio    string
	Stage        string // pre_due, dunning, agency or legal; empty: unknown
	Open         Money
	OldestDue    Date
	DunningLevel int // -1: unknown
	DefaultSince Date
	ContractDate Date
	Fulfilment   string // delivered, in_transit, returned or refund; empty: unknown
	Disputed     bool
	DisputeScope string // whole or part; empty: whole
	PartMinor    int64  // the disputed part of Open, where the scope is part; 0: not stated, so all of it

	Service       Supply // that the claim is for; zero: another or unknown
	Arrears       int    // instalments overdue; -1: unknown
	Reminders     int    // written ones so far; -1: unknown, the history counts
	FirstReminder Date
	Informed      Date // when the debtor was told that a credit bureau may be told
}

// Debtor is who owes, as the caller knows them.
type Debtor struct {
	ID        string
	Kind      string   // person, micro_business or business; empty: unknown
	TZ        string   // IANA zone; empty: unknown
	Zones     []string // other IANA zones the debtor may be in
	Region    string   // ISO 3166-2
	Language  string   // BCP 47
	BirthYear int      // 0: unknown
	Flags     Flags
}

// ContactPoint is one way to reach the debtor.
type ContactPoint struct {
	Channel    Channel
	AddressRef string
	Validity   float64 // probability 0 to 1 that the address is right; -1: unknown
	Consent    string  // service, marketing, tracking, none; empty: unknown
	Place      string  // private or work; empty: unknown
}

// Constraints narrow the eligible actions further; zero values do not narrow, but for MaxCostMinor,
// where 0 leaves what is free.
type Constraints struct {
	EarliestExecute time.Time
	LatestExecute   time.Time
	MaxCostMinor    int64 // the most a contact may cost, a conversation included; -1: no limit
	AllowChannels   []Channel
	AllowTones      []Tone
	AllowOffers     []Offer
}

// Want says what the reply should hold and what the decision is for.
type Want struct {
	Alternatives int    // 0 to 10
	Explain      string // none, short or full
	Mode         Mode
}

// Mode is what a decision is for.
type Mode uint8

// The modes.
const (
	Live   Mode = iota // executed by the caller
	Shadow             // logged; the caller's own ladder is executed
	DryRun             // stores nothing, uses no cap, is never learned
)

var modeNames = [...]string{"live", "shadow", "dry_run"}

// String gives the name used in JSON and SQL.
func (m Mode) String() string { return nameOf(modeNames[:], uint8(m)) }

// MarshalText gives the name.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a name.
func (m *Mode) UnmarshalText(b []byte) error { return levelOf(m, modeNames[:], "mode", b) }
