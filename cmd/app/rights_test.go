package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fact is an event of a debtor on a day.
func fact(debtor, day string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":"%s-%s","source":"erp","type":"de.takt.portal.visited.v1","subject":%q,"time":"%sT10:00:00Z","data":{}}`, debtor, day, debtor, day)
}

// On the replay clock a day's sweep lets go what is older than the period, and the key of whoever is left
// without facts; what is younger stays.
func TestRetentionOnTheReplayClock(t *testing.T) {
	a := openWith(t, t.TempDir(), "learn: {every: 0s}\ntenants: {acme: {retention: {events_days: 100}}}\n")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	defer func() { cancel(); <-done }()
	for _, f := range []string{fact("D-old", "2025-01-01"), fact("D-both", "2025-01-01"), fact("D-both", "2025-03-01"), fact("D-both", "2025-04-30")} {
		call(t, a, "/v1/events", "", f, http.StatusAccepted)
	}
	get := func(path string) (int, string) {
		status, reply, err := a.Call(t.Context(), "acme", http.MethodGet, path, "", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return status, string(reply)
	}
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, log := get("/v1/audit"); strings.Contains(log, `"act":"retention"`) {
			if !strings.Contains(log, `"debtors":1`) || !strings.Contains(log, `"facts":2`) {
				t.Errorf("%s", log)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatal("nothing was swept")
		}
	}
	if status, _ := get("/v1/debtors/D-old/export"); status != http.StatusNotFound {
		t.Errorf("D-old: %d", status)
	}
	if _, log := get("/v1/debtors/D-both/export"); strings.Contains(log, "2025-01-01") || !strings.Contains(log, "2025-03-01") {
		t.Errorf("D-both: %s", log)
	}
}
