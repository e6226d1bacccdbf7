package api_test

import (
	"encoding/json"
	"testing"
)

// A decision carries the debtor's segment of the moment, in the reply with its name.
func TestDecisionsCarryTheSegment(t *testing.T) {
	h := start(t)
	segment := func(n, debtor string) (id, name string) {
		got, _ := h.decide("k-"+n, request("C-"+n, debtor))
		var d struct {
			Segment *struct {
				ID, Name   string
				Confidence float64
			}
		}
		if err := json.Unmarshal(got.body, &d); err != nil {
			t.Fatal(err)
		}
		if d.Segment == nil {
			return "", ""
		}
		if d.Segment.Confidence != 1 {
			t.Errorf("confidence %v of a rule", d.Segment.Confidence)
		}
		return d.Segment.ID, d.Segment.Name
	}
	if id, name := segment("1", "D-1"); id != "new" || name == "" || name == id {
		t.Errorf("without history: %q, %q", id, name)
	}
	h.report(event("e-1", "promise.broken", "D-1", `{"case_id":"C-1"}`))
	if id, _ := segment("2", "D-1"); id != "broken_promises" {
		t.Errorf("after a broken promise: %q", id)
	}
	h.report(event("e-2", "objection.raised", "D-1", `{}`))
	if id, _ := segment("3", "D-1"); id != "" {
		t.Errorf("after an objection: %q", id)
	}
}
