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
	rows, err := s.readChanges(c, oneTenant+" AND seq > {after:UInt64} ORDER BY seq LIMIT {n:UInt32}",
		[]any{named("tenant", tenant), named("after", after), named("n", n)})
	if err != nil || len(rows) == 0 {
		return nil, after, err
	}
	last = rows[len(rows)-1].seq
	in := map[string]bool{}
	for _, r := range rows {
		in[idText(r.decision)] = true
	}
	ids := slices.Sorted(maps.Keys(in))
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
	rows, err := s.readChanges(c, oneTenant+" AND decision_id IN {ids:Array(String)} AND state != 'issued'", []any{named("tenant", tenant), named("ids", ids)})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var hashes []uint64
	lowest := map[facts.Identity]uint64{}
	for _, r := range rows {
		hashes = append(hashes, r.identity)
		if old, ok := lowest[r.of()]; !ok || r.seq < old {
			lowest[r.of()] = r.seq
		}
	}
	first, err := s.repeated(c, tenant, hashes)
	if err != nil {
		return nil, err
	}
	maps.Copy(lowest, first)
	about, done := map[engine.ID][]engine.Event{}, map[facts.Identity]bool{}
	for _, r := range rows {
		if lowest[r.of()] != r.seq || done[r.of()] {
			continue
		}
		done[r.of()] = true
		e := engine.Event{Tenant: tenant, Source: r.source, ID: r.id, Type: engine.EventType(r.state), At: r.at, Seq: r.seq}
		about[r.decision] = append(about[r.decision], e)
	}
	return about, nil
}

// readChanges are the rows of table changes that the condition selects, of one tenant.
func (s *Store) readChanges(c context.Context, where string, args []any) ([]change, error) {
	const text = "SELECT seq, decision_id, toInt8(state), toUnixTimestamp64Micro(at), source, id, cityHash64(tenant, source, id) FROM changes WHERE "
	return query(frugal(c), s.short, text+where, args, func(row func(...any) error) (r change, err error) {
		var decision string
		var state int8
		var at int64
		err = row(&r.seq, &decision, &state, &at, &r.source, &r.id, &r.identity)
		r.decision, r.state, r.at = parseID(decision), uint8(state), micros(at)
		return r, err
	})
}

// Answers hands f the answers since the instant of all tenants, in Seq order, each key once.
func (s *Store) Answers(ctx context.Context, since time.Time, f func(history.Answer) error) error {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	const text = "SELECT tenant, key, toUnixTimestamp64Micro(at), body_hash, decision_id, seq FROM answers" +
		" WHERE at >= fromUnixTimestamp64Micro({since:Int64}) ORDER BY seq, tenant, key LIMIT 1 BY tenant, key"
	rows, err := s.long.Query(c, text, named("since", clamped(since).UnixMicro()))
	if err != nil {
		return s.fault(ctx, "read answers", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a history.Answer
		var at int64
		var hash, decision string
		if err := rows.Scan(&a.Tenant, &a.Key, &at, &hash, &decision, &a.Seq); err != nil {
			return s.fault(ctx, "read answers", err)
		}
		copy(a.BodyHash[:], hash)
		a.At, a.Decision = micros(at), parseID(decision)
		if err := cmp.Or(ctx.Err(), f(a)); err != nil {
			cancel() // else Close reads the rest
			return err
		}
	}
	return s.fault(ctx, "read answers", rows.Err())
}
