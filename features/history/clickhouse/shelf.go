package clickhouse

import (
	"context"
	"time"

	"takt/features/history"
)

type ar = stored

// stored is a row of table artefacts.
type stored struct {
	history.Artefact
	put        uint64
	meta, data string
}

func artefactColumns() []column[ar] {
	return []column[ar]{
		low("tenant", func(a *ar) *string { return &a.Tenant }),
		low("kind", func(a *ar) *string { return &a.Kind }),
		texts("name", func(a *ar) *string { return &a.Name }),
		texts("version", func(a *ar) *string { return &a.Version }),
		uint64s("put", func(a *ar) *uint64 { return &a.put }),
		times("created", func(a *ar) *time.Time { return &a.Created }),
		texts("meta", func(a *ar) *string { return &a.meta }),
		texts("data", func(a *ar) *string { return &a.data }),
	}
}

// Put stores an artefact; the last one put under its key counts.
func (s *Store) Put(ctx context.Context, a history.Artefact) error {
	c, cancel := s.within(ctx, s.options.ReadTimeout)
	defer cancel()
	row := stored{Artefact: a, put: s.tick(), meta: string(a.Meta), data: string(a.Data)}
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
	columns := artefactColumns()
	tail := "FROM artefacts FINAL WHERE tenant = {tenant:String} AND kind = {kind:String}"
	args := []any{named("tenant", tenant), named("kind", kind)}
	if name != "" {
		tail, args = tail+" AND name = {name:String}", append(args, named("name", name))
	}
	if version != "" {
		tail, args = tail+" AND version = {version:String}", append(args, named("version", version))
	} else {
		columns = columns[:len(columns)-1] // without data
	}
	rows, err := rowsOf(c, s, columns, selectOf(s.short, columns, tail+" ORDER BY created DESC, name, version", args...))
	if err != nil {
		return nil, s.fault(ctx, "read artefacts", err)
	}
	var found []history.Artefact
	for i := range rows {
		a := rows[i].Artefact
		a.Meta = []byte(rows[i].meta)
		if version != "" {
			a.Data = []byte(rows[i].data)
		}
		found = append(found, a)
	}
	return found, nil
}
