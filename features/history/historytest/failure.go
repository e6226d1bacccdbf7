package historytest

import (
	"context"
	"errors"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// calls are all methods of a store, ready to fail.
func calls(c context.Context, s history.Store) map[string]error {
	tenant := fresh()
	e := event(tenant, engine.CaseOpened, 1)
	errs := map[string]error{}
	errs["append"] = s.Append(c, history.Batch{Token: fresh(), Events: []engine.Event{e}})
	_, errs["log"] = s.Log(c, history.Debtor(tenant, "D-1"))
	_, errs["case log"] = s.Log(c, history.Case(tenant, "C-1"))
	_, errs["decision"] = s.Decision(c, tenant, engine.ID{1})
	_, _, errs["changes"] = s.Changes(c, tenant, 0, 1)
	_, errs["due"] = s.Due(c, tenant, noon, 1)
	errs["answers"] = s.Answers(c, time.Now(), func(history.Answer) error { return nil })
	errs["scan"] = s.Scan(c, history.Range{Tenant: tenant}, func(*history.Log) error { return nil })
	return errs
}

// cancelled: the context's own error comes back, not a failure of the store.
func cancelled(t *testing.T, s history.Store) {
	c, cancel := context.WithCancel(ctx)
	cancel()
	for name, err := range calls(c, s) {
		if !errors.Is(err, context.Canceled) || errors.Is(err, history.ErrUnavailable) {
			t.Errorf("%s after cancel: %v, want context.Canceled alone", name, err)
		}
	}
}

// closed: a closed store cannot be reached.
func closed(t *testing.T, s history.Store) {
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	Unavailable(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

// Unavailable checks that every call of a store that cannot be reached says so.
func Unavailable(t *testing.T, s history.Store) {
	t.Helper()
	for name, err := range calls(ctx, s) {
		if !errors.Is(err, history.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}
