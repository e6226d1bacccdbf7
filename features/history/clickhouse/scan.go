package clickhouse

import (
	"cmp"
	"context"
	"slices"
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
func (s *Store) tenants(c context.Context) ([]string, error) {
	const text = "SELECT DISTINCT toString(tenant) AS t FROM (SELECT DISTINCT tenant FROM events UNION ALL SELECT DISTINCT tenant FROM decisions) ORDER BY t"
	return query(c, s.long, text, nil, func(row func(...any) error) (t string, err error) { return t, row(&t) })
}

// chunk is the facts of the debtors between two bounds.
type chunk struct{ events, decisions []*block }

// scanTenant hands one tenant's logs to f. failed is the error of f, err that of the store.
func (s *Store) scanTenant(c context.Context, r history.Range, f func(*history.Log) error) (failed, err error) {
	first, err := s.strays(c, r)
	if err != nil {
		return nil, err
	}
	c, cancel := context.WithCancel(c)
	chunks := make(chan *chunk, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var broken error // written before chunks is closed, read after
	wg.Go(func() {
		defer close(chunks)
		broken = s.readChunks(c, r, chunks)
	})
	m := &merge{store: s, first: first, decided: r.Decided, slim: r.Slim, log: history.Log{Tenant: r.Tenant}}
	for ch := range chunks {
		if failed, err := m.run(ch, f); failed != nil || err != nil {
			return failed, err
		}
	}
	return nil, broken
}

// readChunks walks through the tenant's debtors.
func (s *Store) readChunks(c context.Context, r history.Range, chunks chan<- *chunk) error {
	bounds, err := s.bounds(c, r.Tenant)
	if err != nil {
		return err
	}
	for i := range len(bounds) + 1 {
		var from, to *string
		if i > 0 {
			from = &bounds[i-1]
		}
		if i < len(bounds) {
			to = &bounds[i]
		}
		ch := &chunk{}
		err = together(
			func() (err error) { ch.events, err = s.readChunk(c, "events", "at", r, from, to); return err },
			func() (err error) {
				ch.decisions, err = s.readChunk(c, "decisions", "issued_at", withoutSource(r), from, to)
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
	}
	return nil
}

// bounds are the last debtors of all chunks but the last one, ascending.
func (s *Store) bounds(c context.Context, tenant string) ([]string, error) {
	var events, decisions []string
	err := together(
		func() (err error) { events, err = s.sample(c, "events", "identity", tenant, s.chunkEvents); return err },
		func() (err error) {
			decisions, err = s.sample(c, "decisions", "cityHash64(id)", tenant, s.chunkDecisions)
			return err
		})
	bounds := append(events, decisions...)
	slices.Sort(bounds)
	return slices.Compact(bounds), err
}

// sample is the debtor of about every n-th row in the table's order: it looks at those rows only whose hash
// is a multiple of a rate, and takes every 256th of them.
func (s *Store) sample(c context.Context, table, hash, tenant string, n int) ([]string, error) {
	rate := max(n/256, 1)
	text := "SELECT debtor_id FROM " + table + " WHERE " + oneTenant + " AND " + hash + " % {rate:UInt64} = 0 ORDER BY debtor_id"
	c = driver.Context(c, driver.WithSettings(driver.Settings{"optimize_use_projections": 0}))
	debtors, err := query(c, s.long, text, []any{named("tenant", tenant), named("rate", rate)}, func(row func(...any) error) (d string, err error) { return d, row(&d) })
	var taken []string
	for i := n / rate; i < len(debtors); i += n / rate {
		taken = append(taken, debtors[i])
	}
	return taken, err
}

// readChunk reads a table's rows of the debtors after from up to to. at is the column of their order in time.
func (s *Store) readChunk(c context.Context, table, at string, r history.Range, from, to *string) ([]*block, error) {
	span, args := between(from, to)
	types, reply := []string{"String", "Int64", "UInt64", "String"}, ""
	if table == "decisions" && !r.Slim {
		types, reply = append(types, "String"), ", reply"
	}
	text := "SELECT debtor_id, toUnixTimestamp64Micro(" + at + "), seq, record" + reply + " FROM " + table + " WHERE " + oneTenant + span + source(r) + toSeq(r)
	var blocks []*block
	err := s.blocks(c, text, append(args, bound(r)...), types, func(b *block) error { blocks = append(blocks, b); return nil })
	return blocks, err
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
