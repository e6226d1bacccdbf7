// Package history keeps the facts: events, decisions and artefacts of every tenant.
//
// [Store] is the seam; the packages memory and clickhouse implement it and historytest.Exercise
// holds both to the same behaviour. A store never interprets a fact: folding is room features' work.
//
//	s, err := clickhouse.Open(ctx, "http://127.0.0.1:8123", nil)
//	err = s.Migrate(ctx)                  // clickhouse only: the schema is up to date
//	err = s.Append(ctx, history.Batch{Token: "log-1-100", Events: events})
//	log, err := s.Log(ctx, history.Debtor("acme", "D-9"))
package history

import (
	"context"
	"errors"
	"time"

	"takt/engine"
)

// Store is where facts end up. All methods are safe for concurrent use; reads drop duplicates:
// of equal event identities (tenant, source, id) and of equal decision ids the one with the lowest Seq counts.
type Store interface {
	// Append adds a batch; the same token adds nothing a second time, and completes what an attempt that
	// failed left out. When it returns nil the rows are durable.
	Append(ctx context.Context, b Batch) error
	// Log is everything known of one debtor or one case, in fold order. An unknown key gives an empty log. To a
	// case belong the events and decisions that name it and its debtors' events that name no case.
	Log(ctx context.Context, k Key) (Log, error)
	// Decision is one decision with its whole row. It returns ErrNotFound for another tenant's id too.
	Decision(ctx context.Context, tenant string, id engine.ID) (*engine.Decision, error)
	// Changes are the decisions that are new or whose state changed after the cursor, in Seq order, and the next
	// cursor. A decision whose newest fact lies before the cursor comes again with the next report about it.
	Changes(ctx context.Context, tenant string, after Cursor, limit int) ([]Change, Cursor, error)
	// Due are the open cases to look at again at the instant, the longest due first: those whose last live decision
	// is to be reviewed by then, and those opened by then that have none. A case is open until its last case_closed,
	// unless opened again later, and until payments since the newest statement of its amount (by event or live
	// decision) cover it. Retracted events count for nothing.
	Due(ctx context.Context, tenant string, at time.Time, limit int) ([]DueCase, error)
	// Answers hands f every idempotency key answered since the instant, of all tenants, in Seq order, each key once:
	// those of Batch.Answers and those that decisions carry (their Recorded counts).
	Answers(ctx context.Context, since time.Time, f func(Answer) error) error
	// Scan hands the logs of all debtors in range to f, tenant by tenant, in bounded memory and the same order each time; an error of f
	// ends it. The log and its lists are valid until f returns. It is no snapshot: what is appended meanwhile may be seen.
	Scan(ctx context.Context, r Range, f func(*Log) error) error
	// Close gives back connections.
	Close() error
}

// Scanner is the reading half of a Store that learning, evaluation and export need. Logs must come in an order that
// depends on the facts alone, such as by debtor, or as the debtors came.
type Scanner interface {
	Scan(ctx context.Context, r Range, f func(*Log) error) error
}

// Shelf keeps artefacts: immutable snapshots and models, and pointers to the live ones.
type Shelf interface {
	// Put stores an artefact; (Tenant, Kind, Name, Version) is its key and the last one put counts.
	Put(ctx context.Context, a Artefact) error
	// Artefacts are those of the kind, newest first, with name only those of the name. Data is nil unless a version is given.
	Artefacts(ctx context.Context, tenant, kind, name, version string) ([]Artefact, error)
}

// ErrNotFound is returned where a tenant has no such row.
var ErrNotFound = errors.New("not found")

// ErrUnavailable wraps every error that means the store cannot be reached or is full; try again later.
var ErrUnavailable = errors.New("the store cannot be reached")

// Batch is what the journal ships at once.
type Batch struct {
	Token     string // deterministic: the same rows again carry the same token
	Events    []engine.Event
	Decisions []engine.Decision
	Answers   []Answer
}

// Answer ties an idempotency key to the decision it was answered with; kept 7 days.
type Answer struct {
	Tenant   string
	Key      string
	BodyHash [16]byte
	Decision engine.ID
	At       time.Time
	Seq      uint64
}

// DueCase is a case that wants a decision.
type DueCase struct {
	Case, Debtor, Portfolio string
	Since                   time.Time // next review, or when the case was opened
	Decision                engine.ID // the last one; zero: never decided
}

// Key names one debtor's or one case's log; with a Case the Debtor is not asked for.
type Key struct{ Tenant, Debtor, Case string }

// Debtor is the key of a debtor's log.
func Debtor(tenant, debtor string) Key { return Key{Tenant: tenant, Debtor: debtor} }

// Case is the key of the log of a case, whoever owes it.
func Case(tenant, id string) Key { return Key{Tenant: tenant, Case: id} }

// Log is the facts of one debtor in fold order: events by (at, id, source), decisions by (issued at, id). The
// Debtor of a case's log is who owes it by the newest fact that names it.
type Log struct {
	Tenant, Debtor string
	Events         []engine.Event
	Decisions      []engine.Decision
}

// Cursor is a position in the stream of changes: the Seq of the last change seen; 0 is the start.
type Cursor uint64

// Change is a decision and what became of it.
type Change struct {
	Seq      uint64 // of the newest fact about it
	Decision engine.Decision
	State    string    // issued, executed, skipped or overridden; expiry follows from Decision.Expires
	At       time.Time // of the fact that gave it its state: the last report in fold order, else the issue
}

// Range selects what Scan reads.
type Range struct {
	Tenant string // "" is every tenant
	Source string // only events of this source; "" is all
	ToSeq  uint64 // only facts with Seq ≤ ToSeq; 0 is all
	// Decided leaves out debtors without a decision: what the learner reads.
	Decided bool
	// Slim leaves out Decision.Reply and the event texts that no fold reads: template, basis, reference, action.
	Slim bool
}

// Artefact is a named, versioned blob: a snapshot, a model, a pointer to the live version.
type Artefact struct {
	Tenant, Kind, Name, Version string
	Meta                        []byte // JSON, small
	Data                        []byte
	Created                     time.Time
}
