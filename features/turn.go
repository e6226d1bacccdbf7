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
	"takt/features/vault"
)

// View is what a decision is made on. It is valid until the function of Turn returns.
type View struct {
	Known   bool      // false: no profile could be had (reason profile_unavailable); Profile is then that of no history
	Profile *Profile  // never nil
	AsOf    time.Time // of the newest fact; zero: no history
}

// turn is the working space of one Turn, kept between turns.
type turn struct {
	p           Profile
	v           View
	buf, masked []byte // the decision's payload, for reading and as the journal gets it
	masker      *vault.Masker
}

// Turn calls f with the debtor's view while nobody else folds or decides for the debtor. A decision
// that f returns is appended to the journal and folded; nil is none. The commit says when it is
// durable: no answer may leave before. F must not call Turn, Events or Profile of the same ledger.
// Errors: f's own, journal.ErrFull and its kin (then nothing was taken), and the context's.
func (l *Ledger) Turn(ctx context.Context, tenant, debtor string, f func(v *View) (*engine.Decision, error)) (Commit, error) {
	l.resync()
	t := l.turns.Get().(*turn)
	defer l.turns.Put(t)
	k := l.profiles.Key(tenant, debtor)
	l.profiles.Lock(k)
	defer l.profiles.Unlock(k)
	keep, err := l.view(ctx, tenant, debtor, k, t)
	if err != nil {
		return Commit{}, err
	}
	d, err := f(&t.v)
	if err != nil {
		return Commit{}, err
	}
	if d == nil {
		if keep {
			l.profiles.Put(k, &t.p)
		}
		return Commit{}, nil
	}
	if d.Tenant != tenant || d.Debtor != debtor {
		return Commit{}, fmt.Errorf("append decision %s: it is about another debtor than the turn", d.ID)
	}
	d.Recorded = l.now()
	t.buf = record.AppendDecision(t.buf[:0], d)
	payload := t.buf
	if l.o.Vault != nil {
		if t.masker == nil {
			t.masker = l.o.Vault.Masker()
		}
		if t.masked, err = t.masker.AppendDecision(t.masked[:0], d); err != nil {
			return Commit{}, fmt.Errorf("mask decision %s: %w", d.ID, err)
		}
		payload = t.masked
	}
	commit, err := l.o.Journal.Append(record.KindDecision, payload)
	if err != nil {
		return Commit{}, err
	}
	d.Seq = commit.Last
	l.known.add(k)
	l.gated.add(d)
	l.tail.add(k, journal.Record{Seq: d.Seq, Kind: record.KindDecision, Payload: t.buf}, d.ID, commit)
	if a, ok := answerOf(d); ok {
		l.answers.put(l.answerKey(tenant, d.Key), &a)
	}
	l.foldTurn(k, &t.p, d, keep)
	return Commit{commit, l.o.Vault}, nil
}

// foldTurn folds the turn's own decision; the turn's copy is the newest state of the debtor.
func (l *Ledger) foldTurn(k Key, p *Profile, d *engine.Decision, keep bool) {
	if !keep || !p.FollowsDecision(d) {
		l.profiles.Delete(k)
		return
	}
	p.FoldDecision(d, l.zones)
	l.profiles.Put(k, p)
}

// view fills t with the debtor's profile: from memory, or folded from store and tail. Keep says
// that the profile may stay in memory.
func (l *Ledger) view(ctx context.Context, tenant, debtor string, k Key, t *turn) (keep bool, err error) {
	keep = true
	if !l.profiles.Get(k, &t.p) {
		keep, err = l.load(ctx, tenant, debtor, &t.p)
		switch {
		case errors.Is(err, history.ErrUnavailable):
			l.lost.Add(1)
			t.p = New()
			t.v = View{Profile: &t.p}
			return false, nil
		case err != nil:
			return false, err
		}
	}
	t.v = View{Known: true, Profile: &t.p}
	if t.p.HasHistory() {
		t.v.AsOf = time.UnixMicro(t.p.LastAt).UTC()
	}
	return keep, nil
}

// load folds a debtor's whole log. Keep is false for a debtor whom others were merged into: facts
// about those may come under their old name, so such a profile is folded at each turn.
func (l *Ledger) load(ctx context.Context, tenant, debtor string, p *Profile) (keep bool, err error) {
	if l.known.stranger(tenant, l.profiles.Key(tenant, debtor)) {
		*p = New()
		return true, nil
	}
	limited, cancel := context.WithTimeout(ctx, l.o.LoadTimeout)
	defer cancel()
	log, merged, err := l.logs(limited, tenant, debtor)
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			err = fmt.Errorf("read the log of a debtor for %v: %w", l.o.LoadTimeout, history.ErrUnavailable)
		}
		return false, err
	}
	l.loads.Add(1)
	*p = New()
	p.Replay(&log, l.zones)
	return !merged, nil
}

// logs is the debtor's log, joined by the logs of all who were merged into them.
func (l *Ledger) logs(ctx context.Context, tenant, debtor string) (log history.Log, merged bool, err error) {
	const most = 32 // debtors: a chain of merges ends, whatever the events say
	names := []string{debtor}
	for i := 0; i < len(names) && i < most; i++ {
		one, fromTail, err := l.log(ctx, tenant, names[i])
		if err != nil {
			return log, false, err
		}
		names = append(names, mergedIn(&one)...)
		if i == 0 {
			log = one
		} else if names[i] != debtor {
			log.Events = append(log.Events, one.Events...)
			log.Decisions = append(log.Decisions, one.Decisions...)
		}
		merged = len(names) > 1
		if merged || fromTail {
			Tidy(&log)
		}
	}
	return log, merged, nil
}

// log is one debtor's log from store and tail. The tail is read first: what is shipped meanwhile is
// then in both, never in neither.
func (l *Ledger) log(ctx context.Context, tenant, debtor string) (log history.Log, fromTail bool, err error) {
	var recent history.Log
	n, err := l.tail.join(l.profiles.Key(tenant, debtor), &recent)
	if err != nil {
		return log, false, err
	}
	log, err = l.o.Store.Log(ctx, history.Debtor(tenant, debtor))
	if err != nil {
		return log, false, fmt.Errorf("read the log of a debtor: %w", err)
	}
	log.Events = append(log.Events, recent.Events...)
	log.Decisions = append(log.Decisions, recent.Decisions...)
	return log, n > 0, nil
}

// answerOf is the answer that a decision carries.
func answerOf(d *engine.Decision) (history.Answer, bool) {
	return history.Answer{Tenant: d.Tenant, Key: d.Key, BodyHash: d.BodyHash, Decision: d.ID, At: d.Recorded, Seq: d.Seq}, d.Key != ""
}
