package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/features/wire"
)

// given reads a list of events; nil is none.
func (r *reader) given(s *Scenario, n *yaml.Node, at string) {
	if n == nil {
		return
	}
	for i, v := range r.Items(n, at, "write one event per line, each starting with a dash") {
		before := r.Failures()
		e := r.event(v, fmt.Sprintf("%s/%d", at, i), s.ask.Debtor.ID, len(s.events))
		if r.Failures() > before {
			continue
		}
		if !s.ask.AsOf.IsZero() && e.At.After(s.ask.AsOf) {
			r.Fail(v, fmt.Sprintf("%s/%d/at", at, i), "is %s, after the decision: nobody knows of it then", e.At.Format(time.RFC3339))
		}
		s.events = append(s.events, e)
	}
}

// event reads an event in the short form: type, at, debtor and id, and beside them its data fields.
func (r *reader) event(n *yaml.Node, at, debtor string, i int) engine.Event {
	e := engine.Event{Tenant: tenantID, Source: "scenario", ID: fmt.Sprintf("e-%03d", i), Debtor: debtor, Seq: uint64(i) + 1}
	if n.Kind != yaml.MappingNode {
		r.Fail(n, at, "is no mapping; write {type: …, at: …} and the data fields")
		return e
	}
	data := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line}
	for j := 0; j+1 < len(n.Content); j += 2 {
		k, v := n.Content[j], n.Content[j+1]
		switch p := at + "/" + k.Value; k.Value {
		case "type":
			r.Text(v, p, e.Type.UnmarshalText)
		case "at":
			e.At = r.instant(v, p, wire.ParseTime).UTC()
		case "debtor":
			e.Debtor = r.text(v, p)
		case "id":
			e.ID = r.text(v, p)
		default:
			data.Content = append(data.Content, k, v)
		}
	}
	if keyOf(n, "type") < 0 || keyOf(n, "at") < 0 {
		r.Fail(n, at, "lacks type or at; write {type: payment_received, at: 2026-06-10T10:00:00+02:00, …}")
	}
	body, ok := r.json(nil, data, at)
	if !ok || e.Type == 0 {
		return e
	}
	var err error
	if e.Data, err = wire.ParseData(e.Type, body); err != nil {
		r.faults(n, at, unwrapped(err), fieldNames)
	}
	return e
}

// unwrapped takes /data off the pointers: the short form has the fields beside the type.
func unwrapped(err error) error {
	var all []error
	for _, f := range wire.FieldErrors(err) {
		all = append(all, &engine.FieldError{Pointer: strings.TrimPrefix(f.Pointer, "/data"), Detail: f.Detail})
	}
	return cmp.Or(errors.Join(all...), err)
}

// fieldNames are the names of all data fields.
var fieldNames = engine.Fields(1<<64 - 1).Names()
