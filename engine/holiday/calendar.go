package holiday

import (
	"time"

	"takt/engine"
)

// The days of the table; those before and after are worked out when asked.
const (
	firstDay engine.Date = 10957 // 2000-01-01
	lastDay  engine.Date = 47481 // 2099-12-31
)

// table says for every day from firstDay on where it is a holiday.
var table = func() (t [lastDay - firstDay + 1]Set) {
	for year := 1999; year <= 2100; year++ { // the neighbours may move a holiday into the table
		mark(year, func(d engine.Date, s Set) {
			if d >= firstDay && d <= lastDay {
				t[d-firstDay] |= s
			}
		})
	}
	return t
}()

// on is the regions where date is a holiday.
func on(date engine.Date) (s Set) {
	year := date.In(time.UTC).Year()
	for y := year - 1; y <= year+1; y++ {
		mark(y, func(d engine.Date, where Set) {
			if d == date {
				s |= where
			}
		})
	}
	return s
}

// mark calls f with the holidays of a year, moved ones on both days.
func mark(year int, f func(engine.Date, Set)) {
	sunday := easter(year)
	for i := range days {
		if r := &days[i]; r.in(year) {
			d := r.day(year, sunday)
			f(d, r.where)
			if moved := r.moves.to(d); moved != d {
				f(moved, r.where)
			}
		}
	}
}

// in reports whether there is such a holiday in the year.
func (r *rule) in(year int) bool {
	return year >= r.from && (r.until == 0 || year <= r.until) && year != r.not[0] && year != r.not[1] && year != r.not[2]
}

// day is the rule's date in a year.
func (r *rule) day(year int, sunday engine.Date) engine.Date {
	if r.month == 0 {
		return sunday + engine.Date(r.n)
	}
	d := date(year, r.month, r.n)
	if r.weekday != any {
		d += engine.Date((int(r.weekday-sun) - weekday(d) + 7) % 7)
	}
	return d + engine.Date(r.plus)
}

// to is where the custom moves a holiday.
func (m moves) to(d engine.Date) engine.Date {
	w := weekday(d)
	switch {
	case m == toMonday && w == 6, m == toTuesday && (w == 6 || w == 0):
		return d + 2
	case m == toMonday && w == 0, m == nearest && w == 0, m == toTuesday && w == 1:
		return d + 1
	case m == nearest && w == 6:
		return d - 1
	}
	return d
}

func date(year int, month time.Month, day int) engine.Date {
	return engine.Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// weekday is 0 for Sunday to 6 for Saturday.
func weekday(d engine.Date) int { return ((int(d)+4)%7 + 7) % 7 } // day 0 was a Thursday

// easter is Easter Sunday of a Gregorian year.
// J. Meeus, Astronomical Algorithms, 2nd ed., chapter 8 (the anonymous rule of 1876).
func easter(year int) engine.Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date(year, time.Month(n/31), n%31+1)
}
