// Package sealed makes of any history store one that holds no names: facts go in masked and come out as
// they were, with the keys of a vault. The facts of a debtor whose key is gone do not come out at all.
//
//	s := sealed.New(store, v)
//	err := s.Append(ctx, batch)           // plain facts are masked, those of the journal are so already
//	log, err := s.Log(ctx, history.Debtor("acme", "D-9"))
//
// What was written before there was a vault is read as it is, but cannot be erased by a key.
package sealed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
	"takt/features/vault"
)

// Store is a store behind a vault. It is safe for concurrent use.
type Store struct {
	history.Store
	vault *vault.Vault
}

var _ history.Store = (*Store)(nil)

// New puts the vault before the store.
func New(s history.Store, v *vault.Vault) *Store { return &Store{s, v} }

// AnswerKey is the key under which the answer to a decision's idempotency key is kept; those of Batch.Answers
// are appended as they are.
func (s *Store) AnswerKey(tenant, key string) string { return s.vault.AnswerKey(tenant, key) }

// Append masks what is plain and appends it.
func (s *Store) Append(ctx context.Context, b history.Batch) error {
	plain := slices.ContainsFunc(b.Events, func(e engine.Event) bool { return e.Sealed == "" }) ||
		slices.ContainsFunc(b.Decisions, func(d engine.Decision) bool { return d.Sealed == "" })
	if !plain {
		return s.Store.Append(ctx, b)
	}
	events, decisions := slices.Clone(b.Events), slices.Clone(b.Decisions)
	var err error
	for i := range events {
		if events[i].Sealed == "" {
			if events[i], err = s.vault.MaskEvent(&events[i]); err != nil {
				return fmt.Errorf("mask an event: %w", err)
			}
		}
	}
	for i := range decisions {
		if decisions[i].Sealed == "" {
			if decisions[i], err = s.vault.MaskDecision(&decisions[i]); err != nil {
				return fmt.Errorf("mask a decision: %w", err)
			}
		}
	}
	b.Events, b.Decisions = events, decisions
	if err := s.vault.Sync(); err != nil {
		return err
	}
	return s.Store.Append(ctx, b)
}

// Log is the log under the debtor's or case's pseudonym, opened, and what an older Takt wrote plain.
func (s *Store) Log(ctx context.Context, k history.Key) (history.Log, error) {
	l := history.Log{Tenant: k.Tenant, Debtor: k.Debtor}
	hidden := history.Debtor(k.Tenant, s.vault.Pseudonym(k.Tenant, k.Debtor))
	if k.Case != "" {
		hidden = history.Case(k.Tenant, s.vault.CasePseudonym(k.Tenant, k.Case))
	}
	strange := hidden.Debtor == "" && hidden.Case == ""
	if strange {
		hidden = k
	}
	found, err := s.Store.Log(ctx, hidden)
	if err != nil {
		return l, err
	}
	if found.Debtor = k.Debtor; strange { // nobody reaches a debtor by the pseudonym
		found.Events = slices.DeleteFunc(found.Events, func(e engine.Event) bool { return e.Sealed != "" })
		found.Decisions = slices.DeleteFunc(found.Decisions, func(d engine.Decision) bool { return d.Sealed != "" })
	}
	if err := open(s.vault.Opener(), &found); err != nil {
		return l, err
	}
	if k.Case != "" {
		found.Debtor = facts.Owner(&found, k.Case)
	}
	return found, nil
}

// open opens the facts of a log in place, without those that nobody can read, and puts them into fold order:
// in the store equal instants are ordered by masked ids.
func open(o *vault.Opener, l *history.Log) error {
	n := 0
	for i := range l.Events {
		known, err := o.Event(&l.Events[i])
		if err != nil {
			return fmt.Errorf("event %d: %w", l.Events[i].Seq, err)
		}
		if known {
			if n != i {
				l.Events[n] = l.Events[i]
			}
			n++
		}
	}
	l.Events = l.Events[:n]
	n = 0
	for i := range l.Decisions {
		seq := l.Decisions[i].Seq
		known, err := o.Decision(&l.Decisions[i])
		if err != nil {
			return fmt.Errorf("decision %d: %w", seq, err)
		}
		if known {
			l.Decisions[n] = l.Decisions[i]
			n++
		}
	}
	l.Decisions = l.Decisions[:n]
	facts.Order(l.Events)
	return nil
}

// Decision is one decision; of somebody erased there is none.
func (s *Store) Decision(ctx context.Context, tenant string, id engine.ID) (*engine.Decision, error) {
	d, err := s.Store.Decision(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	known, err := s.vault.OpenDecision(d)
	if err != nil {
		return nil, fmt.Errorf("decision %s: %w", id, err)
	}
	if !known {
		return nil, fmt.Errorf("decision %s: %w", id, history.ErrNotFound)
	}
	return d, nil
}

// Changes are the store's, without those of debtors who were erased.
func (s *Store) Changes(ctx context.Context, tenant string, after history.Cursor, limit int) ([]history.Change, history.Cursor, error) {
	var all []history.Change
	o := s.vault.Opener()
	for at := after; len(all) < limit; {
		page, next, err := s.Store.Changes(ctx, tenant, at, limit-len(all))
		if err != nil {
			return nil, after, err
		}
		for i := range page {
			known, err := o.Decision(&page[i].Decision)
			if err != nil {
				return nil, after, fmt.Errorf("decision %d: %w", page[i].Seq, err)
			}
			if known {
				all = append(all, page[i])
			}
		}
		if next == at {
			break
		}
		at, after = next, next
	}
	return all, after, nil
}

// Due are the store's cases under their names. Cases of debtors who were erased are skipped, so more than
// the limit may have to be asked for.
func (s *Store) Due(ctx context.Context, tenant string, at time.Time, limit int) ([]history.DueCase, error) {
	for ask := limit; ; ask *= 2 {
		found, err := s.Store.Due(ctx, tenant, at, ask)
		if err != nil {
			return nil, err
		}
		full := len(found) == ask
		due := found[:0]
		for _, c := range found {
			id, ok := s.vault.Name(c.Case)
			debtor, whose := s.vault.Name(c.Debtor)
			if c.Case, c.Debtor = id, debtor; ok && whose {
				due = append(due, c)
			}
		}
		if !full || len(due) >= limit || limit <= 0 {
			slices.SortStableFunc(due, func(a, b history.DueCase) int {
				return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.Case, b.Case))
			})
			return due[:min(len(due), max(limit, 0))], nil
		}
	}
}

// Scan opens log by log. Their order is that in which the debtors came, which is part of the facts.
func (s *Store) Scan(ctx context.Context, r history.Range, f func(*history.Log) error) error {
	o := s.vault.Opener()
	return s.Store.Scan(ctx, r, func(l *history.Log) error {
		hidden := l.Debtor
		if name, known := s.vault.Name(hidden); known {
			l.Debtor = name
		}
		defer func() { l.Debtor = hidden }()
		if err := open(o, l); err != nil {
			return err
		}
		if len(l.Events)+len(l.Decisions) == 0 || r.Decided && len(l.Decisions) == 0 {
			return nil
		}
		if r.Slim {
			for i := range l.Events {
				facts.SlimEvent(&l.Events[i])
			}
		}
		return f(l)
	})
}
