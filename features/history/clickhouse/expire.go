package clickhouse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"takt/features/history"
)

var _ history.Expirer = (*Store)(nil)

// Expire deletes events and decisions from before the instants, and what the change list says of them. It
// rewrites the parts that hold such rows, so it looks first whether there are any.
func (s *Store) Expire(ctx context.Context, tenant string, events, decisions time.Time) (n int, err error) {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	for _, t := range []struct {
		table, at string
		before    time.Time
		counts    bool
	}{{"events", "at", events, true}, {"decisions", "issued_at", decisions, true}, {"changes", "at", decisions, false}} {
		if t.before.IsZero() {
			continue // kept for good
		}
		old := fmt.Sprintf("%s < fromUnixTimestamp64Micro(%d)", t.at, clamped(t.before).UnixMicro())
		found, err := query(c, s.long, "SELECT count() FROM "+t.table+" WHERE "+oneTenant+" AND "+old, []any{named("tenant", tenant)},
			func(row func(...any) error) (n uint64, err error) { return n, row(&n) })
		if err != nil {
			return n, s.fault(ctx, "look for old rows of "+t.table, err)
		}
		if len(found) == 0 || found[0] == 0 {
			continue
		}
		text := "ALTER TABLE " + s.dialect.local(t.table) + s.dialect.onCluster() + " DELETE WHERE tenant = " + literal(tenant) + " AND " + old + " SETTINGS mutations_sync = 2"
		if err := s.long.Exec(c, text); err != nil {
			return n, s.fault(ctx, "delete old rows of "+t.table, err)
		}
		if t.counts {
			n += int(found[0])
		}
	}
	return n, nil
}

// literal is a string in SQL: mutations take no parameters.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Debtors are all of a tenant who have a fact.
func (s *Store) Debtors(ctx context.Context, tenant string) ([]string, error) {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	all, err := query(c, s.long, "SELECT DISTINCT debtor_id FROM events WHERE "+oneTenant+" UNION DISTINCT SELECT DISTINCT debtor_id FROM decisions WHERE "+oneTenant,
		[]any{named("tenant", tenant)}, func(row func(...any) error) (d string, err error) { return d, row(&d) })
	return all, s.fault(ctx, "list debtors", err)
}
