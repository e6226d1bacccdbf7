package clickhouse

import (
	"context"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/engine"
	"takt/features/history/internal/facts"
)

// stray names an event of any tenant.
type stray struct {
	tenant string
	facts.Identity
}

// oneTenant is the condition that every query of a tenant's rows has.
const oneTenant = "tenant = {tenant:String}"

// strays are the identities among the events of the tenants and the condition that were reported more than
// once in the way that having asks for, with the Seq that counts. Almost always there are none, and the first query, over
// 64-bit hashes, says so; the second makes sure that it was no collision.
func (s *Store) strays(c context.Context, conn driver.Conn, tenants, condition, having string, args []any) (map[stray]uint64, error) {
	c = driver.Context(c, driver.WithSettings(driver.Settings{"max_bytes_before_external_group_by": externalBytes}))
	rows, err := conn.Query(c, "SELECT identity FROM events WHERE "+tenants+" AND "+condition+" GROUP BY identity "+having, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var hashes []uint64
	for rows.Next() {
		var h uint64
		if err := rows.Scan(&h); err != nil {
			return nil, err
		}
		hashes = append(hashes, h)
	}
	if err := rows.Err(); err != nil || len(hashes) == 0 {
		return nil, err
	}
	return s.firstSeqs(c, conn, tenants, hashes, args)
}

// externalBytes is what an aggregation may hold in memory before it goes on on disk.
const externalBytes = 256 << 20

// hashesAtOnce bounds the length of a query with hashes in it.
const hashesAtOnce = 10_000

// firstSeqs reads whose the hashes are. A hash is of one tenant's identity, so it needs the tenant only as a bound.
func (s *Store) firstSeqs(c context.Context, conn driver.Conn, tenants string, hashes []uint64, args []any) (map[stray]uint64, error) {
	first := map[stray]uint64{}
	for len(hashes) > 0 {
		n := min(len(hashes), hashesAtOnce)
		rows, err := conn.Query(c, "SELECT tenant, source, id, min(seq) FROM events WHERE "+tenants+" AND identity IN {hashes:Array(UInt64)} GROUP BY tenant, source, id",
			append(args[:len(args):len(args)], named("hashes", hashes[:n]))...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var id stray
			var seq uint64
			if err := rows.Scan(&id.tenant, &id.Source, &id.ID, &seq); err != nil {
				return nil, err
			}
			first[id] = seq
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		hashes = hashes[n:]
	}
	return first, nil
}

// dropStrays leaves out, in place, events whose identity an earlier one has.
func dropStrays(es []engine.Event, first map[stray]uint64) []engine.Event {
	if len(first) == 0 {
		return es
	}
	n := 0
	for i := range es {
		if seq, ok := first[stray{es[i].Tenant, facts.Of(&es[i])}]; !ok || es[i].Seq == seq {
			es[n] = es[i]
			n++
		}
	}
	clear(es[n:])
	return es[:n]
}

// localise gives send windows back the debtor's zone; a zone unknown here leaves them in UTC.
func localise(ds []engine.Decision) {
	for i := range ds {
		a := &ds[i].Action
		if a.TZ == "" || a.NotBefore.IsZero() && a.NotAfter.IsZero() {
			continue
		}
		loc, err := time.LoadLocation(a.TZ)
		if err != nil {
			continue
		}
		for _, t := range []*time.Time{&a.NotBefore, &a.NotAfter} {
			if !t.IsZero() {
				*t = t.In(loc)
			}
		}
	}
}
