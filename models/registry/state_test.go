package registry_test

import (
	"errors"
	"testing"

	"takt/features/history"
	"takt/models/registry"
)

// A ramp lies beside the live version, refreshes leave it alone, a rollback ends it first, a pause has a log of its own.
func TestStateOfRampRollbackAndPause(t *testing.T) {
	r, _ := newRegistry(t)
	ctx, k, n := t.Context(), registry.Policy, "bandit"
	for _, v := range []string{"v1", "v2", "v3", "new"} {
		publish(t, r, v, v)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	is := func(version, ramp string, share float64, frozen, paused bool) {
		t.Helper()
		s, err := r.State(ctx, "acme", k, n)
		if err != nil || s.Version != version || s.Ramp != ramp || s.Share != share || s.Frozen != frozen || s.Paused != paused {
			t.Errorf("%+v, %v; want live %q, ramp %q at %g, frozen %v, paused %v", s, err, version, ramp, share, frozen, paused)
		}
	}
	is("", "", 0, false, false)
	must(r.SetLive(ctx, "acme", k, n, "v1"))
	must(r.SetLive(ctx, "acme", k, n, "v2"))
	must(r.Ramp(ctx, "acme", k, n, "new", .1, registry.Change{Who: "anna/admin"}))
	must(r.SetLive(ctx, "acme", k, n, "v3")) // a refresh
	is("v3", "new", .1, false, false)
	must(r.Pause(ctx, "acme", k, n, true, registry.Change{Who: "anna/admin", Reason: "complaints"}))
	must(r.Pause(ctx, "acme", k, n, true, registry.Change{Who: "bert/admin"})) // is paused already
	must(r.Ramp(ctx, "acme", k, n, "new", .5, registry.Change{}))
	is("v3", "new", .5, false, true)
	must(r.Pause(ctx, "acme", k, n, false, registry.Change{}))
	for _, want := range []string{"v3", "v2", "v1"} { // the ramp first, then refresh by refresh
		if v, err := r.Rollback(ctx, "acme", k, n, "", registry.Change{}); v != want || err != nil {
			t.Errorf("rolled back to %q, %v; want %q", v, err, want)
		}
	}
	is("v1", "", 0, true, false)
	must(r.SetLive(ctx, "acme", k, n, "v1")) // by hand: refreshes may go on
	is("v1", "", 0, false, false)
	if v, err := r.Rollback(ctx, "acme", k, n, "v3", registry.Change{}); v != "v3" || err != nil {
		t.Errorf("rolled back to %q, %v; want v3, which was live once", v, err)
	}
	if _, err := r.Rollback(ctx, "acme", k, n, "new", registry.Change{}); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("rolled back to what was never live: %v", err)
	}
	for _, share := range []float64{0, 1, -1} {
		if r.Ramp(ctx, "acme", k, n, "new", share, registry.Change{}) == nil {
			t.Errorf("a ramp of %g was taken", share)
		}
	}
	log, err := r.Log(ctx, "acme", k, n)
	acts := ""
	for _, s := range log {
		acts += s.Act[:2] + " "
	}
	if want := "ro li ro ro ro re ra pa li ra li li "; err != nil || acts != want {
		t.Errorf("log %q, %v; want %q", acts, err, want)
	}
	if s, _ := r.State(ctx, "other", k, n); s.Entry != 0 || s.Paused {
		t.Errorf("another tenant sees %+v", s)
	}
}
