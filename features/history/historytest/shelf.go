package historytest

import (
	"testing"
	"time"

	"takt/features/history"
)

func exerciseShelf(t *testing.T, s history.Shelf) {
	tenant := fresh()
	put := func(kind, name, version, data string, minute int) history.Artefact {
		t.Helper()
		a := history.Artefact{Tenant: tenant, Kind: kind, Name: name, Version: version, Meta: []byte(`{"rows":3}`), Data: []byte(data),
			Created: noon.Add(time.Duration(minute) * time.Minute)}
		if err := s.Put(ctx, a); err != nil {
			t.Fatalf("put: %v", err)
		}
		return a
	}
	get := func(kind, name, version string) []history.Artefact {
		t.Helper()
		got, err := s.Artefacts(ctx, tenant, kind, name, version)
		if err != nil {
			t.Fatalf("artefacts: %v", err)
		}
		return got
	}
	v1 := put("policy", "bandit", "1", "\x00old\xff\n\n", 1)
	put("policy", "bandit", "2", "draft", 2)
	v2 := put("policy", "bandit", "2", "final", 2) // the last one put counts
	other := put("policy", "ladder", "1", "", 3)
	put("model", "bandit", "1", "model", 4)

	bare := func(as ...history.Artefact) []history.Artefact {
		for i := range as {
			as[i].Data = nil
		}
		return as
	}
	equal(t, "kind", get("policy", "", ""), bare(other, v2, v1))
	equal(t, "name", get("policy", "bandit", ""), bare(v2, v1))
	equal(t, "version", get("policy", "bandit", "1"), []history.Artefact{v1})
	equal(t, "put again", get("policy", "bandit", "2"), []history.Artefact{v2})
	equal(t, "unknown", len(get("policy", "bandit", "3")), 0)
	pointer := put("live", "bandit", "", "1", 5)
	equal(t, "pointer", get("live", "bandit", ""), bare(pointer))
	pointer.Tenant = fresh()
	if got, err := s.Artefacts(ctx, pointer.Tenant, "policy", "", ""); err != nil || len(got) != 0 {
		t.Errorf("another tenant's artefacts: %v, %v; want none", got, err)
	}
}
