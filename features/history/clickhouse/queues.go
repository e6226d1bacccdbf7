package clickhouse

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Changes reads the stream of state-changing facts after the cursor, page by page, and keeps the
// decisions whose newest fact is in the page: the others come again with a later one.
func (s *Store) Changes(ctx context.Context, tenant string, after history.Cursor, limit int) ([]history.Change, history.Cursor, error) {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	var found []history.Change
	next := after
	for at := uint64(after); len(found) < limit; {
		page, last, err := s.changesPage(c, tenant, at, min(max(limit-len(found), 64), 1000))
		if err != nil {
			return nil, after, s.fault(ctx, "read changed decisions", err)
		}
		if last == at {
			break
		}
		found, at = append(found, page...), last
	}
	found = found[:min(len(found), max(limit, 0))]
	if n := len(found); n > 0 {
		next = history.Cursor(found[n-1].Seq)
	}
	return found, next, s.fault(ctx, "read changed decisions", ctx.Err())
}

// changesPage looks at n facts after the Seq; last is the Seq of the last of them.
func (s *Store) changesPage(c context.Context, tenant string, after uint64, n int) (page []history.Change, last uint64, err error) {
	q := selectOf(s.short, changeColumns(), "FROM changes WHERE tenant = {tenant:String} AND seq > {after:UInt64} ORDER BY seq LIMIT {n:UInt32}",
		named("tenant", tenant), named("after", after), named("n", n))
	rows, err := rowsOf(c, s, changeColumns(), q)
	if err != nil || len(rows) == 0 {
		return nil, after, err
	}
	last = rows[len(rows)-1].seq
	named := map[string]bool{}
	for _, r := range rows {
		named[idText(r.decision)] = true
	}
	ids := slices.Sorted(maps.Keys(named))
	reports, err := s.reports(c, tenant, ids)
	if err != nil {
		return nil, after, err
	}
	decisions, err := s.decisions(c, tenant, ids)
	if err != nil {
		return nil, after, err
	}
	for i := range decisions {
		change := facts.Change(&decisions[i], reports[decisions[i].ID])
		if change.Seq > after && change.Seq <= last {
			page = append(page, change)
		}
	}
	slices.SortFunc(page, func(a, b history.Change) int { return cmp.Compare(a.Seq, b.Seq) })
	return page, last, nil
}

// reports are the events about the decisions, as far as facts.Change needs them, each identity once.
func (s *Store) reports(c context.Context, tenant string, ids []string) (map[engine.ID][]engine.Event, error) {
	const of = "FROM changes WHERE tenant = {tenant:String} AND decision_id IN {ids:Array(String)} AND state != 'issued'"
	args := []any{named("tenant", tenant), named("ids", ids)}
	rows, err := rowsOf(c, s, changeColumns(), selectOf(s.short, changeColumns(), of, args...))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	first, err := s.strays(c, s.short, oneTenant, "identity "+s.in()+" (SELECT cityHash64(tenant, source, id) "+of+")", "HAVING count() > 1", args)
	if err != nil {
		return nil, err
	}
	seen := map[facts.Identity]uint64{}
	for _, r := range rows {
		id := facts.Identity{Source: r.source, ID: r.id}
		if old, ok := seen[id]; !ok || r.seq < old {
			seen[id] = r.seq
		}
	}
	for id, seq := range first {
		seen[id.Identity] = seq
	}
	about := map[engine.ID][]engine.Event{}
	for _, r := range rows {
		e := engine.Event{Tenant: tenant, Source: r.source, ID: r.id, Type: engine.EventType(r.state), At: r.at, Seq: r.seq}
		if seen[facts.Of(&e)] == r.seq {
			about[r.decision] = append(about[r.decision], e)
		}
	}
	return about, nil
}

// Answers hands f the answers since the instant of all tenants, in Seq order, each key once.
func (s *Store) Answers(ctx context.Context, since time.Time, f func(history.Answer) error) error {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	var failed error
	columns := answerColumns()
	q := selectOf(s.long, columns, "FROM answers WHERE at >= fromUnixTimestamp64Micro({since:Int64}) ORDER BY seq, tenant, key LIMIT 1 BY tenant, key",
		named("since", clampedTime(since).UnixMicro()))
	err := s.blocks(c, q.with("max_bytes_before_external_sort", externalBytes), func(b *block) error {
		for row := range b.rows {
			var a history.Answer
			for i := range columns {
				columns[i].set(&a, &b.columns[i], row)
			}
			if failed = cmp.Or(ctx.Err(), f(a)); failed != nil {
				return failed
			}
		}
		return nil
	})
	if failed != nil {
		return failed
	}
	return s.fault(ctx, "read answers", err)
}
