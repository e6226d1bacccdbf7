package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Changes are the decisions whose newest fact has a Seq after the cursor, in that order.
func (s *Store) Changes(ctx context.Context, tenant string, after history.Cursor, limit int) ([]history.Change, history.Cursor, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, after, err
	}
	t := s.tenants[tenant]
	if t == nil {
		return nil, after, nil
	}
	reports := map[engine.ID][]engine.Event{}
	for _, e := range t.events {
		if facts.Report(e.Type) != "" {
			reports[e.Data.DecisionID] = append(reports[e.Data.DecisionID], *e)
		}
	}
	var all []history.Change
	for id, d := range t.decisions {
		if c := facts.Change(d, reports[id]); c.Seq > uint64(after) {
			c.Decision = facts.Clone(d)
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b history.Change) int { return cmp.Compare(a.Seq, b.Seq) })
	all = all[:min(len(all), max(limit, 0))]
	if n := len(all); n > 0 {
		after = history.Cursor(all[n-1].Seq)
	}
	return all, after, nil
}

// Due are the open cases to look at again at the instant, the longest due first.
func (s *Store) Due(ctx context.Context, tenant string, at time.Time, limit int) ([]history.DueCase, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	t := s.tenants[tenant]
	if t == nil {
		return nil, nil
	}
	var due []history.DueCase
	for id, c := range t.cases() {
		if d, ok := c.due(id, at); ok {
			due = append(due, d)
		}
	}
	slices.SortFunc(due, func(a, b history.DueCase) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Case, b.Case))
	})
	return due[:min(len(due), max(limit, 0))], nil
}

// Answers hands f every idempotency key answered since the instant, in Seq order.
func (s *Store) Answers(ctx context.Context, since time.Time, f func(history.Answer) error) error {
	s.mu.RLock()
	err := s.usable(ctx)
	var all []history.Answer
	for _, t := range s.tenants {
		for _, a := range t.answers {
			if !a.At.Before(since) {
				all = append(all, a)
			}
		}
	}
	s.mu.RUnlock() // f may use the store
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b history.Answer) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Key, b.Key))
	})
	seen := map[[2]string]bool{}
	for _, a := range all {
		if k := [2]string{a.Tenant, a.Key}; !seen[k] {
			seen[k] = true
			if err := f(a); err != nil {
				return err
			}
		}
	}
	return nil
}
