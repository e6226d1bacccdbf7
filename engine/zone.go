package engine

import "time"

// At is the instant, in Unix seconds, when clocks in loc show the minute of day d (0 to 1440).
// A local time that a clock change skips moves forward to the change; one that it repeats is
// taken the first time.
func (d Date) At(minute int, loc *time.Location) int64 {
	local := int64(d)*86400 + int64(minute)*60
	// No zone is more than a day from UTC, so these two lie on either side of the instant.
	before, after := offset(local-86400, loc), offset(local+86400, loc)
	early, late := local-before, local-after
	if before == after {
		return early
	}
	isEarly, isLate := offset(early, loc) == before, offset(late, loc) == after
	switch {
	case isEarly && isLate:
		return min(early, late)
	case isEarly:
		return early
	case isLate:
		return late
	}
	change, _ := time.Unix(early, 0).In(loc).ZoneBounds()
	return change.Unix()
}

// AtLast is [Date.At] but for a local time that a clock change repeats, which is taken the last time.
func (d Date) AtLast(minute int, loc *time.Location) int64 {
	at := d.At(minute, loc)
	if again := int64(d)*86400 + int64(minute)*60 - offset(at+86400, loc); again > at && offset(again, loc) == offset(at+86400, loc) {
		return again
	}
	return at
}

// Steady reports whether clocks in loc run through on day d and the days beside it, and the
// seconds they are ahead of UTC: then d.At(m, loc) is d·86400 + m·60 less those seconds.
func (d Date) Steady(loc *time.Location) (seconds int64, ok bool) {
	midnight := int64(d) * 86400
	before, after := offset(midnight-86400, loc), offset(midnight+2*86400, loc)
	return before, before == after
}

// Weekday is the day's day of the week.
func (d Date) Weekday() Weekday { return Weekday(1 + ((int(d)+4)%7+7)%7) } // day 0 was a Thursday

// Sunday reports whether the day is one.
func (d Date) Sunday() bool { return d.Weekday() == Sunday }

func offset(unix int64, loc *time.Location) int64 {
	_, s := time.Unix(unix, 0).In(loc).Zone()
	return int64(s)
}

// Opening is the first instant, in Unix seconds, at which contacts are allowed on day d or after.
func (l *Limits) Opening(d Date, loc *time.Location) int64 {
	if d.Sunday() && !l.Sundays {
		d++
	}
	return d.At(l.QuietTo, loc)
}

// ZoneName is the debtor's IANA zone: the request's, or else the history's; "" if neither has one.
func ZoneName(r *Request, f *Facts) string {
	if r.Debtor.TZ != "" || f == nil {
		return r.Debtor.TZ
	}
	return string(Unpad(f.TZ[:]))
}

// Unpad is b up to the first zero: the text of a zero-padded field of [Facts].
func Unpad(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i]
		}
	}
	return b
}
