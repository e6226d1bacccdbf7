package features

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"takt/engine"
	"takt/features/history"
)

// Erasure is what an erasure takes away.
type Erasure struct {
	Pseudonyms []string `json:"pseudonyms"` // of the debtor and of those merged into them: what the rows that stay are called
	Events     int      `json:"events"`
	Decisions  int      `json:"decisions"`
	FromSeq    uint64   `json:"from_seq"` // the journal positions of the first and last fact; 0: none
	ToSeq      uint64   `json:"to_seq"`
}

// ErrNoVault is returned by Erase of a ledger that keeps facts as they are.
var ErrNoVault = errors.New("this ledger keeps no keys that could be destroyed")

// Erase makes a debtor and those who were merged into them unreadable: in memory, journal, store and every
// copy of these. note is called before anything is destroyed and has to make the erasure durable: should
// the process end now, [vault.Vault.Erase] of its pseudonyms finishes it. Nothing known of the debtor: no
// pseudonyms, and note is not called. Facts that come later under the name are those of a new person.
func (l *Ledger) Erase(ctx context.Context, tenant, debtor string, note func(Erasure) error) (Erasure, error) {
	if l.o.Vault == nil {
		return Erasure{}, ErrNoVault
	}
	l.resync()
	for names := []string{debtor}; ; {
		all, err := l.namesOf(ctx, tenant, names)
		if err != nil {
			return Erasure{}, err
		}
		e, again, err := l.erase(ctx, tenant, all, note)
		if !again || err != nil {
			return e, err
		}
		names = all
	}
}

// namesOf adds those who were merged into the debtors.
func (l *Ledger) namesOf(ctx context.Context, tenant string, names []string) ([]string, error) {
	for i := 0; i < len(names); i++ {
		log, _, err := l.log(ctx, tenant, names[i])
		if err != nil {
			return nil, err
		}
		for _, other := range mergedIn(&log) {
			if !slices.Contains(names, other) {
				names = append(names, other)
			}
		}
	}
	return names, nil
}

func mergedIn(log *history.Log) (names []string) {
	void := retracted(log.Events)
	for i := range log.Events {
		if e := &log.Events[i]; e.Type == engine.DebtorMerged && !void[name{e.Source, e.ID}] {
			names = append(names, e.Data.Other)
		}
	}
	return names
}

// erase destroys the keys of the names while nobody else works on them; again says that one more was
// merged in meanwhile, and nothing is destroyed yet.
func (l *Ledger) erase(ctx context.Context, tenant string, names []string, note func(Erasure) error) (e Erasure, again bool, err error) {
	var keys []Key
	var stripes Stripes
	for _, n := range names {
		keys = append(keys, l.profiles.Key(tenant, n))
		stripes.Add(keys[len(keys)-1])
	}
	l.profiles.LockAll(&stripes)
	defer l.profiles.UnlockAll(&stripes)
	decided := map[engine.ID]bool{}
	for _, n := range names {
		if p := l.o.Vault.Pseudonym(tenant, n); p != "" {
			e.Pseudonyms = append(e.Pseudonyms, p)
		}
		log, _, err := l.log(ctx, tenant, n)
		if err != nil {
			return e, false, err
		}
		for _, other := range mergedIn(&log) {
			if !slices.Contains(names, other) {
				return e, true, nil
			}
		}
		e.count(&log)
		for i := range log.Decisions {
			decided[log.Decisions[i].ID] = true
		}
	}
	if len(e.Pseudonyms) == 0 {
		return e, false, nil
	}
	if err := note(e); err != nil {
		return e, false, err
	}
	return e, false, l.destroy(e.Pseudonyms, keys, decided)
}

// Finish does what [Ledger.Erase] did not after its note: the disk failed it.
func (l *Ledger) Finish(tenant string, e Erasure) error {
	var keys []Key
	var stripes Stripes
	for _, p := range e.Pseudonyms {
		if name, ok := l.o.Vault.Name(p); ok {
			keys = append(keys, l.profiles.Key(tenant, name))
			stripes.Add(keys[len(keys)-1])
		}
	}
	l.profiles.LockAll(&stripes)
	defer l.profiles.UnlockAll(&stripes)
	return l.destroy(e.Pseudonyms, keys, nil)
}

// destroy destroys keys of the vault and what memory holds under them; the debtors' locks are held. After an
// error the facts that still have a key are all there, and are folded anew.
func (l *Ledger) destroy(pseudonyms []string, keys []Key, decided map[engine.ID]bool) (err error) {
	for _, p := range pseudonyms {
		err = errors.Join(err, l.o.Vault.Erase(p))
	}
	l.erasures.Add(1)
	if err == nil {
		l.forget(keys, decided)
		return nil
	}
	for _, k := range keys {
		l.profiles.Delete(k)
	}
	return err
}

// count adds the facts of a log, which may hold some of them twice.
func (e *Erasure) count(log *history.Log) {
	Tidy(log)
	e.Events += len(log.Events)
	e.Decisions += len(log.Decisions)
	saw := func(seq uint64) {
		if e.ToSeq = max(e.ToSeq, seq); e.FromSeq == 0 || seq < e.FromSeq {
			e.FromSeq = seq
		}
	}
	for i := range log.Events {
		saw(log.Events[i].Seq)
	}
	for i := range log.Decisions {
		saw(log.Decisions[i].Seq)
	}
}

// forget takes out of memory what is known of the debtors; their locks are held.
func (l *Ledger) forget(keys []Key, decided map[engine.ID]bool) {
	for _, k := range keys {
		l.profiles.Delete(k)
	}
	l.tail.forget(func(u *unshipped) bool { return slices.Contains(keys, u.key) }, func(*unshipped) {})
	l.answers.forgetAll(decided)
	l.gated.forget(decided)
}

// Person is the whole log of a debtor, joined by those who were merged into them, in fold order.
func (l *Ledger) Person(ctx context.Context, tenant, debtor string) (history.Log, error) {
	log, _, err := l.logs(ctx, tenant, debtor)
	if err != nil {
		return log, fmt.Errorf("read all of a debtor: %w", err)
	}
	Tidy(&log)
	return log, nil
}
