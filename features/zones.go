package features

import (
	"bytes"
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
	loc, err := time.LoadLocation(string(bytes.TrimRight(name[:], "\x00")))
	if err != nil || loc == time.Local {
		return time.UTC
	}
	return loc
}

// ZoneSpan is the debtor's offset from UTC within [From, Till), in Unix seconds, so that most facts
// need no zone to be looked up.
type ZoneSpan struct {
	From, Till int64
	Offset     int32 // seconds east of UTC
}

// local is the debtor's wall clock at an instant, as seconds since 1970 on that clock.
func (p *Profile) local(at int64, z *Zones) int64 {
	sec := floorDiv(at, second)
	if p.TZ[0] == 0 {
		return sec
	}
	if sec < p.Zone.From || sec >= p.Zone.Till {
		p.Zone = spanAt(z.Location(p.TZ), sec)
	}
	return sec + int64(p.Zone.Offset)
}

func spanAt(loc *time.Location, sec int64) ZoneSpan {
	t := time.Unix(sec, 0).In(loc)
	from, till := t.ZoneBounds()
	_, offset := t.Zone()
	s := ZoneSpan{From: -engine.HoldForever, Till: engine.HoldForever, Offset: int32(offset)}
	if !from.IsZero() {
		s.From = from.Unix()
	}
	if !till.IsZero() {
		s.Till = till.Unix()
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
