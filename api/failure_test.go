package api_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// A full journal refuses with Retry-After and loses nothing that was acknowledged.
func TestJournalFull(t *testing.T) {
	h := start(t, func(s *setup) { s.idle, s.journal.MaxBytes, s.journal.SegmentBytes = true, 64<<10, 64<<10 })
	var ids []string
	full := false
	for i := 0; i < 1000 && !full; i++ {
		got := h.do(ask{method: "POST", path: "/v1/decisions", key: fmt.Sprint("k-", i), body: request(fmt.Sprint("C-", i), "D-1")})
		switch got.status {
		case 200:
			ids = append(ids, decode[decision](t, got.body).ID)
		case 503:
			full = true
			if got.header.Get("Retry-After") == "" || decode[problem](t, got.body).Type != "urn:takt:problem:journal-full" {
				t.Errorf("%s", got.body)
			}
		default:
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if !full || len(ids) < 5 {
		t.Fatalf("full %v after %d decisions", full, len(ids))
	}
	var many []string
	for i := range 200 {
		many = append(many, event(fmt.Sprint("e-", i), "portal.visited", "D-1", `{}`))
	}
	if got := h.do(ask{method: "POST", path: "/v1/events", body: "[" + strings.Join(many, ",") + "]"}); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("events: %d %s", got.status, got.body)
	}
	h.setup.idle, h.setup.journal.MaxBytes = false, 0
	h.restart()
	for _, id := range ids {
		if got := h.do(ask{method: "GET", path: "/v1/decisions/" + id}); got.status != 200 {
			t.Errorf("%s is lost: %d %s", id, got.status, got.body)
		}
	}
	if got := h.do(ask{method: "POST", path: "/v1/decisions", key: fmt.Sprint("k-", len(ids)), body: request(fmt.Sprint("C-", len(ids)), "D-1")}); got.status != 200 {
		t.Errorf("the refused one, again: %d %s", got.status, got.body)
	}
}

// flaky is a store that can be away.
type flaky struct {
	history.Store
	away atomic.Bool
}

func (f *flaky) err() error {
	if f.away.Load() {
		return fmt.Errorf("dial: %w", history.ErrUnavailable)
	}
	return nil
}

func (f *flaky) Append(ctx context.Context, b history.Batch) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.Store.Append(ctx, b)
}

func (f *flaky) Log(ctx context.Context, k history.Key) (history.Log, error) {
	if err := f.err(); err != nil {
		return history.Log{}, err
	}
	return f.Store.Log(ctx, k)
}

// With the store away, decisions go on for debtors in memory; of others nothing is known: hold.
func TestStoreAway(t *testing.T) {
	f := &flaky{}
	h := start(t, func(s *setup) { f.Store, s.store = s.store, f })
	h.report(event("e-1", "portal.visited", "D-1", `{}`))
	h.decide("k-1", request("C-1", "D-1"))
	f.away.Store(true)
	_, known := h.decide("k-2", request("C-2", "D-1"))
	if known.Reason == engine.ReasonProfile {
		t.Errorf("known debtor: %+v", known)
	}
	_, unknown := h.decide("k-3", request("C-3", "D-3"))
	if unknown.Kind != "hold" || unknown.Reason != engine.ReasonProfile || !unknown.Profile.Stale {
		t.Errorf("unknown debtor: %+v", unknown)
	}
	got := h.do(ask{method: "GET", path: "/v1/cases/C-1/timeline"})
	if p := decode[problem](t, got.body); got.status != 503 || p.Type != "urn:takt:problem:store-unavailable" || got.header.Get("Retry-After") == "" {
		t.Errorf("timeline: %d %s", got.status, got.body)
	}
}

// broken panics where a decision is made.
type broken struct{}

// Assign panics.
func (broken) Assign(*engine.Tenant, string, time.Time) engine.Variant { panic("secret inside of D-1") }

func TestPanicIsAnswered(t *testing.T) {
	h := start(t, func(s *setup) { s.assigner = broken{} })
	got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k", body: request("C-1", "D-1"), header: map[string]string{"X-Request-Id": "req-7"}})
	if got.status != 500 || strings.Contains(string(got.body), "secret") || strings.Contains(string(got.body), ".go") || decode[problem](t, got.body).Instance != "req-7" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if log := h.logs.String(); !strings.Contains(log, "secret inside") || !strings.Contains(log, "req-7") {
		t.Errorf("the log has no cause: %s", log)
	}
	all := h.batch("acme/admin", line("k-1", request("C-1", "D-1")))
	if len(all) != 1 || all[0].Status != 500 {
		t.Errorf("batch: %+v", all)
	}
	if got := h.do(ask{method: "GET", path: "/healthz", who: "nobody"}); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}
