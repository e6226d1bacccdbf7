package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"takt/engine"
	"takt/experiments/fairness"
	"takt/features/history"
	"takt/features/history/sealed"
)

// reports are those of the room experiments on the harness's store, a hundred days on.
type reports struct {
	store  history.Store
	tenant *engine.Tenant
}

func (r *reports) fill(o *fairness.Options) { o.Tenant, o.AsOf = r.tenant, now.AddDate(0, 0, 100) }

func (r *reports) Intensity(ctx context.Context, _ string, o fairness.Options) (*fairness.Report, error) {
	r.fill(&o)
	return fairness.Intensity(ctx, r.store, o)
}

func (r *reports) Proxies(ctx context.Context, _ string, o fairness.Options) (*fairness.ProxyReport, error) {
	r.fill(&o)
	return fairness.Proxies(ctx, r.store, o)
}

// Both reports answer for the key's tenant and the time and groups asked for, and a server without them has none.
// Documented shapes are checked by every exchange.
func TestReportsOnGroups(t *testing.T) {
	r := &reports{}
	h := start(t, func(s *setup) { s.reports, r.tenant = r, s.tenants[0] })
	r.store = sealed.New(h.setup.store, h.vault)
	for i := range 120 {
		h.report(event(fmt.Sprint("e", i), "debtor.updated", fmt.Sprint("D", i), fmt.Sprintf(`{"birth_year":%d,"region":"DE-BY"}`, 1950+i%2*40)))
		h.decide(fmt.Sprint("k", i), fmt.Sprintf(`{"case":{"id":"C%d","open":{"amount_minor":%d,"currency":"EUR"},"oldest_due":"2025-11-01"},"debtor":{"id":"D%d","tz":"Europe/Berlin"},"channels":[]}`, i, 5000+10*i, i))
	}
	h.must(h.ledger.Flush(context.Background()))
	for path, want := range map[string]int{"intensity": 200, "proxies": 200, "intensity?by=age": 200, "intensity?from=2030-01-01T00:00:00Z": 200, "intensity?by=ages": 422, "proxies?to=today": 422} {
		got := h.do(ask{method: "GET", path: "/v1/reports/" + path, who: "acme/analyst"})
		if got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
			continue
		}
		switch path {
		case "intensity?by=age":
			if r := decode[fairness.Report](t, got.body); r.Tenant != "acme" || r.Debtors != 120 || len(r.By) != 1 || len(r.By[0].Groups) != 2 || r.By[0].Groups[0].Debtors != 60 {
				t.Errorf("%s", got.body)
			}
		case "intensity?from=2030-01-01T00:00:00Z":
			if r := decode[fairness.Report](t, got.body); r.Debtors != 0 || !r.From.Equal(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("%s", got.body)
			}
		case "proxies":
			if r := decode[fairness.ProxyReport](t, got.body); r.Debtors != 120 || len(r.Proxies) != 2 {
				t.Errorf("%s", got.body)
			}
		}
	}
	if got := start(t).do(ask{method: "GET", path: "/v1/reports/intensity", who: "acme/analyst"}); got.status != 404 {
		t.Errorf("without reports: %d %s", got.status, got.body)
	}
}
