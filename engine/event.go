package engine

import (
	"fmt"
	"time"
)

// Event is a dated fact about one debtor, as a dunning system reported it.
// Its identity is (Tenant, Source, ID): a second event of the same identity is a duplicate.
type Event struct {
	Tenant   string
	Source   string
	ID       string
	Type     EventType
	Debtor   string
	At       time.Time // when it happened, UTC, microseconds
	Received time.Time // when Takt took it, UTC, microseconds
	Seq      uint64    // position in the journal; orders equal identities: the first one received counts
	Data     EventData
	Sealed   string // of a masked event: the whole one under its debtor's key, see package vault; else ""
}

// EventData are the fields of all event types; Has says which of them were given.
type EventData struct {
	Has Fields

	CaseID, Portfolio, Stage, Fulfilment, Reason string
	Open                                         Money
	OldestDue, ContractDate                      Date
	DunningLevel                                 int

	Kind, TZ, Region, Language string
	BirthYear                  int
	Flags                      Flags

	Channel                                     Channel
	Tone                                        Tone
	AddressRef, Purpose, State, Basis, Template string
	Validity                                    float64 // 0 to 1

	DecisionID ID
	ActedAt    time.Time // field "at" of decision_executed: when the action was carried out
	CostMicro  int64     // millionths of a major unit
	Action     string    // what was done instead, of decision_overridden

	AmountMinor int64
	Currency    string
	Unmatched   bool

	EventID, Other, Name string // retracted event; the debtor merged in; name of a score
	Value                float64
	Expires              time.Time

	Due         Date
	Instalments int
	MadeTo      string // "human" or "bot"

	Scope, Reference string
	Until            time.Time
	Date             Date

	HourFrom, HourTo int // field "hours" such as 0900-1700, local minutes of the day
	Weekdays         Set[Weekday]
}

// EventType is one of the fixed event types; the zero value is none.
type EventType uint8

// The event types, in the order of DESIGN.md; the numbers are stored: append only.
const (
	CaseOpened EventType = 1 + iota
	CaseUpdated
	CaseClosed
	DebtorUpdated
	ConsentChanged
	AddressChanged
	AddressReturned
	DecisionExecuted
	DecisionSkipped
	DecisionOverridden
	ContactSent
	ContactDelivered
	ContactFailed
	ContactOpened
	ContactClicked
	ContactReplied
	ContactAttempted
	ContactConnected
	PortalVisited
	PaymentStarted
	DocumentUploaded
	PaymentReceived
	PaymentReversed
	EventRetracted
	DebtorMerged
	ScoreSet
	PromiseMade
	PromiseKept
	PromiseBroken
	PlanAgreed
	PlanPaid
	PlanMissed
	DisputeOpened
	DisputeResolved
	HardshipDeclared
	HoldSet
	HoldLifted
	ComplaintReceived
	ContractCancelled
	StopReceived
	ObjectionRaised
	ErasureRequested
	InsolvencyOpened
	DebtorDeceased
	RepresentativeNamed
	MoratoriumClaimed
	HandedOver
	WrittenOff
	WishStated
)

// EventTypes is one more than the highest event type.
const EventTypes = int(WishStated) + 1

// String gives the short type, such as promise_made.
func (t EventType) String() string {
	if int(t) < len(eventSpecs) {
		return eventSpecs[t].name
	}
	return fmt.Sprintf("event(%d)", uint8(t))
}

// MarshalText gives the short type.
func (t EventType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a short type.
func (t *EventType) UnmarshalText(b []byte) error {
	for i := range eventSpecs {
		if i > 0 && eventSpecs[i].name == string(b) {
			*t = EventType(i)
			return nil
		}
	}
	return &FieldError{"/type", fmt.Sprintf("%q is no event type; see the table of events in the README of room features", b)}
}

// Allowed is the set of data fields the type may carry.
func (t EventType) Allowed() Fields { return eventSpecs[t].allowed | FieldCaseID }

// Required is the set of data fields the type must carry.
func (t EventType) Required() Fields { return eventSpecs[t].required }

// Fields is a set of data fields.
type Fields uint64

// The data fields, in the order of fieldNames; the bits are stored: append only.
const (
	FieldCaseID Fields = 1 << iota
	FieldPortfolio
	FieldStage
	FieldOpen
	FieldOldestDue
	FieldDunningLevel
	FieldContractDate
	FieldFulfilment
	FieldReason
	FieldKind
	FieldTZ
	FieldRegion
	FieldLanguage
	FieldBirthYear
	FieldFlags
	FieldChannel
	FieldAddressRef
	FieldPurpose
	FieldState
	FieldBasis
	FieldValidity
	FieldDecisionID
	FieldAt
	FieldCostMicro
	FieldAction
	FieldTone
	FieldTemplate
	FieldAmountMinor
	FieldCurrency
	FieldUnmatched
	FieldEventID
	FieldOther
	FieldName
	FieldValue
	FieldExpires
	FieldDue
	FieldInstalments
	FieldMadeTo
	FieldScope
	FieldUntil
	FieldDate
	FieldReference
	FieldHours
	FieldWeekdays
)

var fieldNames = [...]string{"case_id", "portfolio", "stage", "open", "oldest_due", "dunning_level", "contract_date", "fulfilment", "reason",
	"kind", "tz", "region", "language", "birth_year", "flags", "channel", "address_ref", "purpose", "state", "basis", "validity",
	"decision_id", "at", "cost_micro", "action", "tone", "template", "amount_minor", "currency", "unmatched", "event_id", "other", "name",
	"value", "expires", "due", "instalments", "made_to", "scope", "until", "date", "reference", "hours", "weekdays"}

// FieldNamed is the field of a JSON name, or 0.
func FieldNamed(name string) Fields {
	for i, n := range fieldNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

// Names are the JSON names in the set, in the fixed order.
func (f Fields) Names() []string {
	var names []string
	for i, n := range fieldNames {
		if f&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

type eventSpec struct {
	name              string
	allowed, required Fields
}

const (
	caseFields    = FieldPortfolio | FieldStage | FieldOpen | FieldOldestDue | FieldDunningLevel | FieldContractDate | FieldFulfilment | FieldReason
	personFields  = FieldKind | FieldTZ | FieldRegion | FieldLanguage | FieldBirthYear | FieldFlags
	addressFields = FieldChannel | FieldAddressRef | FieldPurpose | FieldState | FieldBasis | FieldValidity | FieldReason
	actFields     = FieldDecisionID | FieldAt | FieldCostMicro | FieldReason | FieldAction
	contactFields = FieldChannel | FieldTone | FieldTemplate | FieldDecisionID | FieldAddressRef | FieldReason | FieldCostMicro
	moneyFields   = FieldAmountMinor | FieldCurrency | FieldUnmatched | FieldDecisionID
	promiseFields = FieldAmountMinor | FieldCurrency | FieldDue | FieldInstalments | FieldMadeTo | FieldChannel
	holdFields    = FieldScope | FieldReason | FieldUntil | FieldReference | FieldAmountMinor | FieldCurrency
	wishFields    = FieldChannel | FieldAddressRef | FieldState | FieldHours | FieldWeekdays
	voiceFields   = FieldChannel | FieldReason
	personStop    = FieldDate | FieldReference | FieldReason
)

var eventSpecs = [...]eventSpec{{},
	{"case_opened", caseFields, FieldCaseID | FieldOpen | FieldOldestDue},
	{"case_updated", caseFields, FieldCaseID},
	{"case_closed", caseFields, FieldCaseID},
	{"debtor_updated", personFields, 0},
	{"consent_changed", addressFields, FieldChannel | FieldState},
	{"address_changed", addressFields, FieldChannel | FieldAddressRef},
	{"address_returned", addressFields, FieldChannel},
	{"decision_executed", actFields, FieldDecisionID},
	{"decision_skipped", actFields, FieldDecisionID | FieldReason},
	{"decision_overridden", actFields, FieldDecisionID | FieldReason},
	{"contact_sent", contactFields, FieldChannel},
	{"contact_delivered", contactFields, FieldChannel},
	{"contact_failed", contactFields, FieldChannel},
	{"contact_opened", contactFields, FieldChannel},
	{"contact_clicked", contactFields, FieldChannel},
	{"contact_replied", contactFields, FieldChannel},
	{"contact_attempted", contactFields, FieldChannel},
	{"contact_connected", contactFields, FieldChannel},
	{"portal_visited", 0, 0},
	{"payment_started", 0, 0},
	{"document_uploaded", 0, 0},
	{"payment_received", moneyFields, FieldAmountMinor | FieldCurrency},
	{"payment_reversed", moneyFields, FieldAmountMinor | FieldCurrency},
	{"event_retracted", FieldEventID | FieldReason, FieldEventID},
	{"debtor_merged", FieldOther | FieldReason, FieldOther},
	{"score_set", FieldName | FieldValue | FieldPurpose | FieldExpires, FieldName | FieldValue},
	{"promise_made", promiseFields, FieldDue},
	{"promise_kept", promiseFields, 0},
	{"promise_broken", promiseFields, 0},
	{"plan_agreed", promiseFields, 0},
	{"plan_paid", promiseFields, 0},
	{"plan_missed", promiseFields, 0},
	{"dispute_opened", holdFields, FieldReason},
	{"dispute_resolved", holdFields, 0},
	{"hardship_declared", holdFields, 0},
	{"hold_set", holdFields, FieldReason},
	{"hold_lifted", holdFields, 0},
	{"complaint_received", voiceFields, 0},
	{"contract_cancelled", voiceFields, 0},
	{"stop_received", voiceFields, FieldChannel},
	{"objection_raised", voiceFields, 0},
	{"erasure_requested", voiceFields, 0},
	{"insolvency_opened", personStop, 0},
	{"debtor_deceased", personStop, 0},
	{"representative_named", personStop, 0},
	{"moratorium_claimed", personStop | FieldUntil, 0},
	{"handed_over", personStop, 0},
	{"written_off", personStop, 0},
	{"wish_stated", wishFields, FieldState},
}

// Before is the order in which a profile folds events: (at, id), then source.
func (e *Event) Before(o *Event) bool {
	if !e.At.Equal(o.At) {
		return e.At.Before(o.At)
	}
	if e.ID != o.ID {
		return e.ID < o.ID
	}
	return e.Source < o.Source
}
