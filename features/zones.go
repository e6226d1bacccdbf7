package features

import (
	"math"
	"sync"
	"time"
	_ "time/tzdata" // a host without zone files must fold alike

	"takt/engine"
)

// Zones keeps loaded time zones; one is shared by everything that folds. A nil *Zones loads anew
// each time. Safe for concurrent use.
type Zones struct {
	mu sync.RWMutex
	m  map[[32]byte]*time.Location
}

// Location is the zone with the zero-padded name; UTC for an empty or unknown one.
func (z *Zones) Location(name [32]byte) *time.Location {
	if name[0] == 0 {
		return time.UTC
	}
	if z == nil {
		return loadZone(name)
	}
	z.mu.RLock()
	loc := z.m[name]
	z.mu.RUnlock()
	if loc != nil {
		return loc
	}
	loc = loadZone(name)
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.m == nil {
		z.m = map[[32]byte]*time.Location{}
	}
	z.m[name] = loc
	return loc
}

func loadZone(name [32]byte) *time.Location {
	loc, err := time.LoadLocation(string(engine.Unpad(name[:])))
	if err != nil || loc == time.Local {
		return time.UTC
	}
	return loc
}

// ZoneSpan is the debtor's offset from UTC within [From, Till), so that most facts need no zone to be
// looked up. All in microseconds.
type ZoneSpan struct {
	From, Till int64
	Offset     int64 // east of UTC
}

// local is the debtor's wall clock at an instant, as microseconds since 1970 on that clock.
func (p *Profile) local(at int64, z *Zones) int64 {
	if at < p.Zone.From || at >= p.Zone.Till {
		p.turnClock(at, z)
	}
	return at + p.Zone.Offset
}

func (p *Profile) turnClock(at int64, z *Zones) { p.Zone = spanAt(z.Location(p.TZ), at) }

func spanAt(loc *time.Location, at int64) ZoneSpan {
	t := time.UnixMicro(at).In(loc)
	from, till := t.ZoneBounds()
	_, offset := t.Zone()
	s := ZoneSpan{From: math.MinInt64, Till: math.MaxInt64, Offset: int64(offset) * second}
	if !from.IsZero() {
		s.From = from.UnixMicro()
	}
	if !till.IsZero() {
		s.Till = till.UnixMicro()
	}
	return s
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
