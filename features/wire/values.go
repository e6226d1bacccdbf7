package wire

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"takt/engine"
)

// mistyped notes that the value that comes next has the wrong JSON type.
func (d *decoder) mistyped(want string) bool {
	if v := d.skip(); d.wrong == "" {
		d.add("is %s; write %s", clip(v), want)
	}
	return false
}

// clip shortens a value for an error, at a rune's edge.
func clip(v string) string {
	if len(v) <= 40 {
		return v
	}
	n := 40
	for n > 0 && !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n] + "…"
}

func (d *decoder) anyText() (string, bool) {
	if d.peek() != '"' {
		return "", d.mistyped("a string")
	}
	return d.text()
}

// label reads an identifier or short text: 1 to MaxText bytes, no control characters.
func (d *decoder) label(dst *string) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	switch {
	case v == "":
		d.add("is empty; name it, or leave the field out where it is optional")
	case len(v) > MaxText:
		d.add("has %d bytes; use at most %d", len(v), MaxText)
	case !printable(v):
		d.add("holds control characters; remove them")
	default:
		*dst = v
		return true
	}
	return false
}

func printable(v string) bool {
	for i := range len(v) {
		switch c := v[i]; {
		case c < 0x20 || c == 0x7f:
			return false
		case c >= 0x80:
			return strings.IndexFunc(v[i:], unicode.IsControl) < 0
		}
	}
	return true
}

// oneOf reads one of the names.
func (d *decoder) oneOf(dst *string, names []string) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	for _, n := range names {
		if n == v {
			*dst = n
			return true
		}
	}
	d.add("%q is not known; use one of %s", clip(v), strings.Join(names, " "))
	return false
}

// shaped reads a text that passes is.
func (d *decoder) shaped(dst *string, is func(string) bool, fault string) bool {
	v, ok := d.anyText()
	if ok && !is(v) {
		d.add("%q %s", clip(v), fault)
		return false
	}
	*dst = v
	return ok
}

// reference reads a reference to an address, which is never shown: it may be an address.
func (d *decoder) reference(dst *string) bool {
	if !d.label(dst) {
		return false
	}
	if !engine.Opaque(*dst) {
		d.add(engine.NotOpaque)
		return false
	}
	return true
}

// isRegion accepts the shapes of ISO 3166-2 (DE-BY) and, for a country as a whole, ISO 3166-1 (DE).
func isRegion(v string) bool {
	country, part, divided := strings.Cut(v, "-")
	if len(country) != 2 || divided && (part == "" || len(part) > 3) {
		return false
	}
	for i := range len(v) {
		if c := v[i]; !(c >= 'A' && c <= 'Z' || i > 2 && c-'0' < 10 || i == 2) {
			return false
		}
	}
	return true
}

// isLanguage accepts the shape of BCP 47: a language of 2 to 8 letters, then subtags of 1 to 8
// letters and digits, 35 bytes at most (RFC 5646, section 4.4.1).
func isLanguage(v string) bool {
	if len(v) > 35 {
		return false
	}
	for n, part := range strings.Split(v, "-") {
		if len(part) == 0 || len(part) > 8 || n == 0 && len(part) < 2 {
			return false
		}
		for i := range len(part) {
			c := part[i]
			if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (n == 0 || c-'0' > 9) {
				return false
			}
		}
	}
	return true
}

// zone reads an IANA time zone that can be loaded.
func (d *decoder) zone(dst *string) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	if _, err := d.Zone(v); err != nil {
		d.add("%q is no IANA time zone; write one such as Europe/Berlin", clip(v))
		return false
	}
	*dst = v
	return true
}

// Zone loads an IANA time zone and remembers it. "" and "Local" are none, for they mean something
// else on every machine.
func (p *Parser) Zone(name string) (*time.Location, error) {
	if loc := p.zones[name]; loc != nil {
		return loc, nil
	}
	if name == "" || name == "Local" {
		return nil, &engine.FieldError{Detail: strconv.Quote(name) + " is no IANA time zone; write one such as Europe/Berlin"}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, &engine.FieldError{Detail: strconv.Quote(clip(name)) + " is no IANA time zone; write one such as Europe/Berlin"}
	}
	if p.zones == nil {
		p.zones = make(map[string]*time.Location)
	}
	p.zones[strings.Clone(name)] = loc
	return loc, nil
}
