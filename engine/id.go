package engine

import (
	"errors"
	"time"
)

// ID is a ULID: 48 bits of Unix milliseconds, 80 bits of chance (github.com/ulid/spec).
// Its text is 26 letters of Crockford's base 32; the zero ID means none.
type ID [16]byte

// ErrID is returned for a text that is no ULID.
var ErrID = errors.New("not a ULID: use the 26 letters of a decision_id")

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// IsZero reports whether the id is none.
func (id ID) IsZero() bool { return id == ID{} }

// Time is the instant in the id, in milliseconds.
func (id ID) Time() time.Time {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return time.UnixMilli(ms).UTC()
}

// AppendText appends the 26 letters.
func (id ID) AppendText(b []byte) ([]byte, error) {
	// 128 bits are read as 26 groups of five, the first of them with two leading zeros.
	acc, bits := uint32(0), 2
	for _, v := range id {
		acc, bits = acc<<8|uint32(v), bits+8
		for bits >= 5 {
			bits -= 5
			b = append(b, crockford[acc>>bits&31])
		}
	}
	return b, nil
}

// MarshalText gives the 26 letters.
func (id ID) MarshalText() ([]byte, error) { return id.AppendText(make([]byte, 0, 26)) }

// String gives the 26 letters.
func (id ID) String() string { b, _ := id.MarshalText(); return string(b) }

// UnmarshalText reads 26 letters, either case.
func (id *ID) UnmarshalText(b []byte) (err error) { *id, err = ParseID(string(b)); return err }

// ParseID reads 26 letters, either case. It returns ErrID for anything else.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 26 || s[0] > '7' {
		return id, ErrID
	}
	acc, bits, n := uint32(0), -2, 0
	for i := range len(s) {
		v := digit(s[i])
		if v < 0 {
			return ID{}, ErrID
		}
		acc, bits = acc<<5|uint32(v), bits+5
		if bits >= 8 {
			bits -= 8
			id[n] = byte(acc >> bits)
			n++
		}
	}
	return id, nil
}

func digit(c byte) int { return int(digits[c]) }

// digits is the value of each letter, -1 for what is none; backfills read millions of ids.
var digits = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(crockford) {
		t[crockford[i]] = int8(i)
		t[crockford[i]|0x20] = int8(i) // lower case; digits have that bit set already
	}
	return t
}()
