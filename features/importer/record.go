package importer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"takt/engine"
	"takt/features/wire"
)

// table turns records into events by a mapping: the part that CSV and Parquet share.
type table struct {
	m     *Mapping
	wire  wire.Parser
	index map[string]int // column → cell
	cells []string
	null  []bool // cells that Parquet says are null; nil for CSV
	unit  string
	out   []engine.Event
	buf   []byte
	times map[reading]string
}

// newTable checks that the file has every column of the mapping, once.
func newTable(m *Mapping, header []string, unit string) (*table, error) {
	t := &table{m: m, unit: unit, index: make(map[string]int), times: make(map[reading]string)}
	for i, name := range header {
		if _, twice := t.index[name]; twice && slices.Contains(m.columns(), name) {
			return nil, fmt.Errorf("has two columns %q; give one another name", name)
		}
		t.index[name] = i
	}
	for _, name := range m.columns() {
		if _, ok := t.index[name]; !ok {
			shown := strings.Join(header[:min(len(header), 60)], ", ")
			return nil, fmt.Errorf("has no column %q that mapping %s asks for; its columns are %s", name, m.source, shown)
		}
	}
	return t, nil
}

// fault is an error of a rule's column.
func (t *table) fault(r *rule, column string, err error) *RowError {
	e := &RowError{Unit: t.unit, Column: column, Err: err}
	if r != nil {
		e.Event = r.event
	}
	return e
}

// events are the events of the current cells; one bad event refuses the row.
func (t *table) events() ([]engine.Event, *RowError) {
	t.out = t.out[:0]
	for i := range t.m.rules {
		r := &t.m.rules[i]
		if !t.holds(r) {
			continue
		}
		e, bad := t.event(r)
		if bad != nil {
			return nil, bad
		}
		t.out = append(t.out, e)
	}
	return t.out, nil
}

func (t *table) holds(r *rule) bool {
	for _, c := range r.when {
		cell, there := t.cell(c.column)
		switch {
		case c.exists != nil && *c.exists != there,
			c.equals != nil && !slices.Contains(c.equals, cell),
			c.not != nil && slices.Contains(c.not, cell):
			return false
		}
	}
	return true
}

// cell is a column's text, and whether it holds anything.
func (t *table) cell(column string) (string, bool) {
	i := t.index[column]
	s := t.cells[i]
	return s, !slices.Contains(t.m.missing, s) && (t.null == nil || !t.null[i])
}

// expand fills in a template. there is false where a column holds nothing.
func (t *table) expand(tp template) (text string, there bool, bad *RowError) {
	if s, fixed := tp.constant(); fixed {
		return s, len(tp) > 0, nil
	}
	for i, part := range tp {
		if i%2 == 1 {
			s, ok := t.cell(part)
			if !ok {
				return "", false, nil
			}
			if !utf8.ValidString(s) {
				return "", false, t.fault(nil, part, errors.New("is not UTF-8; save the file as UTF-8"))
			}
			part = s
		}
		text += part
	}
	return text, true, nil
}

// need is expand for what an event cannot be without.
func (t *table) need(tp template, what string) (string, *RowError) {
	s, there, bad := t.expand(tp)
	if bad == nil && (!there || s == "") {
		bad = t.fault(nil, strings.Join(tp.columns(), ", "), fmt.Errorf("is missing; it is the %s", what))
	}
	return s, bad
}

func (t *table) event(r *rule) (engine.Event, *RowError) {
	var none engine.Event
	in := func(bad *RowError) (engine.Event, *RowError) { bad.Event = r.event; return none, bad }
	id, bad := t.need(r.id, "row's identity")
	if bad != nil {
		return in(bad)
	}
	debtor, bad := t.need(t.m.debtor, "debtor")
	if bad != nil {
		return in(bad)
	}
	at, there, bad := t.text(&r.time, kindTime, "")
	if bad == nil && !there {
		bad = t.fault(r, r.time.columns(), fmt.Errorf("is missing; it is the event's time"))
	}
	if bad != nil {
		return in(bad)
	}
	t.buf = envelope(t.buf[:0], identity(id), t.m.source, r.event, debtor, at)
	if bad := t.data(r); bad != nil {
		return in(bad)
	}
	e, err := t.wire.Parse(append(t.buf, '}'))
	if err != nil {
		return none, t.refused(r, err)
	}
	return e, nil
}

// data appends the event's data object.
func (t *table) data(r *rule) *RowError {
	currency, _, bad := t.expand(t.m.currency)
	if bad != nil {
		return bad
	}
	t.buf = append(t.buf, '{')
	first := true
	for i := range r.data {
		f := &r.data[i]
		unit := currency
		if f.kind == kindAmount && !r.currency { // the rule has a currency of its own
			var bad *RowError
			if unit, _, bad = t.ownCurrency(r); bad != nil {
				return bad
			}
		}
		s, there, bad := t.text(&f.value, f.kind, unit)
		if bad != nil {
			return bad
		}
		if !there {
			continue
		}
		if !first {
			t.buf = append(t.buf, ',')
		}
		first = false
		t.buf = append(append(append(t.buf, '"'), f.name...), `":`...)
		t.buf = appendJSON(t.buf, f.kind, s, unit)
		if f.kind == kindAmount && r.currency {
			t.buf = appendQuote(append(t.buf, `,"currency":`...), currency)
		}
	}
	t.buf = append(t.buf, '}')
	return nil
}

func (t *table) ownCurrency(r *rule) (string, bool, *RowError) {
	for i := range r.data {
		if r.data[i].name == "currency" {
			return t.text(&r.data[i].value, kindText, "")
		}
	}
	return "", false, nil
}

// refused words what the wire package found as an error of the row.
func (t *table) refused(r *rule, err error) *RowError {
	fields := wire.FieldErrors(err)
	if len(fields) == 0 {
		return t.fault(r, "", err)
	}
	names := strings.Split(strings.TrimPrefix(fields[0].Pointer, "/"), "/")
	column := names[0]
	if column == "data" && len(names) > 1 {
		column = names[1]
		for i := range r.data {
			if c := r.data[i].columns(); r.data[i].name == names[1] && c != "" {
				column = c + " as " + names[1]
			}
		}
	}
	return t.fault(r, column, &engine.FieldError{Detail: fields[0].Detail})
}
