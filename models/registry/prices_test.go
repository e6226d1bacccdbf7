package registry_test

import (
	"errors"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Each change of the prices is one entry, and an instant finds those that counted then.
func TestPricesOfThen(t *testing.T) {
	r, s := newRegistry(t)
	clock := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	r.Now = func() time.Time { return clock }
	if p, err := r.PricesAt(t.Context(), "acme", clock); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("without a log: %+v, %v", p, err)
	}
	tenant := engine.DefaultTenant("acme")
	for i, retention := range []int64{12_000, 12_000, 9_000, 12_000} { // the second start changes nothing
		clock = time.Date(2025, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC)
		tenant.Reward.RetentionMinor = retention
		if err := r.NotePrices(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Artefacts(t.Context(), "acme", "prices", "", ""); err != nil || len(list) != 3 {
		t.Errorf("%d entries, want 3; %v", len(list), err)
	}
	for day, want := range map[string]int64{"2024-06-01": 12_000, "2025-01-01": 12_000, "2025-02-28": 12_000, "2025-03-01": 9_000, "2025-03-31": 9_000, "2025-04-02": 12_000} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.PricesAt(t.Context(), "acme", at)
		if err != nil || p.Reward.RetentionMinor != want || p.Specs != tenant.Specs || p.Reward.Horizon != tenant.Reward.Horizon {
			t.Errorf("%s: %+v, %v; want retention %d", day, p.Reward, err, want)
		}
	}
	if _, err := r.PricesAt(t.Context(), "other", clock); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("another tenant: %v", err)
	}
}
