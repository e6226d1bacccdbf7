package api_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/engine"
	"takt/features"
	"takt/features/history"
)

// anybody holds what is on disk and in the store against texts that name the person.
func (h *harness) anybody(texts ...string) (found []string) {
	h.t.Helper()
	var all strings.Builder
	files, _ := filepath.Glob(filepath.Join(h.setup.dir, "journal", "*"))
	for _, f := range append(files, filepath.Join(h.setup.dir, "audit.jsonl"), filepath.Join(h.setup.dir, "vault")) {
		b, err := os.ReadFile(f)
		h.must(err)
		all.Write(b)
	}
	h.must(h.setup.store.Scan(h.t.Context(), history.Range{}, func(l *history.Log) error {
		b, err := json.Marshal(l)
		all.Write(b)
		return err
	}))
	for _, t := range texts {
		if strings.Contains(all.String(), t) || strings.Contains(h.logs.String(), t) && !strings.HasPrefix(t, "Fall") { // log lines name cases
			found = append(found, t)
		}
	}
	return found
}

const person = "Person-4711"

// meet makes a person with events, a decision and a case.
func (h *harness) meet() (decision string) {
	h.t.Helper()
	h.report(event("evt-geheim", "case.opened", person, `{"case_id":"Fall-0815","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`))
	h.report(event("evt-2", "address.changed", person, `{"channel":"email","address_ref":"e:geheim"}`))
	_, d := h.decide("key-Fall-0815", request("Fall-0815", person))
	h.must(h.ledger.Flush(h.t.Context()))
	return d.ID
}

// An erased person is nowhere: not in memory, journal, store or log, not after a restart; what others and
// another tenant's person of the same name have stays; what comes later is a new person's.
func TestErase(t *testing.T) {
	h := start(t)
	id := h.meet()
	h.report(event("evt-other", "case.opened", "Other-1", `{"case_id":"C-other","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`))
	foreign := ask{method: "POST", path: "/v1/events", who: "other/decide", body: event("evt-3", "case.opened", person, `{"case_id":"Fall-0815","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`)}
	if got := h.do(foreign); got.status != 202 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if found := h.anybody("e:geheim", "evt-geheim", "key-Fall-0815"); len(found) > 0 {
		t.Errorf("before the erasure already readable: %v", found)
	}
	if got := h.do(ask{method: "DELETE", path: "/v1/debtors/" + person + "?reason=asked", who: "acme/admin"}); got.status != 200 || !strings.Contains(string(got.body), `"erased":true`) ||
		!strings.Contains(string(got.body), `"events":2,"debtors":1,"decisions":1`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	gone := func(when string) {
		t.Helper()
		for _, path := range []string{"/v1/debtors/" + person + "/profile", "/v1/debtors/" + person + "/export", "/v1/decisions/" + id, "/v1/decisions/" + id + "/explanation", "/v1/cases/Fall-0815/timeline"} {
			if got := h.do(ask{method: "GET", path: path, who: "acme/admin"}); got.status != 404 {
				t.Errorf("%s: %s: %d %s", when, path, got.status, got.body)
			}
		}
		for path, want := range map[string]string{"/v1/decisions?changed_since=0": `{"changes":[],`, "/v1/cases/due": "C-other"} {
			if got := h.do(ask{method: "GET", path: path, who: "acme/admin"}); !strings.Contains(string(got.body), want) || strings.Contains(string(got.body), "Fall-0815") {
				t.Errorf("%s: %s: %s", when, path, got.body)
			}
		}
		if got := h.do(ask{method: "GET", path: "/v1/debtors/" + person + "/export", who: "other/admin"}); got.status != 200 {
			t.Errorf("%s: the other tenant's person: %d %s", when, got.status, got.body)
		}
	}
	gone("at once")
	if got := h.do(ask{method: "DELETE", path: "/v1/debtors/" + person, who: "acme/admin"}); got.status != 200 || !strings.Contains(string(got.body), `"erased":false`) {
		t.Errorf("again: %d %s", got.status, got.body)
	}
	h.restart()
	h.must(warmAll(h))
	gone("after a restart")
	if got := h.do(ask{method: "DELETE", path: "/v1/debtors/" + person, who: "other/admin"}); got.status != 200 {
		t.Errorf("the other tenant's: %d %s", got.status, got.body)
	}
	if found := h.anybody(person, "Fall-0815"); len(found) > 0 {
		t.Errorf("still readable: %v", found)
	}
	_, d := h.decide("key-Fall-0815", request("Fall-0815", person))
	if d.ID == id {
		t.Error("an idempotency key of before answers with an erased decision")
	}
	if got := h.do(ask{method: "GET", path: "/v1/debtors/" + person + "/export", who: "acme/admin"}); strings.Contains(string(got.body), "evt-2") || !strings.Contains(string(got.body), d.ID) {
		t.Errorf("the new person: %s", got.body)
	}
}

func warmAll(h *harness) error {
	for _, t := range h.setup.tenants {
		if _, err := h.ledger.Warm(h.t.Context(), t.ID); err != nil {
			return err
		}
	}
	return nil
}

// An erasure that ended after its note is finished by it: in memory too, and a second time it finds nothing to do.
func TestFinishErasure(t *testing.T) {
	h := start(t)
	h.meet()
	broken := errors.New("the disk is full")
	var noted features.Erasure
	export := ask{method: "GET", path: "/v1/debtors/" + person + "/export", who: "acme/admin"}
	if _, err := h.ledger.Erase(t.Context(), "acme", person, func(e features.Erasure) error { noted = e; return broken }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if got := h.do(export); got.status != 200 {
		t.Errorf("before: %d %s", got.status, got.body)
	}
	for range 2 {
		h.must(h.ledger.Finish("acme", noted))
		if got := h.do(export); got.status != 404 {
			t.Errorf("after: %d %s", got.status, got.body)
		}
	}
}

// Erasing one into whom another was merged erases both.
func TestEraseMerged(t *testing.T) {
	h := start(t)
	h.report("[" + event("e-1", "case.opened", "Old-1", `{"case_id":"C-1","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`) + "," + event("e-2", "debtor.merged", "New-1", `{"other":"Old-1"}`) + "]")
	if got := h.do(ask{method: "DELETE", path: "/v1/debtors/New-1", who: "acme/admin"}); !strings.Contains(string(got.body), `"debtors":2`) {
		t.Fatalf("%s", got.body)
	}
	if got := h.do(ask{method: "GET", path: "/v1/debtors/Old-1/export", who: "acme/admin"}); got.status != 404 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// The export has everything, and is one tenant's.
func TestExport(t *testing.T) {
	h := start(t)
	id := h.meet()
	got := h.do(ask{method: "GET", path: "/v1/debtors/" + person + "/export", who: "acme/admin"})
	for _, want := range []string{`"debtor_id":"` + person, `"id":"evt-geheim"`, `"address_ref":"e:geheim"`, `"decision_id":"` + id, `"reply":{`, `"features":{"active_afternoon"`, `"arm_share":1`, `"segment":`} {
		if got.status != 200 || !strings.Contains(string(got.body), want) {
			t.Errorf("%d, no %s in %s", got.status, want, got.body)
		}
	}
	if got := h.do(ask{method: "GET", path: "/v1/debtors/" + person + "/export", who: "other/admin"}); got.status != 404 {
		t.Errorf("another tenant: %d %s", got.status, got.body)
	}
}

// After an objection the ladder decides, and neither row nor profile holds anything that profiles.
func TestObjectionEndsProfiling(t *testing.T) {
	h := start(t)
	h.report("[" + event("e-1", "case.opened", "D-9", `{"case_id":"C-4711","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03"}`) + "," + event("e-2", "objection.raised", "D-9", `{}`) + "]")
	_, d := h.decide("k", request("C-4711", "D-9"))
	if d.Policy.ID != "ladder" {
		t.Errorf("decided by %s", d.Policy.ID)
	}
	id, err := engine.ParseID(d.ID)
	h.must(err)
	row, err := h.ledger.Decision(t.Context(), "acme", id)
	h.must(err)
	if len(row.X) > 0 || row.Segment != "" {
		t.Errorf("the row holds a context of %d features, segment %q", len(row.X), row.Segment)
	}
	if got := h.do(ask{method: "GET", path: "/v1/debtors/D-9/profile", who: "acme/admin"}); !strings.Contains(string(got.body), `"features":{}`) {
		t.Errorf("%s", got.body)
	}
	for _, audience := range []string{"debtor", "analyst"} {
		if got := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID + "/explanation?audience=" + audience, who: "acme/admin"}); got.status != 200 {
			t.Errorf("%s: %d %s", audience, got.status, got.body)
		}
	}
}

// A handover is not reported executed before a human approved it; the last word counts, over a restart too.
func TestHandoverNeedsAHuman(t *testing.T) {
	h := start(t, func(s *setup) {
		s.tenants[0].Policy = "ladder"
		s.tenants[0].Ladder.Steps = []engine.Step{{Day: 1, Kind: engine.KindHandover}}
	})
	_, d := h.decide("k", request("C-4711", "D-9"))
	if d.Kind != "handover" {
		t.Fatalf("a %s", d.Kind)
	}
	executed := func(id string) string {
		got := h.do(ask{method: "POST", path: "/v1/events", who: "acme/decide", body: "[" + event(id, "decision.executed", "D-9", `{"decision_id":"`+d.ID+`"}`) + "]"})
		return string(got.body)
	}
	word := func(approved, act, by string) answer {
		return h.do(ask{method: "POST", path: "/v1/decisions/" + d.ID + "/approval", who: "acme/decide", body: `{"act":"` + act + `","approved":` + approved + `,"by":"` + by + `","reason":"agreed"}`})
	}
	if got := executed("e-1"); !strings.Contains(got, "no human has approved") || !strings.Contains(got, `"refused":1`) {
		t.Errorf("without a human: %s", got)
	}
	for _, bad := range [][4]string{{"true", "hug", "m-7", "/act"}, {"true", "handover", "", "/by"}, {"null", "handover", "m-7", "/approved"},
		{`"yes"`, "handover", "m-7", "/approved"}, {`true,"form":1`, "handover", "m-7", "/form"}} {
		if got := word(bad[0], bad[1], bad[2]); got.status != 422 || !strings.Contains(string(got.body), `"pointer":"`+bad[3]+`"`) {
			t.Errorf("%v: %d %s", bad, got.status, got.body)
		}
	}
	if got := word("false", "handover", "m-7"); got.status != 200 || !strings.Contains(executed("e-2"), "no human") {
		t.Errorf("refused by the human: %s", got.body)
	}
	if got := word("true", "handover", "m-7"); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	h.restart()
	h.must(warmAll(h))
	if got := executed("e-3"); !strings.Contains(got, `"accepted":1`) {
		t.Errorf("approved: %s", got)
	}
	if got := h.do(ask{method: "GET", path: "/v1/audit", who: "acme/analyst"}); strings.Count(string(got.body), `"act":"approval"`) != 2 || strings.Contains(string(got.body), "D-9") {
		t.Errorf("%s", got.body)
	}
	if got := h.do(ask{method: "GET", path: "/v1/audit", who: "other/analyst"}); string(got.body) != `{"entries":[]}` {
		t.Errorf("another tenant: %s", got.body)
	}
}
