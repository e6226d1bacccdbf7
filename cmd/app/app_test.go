package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/cmd/app"
	"takt/cmd/config"
)

// open starts an app on the directory, with a store in memory that ends with it: what outlives it is
// in the journal, for nothing ships.
func open(t *testing.T, dir string) *app.App { return openWith(t, dir, "") }

// openWith is open with more lines in its takt.yaml.
func openWith(t *testing.T, dir, more string) *app.App {
	t.Helper()
	path := filepath.Join(dir, "takt.yaml")
	text := fmt.Sprintf("data: %s\nstore: memory://\nclock: replay\n%s", filepath.Join(dir, "data"), more)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), app.Options{Config: c, Logger: slog.New(slog.DiscardHandler), Tenants: []string{"acme"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func call(t *testing.T, a *app.App, path, key, body string, want int) string {
	t.Helper()
	status, reply, err := a.Call(t.Context(), "acme", http.MethodPost, path, "application/json", key, []byte(body))
	if err != nil || status != want {
		t.Fatalf("%s: %d %s %v", path, status, reply, err)
	}
	return string(reply)
}

// A restart does not set a replay clock back: an earlier as_of is decided at the newest fact's time.
func TestReplayClockOutlivesTheServer(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	call(t, a, "/v1/events", "", `{"specversion":"1.0","id":"e-1","source":"erp","type":"de.takt.portal.visited.v1","subject":"D-1","time":"2021-04-01T10:00:00Z","data":{"case_id":"C-1"}}`, http.StatusAccepted)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(t, dir)
	reply := call(t, a, "/v1/decisions", "k-1", `{"case":{"id":"C-2","open":{"amount_minor":5990,"currency":"EUR"}},"debtor":{"id":"D-2","tz":"Europe/Berlin"},"channels":[],"as_of":"2021-03-01T10:00:00Z"}`, http.StatusOK)
	if !strings.Contains(reply, `"issued_at":"2021-04-01T12:00:00+02:00"`) {
		t.Errorf("the clock went back: %s", reply)
	}
}

// Training again without news leaves the live snapshot and the shelf alone.
func TestTrainingWithoutNewsPublishesNothing(t *testing.T) {
	a := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Ship(ctx) }()
	defer func() { cancel(); <-done }()
	at := func(day int, id string) {
		call(t, a, "/v1/events", "", fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"erp","type":"de.takt.portal.visited.v1","subject":"D-1","time":"2021-04-%02dT10:00:00Z","data":{}}`, id, day), http.StatusAccepted)
	}
	at(1, "a")
	first, err := a.Learn(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	at(2, "b")
	second, err := a.Learn(ctx, "acme")
	if err != nil || second.Snapshot != first.Snapshot || !second.AsOf.After(first.AsOf) {
		t.Errorf("trained %+v, then %+v, %v", first, second, err)
	}
	list, err := a.Reader().Artefacts(ctx, "acme", "policy", "", "")
	if err != nil || len(list) != 1 {
		t.Errorf("%d versions on the shelf, want 1; %v", len(list), err)
	}
}
