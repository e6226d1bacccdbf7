package payload

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"takt/engine"
	"takt/features/wire"
)

// MaxKey bounds an Idempotency-Key, in bytes.
const MaxKey = 200

// check holds what needs the whole body: required fields, the zone, local times against it.
func (p *parser) check(a *Ask, z *zones) {
	if a.Case.ID == "" && !p.has("/case/id") {
		p.faultAt("/case/id", "is missing")
	}
	if a.Debtor.ID == "" && !p.has("/debtor/id") {
		p.faultAt("/debtor/id", "is missing")
	}
	if a.Debtor.TZ != "" {
		a.Zone = p.zone(z, a.Debtor.TZ, "/debtor/tz")
	}
	for i, name := range a.Debtor.Zones {
		if pointer := fmt.Sprintf("/debtor/zones/%d", i); !p.has(pointer) {
			a.Zones = append(a.Zones, p.zone(z, name, pointer))
		}
	}
	for _, s := range []*stamp{&a.asOf, &a.earliest, &a.latest} {
		if s.at.IsZero() || a.Zone == nil {
			continue
		}
		for _, f := range wire.FieldErrors(wire.CheckLocal(s.at, a.Zone)) {
			p.faultAt(s.pointer, "%s", f.Detail)
		}
	}
	a.AsOf, a.Constraints.EarliestExecute, a.Constraints.LatestExecute = a.asOf.utc(), a.earliest.utc(), a.latest.utc()
	if c := &a.Constraints; !c.EarliestExecute.IsZero() && !c.LatestExecute.IsZero() && c.LatestExecute.Before(c.EarliestExecute) {
		p.faultAt("/constraints/latest_execute", "lies before earliest_execute")
	}
}

// zone loads the time zone that stands at the pointer; nil after a fault.
func (p *parser) zone(z *zones, name, pointer string) *time.Location {
	loc := z.load(name)
	if loc == nil {
		p.faultAt(pointer, "%q is no time zone; use an IANA name such as Europe/Berlin", clip(name))
	}
	return loc
}

// has reports whether a fault at the pointer, or above it, was noted already.
func (p *parser) has(pointer string) bool {
	for _, err := range p.faults {
		if f, ok := err.(*engine.FieldError); ok && strings.HasPrefix(pointer, f.Pointer) {
			return true
		}
	}
	return false
}

// maxPointer bounds a pointer in an answer, in bytes.
const maxPointer = 300

// above is the pointer, or the nearest one above it that is short enough to be told.
func above(pointer string) string {
	if len(pointer) <= maxPointer {
		return pointer
	}
	return pointer[:max(strings.LastIndexByte(pointer[:maxPointer], '/'), 0)]
}

// zones caches loaded time zones; only names that exist take room, so it is bounded.
type zones struct{ m sync.Map }

func (z *zones) load(name string) *time.Location {
	if l, ok := z.m.Load(name); ok {
		return l.(*time.Location)
	}
	if name == "" || name == "Local" || len(name) > 32 {
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	z.m.Store(name, l)
	return l
}
