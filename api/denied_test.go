package api_test

import (
	"strings"
	"testing"

	"takt/engine"
	"takt/features"
)

// A decision logs its context without what is denied, and the profile shows what decisions may rest on.
func TestDeniedFeatures(t *testing.T) {
	denied, err := features.Deny("age", "payments")
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, func(s *setup) { s.tenants[0].Denied = denied })
	h.report(event("e-1", "debtor.updated", "D-1", `{"birth_year":1950}`))
	h.report(event("e-2", "payment.received", "D-1", `{"amount_minor":100,"currency":"EUR"}`))
	got, _ := h.decide("k-1", request("C-1", "D-1"))
	id, err := engine.ParseID(decode[struct {
		ID string `json:"decision_id"`
	}](t, got.body).ID)
	h.must(err)
	d, err := h.ledger.Decision(t.Context(), "acme", id)
	h.must(err)
	for i, f := range features.Vector {
		if denied.Has(i) && d.X[i] != 0 {
			t.Errorf("%s is logged as %v", f.Name, d.X[i])
		}
	}
	if d.Segment != "" {
		t.Errorf("segment %q of denied features", d.Segment)
	}
	profile := h.do(ask{method: "GET", path: "/v1/debtors/D-1/profile", who: "acme/analyst"})
	if s := string(profile.body); strings.Contains(s, `"age_70_up"`) || !strings.Contains(s, `"tenure"`) {
		t.Error(s)
	}
}
