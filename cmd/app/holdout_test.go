package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"takt/experiments"
)

// The draw is of the decision's year: over the turn of the year debtors change arm, within it nobody; each decision is
// reported in the arm that it was made in.
func TestHoldoutOverTheTurnOfTheYear(t *testing.T) {
	a := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Ship(ctx) }()
	defer func() { cancel(); <-done }()
	const n = 400
	ask := func(at string) {
		for i := range n {
			call(t, a, "/v1/decisions", fmt.Sprint("k", at, i), fmt.Sprintf(`{"case":{"id":"C-%d","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2021-11-01"},"debtor":{"id":"D-%d","tz":"Europe/Berlin"},
				"channels":[{"channel":"letter","address_ref":"p:1","validity":0.9}],"as_of":%q}`, i, i, at), http.StatusOK)
		}
	}
	report := func(year int) *experiments.HoldoutResult {
		status, reply, err := a.Call(ctx, "acme", http.MethodGet, fmt.Sprint("/v1/experiments/holdout?year=", year), "", "", nil)
		var r experiments.HoldoutResult
		if err != nil || status != http.StatusOK || json.Unmarshal(reply, &r) != nil {
			t.Fatalf("%d %s %v", status, reply, err)
		}
		return &r
	}
	ask("2021-12-01T10:00:00Z")
	ask("2021-12-20T10:00:00Z")
	before := report(2021)
	if before.Policy.Debtors+before.Holdout.Debtors != n || before.Policy.Cases+before.Holdout.Cases != n || before.Holdout.Debtors == 0 || before.Holdout.Debtors > n/10 {
		t.Errorf("2021: %+v %+v", before.Policy, before.Holdout)
	}
	ask("2022-01-20T10:00:00Z")
	after := report(2022)
	if after.Policy.Debtors+after.Holdout.Debtors != n || after.Policy.Cases+after.Holdout.Cases != 0 || after.Holdout.Debtors == 0 {
		t.Errorf("2022: %+v %+v", after.Policy, after.Holdout)
	}
	if again := report(2021); again.Holdout.Debtors != before.Holdout.Debtors || again.Policy.Debtors != before.Policy.Debtors {
		t.Errorf("2021 became %+v %+v", again.Policy, again.Holdout)
	}
}
