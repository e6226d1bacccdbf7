package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestReady(t *testing.T) {
	var down atomic.Bool
	h := start(t, func(s *setup) {
		s.closed = true
		s.ready = func(context.Context) error {
			if down.Load() {
				return errors.New("dial tcp 10.0.0.7: refused")
			}
			return nil
		}
	})
	check := func(want int) string {
		t.Helper()
		got := h.do(ask{method: "GET", path: "/readyz", who: "nobody"})
		if got.status != want {
			t.Errorf("%d %s, want %d", got.status, got.body, want)
		}
		return string(got.body)
	}
	check(503)
	if got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k", body: request("C-1", "D-1")}); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("before the ledger is open: %d %s", got.status, got.body)
	}
	h.open(h.stop)
	check(200)
	down.Store(true)
	if body := check(503); strings.Contains(body, "10.0.0.7") {
		t.Errorf("an address is told: %s", body)
	}
	if got := h.do(ask{method: "GET", path: "/healthz", who: "nobody"}); got.status != 200 {
		t.Errorf("healthz: %d", got.status)
	}
	if got := h.do(ask{method: "GET", path: "/openapi.yaml", who: "nobody"}); got.status != 200 || !strings.HasPrefix(string(got.body), "openapi: 3.1.0") {
		t.Errorf("openapi.yaml: %d", got.status)
	}
}

// Many callers at once: every acknowledged decision is there, one per key.
func TestConcurrentCallers(t *testing.T) {
	h := start(t)
	const callers, each = 8, 25
	var mu sync.Mutex
	byKey := map[string]string{}
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range each {
				key := fmt.Sprintf("k-%d", (c/2)*each+i) // two callers share each key
				body := request(fmt.Sprint("C-", (c/2)*each+i), fmt.Sprint("D-", i%5))
				got := h.do(ask{method: "POST", path: "/v1/decisions", key: key, body: body})
				if got.status == http.StatusConflict {
					continue
				}
				if got.status != 200 {
					t.Errorf("%d %s", got.status, got.body)
					return
				}
				id := decode[decision](t, got.body).ID
				mu.Lock()
				if old := byKey[key]; old != "" && old != id {
					t.Errorf("key %s got %s and %s", key, old, id)
				}
				byKey[key] = id
				mu.Unlock()
				if i%5 == 0 {
					h.report(event(fmt.Sprintf("e-%d-%d", c, i), "portal.visited", fmt.Sprint("D-", i%5), `{}`))
				}
			}
		})
	}
	wg.Wait()
	if len(byKey) != callers/2*each {
		t.Errorf("%d keys answered, want %d", len(byKey), callers/2*each)
	}
	for _, id := range byKey {
		if got := h.send(ask{method: "GET", path: "/v1/decisions/" + id}); got.status != 200 {
			t.Errorf("%s: %d", id, got.status)
		}
	}
}

// Neither log nor figures hold a debtor, an address, a key or a path.
func TestNothingPersonalInLogs(t *testing.T) {
	h := start(t)
	h.decide("key-77", strings.Replace(request("C-1", "debtor-77"), "e:1f", "ref-77", 1))
	h.report(event("event-77", "portal.visited", "debtor-77", `{}`))
	h.do(ask{method: "GET", path: "/v1/debtors/debtor-77/profile"})
	h.do(ask{method: "POST", path: "/v1/decisions", key: "key-77", body: request("C-1", "debtor-78")})
	w := httptest.NewRecorder()
	h.server.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	figures := w.Body.String()
	for _, private := range []string{"debtor-7", "ref-77", "key-77", "event-77", h.keys["acme/admin"][14:]} {
		if strings.Contains(h.logs.String(), private) || strings.Contains(figures, private) {
			t.Errorf("%q stands in log or figures", private)
		}
	}
	for _, line := range []string{
		`takt_http_requests_total{method="POST",route="/v1/decisions",status="200"} 1`,
		`takt_http_requests_total{method="POST",route="/v1/decisions",status="422"} 1`,
		`takt_decisions_total{kind=`, `takt_events_total{result="accepted"} 1`, "takt_journal_records_total 2", "takt_profiles 1", "takt_journal_unshipped_bytes",
	} {
		if !strings.Contains(figures, line) {
			t.Errorf("no figure %s", line)
		}
	}
	if log := h.logs.String(); !strings.Contains(log, `"route":"/v1/decisions","status":200`) || !strings.Contains(log, `"case_id":"C-1"`) {
		t.Errorf("log: %s", log)
	}
}
