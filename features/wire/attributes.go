package wire

import (
	"strings"

	"takt/engine"
)

// attribute is a set of top-level attributes.
type attribute uint

const (
	attrSpec attribute = 1 << iota
	attrID
	attrSource
	attrType
	attrSubject
	attrTime
	attrContent
	attrBase64
	attrData
	required = attrSpec | attrID | attrSource | attrType | attrSubject | attrTime
)

var attributes = [...]string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data_base64", "data"}

// attributeNamed is the attribute of a name, 0 for an unknown one.
func attributeNamed(name string) attribute {
	for i, n := range attributes {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

func (d *decoder) event(e *engine.Event) {
	if d.peek() != '{' {
		d.fail("expected an event, an object in braces")
		return
	}
	d.i++
	var null attribute
	for name, more := d.member(true); more; name, more = d.member(false) {
		a := attributeNamed(name)
		d.name = name
		if d.twice(a, name) {
			d.add("stands there twice; keep one")
		}
		d.seen |= a
		if d.peek() == 'n' && d.word("null") {
			null |= a
			continue
		}
		d.attribute(a, e)
	}
	if d.wrong == "" && d.peek() != 0 {
		d.fail("something follows the event; separate events by lines (NDJSON) or send an array")
	}
	if d.wrong != "" {
		return
	}
	d.seen &^= null
	d.missing()
	d.check(e)
}

// twice reports whether the attribute was seen before.
func (d *decoder) twice(a attribute, name string) bool {
	if a != 0 {
		return d.seen&a != 0
	}
	for _, n := range d.unknown {
		if n == name {
			return true
		}
	}
	if d.unknown = append(d.unknown, name); len(d.unknown) > maxUnknown {
		d.fail("it has more than 64 attributes Takt does not know")
	}
	return false
}

func (d *decoder) attribute(a attribute, e *engine.Event) {
	switch a {
	case attrSpec:
		if v, ok := d.anyText(); ok && v != "1.0" {
			d.add("is %q; write \"1.0\"", clip(v))
		}
	case attrID:
		d.label(&e.ID)
	case attrSource:
		d.label(&e.Source)
	case attrSubject:
		d.label(&e.Debtor)
	case attrType:
		d.eventType(&e.Type)
	case attrTime:
		if d.instant(&d.written, false) {
			e.At = d.written.UTC()
		}
	case attrContent:
		if v, ok := d.anyText(); ok && v != "application/json" && !strings.HasPrefix(v, "application/json;") {
			d.add("is %q; data must be application/json", clip(v))
		}
	case attrBase64:
		d.skip()
		d.add("is not read; put the fields into data")
	case attrData:
		if d.peek() != '{' {
			d.mistyped("an object")
			return
		}
		d.data(&e.Data)
		d.at = ""
	default:
		d.skip()
	}
}

func (d *decoder) eventType(t *engine.EventType) {
	v, ok := d.anyText()
	if !ok {
		return
	}
	if *t = typesNamed[v]; *t == 0 {
		d.add("%q is no event type; write one such as de.takt.promise.made.v1 (see the table of events)", clip(v))
	}
}

// missing notes the required attributes that are absent or null.
func (d *decoder) missing() {
	for i, name := range attributes {
		if a := attribute(1) << i; a&required != 0 && d.seen&a == 0 {
			d.fault("/"+name, "is required; CloudEvents 1.0 with specversion, id, source, type, subject (the debtor) and time")
		}
	}
}
