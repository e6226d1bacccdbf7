package wire

import (
	"errors"
	"strings"
	"time"

	"takt/engine"
)

// MaxEvent is the largest event in bytes.
const MaxEvent = 64 << 10

// MaxText is the longest identifier or text of an event in bytes.
const MaxText = 200

// maxFaults bounds what is told of one event: a body must not get an answer many times its size.
const maxFaults = 20

// maxUnknown bounds the unknown attributes of one event: they are compared with each other.
const maxUnknown = 64

// pinned is the size above which texts are copied out, so that an event does not hold on to its JSON.
const pinned = 2 << 10

// Parser reads events and remembers the time zones it has seen. The zero value is ready; a Parser
// is for one goroutine.
type Parser struct {
	// Latest is the last instant an event may bear, and what it reports may have been done at; the
	// zero time is no bound. Only the receiver has a clock.
	Latest time.Time

	zones map[string]*time.Location
}

// ParseEvent reads one event. Tenant, Received and Seq stay empty, At is UTC in microseconds.
// All that is wrong comes back as one *engine.FieldError or several joined (see [FieldErrors]);
// the event beside an error is only good for naming it in a reply.
func ParseEvent(b []byte) (engine.Event, error) {
	var p Parser
	return p.Parse(b)
}

// Parse is [ParseEvent].
func (p *Parser) Parse(b []byte) (engine.Event, error) {
	var e engine.Event
	if len(b) > MaxEvent {
		return e, &engine.FieldError{Detail: "is larger than 64 KiB; send references instead of contents"}
	}
	d := decoder{scanner: scanner{s: string(b)}, Parser: p}
	d.event(&e)
	if err := d.end(); err != nil {
		return e, err
	}
	if len(b) > pinned {
		detach(&e)
	}
	return e, nil
}

// ParseData reads the data object of an event of type t, under the same rules as [ParseEvent].
func ParseData(t engine.EventType, b []byte) (engine.EventData, error) {
	var p Parser
	var e engine.Event
	d := decoder{scanner: scanner{s: string(b)}, Parser: &p}
	d.data(&e.Data)
	d.seen |= attrData
	if d.peek() != 0 {
		d.fail("something follows the object")
	}
	e.Type = t
	if d.wrong == "" {
		d.check(&e)
	}
	if err := d.end(); err != nil {
		return engine.EventData{}, err
	}
	if len(b) > pinned {
		detach(&e)
	}
	return e.Data, nil
}

// decoder reads one event.
type decoder struct {
	scanner
	*Parser
	errs    []error
	at      string // pointer of the object being read
	name    string // its member being read
	seen    attribute
	fields  engine.Fields // data fields seen
	given   engine.Fields // of them, those that are not null
	unknown []string
	written time.Time // the event's time with the offset it was written with
}

// end is all that was found wrong.
func (d *decoder) end() error {
	if d.wrong != "" {
		d.errs = append(d.errs, &engine.FieldError{Detail: d.wrong}) // told whatever else was found
	}
	switch len(d.errs) {
	case 0:
		return nil
	case 1:
		return d.errs[0]
	}
	return errors.Join(d.errs...)
}

// detach copies the texts of an event out of its JSON.
func detach(e *engine.Event) {
	v := &e.Data
	for _, s := range []*string{&e.ID, &e.Source, &e.Debtor, &v.CaseID, &v.Portfolio, &v.Stage, &v.Fulfilment, &v.Reason,
		&v.Open.Currency, &v.Kind, &v.TZ, &v.Region, &v.Language, &v.AddressRef, &v.Purpose, &v.State, &v.Basis, &v.Template,
		&v.Action, &v.Currency, &v.EventID, &v.Other, &v.Name, &v.MadeTo, &v.Scope, &v.Reference} {
		*s = strings.Clone(*s)
	}
}
