package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

func TestDecideAnswersAndKeeps(t *testing.T) {
	h := start(t)
	got, d := h.decide("k-1", request("C-1", "D-1"))
	if d.Case != "C-1" || d.Mode != "live" || d.Policy.ID != "uniform" || !(d.Policy.Propensity > 0 && d.Policy.Propensity <= 1) {
		t.Errorf("decision %+v", d)
	}
	if d.Compliance.Verdict != "allowed" || len(d.Compliance.Trace) == 0 {
		t.Errorf("compliance %+v; explain was full", d.Compliance)
	}
	kept := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID})
	if kept.status != 200 || !bytes.Equal(kept.body, got.body) {
		t.Errorf("kept as %d %s, answered %s", kept.status, kept.body, got.body)
	}
}

// The same key gets the same bytes again, even after a restart; with another body it is refused.
func TestIdempotency(t *testing.T) {
	h := start(t)
	first, _ := h.decide("k-1", request("C-1", "D-1"))
	for range 2 {
		if again, _ := h.decide("k-1", request("C-1", "D-1")); !bytes.Equal(again.body, first.body) {
			t.Fatalf("answered %s, then %s", first.body, again.body)
		}
		stored := h.stored()
		other := h.do(ask{method: "POST", path: "/v1/decisions", key: "k-1", body: request("C-2", "D-1")})
		if p := decode[problem](t, other.body); other.status != 422 || p.Type != "urn:takt:problem:idempotency-key-reused" || p.places() != "Idempotency-Key" {
			t.Errorf("other body: %d %s", other.status, other.body)
		}
		if h.stored() != stored {
			t.Error("a refused request was stored")
		}
		h.restart()
	}
}

// The key belongs to the tenant: another tenant's same key is a new one.
func TestIdempotencyIsPerTenant(t *testing.T) {
	h := start(t)
	_, d := h.decide("k-1", request("C-1", "D-1"))
	got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k-1", body: request("C-1", "D-1"), who: "other/decide"})
	if o := decode[decision](t, got.body); got.status != 200 || o.ID == d.ID {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// Nobody re-rolls: while nothing changed, a case's open decision is answered under any key.
func TestOpenDecisionIsAnsweredAgain(t *testing.T) {
	h := start(t)
	first, d := h.decide("k-1", request("C-1", "D-1"))
	for i := range 5 {
		again, _ := h.decide(fmt.Sprint("k-again-", i), request("C-1", "D-1"))
		if !bytes.Equal(again.body, first.body) {
			t.Fatalf("re-rolled: %s", again.body)
		}
	}
	h.restart()
	if again, _ := h.decide("k-again-0", request("C-1", "D-1")); !bytes.Equal(again.body, first.body) {
		t.Errorf("the key of a repeated answer is forgotten: %s", again.body)
	}
	h.report(later(event("e-1", "payment.received", "D-1", `{"case_id":"C-1","amount_minor":1000,"currency":"EUR"}`)))
	if _, next := h.decide("k-2", request("C-1", "D-1")); next.ID == d.ID {
		t.Error("a payment came and the old decision is answered")
	}
}

// later moves an event behind the decisions of these tests.
func later(event string) string { return strings.Replace(event, "T09:02:00", "T09:12:30", 1) }

// A fact that happened before a decision and is reported after it changes the case too.
func TestLateFactEndsTheOpenDecision(t *testing.T) {
	h := start(t)
	_, d := h.decide("k-1", request("C-1", "D-1"))
	h.report(event("e-1", "promise.made", "D-1", `{"case_id":"C-1","due":"2025-12-01","amount_minor":5990,"currency":"EUR"}`))
	if _, next := h.decide("k-2", request("C-1", "D-1")); next.ID == d.ID || next.Reason != engine.ReasonPromise {
		t.Errorf("decision %+v", next)
	}
}

// A shadow decision is only logged: it does not pass for a live one.
func TestModes(t *testing.T) {
	h := start(t)
	shadow := strings.Replace(request("C-1", "D-1"), `"mode":"live"`, `"mode":"shadow"`, 1)
	dry := strings.Replace(request("C-1", "D-1"), `"mode":"live"`, `"mode":"dry_run"`, 1)
	_, s := h.decide("k-1", shadow)
	_, l := h.decide("k-2", request("C-1", "D-1"))
	if s.Mode != "shadow" || l.Mode != "live" || s.ID == l.ID {
		t.Errorf("shadow %s %s, live %s %s", s.ID, s.Mode, l.ID, l.Mode)
	}
	before := h.stored()
	_, d := h.decide("k-3", dry)
	if d.Mode != "dry_run" || h.stored() != before {
		t.Errorf("dry run of mode %s stored %d records", d.Mode, h.stored()-before)
	}
	if got := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID}); got.status != 404 {
		t.Errorf("a dry run is kept: %d", got.status)
	}
}

// A promise is visible to the very next decision: hold until it is due and booked.
func TestPromiseHolds(t *testing.T) {
	h := start(t)
	h.decide("k-1", request("C-1", "D-1"))
	h.report(later(event("e-1", "promise.made", "D-1", `{"case_id":"C-1","due":"2025-12-01","amount_minor":5990,"currency":"EUR","channel":"phone"}`)))
	_, d := h.decide("k-2", request("C-1", "D-1"))
	berlin, _ := time.LoadLocation("Europe/Berlin")
	due := time.Date(2025, 12, 1, 0, 0, 0, 0, berlin)
	if d.Kind != "hold" || d.Reason != engine.ReasonPromise || d.Until.Before(due) || d.Until.After(due.AddDate(0, 0, 5)) || d.Compliance.Verdict != "deferred" {
		t.Errorf("decision %+v, want a hold from %s on", d, due)
	}
}

func TestIdempotencyKeyIsRequired(t *testing.T) {
	h := start(t)
	for _, key := range []string{"", strings.Repeat("k", 201), "a b"} {
		before := h.stored()
		got := h.do(ask{method: "POST", path: "/v1/decisions", key: key, body: request("C-1", "D-1")})
		if p := decode[problem](t, got.body); got.status != 400 || p.Type != "urn:takt:problem:idempotency-key-missing" || p.places() != "Idempotency-Key" || h.stored() != before {
			t.Errorf("key %.10q: %d %s", key, got.status, got.body)
		}
	}
	if got := h.do(ask{method: "POST", path: "/v1/decisions", key: strings.Repeat("k", 200), body: request("C-1", "D-1")}); got.status != 200 {
		t.Errorf("200 letters: %d %s", got.status, got.body)
	}
}

// blocking holds every decision until it is let go.
type blocking struct{ entered, release chan struct{} }

// Assign waits.
func (b *blocking) Assign(*engine.Tenant, string, time.Time) engine.Variant {
	b.entered <- struct{}{}
	<-b.release
	return engine.Variant{Share: 1}
}

func TestKeyInProgress(t *testing.T) {
	b := &blocking{make(chan struct{}), make(chan struct{})}
	h := start(t, func(s *setup) { s.assigner = b })
	first := make(chan answer)
	go func() {
		first <- h.do(ask{method: "POST", path: "/v1/decisions", key: "k-1", body: request("C-1", "D-1")})
	}()
	<-b.entered
	got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k-1", body: request("C-1", "D-1")})
	if got.status != http.StatusConflict || got.header.Get("Retry-After") == "" {
		t.Errorf("in progress: %d %s", got.status, got.body)
	}
	close(b.release)
	if a := <-first; a.status != 200 {
		t.Errorf("the first: %d %s", a.status, a.body)
	}
	if got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k-1", body: request("C-1", "D-1")}); got.status != 200 {
		t.Errorf("after it: %d %s", got.status, got.body)
	}
}

// Every kind of decision has its own fields; openapi.yaml judges them.
func TestKinds(t *testing.T) {
	h := start(t, func(s *setup) { s.tenants[0].Policy = "ladder" })
	for _, tt := range []struct{ name, old, new, kind, verdict string }{
		{"deceased", `"flags":[]`, `"flags":["deceased"]`, "", ""},
		{"insolvent", `"flags":[]`, `"flags":["insolvent"]`, "", ""},
		{"represented", `"flags":[]`, `"flags":["represented"]`, "route", "routed"},
		{"minor", `"flags":[]`, `"flags":["minor"]`, "agent_review", "human"},
		{"paid", `5990`, `0`, "no_contact", "blocked"},
		{"early", `2025-11-03`, `2025-11-20`, "hold", "allowed"},
		{"step", `2025-11-03`, `2025-11-10`, "contact", "allowed"},
		{"disputed", `"dunning_level":1`, `"dunning_level":1,"dispute":{"state":"open","scope":"amount"}`, "", ""},
	} {
		body := strings.Replace(request("C-"+tt.name, "D-"+tt.name), tt.old, tt.new, 1)
		_, d := h.decide("k-"+tt.name, body)
		if tt.kind != "" && (d.Kind != tt.kind || d.Compliance.Verdict != tt.verdict) {
			t.Errorf("%s: %s, %s; want %s, %s", tt.name, d.Kind, d.Compliance.Verdict, tt.kind, tt.verdict)
		}
		if d.Kind != "contact" && (d.Action != nil || d.Reason == "") {
			t.Errorf("%s: %+v", tt.name, d)
		}
	}
}
