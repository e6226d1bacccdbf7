package api_test

import (
	"slices"
	"strings"
	"testing"
)

// A full explanation tells what texts and acts have to keep to: fees only once default is proven, and which acts a human decides.
func TestTermsAreTold(t *testing.T) {
	type reply struct {
		Compliance struct {
			Terms *struct {
				MayHold  []string `json:"may_hold"`
				Discreet bool     `json:"discreet"`
				Fee      *int64   `json:"fee_minor"`
				Human    []string `json:"human"`
			} `json:"terms"`
		} `json:"compliance"`
	}
	h := start(t)
	proven := strings.Replace(request("C-2", "D-2"), `"oldest_due":"2025-11-03"`, `"oldest_due":"2025-10-03","default_since":"2025-11-03","reminders":1`, 1)
	for body, fee := range map[string]int64{request("C-1", "D-1"): 0, proven: 76} {
		got, _ := h.decide("k-"+body[10:20], body)
		terms := decode[reply](t, got.body).Compliance.Terms
		if terms == nil || terms.Fee == nil || *terms.Fee != fee || slices.Contains(terms.MayHold, "fee") != (fee > 0) || !slices.Contains(terms.Human, "plan_refusal") {
			t.Errorf("fee %d: %s", fee, got.body)
		}
	}
	got, _ := h.decide("k-short", strings.Replace(request("C-3", "D-3"), `"explain":"full"`, `"explain":"short"`, 1))
	if decode[reply](t, got.body).Compliance.Terms != nil {
		t.Errorf("short: %s", got.body)
	}
}
