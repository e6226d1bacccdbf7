package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"takt/api"
	"takt/engine"
)

func TestReplayClockNeverGoesBack(t *testing.T) {
	replay, system := engine.DefaultTenant("replay"), engine.DefaultTenant("system")
	replay.Clock = engine.ReplayClock
	c := api.NewClock(func() time.Time { return now }, replay, system)
	if !c.Now("replay").IsZero() || !c.Now("system").Equal(now) {
		t.Fatalf("at first %v and %v", c.Now("replay"), c.Now("system"))
	}
	past := now.AddDate(-3, 0, 0)
	if got := c.Observe("replay", past); !got.Equal(past) {
		t.Errorf("started at %v, want %v", got, past)
	}
	if got := c.Observe("replay", past.Add(-time.Hour)); !got.Equal(past) {
		t.Errorf("went back to %v", got)
	}
	c.Add(replay) // again: it keeps its clock
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			at := past.Add(time.Duration(i) * time.Minute)
			if got := c.Observe("replay", at); got.Before(at) {
				t.Errorf("%v is before what was observed, %v", got, at)
			}
		})
	}
	wg.Wait()
	if want := past.Add(49 * time.Minute); !c.Now("replay").Equal(want) {
		t.Errorf("ended at %v, want %v", c.Now("replay"), want)
	}
	if got := c.Observe("system", past); !got.Equal(now) {
		t.Errorf("the system clock moved to %v", got)
	}
}

// Months pass through the API: as_of and events drive the clock, and an earlier as_of is decided at its time.
func TestReplayThroughTheAPI(t *testing.T) {
	h := start(t, func(s *setup) {
		s.tenants = []*engine.Tenant{uniformTenant("acme")}
		s.tenants[0].Clock = engine.ReplayClock
	})
	asOf := func(key, at string) (answer, decision) {
		t.Helper()
		return h.decide(key, strings.Replace(request("C-"+key, "D-"+key), "2025-11-21T09:12:00+01:00", at, 1))
	}
	got := h.do(ask{method: "POST", path: "/v1/decisions", key: "k", body: strings.Replace(request("C-1", "D-1"), `"as_of":"2025-11-21T09:12:00+01:00",`, "", 1)})
	if got.status != 422 || decode[problem](t, got.body).places() != "/as_of" {
		t.Errorf("without a start: %d %s", got.status, got.body)
	}
	future := strings.Replace(event("e-0", "portal.visited", "D-9", "{}"), "2025-11-21", "2062-04-01", 1)
	if got := h.do(ask{method: "POST", path: "/v1/events", body: future}); got.status != 422 || decode[problem](t, got.body).places() != "/time" {
		t.Errorf("an event decades ahead: %d %s", got.status, got.body)
	}
	got = h.do(ask{method: "POST", path: "/v1/decisions", key: "far", body: strings.Replace(request("C-1", "D-1"), "2025-11-21", "2062-04-01", 1)})
	if got.status != 422 || decode[problem](t, got.body).places() != "/as_of" {
		t.Errorf("as of decades ahead: %d %s", got.status, got.body)
	}
	issued := func(a answer) string { return decode[map[string]any](t, a.body)["issued_at"].(string) }
	first, _ := asOf("1", "2021-03-01T10:00:00+01:00")
	h.report(strings.Replace(event("e-1", "portal.visited", "D-9", "{}"), "2025-11-21", "2021-04-01", 1))
	back, _ := asOf("2", "2021-03-02T10:00:00+01:00")
	later, _ := asOf("3", "2021-06-01T10:00:00+02:00")
	if issued(first) != "2021-03-01T10:00:00+01:00" || issued(back) != "2021-04-01T10:02:00+02:00" || issued(later) != "2021-06-01T10:00:00+02:00" {
		t.Errorf("issued at %s, %s, %s", issued(first), issued(back), issued(later))
	}
}
