package promotion

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
)

// A snapshot of other actions or features is left alone, one that is damaged is an error.
func TestUnfitSnapshotsAreRefused(t *testing.T) {
	a := &Desk{Logger: slog.New(slog.DiscardHandler)}
	here, there := engine.DefaultTenant("acme"), engine.DefaultTenant("acme")
	there.Grid.Channels = there.Grid.Channels[:2]
	artefact := func(of *engine.Tenant, schema, n int) history.Artefact {
		spec, l := policy.DefaultPrior(), policy.NewLayout(&of.Grid, n)
		b, err := policy.Encode(engine.Header{Tenant: of.ID, Grid: of.Grid.String(), Schema: schema, Features: n}, &spec, policy.PriorWeights(l, &spec, 1))
		if err != nil {
			t.Fatal(err)
		}
		return history.Artefact{Data: b}
	}
	const n = 64 // features of schema 1
	if s, err := a.fit(here, artefact(here, features.Schema, n)); s.Snapshot == nil || err != nil {
		t.Errorf("a fitting snapshot gives %v, %v", s, err)
	}
	for name, v := range map[string]history.Artefact{
		"actions":  artefact(there, features.Schema, n),
		"schema":   artefact(here, features.Schema+1, n),
		"features": artefact(here, features.Schema, n-1),
	} {
		if s, err := a.fit(here, v); s.Snapshot != nil || err != nil {
			t.Errorf("other %s give %v, %v", name, s, err)
		}
	}
	strict := engine.DefaultTenant("acme")
	var err error
	if strict.Denied, err = features.Deny("age_70_up"); err != nil {
		t.Fatal(err)
	}
	if s, err := a.fit(strict, artefact(here, features.Schema, n)); s.Snapshot != nil || err != nil {
		t.Errorf("a snapshot that uses what is denied now gives %v, %v", s, err)
	}
	prior, err := policy.Prior(strict, nil, features.Schema, n)
	if err != nil || !slices.Equal(prior.Header.Denied, []string{"age_70_up"}) || len(uses(prior, strict)) > 0 {
		t.Errorf("the prior uses what is denied: %v, %v", prior.Header.Denied, err)
	}
	old := artefact(here, features.Schema, n)
	old.Data = bytes.Replace(old.Data, []byte(policy.Algorithm), []byte("linear-ts/1"), 1)
	if s, err := a.fit(here, old); s.Snapshot != nil || err != nil {
		t.Errorf("a former version of the model gives %v, %v", s, err)
	}
	if s, err := a.fit(here, history.Artefact{Data: []byte("nonsense")}); s.Snapshot != nil || !errors.Is(err, policy.ErrSnapshot) {
		t.Errorf("nonsense gives %v, %v", s, err)
	}
}
