package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestEventsSayWhatBecameOfEach(t *testing.T) {
	h := start(t)
	one := event("e-1", "portal.visited", "D-1", `{}`)
	two := event("e-2", "portal.visited", "D-2", `{"case_id":"C-2"}`)
	bad := event("e-3", "portal.visited", "D-3", `{"mood":1}`)
	type result struct {
		Results []struct {
			Index      int
			ID, Status string
			Errors     []struct{ Pointer, Detail string }
		}
		Accepted, Duplicates, Refused int
	}
	for _, tt := range []struct {
		name, mediaType, body string
		statuses, place       string
	}{
		{"one", "application/json", one, "accepted", ""},
		{"again", "application/cloudevents+json", one, "duplicate", ""},
		{"array", "application/json", "[" + one + "," + two + "," + bad + "]", "duplicate accepted refused", "/2/data/mood"},
		{"batch", "application/cloudevents-batch+json", "[" + two + "]", "duplicate", ""},
		{"lines", "application/x-ndjson", two + "\n\n" + bad + "\n{\n", "duplicate refused refused", "/line/3/data/mood"},
		{"nothing", "application/json", "[]", "", ""},
	} {
		got := h.send(ask{method: "POST", path: "/v1/events", body: tt.body, mediaType: tt.mediaType})
		if err := h.contract.validate(got.body, "components", "schemas", "EventResults"); err != nil || got.status != 202 {
			t.Errorf("%s: %d %s: %v", tt.name, got.status, got.body, err)
			continue
		}
		r := decode[result](t, got.body)
		var statuses []string
		n := map[string]int{}
		for i, it := range r.Results {
			statuses = append(statuses, it.Status)
			n[it.Status]++
			if it.Index != i || it.Status == "refused" && len(it.Errors) == 0 {
				t.Errorf("%s: item %+v", tt.name, it)
			}
			if it.ID == "e-3" && it.Errors[0].Pointer != tt.place {
				t.Errorf("%s: points at %s, want %s", tt.name, it.Errors[0].Pointer, tt.place)
			}
		}
		if strings.Join(statuses, " ") != tt.statuses || r.Accepted != n["accepted"] || r.Duplicates != n["duplicate"] || r.Refused != n["refused"] {
			t.Errorf("%s: %s", tt.name, got.body)
		}
	}
}

func TestChanges(t *testing.T) {
	h := start(t)
	type changes struct {
		Changes []struct {
			State    string
			Decision decision
		}
		Cursor string
		More   bool
	}
	read := func(cursor, limit string) changes {
		t.Helper()
		got := h.do(ask{method: "GET", path: "/v1/decisions?changed_since=" + cursor + "&limit=" + limit})
		if got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return decode[changes](t, got.body)
	}
	var ids []string
	for i := range 5 {
		_, d := h.decide(fmt.Sprint("k-", i), request(fmt.Sprint("C-", i), fmt.Sprint("D-", i)))
		ids = append(ids, d.ID)
	}
	first := read("0", "3")
	rest := read(first.Cursor, "3")
	if len(first.Changes) != 3 || !first.More || len(rest.Changes) != 2 || rest.More || first.Changes[0].Decision.ID != ids[0] || rest.Changes[1].Decision.ID != ids[4] {
		t.Errorf("%+v, then %+v", first, rest)
	}
	if none := read(rest.Cursor, "3"); len(none.Changes) != 0 || none.Cursor != rest.Cursor {
		t.Errorf("%+v", none)
	}
	h.report(later(event("e-1", "decision.executed", "D-2", `{"decision_id":"`+ids[2]+`"}`)))
	if next := read(rest.Cursor, "3"); len(next.Changes) != 1 || next.Changes[0].State != "executed" || next.Changes[0].Decision.ID != ids[2] {
		t.Errorf("after execution: %+v", next)
	}
	for _, query := range []string{"", "?changed_since=x", "?changed_since=-1", "?changed_since=0&limit=0", "?changed_since=0&limit=1001"} {
		if got := h.do(ask{method: "GET", path: "/v1/decisions" + query}); got.status != 422 || decode[problem](t, got.body).places() == "" {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestDue(t *testing.T) {
	h := start(t)
	type due struct {
		Cases []struct {
			ID       string `json:"case_id"`
			Debtor   string `json:"debtor_id"`
			Decision string `json:"decision_id"`
			Since    time.Time
		}
	}
	read := func(query string) due {
		t.Helper()
		got := h.do(ask{method: "GET", path: "/v1/cases/due" + query})
		if got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return decode[due](t, got.body)
	}
	h.report(event("e-1", "case.opened", "D-1", `{"case_id":"C-1","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`))
	if d := read(""); len(d.Cases) != 1 || d.Cases[0].ID != "C-1" || d.Cases[0].Debtor != "D-1" || d.Cases[0].Decision != "" {
		t.Errorf("never decided: %+v", d)
	}
	_, made := h.decide("k-1", request("C-1", "D-1"))
	if d := read(""); len(d.Cases) != 0 {
		t.Errorf("just decided: %+v", d)
	}
	if d := read("?at=2026-03-01T00:00:00Z&limit=1"); len(d.Cases) != 1 || d.Cases[0].Decision != made.ID {
		t.Errorf("after the review: %+v", d)
	}
	for _, query := range []string{"?at=tomorrow", "?limit=none"} {
		if got := h.do(ask{method: "GET", path: "/v1/cases/due" + query}); got.status != 422 {
			t.Errorf("%s: %d", query, got.status)
		}
	}
}

func TestTimeline(t *testing.T) {
	h := start(t)
	h.report(event("e-1", "case.opened", "D-1", `{"case_id":"C/1 ü","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`))
	_, d := h.decide("k-1", request("C/1 ü", "D-1"))
	h.report(later(event("e-2", "payment.received", "D-1", `{"case_id":"C/1 ü","amount_minor":5990,"currency":"EUR"}`)))
	got := h.do(ask{method: "GET", path: "/v1/cases/C%2F1%20%C3%BC/timeline", who: "acme/decide"})
	type timeline struct {
		Case   string `json:"case_id"`
		Debtor string `json:"debtor_id"`
		Items  []struct {
			Event    *struct{ ID string }
			Decision *decision
		}
	}
	l := decode[timeline](t, got.body)
	if got.status != 200 || l.Case != "C/1 ü" || l.Debtor != "D-1" || len(l.Items) != 3 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if l.Items[0].Event == nil || l.Items[0].Event.ID != "e-1" || l.Items[1].Decision == nil || l.Items[1].Decision.ID != d.ID || l.Items[2].Event == nil {
		t.Errorf("order: %s", got.body)
	}
}

func TestProfile(t *testing.T) {
	h := start(t)
	h.report("[" + strings.Join([]string{
		event("e-1", "debtor.updated", "D-1", `{"kind":"person","tz":"Europe/Berlin","language":"de","birth_year":1980,"flags":["vulnerable"]}`),
		event("e-2", "consent.changed", "D-1", `{"channel":"sms","state":"withdrawn","purpose":"service"}`),
		event("e-3", "case.opened", "D-1", `{"case_id":"C-1","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`),
		event("e-4", "hold.set", "D-1", `{"case_id":"C-1","reason":"goodwill","until":"2025-12-24"}`),
	}, ",") + "]")
	h.decide("k-1", request("C-1", "D-1"))
	got := h.do(ask{method: "GET", path: "/v1/debtors/D-1/profile", who: "acme/analyst"})
	type profile struct {
		TZ       string
		Flags    []string
		Channels map[string]struct{ Consent map[string]string }
		Cases    []struct {
			Open int64 `json:"open_minor"`
		}
		Features map[string]float64
	}
	p := decode[profile](t, got.body)
	if got.status != 200 || p.TZ != "Europe/Berlin" || len(p.Flags) != 1 || p.Channels["sms"].Consent["service"] != "withdrawn" || len(p.Cases) != 1 || p.Cases[0].Open != 5990 || p.Features["vulnerable"] != 1 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := h.do(ask{method: "GET", path: "/v1/debtors/D-1/profile", who: "acme/decide"}); got.status != 403 {
		t.Errorf("role decide: %d", got.status)
	}
}
