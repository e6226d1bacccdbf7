package engine

import (
	"fmt"
	"time"
)

// Date is a civil day as days since 1970-01-01; its text is YYYY-MM-DD. The zero Date means none
// (1970-01-01 itself is no due date anyone asks about).
type Date int32

// DateOf is the civil day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2999 {
		return 0, &FieldError{"", fmt.Sprintf("%q is no date; use YYYY-MM-DD", s)}
	}
	return DateOf(t), nil
}

// In is the first instant of the day in zone loc.
func (d Date) In(loc *time.Location) time.Time {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

// IsZero reports whether the date is none.
func (d Date) IsZero() bool { return d == 0 }

// String gives YYYY-MM-DD, or nothing for none.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// MarshalText gives YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD, or nothing for none.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// Years is the day n years later; 29 February becomes 28 February where there is none (BGB §188(3)). With end the
// years run from the end of d's calendar year.
func (d Date) Years(n int, end bool) Date {
	y, m, day := time.Unix(int64(d)*86400, 0).UTC().Date()
	if end {
		m, day = time.December, 31
	}
	later := time.Date(y+n, m, day, 0, 0, 0, 0, time.UTC)
	if later.Day() != day {
		later = time.Date(y+n, m+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return Date(later.Unix() / 86400)
}
