package clickhouse

import (
	"context"
	"time"

	"takt/features/history"
)

// stored is a row of table artefacts.
type stored struct {
	history.Artefact
	put uint64
}

func artefactColumns() []column[stored] {
	return []column[stored]{
		plain("tenant", func(a *stored) string { return a.Tenant }),
		plain("kind", func(a *stored) string { return a.Kind }),
		plain("name", func(a *stored) string { return a.Name }),
		plain("version", func(a *stored) string { return a.Version }),
		plain("put", func(a *stored) uint64 { return a.put }),
		instant("created", func(a *stored) time.Time { return a.Created }),
		plain("meta", func(a *stored) string { return string(a.Meta) }),
		plain("data", func(a *stored) string { return string(a.Data) }),
	}
}

// Put stores an artefact; the last one put under its key counts.
func (s *Store) Put(ctx context.Context, a history.Artefact) error {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	row := stored{a, s.tick()}
	return put(writer{s: s, ctx: ctx, c: c}, "artefacts", []stored{row}, artefactColumns())
}

// tick is the clock's nanoseconds, and always more than the last: two puts are never at once.
func (s *Store) tick() uint64 {
	for {
		last := s.lastPut.Load()
		now := max(uint64(s.options.Now().UnixNano()), last+1)
		if s.lastPut.CompareAndSwap(last, now) {
			return now
		}
	}
}

// Artefacts are those of the kind, newest first; Data is nil unless a version is given.
func (s *Store) Artefacts(ctx context.Context, tenant, kind, name, version string) ([]history.Artefact, error) {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	data, where := "''", oneTenant+" AND kind = {kind:String}"
	if name != "" {
		where += " AND name = {name:String}"
	}
	if version != "" {
		data, where = "data", where+" AND version = {version:String}"
	}
	text := "SELECT tenant, kind, name, version, toUnixTimestamp64Micro(created), meta, " + data + " FROM artefacts FINAL WHERE " + where + " ORDER BY created DESC, name, version"
	args := []any{named("tenant", tenant), named("kind", kind), named("name", name), named("version", version)}
	found, err := query(c, s.short, text, args, func(row func(...any) error) (a history.Artefact, err error) {
		var created int64
		var meta, data string
		err = row(&a.Tenant, &a.Kind, &a.Name, &a.Version, &created, &meta, &data)
		a.Created, a.Meta = micros(created), []byte(meta)
		if version != "" {
			a.Data = []byte(data)
		}
		return a, err
	})
	return found, s.fault(ctx, "read artefacts", err)
}
