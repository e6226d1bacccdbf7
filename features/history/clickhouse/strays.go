package clickhouse

import (
	"context"
	"slices"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// stray names an event of one tenant.
type stray = facts.Identity

// oneTenant is the condition that every query of a tenant's rows has.
const oneTenant = "tenant = {tenant:String}"

// sameHash are the 64-bit hashes of identities that the selected events have in a way that having asks for.
// Almost always there are none; firstSeqs makes sure of the others.
func (s *Store) sameHash(c context.Context, conn driver.Conn, where, having string, args []any) ([]uint64, error) {
	text := "SELECT identity FROM events WHERE " + where + " GROUP BY identity " + having
	return query(c, conn, text, args, func(row func(...any) error) (h uint64, err error) { return h, row(&h) })
}

// strays are the tenant's identities that were reported for more than one debtor, with the Seq that counts.
func (s *Store) strays(c context.Context, r history.Range) (map[stray]uint64, error) {
	// A group per event: beyond its share of memory it goes on on disk. The projection's order would be slower.
	wide := driver.Context(c, driver.WithSettings(driver.Settings{"max_bytes_before_external_group_by": 256 << 20, "optimize_use_projections": 0}))
	hashes, err := s.sameHash(wide, s.long, oneTenant+toSeq(r), "HAVING min(cityHash64(debtor_id)) != max(cityHash64(debtor_id))", bound(r))
	if err != nil {
		return nil, err
	}
	return s.firstSeqs(c, s.long, r.Tenant, hashes)
}

// repeated are those of the hashes that belong to more than one of the tenant's events, with the Seq that
// counts; it looks them up one by one.
func (s *Store) repeated(c context.Context, tenant string, hashes []uint64) (map[stray]uint64, error) {
	var same []uint64
	for part := range slices.Chunk(hashes, hashesAtOnce) {
		args := []any{named("tenant", tenant), named("hashes", part)}
		found, err := s.sameHash(frugal(c), s.short, oneTenant+" AND identity IN {hashes:Array(UInt64)}", "HAVING count() > 1", args)
		if err != nil {
			return nil, err
		}
		same = append(same, found...)
	}
	return s.firstSeqs(c, s.short, tenant, same)
}

// hashesAtOnce bounds the length of a query with hashes in it.
const hashesAtOnce = 10_000

// firstSeqs is the lowest Seq of each of the tenant's identities that have the hashes.
func (s *Store) firstSeqs(c context.Context, conn driver.Conn, tenant string, hashes []uint64) (map[stray]uint64, error) {
	first := map[stray]uint64{}
	for part := range slices.Chunk(hashes, hashesAtOnce) {
		text := "SELECT source, id, min(seq) FROM events WHERE " + oneTenant + " AND identity IN {hashes:Array(UInt64)} GROUP BY source, id"
		_, err := query(c, conn, text, []any{named("tenant", tenant), named("hashes", part)}, func(row func(...any) error) (id stray, err error) {
			var seq uint64
			err = row(&id.Source, &id.ID, &seq)
			first[id] = seq
			return id, err
		})
		if err != nil {
			return nil, err
		}
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
		if seq, ok := first[facts.Of(&es[i])]; !ok || es[i].Seq == seq {
			es[n] = es[i]
			n++
		}
	}
	clear(es[n:])
	return es[:n]
}
