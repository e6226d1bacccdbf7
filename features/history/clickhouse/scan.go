package clickhouse

import (
	"cmp"
	"context"
	"sync"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/features/history"
)

// Scan reads the history in chunks of neighbouring debtors, the next one while f works on this one. Within
// a chunk the server sends its parts as they lie, which is several times cheaper for it than merging them;
// they are merged here. Memory holds three chunks and one debtor's log, however long the history is.
//
// Range.Tenant "" is every tenant. The log that f gets is valid until f returns; what it points to may be
// kept, but keeps its chunk's column in memory. What is appended while it runs may be seen or not: ToSeq
// makes two scans alike.
func (s *Store) Scan(ctx context.Context, r history.Range, f func(*history.Log) error) error {
	c, cancel := s.within(ctx, s.options.ScanTimeout)
	defer cancel()
	tenants := []string{r.Tenant}
	if r.Tenant == "" {
		var err error
		if tenants, err = s.tenants(c); err != nil {
			return s.fault(ctx, "list tenants", err)
		}
	}
	for _, r.Tenant = range tenants {
		failed, err := s.scanTenant(c, r, func(l *history.Log) error { return cmp.Or(ctx.Err(), f(l)) })
		if failed != nil {
			return failed
		}
		if err != nil {
			return s.fault(ctx, "scan the history", err)
		}
	}
	return s.fault(ctx, "scan the history", ctx.Err())
}

// tenants are all that have rows, ordered.
func (s *Store) tenants(c context.Context) (found []string, err error) {
	rows, err := s.long.Query(c, "SELECT DISTINCT toString(tenant) AS t FROM (SELECT DISTINCT tenant FROM events UNION ALL SELECT DISTINCT tenant FROM decisions) ORDER BY t")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		found = append(found, t)
	}
	return found, rows.Err()
}

// chunk is the facts of the debtors between two bounds.
type chunk struct{ events, decisions []*block }

// scanTenant hands one tenant's logs to f. failed is the error of f, err that of the store.
func (s *Store) scanTenant(c context.Context, r history.Range, f func(*history.Log) error) (failed, err error) {
	first, err := s.strays(c, s.long, oneTenant+toSeq(r), "true", "HAVING min(cityHash64(debtor_id)) != max(cityHash64(debtor_id))", bound(r))
	if err != nil {
		return nil, err
	}
	c, cancel := context.WithCancel(c)
	chunks := make(chan *chunk, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		defer close(chunks)
		err = s.readChunks(c, r, chunks)
	})
	m := newMerge(r, first)
	for ch := range chunks {
		if failed := m.run(ch, f); failed != nil {
			return failed, nil
		}
	}
	return nil, err // the channel is closed: err is written
}

// readChunks walks through the tenant's debtors.
func (s *Store) readChunks(c context.Context, r history.Range, chunks chan<- *chunk) error {
	for from := (*string)(nil); ; {
		to, err := s.nextBound(c, r.Tenant, from)
		if err != nil {
			return err
		}
		ch := &chunk{}
		err = together(
			func() (err error) {
				ch.events, err = readChunk(c, s, eventColumns(), "events", r, from, to)
				return err
			},
			func() (err error) {
				ch.decisions, err = readChunk(c, s, decisionColumns(), "decisions", withoutSource(r), from, to)
				return err
			})
		if err != nil {
			return err
		}
		select {
		case chunks <- ch:
		case <-c.Done():
			return context.Cause(c)
		}
		if to == nil {
			return nil
		}
		from = to
	}
}

// nextBound is the last debtor of the chunk after from; nil: the chunk has no end.
func (s *Store) nextBound(c context.Context, tenant string, from *string) (to *string, err error) {
	var events, decisions *string
	err = together(
		func() (err error) { events, err = s.debtorAfter(c, "events", tenant, from, s.chunkEvents); return err },
		func() (err error) {
			decisions, err = s.debtorAfter(c, "decisions", tenant, from, s.chunkDecisions)
			return err
		})
	if decisions == nil || events != nil && *events < *decisions {
		return events, err
	}
	return decisions, err
}

// debtorAfter is the debtor of the n-th row after from in the table's order, nil if it has fewer.
func (s *Store) debtorAfter(c context.Context, table, tenant string, from *string, n int) (*string, error) {
	span, args := between(from, nil)
	rows, err := s.long.Query(c, "SELECT debtor_id FROM "+table+" WHERE "+oneTenant+span+" ORDER BY tenant, debtor_id LIMIT 1 OFFSET {n:UInt64}",
		append(args, named("tenant", tenant), named("n", n))...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var debtor string
	err = rows.Scan(&debtor)
	return &debtor, err
}

// readChunk reads a table's rows of the debtors after from up to to. The tenant is known and left out.
func readChunk[T any](c context.Context, s *Store, columns []column[T], table string, r history.Range, from, to *string) ([]*block, error) {
	span, args := between(from, to)
	q := selectOf(s.long, scanned(columns, r), "FROM "+table+" WHERE "+oneTenant+span+source(r)+toSeq(r), append(args, bound(r)...)...)
	q.settings = driver.Settings{"preferred_block_size_bytes": 16 << 20}
	var blocks []*block
	err := s.blocks(c, q, func(b *block) error { blocks = append(blocks, b); return nil })
	return blocks, err
}

// scanned are the columns that a scan reads: the debtor first, the tenant not at all.
func scanned[T any](columns []column[T], r history.Range) []column[T] {
	var kept []column[T]
	for _, c := range columns[1:] {
		if !r.Slim || !c.fat {
			kept = append(kept, c)
		}
	}
	return kept
}

func between(from, to *string) (condition string, args []any) {
	if from != nil {
		condition, args = " AND debtor_id > {from:String}", append(args, named("from", *from))
	}
	if to != nil {
		condition, args = condition+" AND debtor_id <= {to:String}", append(args, named("to", *to))
	}
	return condition, args
}

func withoutSource(r history.Range) history.Range { r.Source = ""; return r } // decisions have none

func source(r history.Range) string {
	if r.Source == "" {
		return ""
	}
	return " AND source = {source:String}"
}

func toSeq(r history.Range) string {
	if r.ToSeq == 0 {
		return ""
	}
	return " AND seq <= {seq:UInt64}"
}

// bound are the parameters of a range.
func bound(r history.Range) []any {
	return []any{named("tenant", r.Tenant), named("source", r.Source), named("seq", r.ToSeq)}
}
