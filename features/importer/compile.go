package importer

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/features/wire"
)

// compiler checks a mapping and turns it into templates and rules; it goes on after a fault so that
// all are told at once. Paths are for the fault of the moment: nobody keeps one.
type compiler struct {
	root *yaml.Node
	errs []error
}

func (c *compiler) mapping(s *mappingSpec) *Mapping {
	m := &Mapping{source: s.Source, missing: s.Missing, csv: s.CSV}
	if s.Source == "" || len(s.Source) > wire.MaxText {
		c.fault([]any{"source"}, "is required: the name that its events carry, at most %d bytes", wire.MaxText)
	}
	if s.Missing == nil {
		m.missing = []string{""}
	}
	c.dialect(&m.csv)
	m.debtor = c.template([]any{"debtor"}, s.Debtor)
	if len(m.debtor.columns()) == 0 {
		c.fault([]any{"debtor"}, "must name a column, such as {customer}")
	}
	m.zone = c.zone([]any{"zone"}, s.Zone)
	if s.Zone == "" {
		c.fault([]any{"zone"}, "is required: the IANA zone of times without offset, such as Europe/Berlin")
	}
	m.currency = c.template([]any{"currency"}, s.Currency)
	if code, fixed := m.currency.constant(); fixed && code != "" && !engine.ValidCurrency(code) {
		c.fault([]any{"currency"}, "%q is no ISO 4217 code; use three capital letters such as EUR", code)
	}
	if len(s.Events) == 0 {
		c.fault([]any{"events"}, "is required: what a row stands for")
	}
	for i := range s.Events {
		m.rules = append(m.rules, c.rule([]any{"events", i}, &s.Events[i], s.Currency != ""))
	}
	c.identities(m.rules)
	return m
}

func (c *compiler) dialect(d *dialect) {
	for _, p := range []struct {
		key, preset string
		text        *string
	}{{"delimiter", ",", &d.Delimiter}, {"decimal", ".", &d.Decimal}, {"group", "", &d.Group}} {
		if *p.text == "" {
			*p.text = p.preset
		}
		if utf8.RuneCountInString(*p.text) > 1 || strings.ContainsAny(*p.text, "\"\r\n-+0123456789\ufffd") {
			c.fault([]any{"csv", p.key}, "%q must be one character, no digit, sign, quote or line end", *p.text)
		}
	}
	if d.Group == d.Decimal {
		c.fault([]any{"csv", "group"}, "is the decimal mark too; they must differ")
	}
}

// identities refuses two rules that would always give the same id: the second event would be lost as a duplicate.
func (c *compiler) identities(rules []rule) {
	for i := range rules {
		for j := range i {
			if len(rules[i].when) == 0 && len(rules[j].when) == 0 && slices.Equal(rules[i].id, rules[j].id) {
				c.fault([]any{"events", i, "id"}, "is that of events[%d]; give every event of a row its own", j)
			}
		}
	}
}

func (c *compiler) rule(at []any, s *ruleSpec, currency bool) rule {
	r := rule{id: c.template(append(at, "id"), s.ID)}
	var t engine.EventType
	if s.Type == "" || t.UnmarshalText([]byte(s.Type)) != nil {
		c.fault(append(at, "type"), "%q is no event type; write one such as payment_received", s.Type)
		return r
	}
	r.event = t
	if len(r.id.columns()) == 0 {
		c.fault(append(at, "id"), "must name the columns that tell rows apart, such as {invoice}/paid")
	}
	for i, w := range s.When {
		r.when = append(r.when, c.condition(append(at, "when", i), w))
	}
	r.time = c.value(append(at, "time"), s.Time, kindTime)
	for _, name := range slices.Sorted(maps.Keys(s.Data)) {
		r.data = append(r.data, c.field(append(at, "data", name), t, name, s.Data[name]))
	}
	for _, name := range t.Required().Names() {
		if _, ok := s.Data[name]; !ok && !(name == "currency" && currency) {
			c.fault(append(at, "data"), "lacks %s, which %s requires", name, t)
		}
	}
	money := engine.FieldCurrency | engine.FieldAmountMinor
	if _, set := s.Data["currency"]; !set && t.Allowed()&money == money {
		r.currency = true
	}
	return r
}

func (c *compiler) condition(at []any, w whenSpec) condition {
	if w.Column == "" {
		c.fault(at, "needs a column")
	}
	given := 0
	for _, is := range []bool{w.Equals != nil, w.Not != nil, w.Exists != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		c.fault(at, "needs one of equals, not and exists")
	}
	return condition{w.Column, w.Equals, w.Not, w.Exists}
}

func (c *compiler) field(at []any, t engine.EventType, name string, s valueSpec) fieldValue {
	f := engine.FieldNamed(name)
	if f&t.Allowed() == 0 {
		c.fault(at, "is no field of %s; it takes %s", t, strings.Join(t.Allowed().Names(), " "))
	}
	kind := kindOfField(f)
	v := fieldValue{name, kind, c.value(at, s, kind)}
	v.day = f&(engine.FieldUntil|engine.FieldExpires) != 0
	return v
}

func (c *compiler) value(at []any, s valueSpec, kind fieldKind) value {
	v := value{transforms: s.Transform, names: s.Map, layout: s.Layout, clock: s.Clock, zone: c.zone(append(at, "zone"), s.Zone)}
	switch {
	case (s.Column == "") == (s.Value == nil):
		c.fault(at, "needs one of column and value")
	case s.Value != nil:
		v.from = c.template(append(at, "value"), *s.Value)
	default:
		v.from = template{"", s.Column, ""}
	}
	for _, t := range s.Transform {
		if !slices.Contains(transforms[:], t) {
			c.fault(append(at, "transform"), "%q is not known; use %s", t, strings.Join(transforms[:], ", "))
		} else if t == "minor" && kind != kindAmount && kind != kindMoney {
			c.fault(append(at, "transform"), "minor is for amounts")
		}
	}
	if kind != kindTime && kind != kindDate && (s.Layout != "" || s.Zone != "" || s.Clock != "") {
		c.fault(at, "is no time; layout, zone and clock are for times")
	}
	if _, err := time.Parse("15:04", s.Clock); s.Clock != "" && err != nil {
		c.fault(append(at, "clock"), "%q is no time of day; write one such as \"12:00\"", s.Clock)
	}
	return v
}

func (c *compiler) template(at []any, s string) template {
	t, err := parseTemplate(s)
	if err != nil {
		c.fault(at, "%v", err)
	}
	return t
}

func (c *compiler) zone(at []any, s string) template {
	t := c.template(at, s)
	if name, fixed := t.constant(); fixed && name != "" {
		if _, err := new(wire.Parser).Zone(name); err != nil {
			c.fault(at, "%q is no IANA time zone; write one such as Europe/Berlin", name)
		}
	}
	return t
}
