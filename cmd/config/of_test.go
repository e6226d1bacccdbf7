package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/engine/rules"
	"takt/experiments/simulator"
	"takt/features"
)

// A tenant made up by a program comes back from its configuration.
func TestOfComesBack(t *testing.T) {
	s, err := simulator.Load("base")
	if err != nil {
		t.Fatal(err)
	}
	paid := engine.DefaultTenant("a")
	paid.Language, paid.Methods = "de", []engine.Method{engine.PayPal, engine.GiroQR}
	paid.Contact = engine.Service{Name: "Muster AG", Email: "service@muster.example", Phone: "+49 30 1234567", URL: "https://muster.example/hilfe"}
	paid.Creditor = engine.Creditor{Name: "Muster AG", IBAN: "DE89370400440532013000"}
	same := cmp.Comparer(func(a, b *engine.Rules) bool { return a == b })
	for name, want := range map[string]*engine.Tenant{"default": engine.DefaultTenant("a"), "simulated": s.Tenant("a"), "paid": paid} {
		want.Clock = engine.ReplayClock
		if want.Rules == nil {
			want.Rules = rules.Default()
		}
		if want.Denied, err = features.Deny(features.DeniedBy(want.Rules)...); err != nil {
			t.Fatal(err)
		}
		c := Config{Clock: "replay", Tenants: map[string]Tenant{"a": Of(want)}}
		got, err := c.Tenant("a", want.Secret)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
