package promotion

import (
	"context"
	"encoding/json"
	"fmt"

	"takt/engine"
	"takt/models/registry"
)

// Touch marks the snapshots of a tenant that were learned from a range of the log in which facts lay that
// are no longer there; n is how many are marked now. Their bytes stay: they hold sums, and nobody's facts.
func (d *Desk) Touch(ctx context.Context, t *engine.Tenant, fromSeq, toSeq uint64) (n int, err error) {
	if toSeq == 0 {
		return 0, nil
	}
	d.changing.Lock()
	defer d.changing.Unlock()
	if d.touched == nil {
		d.touched = map[string][]span{}
	}
	d.touched[t.ID] = append(d.touched[t.ID], span{fromSeq, toSeq}) // for what is being learned now
	list, err := d.records(ctx, t.ID)
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		if !(span{fromSeq, toSeq}).meets(r) {
			continue
		}
		n++
		if !r.Touched.IsZero() {
			continue
		}
		r.Touched = d.Registry.Now().UTC()
		meta, err := json.Marshal(r)
		if err == nil {
			err = d.Registry.Describe(ctx, t.ID, registry.Policy, Name, r.Snapshot, meta)
		}
		if err != nil {
			return n, fmt.Errorf("mark snapshot %s: %w", r.Snapshot, err)
		}
	}
	return n, nil
}

// span is a range of the log in which facts were erased.
type span struct{ from, to uint64 }

// meets reports whether a snapshot may have been learned from facts of the span.
func (s span) meets(r *Record) bool {
	return r.Report.ToSeq >= s.from && r.Report.FromSeq <= s.to && r.Report.ToSeq > 0
}

// touches is how many erasures of a tenant there have been in this process.
func (d *Desk) touches(tenant string) int {
	d.changing.Lock()
	defer d.changing.Unlock()
	return len(d.touched[tenant])
}

// marked sets the mark of a record whose training began before some of the erasures; d.changing is held.
func (d *Desk) marked(r *Record, began int) {
	for _, s := range d.touched[r.Tenant][began:] {
		if s.meets(r) {
			r.Touched = d.Registry.Now().UTC()
		}
	}
}
