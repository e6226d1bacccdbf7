package learner

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/features/history/sealed"
	"takt/features/vault"
)

// without is what the campaign's store holds, but for one debtor, behind a vault of its own.
func without(t *testing.T, from history.Store, debtor string) (*sealed.Store, *vault.Vault) {
	t.Helper()
	v, err := vault.Open(filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	s := sealed.New(memory.New(), v)
	err = from.Scan(context.Background(), history.Range{}, func(l *history.Log) error {
		if l.Debtor == debtor {
			return nil
		}
		return s.Append(context.Background(), history.Batch{Events: l.Events, Decisions: l.Decisions})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// The refit after an erasure, or after an objection to profiling, is that of a log which never had the person:
// byte for byte, from a learner that had learned from the person before.
func TestRefitOmitsThePerson(t *testing.T) {
	tn := tenant()
	all := campaign(t, tn, 400)
	never, _ := without(t, all, "D7")
	want, _, err := Train(context.Background(), never, options(tn))
	if err != nil {
		t.Fatal(err)
	}
	objection := engine.Event{Tenant: tn.ID, Source: "erp", ID: "objection", Type: engine.ObjectionRaised, Debtor: "D7", At: start().Add(200 * day), Received: start().Add(200 * day), Seq: 81}
	for name, leave := range map[string]func(*sealed.Store, *vault.Vault) error{
		"erasure": func(_ *sealed.Store, v *vault.Vault) error { return v.Erase(v.Pseudonym(tn.ID, "D7")) },
		"objection": func(s *sealed.Store, _ *vault.Vault) error {
			return s.Append(context.Background(), history.Batch{Events: []engine.Event{objection}})
		},
	} {
		s, v := without(t, all, "nobody")
		var l Learner
		before, _, err := l.Train(context.Background(), s, options(tn))
		if err != nil {
			t.Fatal(err)
		}
		if err := leave(s, v); err != nil {
			t.Fatal(err)
		}
		after, _, err := l.Train(context.Background(), s, options(tn))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(before, after) || !bytes.Equal(after, want) {
			t.Errorf("%s: equal to before %v, to a log without the person %v", name, bytes.Equal(before, after), bytes.Equal(after, want))
		}
	}
}
