package features

import (
	"context"
	"fmt"
	"slices"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Backfill folds the whole history of a tenant into profiles, debtor by debtor, in bounded memory;
// it gives the number of profiles. Debtors whom others were merged into are left out: their profile
// needs several logs, and is folded when it is asked for. It is for profiles that nobody writes to
// meanwhile; a running ledger has Warm.
func Backfill(ctx context.Context, store history.Store, tenant string, profiles *Profiles) (int, error) {
	zones, n := &Zones{}, 0
	var p Profile
	err := store.Scan(ctx, history.Range{Tenant: tenant, Slim: true}, func(l *history.Log) error {
		if hasMerge(l) {
			return nil
		}
		p = New()
		p.Replay(l, zones)
		profiles.Put(profiles.Key(tenant, l.Debtor), &p)
		n++
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("backfill profiles: %w", err)
	}
	return n, nil
}

// Warm folds the history of a tenant into memory while the ledger works, so that the first decision
// of each debtor needs no read of the store, not even of one who is new. Profiles that are there
// already stay; what finds no room is folded when it is asked for.
func (l *Ledger) Warm(ctx context.Context, tenant string) (Warmed, error) {
	// What is shipped while the scan runs may be missing in what the scan read: it stays in the tail.
	l.tail.pin()
	defer l.tail.unpin()
	w, erasures := Warmed{Newest: l.recalled[tenant]}, l.erasures.Load()
	err := l.o.Store.Scan(ctx, history.Range{Tenant: tenant, Slim: true}, func(log *history.Log) error {
		l.known.add(l.profiles.Key(tenant, log.Debtor))
		w.Newest = later(w.Newest, newest(log))
		for i := range log.Decisions {
			l.gated.add(&log.Decisions[i])
		}
		if hasMerge(log) {
			return nil
		}
		ok, err := l.warm(tenant, log, erasures)
		if ok {
			w.Profiles++
		}
		return err
	})
	if err != nil {
		return w, fmt.Errorf("warm profiles: %w", err)
	}
	l.known.all(tenant)
	return w, nil
}

// Warmed is what Warm found.
type Warmed struct {
	Profiles int       // folded into memory
	Newest   time.Time // time of the tenant's newest fact, one that only the journal has included; zero: no facts
}

// newest is the time of the newest fact of a log in fold order.
func newest(l *history.Log) (t time.Time) {
	if n := len(l.Events); n > 0 {
		t = l.Events[n-1].At
	}
	if n := len(l.Decisions); n > 0 {
		t = later(t, l.Decisions[n-1].IssuedAt)
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// warm folds one log, unless somebody was erased since it was read.
func (l *Ledger) warm(tenant string, log *history.Log, erasures int64) (bool, error) {
	t := l.turns.Get().(*turn)
	defer l.turns.Put(t)
	k := l.profiles.Key(tenant, log.Debtor)
	l.profiles.Lock(k)
	defer l.profiles.Unlock(k)
	if l.erasures.Load() != erasures || l.profiles.Get(k, &t.p) {
		return false, nil
	}
	var recent history.Log
	n, err := l.tail.join(k, &recent)
	if err != nil {
		return false, err
	}
	if n > 0 {
		// The scan's slices are the store's: they are copied, not grown or sorted.
		log = &history.Log{Tenant: tenant, Debtor: log.Debtor,
			Events: slices.Concat(log.Events, recent.Events), Decisions: slices.Concat(log.Decisions, recent.Decisions)}
		Tidy(log)
		if hasMerge(log) {
			return false, nil
		}
	}
	t.p = New()
	t.p.Replay(log, l.zones)
	l.profiles.Put(k, &t.p)
	return true, nil
}

func hasMerge(l *history.Log) bool {
	for i := range l.Events {
		if l.Events[i].Type == engine.DebtorMerged {
			return true
		}
	}
	return false
}
