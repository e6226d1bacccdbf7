package payload

import (
	"strconv"
	"strings"
	"time"

	"takt/engine"
	"takt/features/wire"
)

// text reads a string of at most limit bytes without control characters; null reads as "".
func (p *parser) text(limit int) string {
	if !p.is('"', "a string") {
		return ""
	}
	raw := p.value()
	if p.syntax != nil {
		return ""
	}
	s := p.part(raw)
	if len(s) > limit {
		p.fault("has %d bytes; use at most %d", len(s), limit)
		return ""
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			p.fault("holds a control character")
			return ""
		}
	}
	return s
}

// id reads a string of 1 to 200 bytes; null reads as "", the caller refuses that where it must.
func (p *parser) id() string {
	faults, null := len(p.faults), p.syntax == nil && p.dec.PeekKind() == 'n'
	s := p.text(maxID)
	if s == "" && !null && len(p.faults) == faults && p.syntax == nil {
		p.fault("is empty")
	}
	return s
}

// word reads one of the words and returns that word itself, so that no body is kept alive by it.
func (p *parser) word(words ...string) string {
	if !p.is('"', "one of ", words...) {
		return ""
	}
	raw := p.value()
	if p.syntax != nil {
		return ""
	}
	s := p.part(raw)
	for _, w := range words {
		if w == s {
			return w
		}
	}
	p.fault("%q is not known; use one of %s", clip(s), strings.Join(words, ", "))
	return ""
}

// clip bounds what a message repeats of a body.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// integer reads a whole number from lo to hi; null gives absent.
func (p *parser) integer(lo, hi, absent int64) int64 {
	if !p.is('0', "a whole number") {
		return absent
	}
	raw := p.value()
	if p.syntax != nil {
		return absent
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	switch {
	case err != nil && strings.ContainsAny(string(raw), ".eE"):
		p.fault("is %s; use a whole number", clip(string(raw)))
	case err != nil || n < lo || n > hi:
		p.fault("is %s; use %d to %d", clip(string(raw)), lo, hi)
	default:
		return n
	}
	return absent
}

// share reads a number from 0 to 1; null gives absent.
func (p *parser) share(absent float64) float64 {
	if !p.is('0', "a number from 0 to 1") {
		return absent
	}
	raw := p.value()
	if p.syntax != nil {
		return absent
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f < 0 || f > 1 {
		p.fault("is %s; use 0 to 1", clip(string(raw)))
		return absent
	}
	return f
}

// date reads YYYY-MM-DD; null gives none.
func (p *parser) date() engine.Date {
	if !p.is('"', "a date such as 2025-12-01") {
		return 0
	}
	raw := p.value()
	if p.syntax != nil {
		return 0
	}
	d, err := engine.ParseDate(p.part(raw))
	if err != nil {
		p.fault("%q is no date; use YYYY-MM-DD", clip(p.part(raw)))
	}
	return d
}

// stamp is an instant with the offset it was written in, and where it stood: its wall time is
// checked once the debtor's zone is known.
type stamp struct {
	at      time.Time
	pointer string
}

func (s *stamp) utc() time.Time {
	if s.at.IsZero() {
		return s.at
	}
	return s.at.UTC()
}

// instant reads an RFC 3339 time with its offset, to the microsecond; null gives the zero stamp.
func (p *parser) instant(pointer string) stamp {
	if !p.is('"', "a time such as 2025-11-21T09:12:00+01:00") {
		return stamp{}
	}
	raw := p.value()
	if p.syntax != nil {
		return stamp{}
	}
	t, err := wire.ParseTime(p.part(raw))
	for _, f := range wire.FieldErrors(err) {
		p.fault("%s", f.Detail)
	}
	return stamp{t, pointer}
}

// level reads a level of a grid by its name; last is the highest one.
func level[L interface {
	~uint8
	String() string
}](p *parser, last L, what string) L {
	if !p.is('"', "the name of a ", what) {
		return 0
	}
	raw := p.value()
	if p.syntax != nil {
		return 0
	}
	s := p.part(raw)
	for l := L(1); l <= last; l++ {
		if l.String() == s {
			return l
		}
	}
	var names []string
	for l := L(1); l <= last; l++ {
		names = append(names, l.String())
	}
	p.fault("%q is no %s; use one of %s", clip(s), what, strings.Join(names, ", "))
	return 0
}

func levels[L interface {
	~uint8
	String() string
}](p *parser, dst []L, last L, what string) []L {
	n, ok := p.array(64, func(int) {
		if l := level(p, last, what); l != 0 {
			dst = append(dst, l)
		}
	})
	if ok && n == 0 {
		p.fault("is empty: nothing would be allowed; leave it out to allow all")
	}
	return dst
}
