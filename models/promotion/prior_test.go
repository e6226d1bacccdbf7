package promotion

import (
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history/memory"
	"takt/models/registry"
)

// The configured prior decides before any data, and is part of a version's form: after a change of the
// configuration refreshes go on in the old one, and a new version takes the new one.
func TestPriorIsPartOfTheForm(t *testing.T) {
	first, second := policy.DefaultPrior(), policy.DefaultPrior()
	first.Heads[policy.Resolve].Mean, second.Scale = -2, .25
	configured := &first
	store, tn, now := memory.New(), engine.DefaultTenant("acme"), time.Date(2025, 11, 20, 0, 0, 0, 0, time.UTC)
	d := &Desk{Registry: registry.New(store), Store: store, Now: func(string) time.Time { return now },
		Prior: func(string) *policy.PriorSpec { return configured }}
	want, err := policy.Prior(tn, &first, features.Schema, len(features.Vector))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := d.Stage(t.Context(), tn); err != nil || s.Live.Snapshot.ID != want.ID || len(d.Differs(tn, s.Live)) > 0 {
		t.Fatalf("before any training: %+v, %v; want snapshot %s", s, err, want.ID)
	}
	train := func(version string, want *policy.PriorSpec) {
		t.Helper()
		r, err := d.Train(t.Context(), tn, Training{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		a, err := d.Registry.Get(t.Context(), tn.ID, registry.Policy, Name, r.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		if spec, err := policy.SpecOf(a.Data); err != nil || spec != *want {
			t.Errorf("version %q was learned with %+v, %v", version, spec, err)
		}
	}
	train("", &first)
	configured = &second
	s, err := d.Stage(t.Context(), tn)
	if err != nil || !slices.Equal(d.Differs(tn, s.Live), []string{"prior"}) {
		t.Errorf("the live version differs in %v, want the prior; %v", d.Differs(tn, s.Live), err)
	}
	train("", &first)
	train("bandit-2", &second)
	if l, err := d.List(t.Context(), tn, 10); err != nil || !slices.Equal(l.Differs, []string{"prior"}) {
		t.Errorf("the list tells of %v, %v", l.Differs, err)
	}
}
