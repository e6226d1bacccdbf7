package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"takt/cmd/app"
)

func explanation(t *testing.T, a *app.App, reply string) string {
	t.Helper()
	_, rest, _ := strings.Cut(reply, `"decision_id":"`)
	status, text, err := a.Call(t.Context(), "acme", http.MethodGet, "/v1/decisions/"+rest[:26]+"/explanation", "", "", nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%d %s %v", status, text, err)
	}
	return string(text)
}

func snapshotOf(t *testing.T, reply string) string {
	t.Helper()
	_, rest, ok := strings.Cut(reply, `"snapshot_id":"`)
	if !ok {
		t.Fatalf("no snapshot in %s", reply)
	}
	return rest[:64]
}

// A decision made on the prior, which is nowhere stored, and one made on a snapshot that was
// published are explained with their own, also when another one has become live.
func TestExplainedWithTheSnapshotOfThen(t *testing.T) {
	a := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Ship(ctx) }()
	defer func() { cancel(); <-done }()
	decide := func(n int) string {
		return call(t, a, "/v1/decisions", fmt.Sprint("k-", n), fmt.Sprintf(`{"case":{"id":"C-%d","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2021-03-01"},
 "debtor":{"id":"D-%d","tz":"Europe/Berlin"},"channels":[{"channel":"email","address_ref":"e:1"},{"channel":"letter","address_ref":"p:1"}],"as_of":"2021-04-%02dT10:00:00Z"}`, n, n, n), http.StatusOK)
	}
	learned := func(day int) {
		call(t, a, "/v1/events", "", fmt.Sprintf(`{"specversion":"1.0","id":"e-%d","source":"erp","type":"de.takt.portal.visited.v1","subject":"D-1","time":"2021-04-%02dT10:30:00Z","data":{}}`, day, day), http.StatusAccepted)
		if _, err := a.Learn(ctx, "acme"); err != nil {
			t.Fatal(err)
		}
	}
	var replies []string
	seen := map[string]bool{}
	for n := 1; n <= 2; n++ {
		replies = append(replies, decide(n))
		learned(n)
	}
	for _, r := range replies {
		text := explanation(t, a, r)
		if !strings.Contains(text, `"status":"compared"`) || !strings.Contains(r, snapshotOf(t, text)) {
			t.Errorf("%s\nis explained as %s", r, text)
		}
		seen[snapshotOf(t, text)] = true
	}
	if len(seen) != 2 {
		t.Errorf("%d snapshots, want the prior and a published one", len(seen))
	}
}
