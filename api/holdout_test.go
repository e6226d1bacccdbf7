package api_test

import (
	"context"
	"fmt"
	"testing"

	"takt/experiments"
	"takt/features/history"
)

// The report is what the room experiments says of the log, for the key's tenant and the year asked for; a server
// without one has none. Documented shapes are checked by every exchange.
func TestHoldoutReport(t *testing.T) {
	h := start(t, func(s *setup) {
		share := &experiments.Holdouts{}
		s.tenants[0].Holdout.Share = .1
		s.assigner = share
		s.holdout = func(ctx context.Context, tenant string, year int) (*experiments.HoldoutResult, error) {
			if year == 0 {
				year = now.Year()
			}
			if year == 1999 {
				return nil, fmt.Errorf("scan: %w", history.ErrUnavailable)
			}
			return experiments.HoldoutReport(ctx, s.store, s.tenants[0], share.Sizing(s.tenants[0], year), now)
		}
	})
	for i := range 30 {
		h.decide(fmt.Sprint("k", i), fmt.Sprintf(`{"case":{"id":"C%d","open":{"amount_minor":5990,"currency":"EUR"}},"debtor":{"id":"D%d","tz":"Europe/Berlin"},"channels":[]}`, i, i))
	}
	h.must(h.ledger.Flush(context.Background()))
	for path, want := range map[string]int{"": 200, "?year=2020": 200, "?year=last": 422, "?year=12": 422, "?year=1999": 503} {
		got := h.do(ask{method: "GET", path: "/v1/experiments/holdout" + path, who: "acme/analyst"})
		if got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if path != "" {
			continue
		}
		r := decode[experiments.HoldoutResult](t, got.body)
		if r.Tenant != "acme" || r.Sizing.Share != .1 || r.Policy.Debtors+r.Holdout.Debtors != 30 || r.Holdout.Debtors == 0 || r.Policy.Open == 0 || r.Text["de"] == "" {
			t.Errorf("%s", got.body)
		}
	}
	if got := start(t).do(ask{method: "GET", path: "/v1/experiments/holdout", who: "acme/analyst"}); got.status != 404 {
		t.Errorf("without a report: %d %s", got.status, got.body)
	}
}
