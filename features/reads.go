package features

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/journal"
	"takt/features/record"
)

// Answer is what an idempotency key was answered with in the last 7 days.
func (l *Ledger) Answer(tenant, key string) (history.Answer, bool) {
	v, ok := l.answers.get(l.answerKey(tenant, key), l.o.Now())
	if !ok {
		return history.Answer{}, false
	}
	return history.Answer{Tenant: tenant, Key: key, BodyHash: v.body, Decision: v.decision, At: time.UnixMicro(v.at).UTC()}, true
}

// RecordAnswer ties a further key to a decision that was made before: an open decision asked for again.
// At is set to the server's clock if it is zero.
func (l *Ledger) RecordAnswer(_ context.Context, a history.Answer) (Commit, error) {
	if a.At.IsZero() {
		a.At = l.now()
	}
	if l.o.Vault != nil {
		a.Key = l.o.Vault.AnswerKey(a.Tenant, a.Key)
	}
	payload := record.AppendAnswer(nil, &a)
	commit, err := l.o.Journal.Append(record.KindAnswer, payload)
	if err != nil {
		return Commit{}, err
	}
	l.tail.add(Key{}, journal.Record{Seq: commit.Last, Kind: record.KindAnswer, Payload: payload}, engine.ID{}, commit)
	l.answers.put(l.profiles.hash.pair(a.Tenant, a.Key), &a)
	return Commit{commit, nil}, nil
}

// Decision is one decision with its whole row, durable when it returns. It returns
// history.ErrNotFound for another tenant's id too.
func (l *Ledger) Decision(ctx context.Context, tenant string, id engine.ID) (*engine.Decision, error) {
	u, ok := l.tail.decision(id)
	if !ok {
		return l.o.Store.Decision(ctx, tenant, id)
	}
	if err := u.commit.Wait(ctx); err != nil {
		return nil, err
	}
	d, err := record.ParseDecision(u.payload)
	if err != nil {
		return nil, fmt.Errorf("read decision %d of the journal: %w", u.seq, err)
	}
	if d.Tenant != tenant {
		return nil, fmt.Errorf("decision %s: %w", id, history.ErrNotFound)
	}
	d.Seq = u.seq
	return d, nil
}

// Log is everything known of one debtor or one case, in fold order, what was accepted just now included.
func (l *Ledger) Log(ctx context.Context, k history.Key) (history.Log, error) {
	if k.Case != "" {
		if err := l.caughtUp(ctx); err != nil {
			return history.Log{Tenant: k.Tenant, Debtor: k.Debtor}, err
		}
		return l.o.Store.Log(ctx, k)
	}
	log, fromTail, err := l.log(ctx, k.Tenant, k.Debtor)
	if fromTail {
		Tidy(&log)
	}
	return log, err
}

// Changes are the decisions that are new or whose state changed after the cursor; see history.Store.
func (l *Ledger) Changes(ctx context.Context, tenant string, after history.Cursor, limit int) ([]history.Change, history.Cursor, error) {
	if err := l.caughtUp(ctx); err != nil {
		return nil, after, err
	}
	return l.o.Store.Changes(ctx, tenant, after, limit)
}

// Due are the open cases to look at again at the instant; see history.Store.
func (l *Ledger) Due(ctx context.Context, tenant string, at time.Time, limit int) ([]history.DueCase, error) {
	if err := l.caughtUp(ctx); err != nil {
		return nil, err
	}
	return l.o.Store.Due(ctx, tenant, at, limit)
}

// caughtUp ships what was accepted so far, so that reads of the store see it.
func (l *Ledger) caughtUp(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, l.o.ListTimeout)
	defer cancel()
	err := l.o.Journal.Flush(limited)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("ship the journal within %v: %w", l.o.ListTimeout, history.ErrUnavailable)
	}
	return err
}

// Profile is the debtor's profile of now, and whether there is any history.
func (l *Ledger) Profile(ctx context.Context, tenant, debtor string) (Profile, bool, error) {
	l.resync()
	t := l.turns.Get().(*turn)
	defer l.turns.Put(t)
	k := l.profiles.Key(tenant, debtor)
	l.profiles.Lock(k)
	defer l.profiles.Unlock(k)
	if l.profiles.Get(k, &t.p) {
		return t.p, t.p.HasHistory(), nil
	}
	keep, err := l.load(ctx, tenant, debtor, &t.p)
	if err != nil {
		return New(), false, err
	}
	if keep {
		l.profiles.Put(k, &t.p)
	}
	return t.p, t.p.HasHistory(), nil
}

// Flush returns nil when everything accepted before the call is in the store. Run must be running.
func (l *Ledger) Flush(ctx context.Context) error { return l.o.Journal.Flush(ctx) }
