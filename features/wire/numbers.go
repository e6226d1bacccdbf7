package wire

import (
	"math"
	"strconv"
)

// integer reads a whole number from lo to hi.
func (d *decoder) integer(dst *int64, lo, hi int64) bool {
	if c := d.peek(); c != '-' && c-'0' > 9 {
		return d.mistyped("a whole number")
	}
	v, ok := d.number()
	if !ok {
		return false
	}
	if !isInteger(v) {
		d.add("is %s; write a whole number without fraction or exponent", clip(v))
		return false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < lo || n > hi {
		d.add("is %s; use %d to %d", clip(v), lo, hi)
		return false
	}
	*dst = n
	return true
}

func (d *decoder) small(dst *int, lo, hi int64) bool {
	var n int64
	ok := d.integer(&n, lo, hi)
	*dst = int(n)
	return ok
}

// float reads a finite number.
func (d *decoder) float(dst *float64) bool {
	if c := d.peek(); c != '-' && c-'0' > 9 {
		return d.mistyped("a number")
	}
	v, ok := d.number()
	if !ok {
		return false
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		d.add("is %s; that does not fit a 64-bit float", clip(v))
		return false
	}
	*dst = n + 0 // -0 reads as 0
	return true
}

func (d *decoder) fraction(dst *float64) bool {
	var v float64
	if !d.float(&v) {
		return false
	}
	if v < 0 || v > 1 || math.IsNaN(v) {
		d.add("is %v; use a probability from 0 to 1", v)
		return false
	}
	*dst = v
	return true
}

func (d *decoder) boolean(dst *bool) bool {
	*dst = d.word("true")
	return *dst || d.word("false") || d.mistyped("true or false")
}
