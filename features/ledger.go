package features

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/journal"
	"takt/features/record"
	"takt/features/vault"
)

// Options are what a Ledger works with. Journal and Store are required.
type Options struct {
	Journal *journal.Log
	Store   history.Store

	// Vault masks what goes into the journal; Store must then be one of package sealed over the same vault.
	// Defaults to none: facts are kept as they are, and nobody can be erased.
	Vault *vault.Vault

	// MaxProfileBytes bounds the profiles in memory. Defaults to 1 GiB, about 400,000 debtors.
	MaxProfileBytes int64

	// LoadTimeout bounds how long a decision waits for the store to give a debtor's log; beyond it the
	// profile counts as unavailable. Defaults to 2 seconds.
	LoadTimeout time.Duration

	// ListTimeout bounds how long a list waits for the journal to be shipped. Defaults to 10 seconds.
	ListTimeout time.Duration

	// Now is the server's clock: when facts are received, and when answers expire. Defaults to time.Now.
	Now func() time.Time

	// Logger gets one line per rare thing, never a name of a debtor. Defaults to none.
	Logger *slog.Logger
}

// Ledger is the door to the facts: it journals events and decisions, folds them into profiles, lets
// one decision at a time be made per debtor, and ships the journal to the store. All methods are
// safe for concurrent use.
//
// Nothing is folded that the journal did not take. What it took is visible at once to whoever holds
// the debtor, even before it is durable; that is safe because the journal refuses records only
// together with all that were appended after them, so no durable decision rests on a lost fact; and
// memory is cleaned of refused facts before the next call is served.
type Ledger struct {
	o        Options
	zones    *Zones
	profiles *Profiles
	tail     *tail
	answers  *answers
	recent   *recent
	known    *known
	gated    *gated
	recalled map[string]time.Time // by tenant: the newest fact that Open found in the journal
	turns    sync.Pool            // of *turn
	calls    sync.Pool            // of *call

	resyncing sync.Mutex
	failed    atomic.Int64 // failed writes of the journal that memory has been cleaned of
	erasures  atomic.Int64 // keys destroyed: what was masked before is masked anew

	loads, lost atomic.Int64
}

// Open makes a ledger ready: it indexes the journal's unshipped tail and loads the answers of the
// last 7 days. It returns history.ErrUnavailable (wrapped) if the store cannot give them: without
// them a repeated request would be decided twice.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.Journal == nil || o.Store == nil {
		return nil, errors.New("open ledger: Options.Journal and Options.Store are required")
	}
	o.MaxProfileBytes = cmp.Or(o.MaxProfileBytes, 1<<30)
	o.LoadTimeout = cmp.Or(o.LoadTimeout, 2*time.Second)
	o.ListTimeout = cmp.Or(o.ListTimeout, 10*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	l := &Ledger{o: o, zones: &Zones{}, profiles: NewProfiles(o.MaxProfileBytes), tail: newTail(), answers: newAnswers(), recent: newRecent(), known: newKnown(), gated: newGated(), recalled: map[string]time.Time{}}
	l.turns.New = func() any { return new(turn) }
	l.calls.New = func() any { return new(call) }
	l.failed.Store(o.Journal.Stats().FailedWrites)
	since := o.Now().Add(-AnswersKept)
	err := o.Store.Answers(ctx, since, func(a history.Answer) error {
		l.answers.put(l.profiles.hash.pair(a.Tenant, a.Key), &a) // kept under the masked key
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load the answers since %s: %w", since.UTC().Format(time.RFC3339), err)
	}
	if err := o.Journal.Tail(l.recall); err != nil {
		return nil, fmt.Errorf("replay the journal: %w", err)
	}
	return l, nil
}

// recall indexes one record that a former run left in the journal.
func (l *Ledger) recall(r journal.Record) error {
	h := &l.profiles.hash
	switch r.Kind {
	case record.KindEvent:
		e, known, err := l.parseEvent(&r)
		if err != nil {
			return fmt.Errorf("record %d: %w", r.Seq, err)
		}
		if !known {
			return nil // erased; the store still gets the row
		}
		l.known.add(h.pair(e.Tenant, e.Debtor))
		l.recalled[e.Tenant] = later(l.recalled[e.Tenant], e.At)
		l.tail.add(h.pair(e.Tenant, e.Debtor), r, engine.ID{}, journal.Commit{})
		l.recent.add([]Key{h.triple(e.Tenant, e.Source, e.ID)})
	case record.KindDecision:
		d, known, err := l.parseDecision(&r)
		if err != nil {
			return fmt.Errorf("record %d: %w", r.Seq, err)
		}
		if !known {
			return nil
		}
		l.known.add(h.pair(d.Tenant, d.Debtor))
		l.gated.add(d)
		l.recalled[d.Tenant] = later(l.recalled[d.Tenant], d.IssuedAt)
		l.tail.add(h.pair(d.Tenant, d.Debtor), r, d.ID, journal.Commit{})
		if a, ok := answerOf(d); ok {
			l.answers.put(l.answerKey(a.Tenant, a.Key), &a)
		}
	case record.KindAnswer:
		a, err := record.ParseAnswer(r.Payload)
		if err != nil {
			return fmt.Errorf("record %d: %w", r.Seq, err)
		}
		l.tail.add(Key{}, r, engine.ID{}, journal.Commit{})
		l.answers.put(h.pair(a.Tenant, a.Key), &a)
	default:
		return fmt.Errorf("record %d is of kind %d: %w", r.Seq, r.Kind, record.ErrVersion)
	}
	return nil
}

// Close makes the journal durable and closes it. The store stays open.
func (l *Ledger) Close() error { return l.o.Journal.Close() }

// Stats are counters since Open and gauges of now, for metrics.
type Stats struct {
	Profiles     ProfilesStats
	Loads        int64 // profiles folded from the store
	Lost         int64 // turns without a profile, because the store could not be reached
	Answers      int64 // idempotency keys remembered
	TailRecords  int64 // in the journal, not yet in the store
	TailBytes    int64
	JournalState journal.Stats
}

// Stats are the counters.
func (l *Ledger) Stats() Stats {
	s := Stats{Profiles: l.profiles.Stats(), Loads: l.loads.Load(), Lost: l.lost.Load(), Answers: l.answers.len(), JournalState: l.o.Journal.Stats()}
	s.TailRecords, s.TailBytes = l.tail.size()
	return s
}
