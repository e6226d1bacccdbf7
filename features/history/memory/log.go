package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Log is everything known of one debtor or one case, in fold order.
func (s *Store) Log(ctx context.Context, k history.Key) (history.Log, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	log := history.Log{Tenant: k.Tenant, Debtor: k.Debtor}
	if err := s.usable(ctx); err != nil {
		return log, err
	}
	t := s.tenants[k.Tenant]
	if t == nil {
		return log, nil
	}
	if k.Case != "" {
		return t.caseLog(k), nil
	}
	return t.log(k.Tenant, k.Debtor, history.Range{}), nil
}

// log is one debtor's log within the range.
func (t *tenant) log(id, debtor string, r history.Range) history.Log {
	l := history.Log{Tenant: id, Debtor: debtor}
	for _, e := range t.byDebtor[debtor] {
		if (r.Source == "" || e.Source == r.Source) && (r.ToSeq == 0 || e.Seq <= r.ToSeq) {
			l.Events = append(l.Events, *e)
		}
	}
	for _, d := range t.decisions {
		if d.Debtor == debtor && (r.ToSeq == 0 || d.Seq <= r.ToSeq) {
			l.Decisions = append(l.Decisions, facts.Clone(d))
		}
	}
	l.Events, l.Decisions = facts.Events(l.Events), facts.Decisions(l.Decisions)
	if r.Slim {
		for i := range l.Events {
			facts.SlimEvent(&l.Events[i])
		}
		for i := range l.Decisions {
			facts.SlimDecision(&l.Decisions[i])
		}
	}
	return l
}

// caseLog takes the facts that name the case and what its debtors have on no case at all.
func (t *tenant) caseLog(k history.Key) history.Log {
	l := history.Log{Tenant: k.Tenant, Debtor: k.Debtor}
	owes := map[string]bool{}
	for _, e := range t.events {
		if e.Data.CaseID == k.Case {
			owes[e.Debtor] = true
		}
	}
	for _, d := range t.decisions {
		if d.Case == k.Case {
			owes[d.Debtor] = true
			l.Decisions = append(l.Decisions, facts.Clone(d))
		}
	}
	for debtor := range owes {
		for _, e := range t.byDebtor[debtor] {
			if c := e.Data.CaseID; c == k.Case || c == "" {
				l.Events = append(l.Events, *e)
			}
		}
	}
	l.Events, l.Decisions = facts.Events(l.Events), facts.Decisions(l.Decisions)
	l.Debtor = facts.Owner(&l, k.Case)
	return l
}

// Decision is one decision with its whole row.
func (s *Store) Decision(ctx context.Context, tenant string, id engine.ID) (*engine.Decision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if t := s.tenants[tenant]; t != nil && t.decisions[id] != nil {
		d := facts.Clone(t.decisions[id])
		return &d, nil
	}
	return nil, fmt.Errorf("decision %s: %w", id, history.ErrNotFound)
}

// Scan hands the logs of all debtors in range to f, in the order of tenant and debtor.
func (s *Store) Scan(ctx context.Context, r history.Range, f func(*history.Log) error) error {
	for _, k := range s.keys(r) {
		s.mu.RLock()
		if err := s.usable(ctx); err != nil {
			s.mu.RUnlock()
			return err
		}
		l := s.tenants[k.Tenant].log(k.Tenant, k.Debtor, r)
		s.mu.RUnlock() // f may use the store
		if len(l.Decisions) == 0 && (r.Decided || len(l.Events) == 0) {
			continue
		}
		if err := f(&l); err != nil {
			return err
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usable(ctx)
}

// keys are the debtors of the range's tenants, ordered.
func (s *Store) keys(r history.Range) []history.Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var keys []history.Key
	for _, id := range slices.Sorted(maps.Keys(s.tenants)) {
		if r.Tenant != "" && r.Tenant != id {
			continue
		}
		debtors := map[string]bool{}
		for d := range s.tenants[id].byDebtor {
			debtors[d] = true
		}
		for _, d := range s.tenants[id].decisions {
			debtors[d.Debtor] = true
		}
		for _, d := range slices.Sorted(maps.Keys(debtors)) {
			keys = append(keys, history.Debtor(id, d))
		}
	}
	return keys
}
