package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"takt/engine"
	"takt/features/wire"
)

// Nothing panics; what parses is JSON for everybody and comes back from its canonical text.
func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(promise))
	f.Add([]byte(event("case.opened", `{"case_id":"C","open":{"amount_minor":1,"currency":"EUR"},"oldest_due":"2025-01-01","stage":"dunning","dunning_level":3}`)))
	f.Add([]byte(event("debtor.updated", `{"tz":"Europe/Berlin","flags":["minor"],"language":"de","region":"DE-BY","birth_year":1980}`)))
	f.Add([]byte(event("score.set", `{"name":"\u00e4","value":1e-7,"expires":"2026-01-01"}`)))
	f.Add([]byte(event("wish.stated", `{"state":"avoid","channel":"phone","address_ref":"p:1","hours":"0900-2400","weekdays":["sun","sat"],"case_id":"C"}`)))
	f.Add([]byte(event("hold.set", `{"case_id":"C","reason":"asked","scope":"invoice","reference":"R-1","amount_minor":100,"currency":"EUR","until":"2026-01-01"}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := wire.ParseEvent(b)
		if err != nil {
			if len(wire.FieldErrors(err)) == 0 {
				t.Fatalf("%v names no field", err)
			}
			return
		}
		if !json.Valid(b) {
			t.Fatalf("accepted what encoding/json refuses: %s", b)
		}
		roundTrip(t, e)
	})
}

// Framing never panics, and every item is told apart.
func FuzzParseEvents(f *testing.F) {
	f.Add([]byte(promise+"\n\n{}\n"), byte(0))
	f.Add([]byte("["+promise+", 1]"), byte(1))
	f.Add([]byte(promise), byte(2))
	types := []string{"application/x-ndjson", "application/json", "application/cloudevents-batch+json"}
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		next := 0
		_ = wire.ParseEvents(types[int(kind)%3], bytes.NewReader(b), 1<<16, func(i int, e engine.Event, err error) error {
			if i != next {
				t.Fatalf("item %d after %d", i, next-1)
			}
			next++
			return nil
		})
	})
}
