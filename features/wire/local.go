package wire

import (
	"fmt"
	"time"

	"takt/engine"
)

// CheckLocal refuses a time that was written as a wall time of zone loc but names one that the
// clocks there skip: t must carry the offset it was written with, as [ParseTime] leaves it. Only
// the offsets of loc before and after the skip make it such a wall time; any other offset, and Z,
// is just an instant.
func CheckLocal(t time.Time, loc *time.Location) error {
	if t.Location() == time.UTC {
		return nil
	}
	gap, skipped := gapAt(t, loc)
	if _, offset := t.Zone(); !skipped || offset != gap.before && offset != gap.after {
		return nil
	}
	return gap.fault(t, loc)
}

// AtLocal is the instant of wall's clock reading in zone loc; wall's own zone is ignored. A reading
// that does not exist there is refused; of one that exists twice the earlier is meant.
func AtLocal(wall time.Time, loc *time.Location) (time.Time, error) {
	if gap, skipped := gapAt(wall, loc); skipped {
		return time.Time{}, gap.fault(wall, loc)
	}
	t := inZone(wall, loc)
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return t, nil
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if back := time.Duration(before-now) * time.Second; back > 0 && t.Sub(start) < back {
		return t.Add(-back), nil
	}
	return t, nil
}

// gap is a stretch of wall time that a zone skips.
type gap struct {
	at            time.Time // the first instant after it
	before, after int       // offsets in seconds
}

func (g gap) fault(wall time.Time, loc *time.Location) error {
	return &engine.FieldError{Detail: fmt.Sprintf("%s does not exist on %s in %s: the clock goes from %s to %s; write the time that was meant, or UTC",
		wall.Format("15:04"), wall.Format(time.DateOnly), loc,
		g.at.In(time.FixedZone("", g.before)).Format("15:04"), g.at.Format("15:04"))}
}

// gapAt finds the skip that t's clock reading falls into.
func gapAt(t time.Time, loc *time.Location) (gap, bool) {
	in := inZone(t, loc)
	got, want := clock(in), clock(t)
	if got == want {
		return gap{}, false
	}
	// time.Date leaves open on which side of the skip it lands.
	start, end := in.ZoneBounds()
	g := gap{at: start}
	if got < want {
		g.at = end
	}
	_, g.before = g.at.Add(-time.Second).Zone()
	_, g.after = g.at.Zone()
	return g, true
}

func inZone(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.Date()
	hour, min, sec := t.Clock()
	return time.Date(y, m, d, hour, min, sec, t.Nanosecond(), loc)
}

// clock is t's reading of calendar and clock as a number, seconds since 1970 as if in UTC.
func clock(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}
