package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"takt/cmd/config"
	"takt/engine/policy"
	"takt/features"
	"takt/models/promotion"
	"takt/models/registry"
)

// The prior of a file decides before any data, is explained with, and is what training starts from.
func TestPriorFileDecidesAndTrains(t *testing.T) {
	dir := t.TempDir()
	text := []byte("scale: 1\nresolve: {mean: -1.5, level: {channel: .3}}\n")
	if err := os.WriteFile(filepath.Join(dir, "prior.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	spec, err := config.ParsePrior("prior.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	a := openWith(t, dir, "tenants: {acme: {prior: prior.yaml}}\n")
	want, err := policy.Prior(a.Tenant("acme"), spec, features.Schema, len(features.Vector))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Ship(ctx) }()
	defer func() { cancel(); <-done }()
	reply := call(t, a, "/v1/decisions", "k-1", `{"case":{"id":"C-1","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2021-03-01"},
 "debtor":{"id":"D-1","tz":"Europe/Berlin"},"channels":[{"channel":"email","address_ref":"e:1"},{"channel":"letter","address_ref":"p:1"}],"as_of":"2021-04-01T10:00:00Z"}`, http.StatusOK)
	if got := snapshotOf(t, explanation(t, a, reply)); got != want.ID {
		t.Errorf("snapshot %s decided, want the file's prior %s", got, want.ID)
	}
	call(t, a, "/v1/events", "", `{"specversion":"1.0","id":"e-1","source":"erp","type":"de.takt.portal.visited.v1","subject":"D-1","time":"2021-04-02T10:00:00Z","data":{}}`, http.StatusAccepted)
	made, err := a.Learn(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	v, err := registry.New(a.Reader()).Get(ctx, "acme", registry.Policy, promotion.Name, made.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := policy.SpecOf(v.Data); err != nil || got != *spec {
		t.Errorf("trained from %+v, %v, want the file's %+v", got, err, *spec)
	}
}
