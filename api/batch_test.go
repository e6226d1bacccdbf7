package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// answered is one line of a batch reply.
type answered struct {
	Line     int             `json:"line"`
	Key      *string         `json:"idempotency_key"`
	Status   int             `json:"status"`
	Decision json.RawMessage `json:"decision"`
	Problem  *problem        `json:"problem"`
}

// line makes a decision request a line of a batch.
func line(key, body string) string {
	return strings.Replace(strings.ReplaceAll(body, "\n", " "), "{", fmt.Sprintf(`{"idempotency_key":%q,`, key), 1)
}

func (h *harness) batch(who string, requests ...string) []answered {
	h.t.Helper()
	// A batch has bad lines on purpose, so the request is not held against openapi.yaml here.
	got := h.send(ask{method: "POST", path: "/v1/decisions:batch", body: strings.Join(requests, "\n"), mediaType: "application/x-ndjson", who: who})
	if got.status != 200 {
		h.t.Fatalf("batch: %d %s", got.status, got.body)
	}
	var all []answered
	for _, one := range lines("application/x-ndjson", got.body) {
		if err := h.contract.validate(one, "components", "schemas", "BatchAnswer"); err != nil {
			h.t.Errorf("%s: %v", one, err)
		}
		all = append(all, decode[answered](h.t, one))
	}
	return all
}

func TestBatch(t *testing.T) {
	h := start(t)
	single, _ := h.decide("k-0", request("C-0", "D-0"))
	all := h.batch("acme/decide",
		line("k-1", request("C-1", "D-1")),
		line("k-2", strings.Replace(request("C-2", "D-2"), "5990", "-1", 1)),
		"",
		`{"case":`,
		line("k-1", request("C-1", "D-1")), // again, within the batch
		line("k-1", request("C-9", "D-1")), // another body
		request("C-3", "D-3")[:0]+strings.ReplaceAll(request("C-3", "D-3"), "\n", " "), // without a key
		line("k-4", request("C-0", "D-0")),                                             // an open decision under a new key
	)
	want := []struct {
		line, status int
		place        string
	}{{1, 200, ""}, {2, 422, "/case/open/amount_minor"}, {4, 400, "/case"}, {5, 200, ""}, {6, 422, "/idempotency_key"}, {7, 422, "/idempotency_key"}, {8, 200, ""}}
	if len(all) != len(want) {
		t.Fatalf("%d answers, want %d", len(all), len(want))
	}
	for i, w := range want {
		a := all[i]
		if a.Line != w.line || a.Status != w.status {
			t.Errorf("answer %d: line %d status %d, want %+v", i, a.Line, a.Status, w)
		}
		if a.Problem != nil && a.Problem.places() != w.place {
			t.Errorf("line %d points at %q, want %q", a.Line, a.Problem.places(), w.place)
		}
	}
	if !bytes.Equal(all[0].Decision, all[3].Decision) {
		t.Error("the same line got two answers")
	}
	if !bytes.Equal(all[6].Decision, single.body) {
		t.Error("the open decision was not answered again")
	}
}

// A batch that broke off is sent again as it was: nothing is decided twice.
func TestBatchAgainAfterRestart(t *testing.T) {
	h := start(t)
	var requests []string
	for i := range 300 {
		requests = append(requests, line(fmt.Sprint("k-", i), request(fmt.Sprint("C-", i), fmt.Sprint("D-", i%100))))
	}
	first := h.batch("acme/decide", requests[:200]...)
	h.restart()
	stored := h.stored()
	second := h.batch("acme/decide", requests...)
	if got := h.stored() - stored; got != 100 {
		t.Errorf("%d records stored, want 100", got)
	}
	for i, a := range first {
		if a.Status != 200 || !bytes.Equal(a.Decision, second[i].Decision) {
			t.Fatalf("line %d: %d %s, then %s", a.Line, a.Status, a.Decision, second[i].Decision)
		}
	}
	if len(second) != 300 || second[299].Line != 300 || second[299].Status != 200 {
		t.Errorf("%d answers, the last %+v", len(second), second[len(second)-1])
	}
}

func TestBatchLineTooLarge(t *testing.T) {
	h := start(t)
	all := h.batch("acme/admin", `{"idempotency_key":"k","case":"`+strings.Repeat("x", 1<<20)+`"}`, line("k-1", request("C-1", "D-1")))
	if len(all) != 2 || all[0].Status != 413 || all[1].Status != 200 {
		t.Errorf("%+v", all)
	}
}
