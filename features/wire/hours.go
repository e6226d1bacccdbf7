package wire

import (
	"strconv"

	"takt/engine"
)

// hours reads local hours of the day such as 0900-1700: from before to, 0000 to 2400.
func (d *decoder) hours(from, to *int) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	a, b := -1, -1
	if len(v) == len("0900-1700") && v[4] == '-' {
		a, b = minutes(v[:4]), minutes(v[5:])
	}
	switch {
	case a < 0 || b < 0:
		d.add("%q are no hours; write local times of the day such as 0900-1700", clip(v))
		return false
	case a >= b:
		d.add("%q does not end after it begins; write hours of one day, such as 0000-0600 for the night", clip(v))
		return false
	}
	*from, *to = a, b
	return true
}

// minutes reads HHMM as minutes of the day, 0 to 1440; -1 if it is none.
func minutes(s string) int {
	h, m := digits(s[:2]), digits(s[2:])
	if h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return -1
	}
	return h*60 + m
}

func appendHours(dst []byte, from, to int) []byte {
	for _, n := range [...]int{from, to} {
		n = n/60*100 + n%60
		dst = append(dst, byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10), '-')
	}
	return dst[:len(dst)-1]
}

// weekdays reads a list of sun to sat, at least one.
func (d *decoder) weekdays(dst *engine.Set[engine.Weekday]) bool {
	if d.peek() != '[' {
		return d.mistyped(`a list such as ["sat","sun"]`)
	}
	d.i++
	faults := len(d.errs)
	n := 0
	for ; d.next(']', n == 0); n++ {
		var w engine.Weekday
		if level(d, &w, int(engine.Saturday)+1, weekdayFault) {
			*dst = dst.With(w)
		}
	}
	if n == 0 && d.wrong == "" {
		d.add("is empty; name the days from sun to sat, or leave the field out")
	}
	return len(d.errs) == faults
}

func weekdayFault(v string) error { return new(engine.Weekday).UnmarshalText([]byte(v)) }

func appendWeekdays(dst []byte, days engine.Set[engine.Weekday]) []byte {
	dst = append(dst, '[')
	for w := engine.Sunday; w <= engine.Saturday; w++ {
		if !days.Has(w) {
			continue
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = strconv.AppendQuote(dst, w.String())
	}
	return append(dst, ']')
}
