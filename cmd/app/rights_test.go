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

// A snapshot that learned from somebody who is erased is marked in the registry beside it; the next one is not.
func TestErasureMarksSnapshots(t *testing.T) {
	a := openWith(t, t.TempDir(), "learn: {every: 0s}\n")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	defer func() { cancel(); <-done }()
	for i := range 20 {
		reply := call(t, a, "/v1/decisions", fmt.Sprint("k-", i), fmt.Sprintf(`{"case":{"id":"C-%d","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-01-01"},"debtor":{"id":"D-%d","tz":"Europe/Berlin"},
			"channels":[{"channel":"email","address_ref":"e:1","validity":0.97,"consent":"service"},{"channel":"letter","address_ref":"p:1","validity":0.9}],"as_of":"2025-03-03T10:00:00Z"}`, i, i), http.StatusOK)
		_, id, _ := strings.Cut(reply, `"decision_id":"`)
		data := fmt.Sprintf(`{"decision_id":%q}`, id[:26])
		told := `{"specversion":"1.0","id":"x-%d","source":"erp","type":"de.takt.%s.v1","subject":"D-%d","time":"2025-03-0%dT10:00:00Z","data":%s}`
		if strings.Contains(reply, `"kind":"contact"`) {
			call(t, a, "/v1/events", "", fmt.Sprintf(told, i, "decision.executed", i, 4, data), http.StatusAccepted)
		}
		if i%3 == 0 {
			call(t, a, "/v1/events", "", fmt.Sprintf(told, 100+i, "payment.received", i, 8, fmt.Sprintf(`{"case_id":"C-%d","amount_minor":5990,"currency":"EUR"}`, i)), http.StatusAccepted)
		}
	}
	call(t, a, "/v1/events", "", fact("D-0", "2025-06-01"), http.StatusAccepted)
	policies := func() string {
		_, reply, err := a.Call(t.Context(), "acme", http.MethodGet, "/v1/policies", "", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(reply)
	}
	call(t, a, "/v1/policies:train", "", `{}`, http.StatusOK)
	if got := policies(); !strings.Contains(got, `"replayable":true`) || strings.Contains(got, `"replayable":false`) {
		t.Fatalf("before: %s", got)
	}
	status, reply, err := a.Call(t.Context(), "acme", http.MethodDelete, "/v1/debtors/D-3", "", "", nil)
	if err != nil || status != http.StatusOK || !strings.Contains(string(reply), `"snapshots_touched":1`) || !strings.Contains(string(reply), `"pending":false`) {
		t.Fatalf("%d %s %v", status, reply, err)
	}
	if got := policies(); !strings.Contains(got, `"replayable":false`) || !strings.Contains(got, `"erased_since":"`) {
		t.Errorf("after: %s", got)
	}
	call(t, a, "/v1/events", "", fact("D-0", "2025-06-20"), http.StatusAccepted)
	call(t, a, "/v1/policies:train", "", `{}`, http.StatusOK)
	if got := policies(); !strings.Contains(got, `"replayable":false`) || !strings.Contains(got, `"replayable":true`) {
		t.Errorf("after the refit: %s", got)
	}
}
