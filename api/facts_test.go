package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What rules ask for comes in by requests and events, and can be read back; openapi.yaml judges all of it.
func TestFactsForRules(t *testing.T) {
	h := start(t)
	h.report("[" + strings.Join([]string{
		event("e-1", "case.opened", "D-1", `{"case_id":"C-1","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`),
		event("e-2", "debtor.updated", "D-1", `{"kind":"micro_business","tz":"Europe/Lisbon"}`),
		event("e-3", "address.changed", "D-1", `{"channel":"phone","address_ref":"p:1","purpose":"work"}`),
		event("e-4", "wish.stated", "D-1", `{"state":"avoid","channel":"phone","address_ref":"p:1","hours":"0930-2400","weekdays":["sat","sun"]}`),
		event("e-5", "wish.stated", "D-1", `{"state":"avoid","channel":"sms"}`),
		event("e-6", "dispute.opened", "D-1", `{"case_id":"C-1","reason":"price","scope":"part","reference":"R-1","amount_minor":990,"currency":"EUR"}`),
		event("e-7", "hold.set", "D-1", `{"case_id":"C-1","reason":"goodwill","scope":"invoice","reference":"R-2","until":"2025-12-24"}`),
		event("e-8", "moratorium.claimed", "D-1", `{"reason":"mental_health","date":"2025-11-20"}`),
		event("e-9", "contact.sent", "D-1", `{"case_id":"C-1","channel":"letter"}`),
		event("e-91", "contact.connected", "D-1", `{"case_id":"C-1","channel":"phone"}`),
	}, ",") + "]")
	body := strings.NewReplacer(`"dunning_level":1`, `"dunning_level":1,"dispute":{"state":"open","scope":"part","amount_minor":990},"service":"telco","arrears":2,"reminders":1,"first_reminder":"2025-11-10","informed":null`,
		`"kind":"person"`, `"kind":"micro_business","zones":["Atlantic/Azores"]`, `"validity":0.9}`, `"validity":0.9,"place":"private"}`).Replace(request("C-1", "D-1"))
	if !strings.Contains(body, "arrears") || !strings.Contains(body, "Azores") || !strings.Contains(body, "place") {
		t.Fatal("the request has changed: ", body)
	}
	h.decide("k-1", body)
	type profile struct {
		Kind      string
		Work      int `json:"addresses_at_work"`
		Breathing any `json:"breathing_space"`
		Wishes    any
		Contacts  []struct{ State string }
		Cases     []struct {
			Parts         any
			Reminders     int
			FirstReminder string `json:"first_reminder"`
		}
	}
	p := decode[profile](t, h.do(ask{method: "GET", path: "/v1/debtors/D-1/profile"}).body)
	want := profile{Kind: "micro_business", Work: 1, Breathing: map[string]any{"from": "2025-11-20", "mental_health": true},
		Wishes:   map[string]any{"hours": "0930-2400", "avoid_weekdays": []any{"sun", "sat"}, "avoid_channels": []any{"sms"}, "avoid_addresses": 1.},
		Contacts: []struct{ State string }{{"talked"}, {"done"}}}
	want.Cases = append(want.Cases, struct {
		Parts         any
		Reminders     int
		FirstReminder string `json:"first_reminder"`
	}{[]any{map[string]any{"reason": "disputed", "amount_minor": 990.}, map[string]any{"reason": "hold_set", "until": "2025-12-25T12:00:00Z"}}, 1, "2025-11-21"})
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	for old, pointer := range map[string]string{`"Atlantic/Azores"`: "/debtor/zones/0", `"telco"`: "/case/service", `"private"`: "/channels/1/place"} {
		got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k-bad" + pointer, body: strings.Replace(body, old, `"Nowhere"`, 1)})
		if p := decode[problem](t, got.body); got.status != 422 || p.places() != pointer {
			t.Errorf("%s: %d %s", pointer, got.status, got.body)
		}
	}
}
