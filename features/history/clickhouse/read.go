package clickhouse

import (
	"context"
	"fmt"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"

	"takt/engine"
	"takt/features/record"
)

// query runs a short statement and makes a T of each row with scan, which calls its argument with the
// row's targets.
func query[T any](c context.Context, conn driver.Conn, text string, args []any, scan func(row func(...any) error) (T, error)) ([]T, error) {
	rows, err := conn.Query(c, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

func named(name string, value any) any { return driver.Named(name, value) }

// frugal keeps a short read to one thread: it would spend its time on starting more.
func frugal(c context.Context) context.Context {
	return driver.Context(c, driver.WithSettings(driver.Settings{"max_threads": 1}))
}

// readEvents are the events that the condition selects, without those that an earlier event of the tenant,
// be it another debtor's, makes duplicates.
func (s *Store) readEvents(c context.Context, tenant, where string, args []any) ([]engine.Event, error) {
	var hashes []uint64
	events, err := query(frugal(c), s.short, "SELECT seq, record, identity FROM events WHERE "+where, args, func(row func(...any) error) (e engine.Event, err error) {
		var seq, hash uint64
		var rec string
		if err = row(&seq, &rec, &hash); err == nil {
			err = eventOf(&e, seq, rec)
		}
		hashes = append(hashes, hash)
		return e, err
	})
	if err != nil || len(events) == 0 {
		return nil, err
	}
	first, err := s.repeated(c, tenant, hashes)
	return dropStrays(events, first), err
}

// readDecisions are the decisions that the condition selects.
func (s *Store) readDecisions(c context.Context, where string, args []any) ([]engine.Decision, error) {
	return query(frugal(c), s.short, "SELECT seq, record, reply FROM decisions WHERE "+where, args, func(row func(...any) error) (d engine.Decision, err error) {
		var seq uint64
		var rec, reply string
		if err = row(&seq, &rec, &reply); err == nil {
			err = s.decisionOf(&d, seq, rec, reply)
		}
		return d, err
	})
}

// eventOf reads the columns of an event into e, whose texts share memory with rec.
func eventOf(e *engine.Event, seq uint64, rec string) error {
	if err := record.ReadEvent(e, rec); err != nil {
		return fmt.Errorf("read event %d: %w", seq, err)
	}
	e.Seq = seq
	return nil
}

// decisionOf reads the columns of a decision. Its send window gets the debtor's zone back; a zone that is
// unknown here leaves it in UTC.
func (s *Store) decisionOf(d *engine.Decision, seq uint64, rec, reply string) error {
	got, err := record.ReadDecision(rec)
	if err != nil {
		return fmt.Errorf("read decision %d: %w", seq, err)
	}
	*d = *got
	d.Seq = seq
	if reply != "" {
		d.Reply = []byte(reply)
	}
	a := &d.Action
	if a.TZ == "" || a.NotBefore.IsZero() && a.NotAfter.IsZero() {
		return nil
	}
	loc := s.zone(a.TZ)
	for _, t := range []*time.Time{&a.NotBefore, &a.NotAfter} {
		if !t.IsZero() {
			*t = t.In(loc)
		}
	}
	return nil
}

// zone is the named zone, loaded once; UTC for a name that is unknown here.
func (s *Store) zone(name string) *time.Location {
	if loc, ok := s.zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = time.UTC
	}
	s.zones.Store(name, loc)
	return loc
}
