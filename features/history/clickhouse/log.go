package clickhouse

import (
	"context"
	"fmt"
	"sync"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Log is everything known of one debtor or one case: one read of each table along its primary key, and
// one look for identities that were first reported elsewhere.
func (s *Store) Log(ctx context.Context, k history.Key) (history.Log, error) {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	if k.Case != "" {
		return s.caseLog(ctx, c, k)
	}
	l := history.Log{Tenant: k.Tenant, Debtor: k.Debtor}
	of := oneTenant + " AND debtor_id = {debtor:String}"
	args := []any{named("tenant", k.Tenant), named("debtor", k.Debtor)}
	err := s.readLog(c, &l, of, of, args)
	return l, s.fault(ctx, "read the log of a debtor", err)
}

// caseLog reads the facts that name the case and those of its debtors that name no case.
func (s *Store) caseLog(ctx, c context.Context, k history.Key) (history.Log, error) {
	l := history.Log{Tenant: k.Tenant, Debtor: k.Debtor}
	const naming = oneTenant + " AND case_id = {case:String}"
	of := oneTenant + " AND case_id IN ('', {case:String}) AND debtor_id " + s.in() +
		" (SELECT debtor_id FROM events WHERE " + naming + " UNION DISTINCT SELECT debtor_id FROM decisions WHERE " + naming + ")"
	args := []any{named("tenant", k.Tenant), named("case", k.Case)}
	err := s.readLog(c, &l, of, naming, args)
	facts.OfCase(&l, k.Case) // a duplicate may have named the case for a stranger
	l.Debtor = facts.Owner(&l, k.Case)
	return l, s.fault(ctx, "read the log of a case", err)
}

// readLog fills l with the events and decisions that the conditions select.
func (s *Store) readLog(c context.Context, l *history.Log, events, decisions string, args []any) error {
	err := together(
		func() (err error) { l.Events, err = s.readEvents(c, l.Tenant, events, args); return err },
		func() (err error) { l.Decisions, err = s.readDecisions(c, decisions, args); return err })
	l.Events, l.Decisions = facts.Events(l.Events), facts.Decisions(l.Decisions)
	return err
}

// Decision is one decision with its whole row. It finds the row's place by its id, then reads it there.
func (s *Store) Decision(ctx context.Context, tenant string, id engine.ID) (*engine.Decision, error) {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	found, err := s.decisions(c, tenant, []string{idText(id)})
	if err != nil {
		return nil, s.fault(ctx, "read a decision", err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("decision %s: %w", id, history.ErrNotFound)
	}
	return &found[0], nil
}

// decisions are those with the ids, each once, ordered by time.
func (s *Store) decisions(c context.Context, tenant string, ids []string) ([]engine.Decision, error) {
	where := oneTenant + " AND (debtor_id, issued_at, id) " + s.in() +
		" (SELECT debtor_id, issued_at, id FROM decisions WHERE " + oneTenant + " AND id IN {ids:Array(String)})"
	found, err := s.readDecisions(c, where, []any{named("tenant", tenant), named("ids", ids)})
	return facts.Decisions(found), err
}

// in is how a subquery is asked for: in a cluster once for all shards.
func (s *Store) in() string {
	if s.options.Cluster != "" {
		return "GLOBAL IN"
	}
	return "IN"
}

// together runs all at once and returns the first error.
func together(fs ...func() error) error {
	errs := make([]error, len(fs))
	var wg sync.WaitGroup
	for i, f := range fs {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
