package features

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takt/engine"
	"takt/features/journal"
	"takt/features/record"
	"takt/features/vault"
)

// Receipt is what became of one event.
type Receipt struct {
	// Duplicate says that the event had been taken before and changed nothing. False is no promise
	// that it is new: an older duplicate is dropped later, by fold and store.
	Duplicate bool
}

// call is the working space of one Events, kept between calls.
type call struct {
	debtors, names []Key // per event
	known          []bool
	taken          []int           // indices of the events that are appended
	entries        []journal.Entry // as the journal gets them
	plain          [][]byte        // payloads for reading, of the same events
	buf, masked    []byte
	ends           []int
	masker         *vault.Masker
	erasures       int64 // known of when the entries were masked
	stripes        Stripes
	fresh          map[Key]struct{}
}

// Events takes events: durable and folded when it returns nil. One call is one append to the journal,
// all or nothing. It fills Tenant, Received and Seq of es. Errors: journal.ErrFull and its kin, then
// nothing was taken; the context's, then the outcome is open and a repeated call is safe.
func (l *Ledger) Events(ctx context.Context, tenant string, es []engine.Event) ([]Receipt, error) {
	l.resync()
	c := l.calls.Get().(*call)
	defer l.calls.Put(c)
	receipts := make([]Receipt, len(es))
	c.prepare(l, tenant, es, receipts)
	if err := c.mask(l, es); err != nil {
		return nil, err
	}
	if len(c.taken) == 0 {
		return receipts, nil
	}
	commit, err := l.take(c, es)
	if err != nil {
		return nil, err
	}
	if err := (Commit{commit, l.o.Vault}).Wait(ctx); err != nil {
		return nil, err
	}
	c.names = c.names[:0]
	for _, i := range c.taken {
		c.names = append(c.names, l.profiles.hash.triple(tenant, es[i].Source, es[i].ID))
	}
	l.recent.add(c.names)
	return receipts, nil
}

// prepare names, sorts out and encodes the events.
func (c *call) prepare(l *Ledger, tenant string, es []engine.Event, receipts []Receipt) {
	now := l.now()
	h := &l.profiles.hash
	c.debtors, c.names, c.taken = c.debtors[:0], c.names[:0], c.taken[:0]
	c.buf, c.ends, c.plain, c.stripes = c.buf[:0], c.ends[:0], c.plain[:0], Stripes{}
	if c.fresh == nil {
		c.fresh = map[Key]struct{}{}
	}
	clear(c.fresh)
	for i := range es {
		c.debtors = append(c.debtors, h.pair(tenant, es[i].Debtor))
		c.names = append(c.names, h.triple(tenant, es[i].Source, es[i].ID))
	}
	c.known = append(c.known[:0], make([]bool, len(es))...)
	l.recent.have(c.known, c.names)
	for i := range es {
		if _, twice := c.fresh[c.names[i]]; twice || c.known[i] {
			receipts[i].Duplicate = true
			continue
		}
		if len(es) > 1 {
			c.fresh[c.names[i]] = struct{}{}
		}
		e := &es[i]
		e.Tenant, e.Received = tenant, now
		c.taken = append(c.taken, i)
		c.stripes.Add(c.debtors[i])
		c.buf = record.AppendEvent(c.buf, e)
		c.ends = append(c.ends, len(c.buf))
	}
	from := 0
	for _, to := range c.ends {
		c.plain = append(c.plain, c.buf[from:to])
		from = to
	}
}

// mask makes the journal's entries of the events taken.
func (c *call) mask(l *Ledger, es []engine.Event) error {
	c.entries, c.erasures = c.entries[:0], l.erasures.Load()
	if l.o.Vault == nil {
		for _, payload := range c.plain {
			c.entries = append(c.entries, journal.Entry{Kind: record.KindEvent, Payload: payload})
		}
		return nil
	}
	if c.masker == nil {
		c.masker = l.o.Vault.Masker()
	}
	c.masked, c.ends = c.masked[:0], c.ends[:0]
	for n, i := range c.taken {
		var err error
		if c.masked, err = c.masker.AppendEvent(c.masked, &es[i], c.plain[n]); err != nil {
			return fmt.Errorf("mask an event: %w", err)
		}
		c.ends = append(c.ends, len(c.masked))
	}
	from := 0
	for _, to := range c.ends {
		c.entries = append(c.entries, journal.Entry{Kind: record.KindEvent, Payload: c.masked[from:to]})
		from = to
	}
	return nil
}

// take appends the events and folds them, while nobody else works on their debtors: so facts of one
// debtor have the same order in the journal, in the tail and in memory.
func (l *Ledger) take(c *call, es []engine.Event) (journal.Commit, error) {
	l.profiles.LockAll(&c.stripes)
	defer l.profiles.UnlockAll(&c.stripes)
	if l.erasures.Load() != c.erasures { // perhaps of one of these debtors: a destroyed key must take nothing in
		if err := c.mask(l, es); err != nil {
			return journal.Commit{}, err
		}
	}
	commit, err := l.o.Journal.AppendBatch(c.entries)
	if err != nil {
		return commit, err
	}
	for n, i := range c.taken {
		e, k := &es[i], c.debtors[i]
		e.Seq = commit.First + uint64(n)
		l.welcome(e.Tenant, k)
		l.tail.add(k, journal.Record{Seq: e.Seq, Kind: record.KindEvent, Payload: c.plain[n]}, engine.ID{}, commit)
		l.profiles.Update(k, func(p *Profile) bool {
			if !p.FollowsEvent(e) {
				return false // folded anew from store and tail when it is asked for
			}
			p.Fold(e, l.zones)
			return true
		})
	}
	return commit, nil
}

// welcome makes room in memory for a debtor's first fact: the profile is folded as facts come and
// never has to be read back.
func (l *Ledger) welcome(tenant string, k Key) {
	if l.known.stranger(tenant, k) {
		p := New()
		l.profiles.Put(k, &p)
	}
	l.known.add(k)
}

// now is the server's clock in the precision of facts.
func (l *Ledger) now() time.Time { return l.o.Now().UTC().Truncate(time.Microsecond) }

// Commit is the receipt of something appended. The zero Commit is of nothing and durable.
type Commit struct {
	c journal.Commit
	v *vault.Vault // whose keys have to be on disk, too; nil: none
}

// Seq is the journal's number of it, 0 for nothing.
func (c Commit) Seq() uint64 { return c.c.Last }

// Wait blocks until it is durable. An error of the journal means that it was not taken; one of ctx
// leaves that open. The vault is synced while the journal is.
func (c Commit) Wait(ctx context.Context) error {
	err := c.v.Sync()
	return errors.Join(c.c.Wait(ctx), err)
}

// resync takes out of memory what a failed write of the journal took back: the tail's items that
// were refused, their answers, and all profiles, which are folded again when they are asked for.
func (l *Ledger) resync() {
	if l.o.Journal.Stats().FailedWrites == l.failed.Load() {
		return
	}
	l.resyncing.Lock()
	defer l.resyncing.Unlock()
	failed := l.o.Journal.Stats().FailedWrites
	if failed == l.failed.Load() {
		return
	}
	var all Stripes
	for i := range all {
		all[i] = ^uint64(0)
	}
	l.profiles.LockAll(&all)
	defer l.profiles.UnlockAll(&all)
	refused := 0
	l.tail.forget(func(u *unshipped) bool { return u.commit.Wait(context.Background()) != nil }, func(u *unshipped) {
		refused++
		l.unanswer(u)
	})
	l.profiles.Clear()
	l.failed.Store(failed)
	l.o.Logger.Warn("ledger: facts taken back that the journal refused", "records", refused)
}

// unanswer forgets the answer that a refused record gave.
func (l *Ledger) unanswer(u *unshipped) {
	switch u.kind {
	case record.KindDecision:
		if d, err := record.ParseDecision(u.payload); err == nil {
			l.answers.forget(l.answerKey(d.Tenant, d.Key), d.ID)
		}
	case record.KindAnswer:
		if a, err := record.ParseAnswer(u.payload); err == nil {
			l.answers.forget(l.profiles.hash.pair(a.Tenant, a.Key), a.Decision)
		}
	}
}
