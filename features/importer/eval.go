package importer

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// text is the value of a field as text: cells, transforms, map, and time put into its zone.
func (t *table) text(v *value, kind fieldKind, currency string) (string, bool, *RowError) {
	s, there, bad := t.expand(v.from)
	if bad != nil || !there {
		return "", false, bad
	}
	for _, name := range v.transforms {
		switch name {
		case "lower":
			s = strings.ToLower(s)
		case "upper":
			s = strings.ToUpper(s)
		case "trim":
			s = strings.TrimSpace(s)
		case "minor":
			n, err := minor(s, t.m.csv, currency)
			if err != nil {
				return "", false, t.fault(nil, v.columns(), err)
			}
			s = n
		}
	}
	if v.names != nil {
		to, known := v.names[s]
		if !known {
			return "", false, t.fault(nil, v.columns(), fmt.Errorf("%q is not in the mapping's map", clip(s)))
		}
		s = to
	}
	if timed := kind == kindTime && (v.layout != "" || v.clock != "" || !v.bare(s)); timed || kind == kindDate && v.layout != "" {
		return t.when(s, v, kind)
	}
	return s, true, nil
}

// bare reports whether s is a day and stays one: until and expires know what a day means.
func (v *value) bare(s string) bool {
	if !v.day {
		return false
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// when reads a time or a date by its layout.
func (t *table) when(s string, v *value, kind fieldKind) (string, bool, *RowError) {
	if kind == kindDate && unixUnit(v.layout) == 0 {
		day, err := time.Parse(v.layout, s)
		if err != nil {
			return "", false, t.fault(nil, v.columns(), fmt.Errorf("%q is not written like %s", clip(s), v.layout))
		}
		return day.Format(time.DateOnly), true, nil
	}
	zone, there, bad := t.expand(v.zone)
	if bad == nil && !there {
		zone, _, bad = t.expand(t.m.zone)
	}
	if bad != nil {
		return "", false, bad
	}
	key := reading{v, zone, s}
	if out, known := t.times[key]; known {
		return out, true, nil
	}
	out, err := t.local(s, v, kind, zone)
	if err != nil {
		return "", false, t.fault(nil, v.columns(), err)
	}
	if len(t.times) >= maxReadings {
		clear(t.times)
	}
	t.times[key] = out
	return out, true, nil
}

// A reading is a time as a file has it. Files repeat their times, so the last ones are remembered.
type reading struct {
	v       *value
	zone, s string
}

const maxReadings = 4096

// local reads a time in its zone, or the day that it falls on there.
func (t *table) local(s string, v *value, kind fieldKind, zone string) (string, error) {
	loc, err := t.wire.Zone(zone)
	if err != nil {
		return "", err
	}
	at, err := instant(s, v, loc)
	if err != nil {
		return "", err
	}
	if kind == kindDate {
		return at.In(loc).Format(time.DateOnly), nil
	}
	return at.Format(time.RFC3339Nano), nil
}

// columns names the columns of a value for an error.
func (v *value) columns() string { return strings.Join(v.from.columns(), ", ") }

// appendJSON appends a value; what is no number or truth stays a text, for the wire package to refuse.
func appendJSON(dst []byte, kind fieldKind, s, currency string) []byte {
	switch kind {
	case kindMoney:
		dst = append(dst, `{"amount_minor":`...)
		dst = appendJSON(dst, kindAmount, s, "")
		dst = append(dst, `,"currency":`...)
		return append(appendQuote(dst, currency), '}')
	case kindNumber, kindAmount:
		if s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s)) {
			return append(dst, s...)
		}
	case kindBool:
		if s == "true" || s == "false" {
			return append(dst, s...)
		}
	case kindList:
		dst = append(dst, '[')
		for i, name := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '|' || r == ';' }) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendQuote(dst, name)
		}
		return append(dst, ']')
	}
	return appendQuote(dst, s)
}
