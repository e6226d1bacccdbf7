package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"takt/features/history"
)

var _ history.Expirer = (*Store)(nil)

// Expire deletes events and decisions from before the instants.
func (s *Store) Expire(ctx context.Context, tenant string, events, decisions time.Time) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	if err := s.usable(ctx); err != nil || t == nil {
		return 0, err
	}
	for id, e := range t.events {
		if e.At.Before(events) {
			delete(t.events, id)
			delete(t.byDebtor[e.Debtor], id)
			n++
		}
	}
	for id, d := range t.decisions {
		if d.IssuedAt.Before(decisions) {
			delete(t.decisions, id)
			n++
		}
	}
	return n, nil
}

// Debtors are all of a tenant who have a fact.
func (s *Store) Debtors(ctx context.Context, tenant string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[tenant]
	if err := s.usable(ctx); err != nil || t == nil {
		return nil, err
	}
	all := map[string]bool{}
	for d, es := range t.byDebtor {
		if len(es) > 0 {
			all[d] = true
		}
	}
	for _, d := range t.decisions {
		all[d.Debtor] = true
	}
	return slices.Collect(maps.Keys(all)), nil
}
