package wire

import (
	"strconv"
	"time"

	"takt/engine"
)

// Times are taken from 1990 to the end of 2100; whoever has a clock checks closer.
var (
	earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC)
)

// ParseTime reads an RFC 3339 time with its offset, 1990 to 2100, to microseconds (more digits are
// cut off). Z gives time.UTC; a written offset, +00:00 too, a zone of its own, so that
// [CheckLocal] can tell a wall time from an instant. Leap seconds are refused.
func ParseTime(s string) (time.Time, error) {
	t, ok := parseTime(s)
	switch {
	case !ok:
		return time.Time{}, &engine.FieldError{Detail: strconv.Quote(clip(s)) + " is no time; write RFC 3339 with offset such as 2025-11-21T10:02:00+01:00"}
	case t.Before(earliest) || !t.Before(latest):
		return time.Time{}, &engine.FieldError{Detail: strconv.Quote(clip(s)) + " is out of range; times go from 1990 to 2100"}
	}
	return t, nil
}

// parseTime is the grammar of RFC 3339, section 5.6.
func parseTime(s string) (time.Time, bool) {
	var none time.Time
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return none, false
	}
	y, m, day, ok := civil(s[:10])
	hour, min, sec := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	if !ok || hour < 0 || hour > 23 || min < 0 || min > 59 || sec < 0 || sec > 59 {
		return none, false
	}
	micro, rest, ok := fraction(s[19:])
	if !ok {
		return none, false
	}
	if rest == "Z" {
		return time.Date(y, time.Month(m), day, hour, min, sec, micro*1000, time.UTC), true
	}
	offset, ok := offset(rest)
	if !ok {
		return none, false
	}
	return time.Date(y, time.Month(m), day, hour, min, sec-offset, micro*1000, time.UTC).In(time.FixedZone("", offset)), true
}

// fraction reads an optional fraction of a second as microseconds.
func fraction(s string) (micro int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i := 1
	for scale := 100_000; i < len(s) && s[i]-'0' < 10; i++ {
		micro += int(s[i]-'0') * scale
		scale /= 10
	}
	return micro, s[i:], i > 1
}

// offset reads ±hh:mm as seconds.
func offset(s string) (int, bool) {
	if len(s) != 6 || s[3] != ':' || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hour, min := digits(s[1:3]), digits(s[4:6])
	if hour < 0 || hour > 23 || min < 0 || min > 59 {
		return 0, false
	}
	if s[0] == '-' {
		return -(hour*60 + min) * 60, true
	}
	return (hour*60 + min) * 60, true
}

// civil reads YYYY-MM-DD.
func civil(s string) (year, month, day int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	year, month, day = digits(s[:4]), digits(s[5:7]), digits(s[8:])
	return year, month, day, year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= days(year, month)
}

func days(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// digits is the number that s writes, -1 if s holds anything but digits.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// instant reads a time. Where a day may stand (until, expires) a bare date holds until the day is
// over in every zone: UTC-12 ends it at 12:00 UTC of the next day.
func (d *decoder) instant(dst *time.Time, day bool) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	if y, m, dd, isDay := civil(v); day && isDay {
		*dst = time.Date(y, time.Month(m), dd+1, 12, 0, 0, 0, time.UTC)
		if !dst.Before(earliest) && dst.Before(latest) {
			return true
		}
		d.add("%q is out of range; days go from 1990 to 2100", clip(v))
		return false
	}
	t, err := ParseTime(v)
	switch {
	case err == nil:
		*dst = t
		return true
	case day && len(v) == len(time.DateOnly):
		d.add("%q is no date; write YYYY-MM-DD, or a time in RFC 3339 with offset", clip(v))
	default:
		d.add("%s", detail(err))
	}
	return false
}

func utc(t *time.Time) bool { *t = t.UTC(); return true }

// date reads a civil day from 1900 to 2999.
func (d *decoder) date(dst *engine.Date) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	y, m, day, ok := civil(v)
	if !ok || y < 1900 || y > 2999 {
		d.add("%q is no date; write YYYY-MM-DD", clip(v))
		return false
	}
	*dst = engine.DateOf(time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC))
	if dst.IsZero() {
		d.add("is 1970-01-01, the zero of many systems; leave the field out if the day is unknown")
		return false
	}
	return true
}
