package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A tenant denies features by name or word, its pack, de by default, some more; slips are named with what was meant.
func TestDeniedFeatures(t *testing.T) {
	load := func(text string) (*Config, error) {
		path := filepath.Join(t.TempDir(), "takt.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return Load(path, nil)
	}
	c, err := load("tenants:\n  a: {features: {deny: [age, region]}}\n  b: {rules: {pack: de}, features: {deny: [tenure]}}\n  c: {}\n")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"a": "age_18_29 age_50_69 age_70_up vulnerable score_payment score_risk", "b": "tenure vulnerable score_payment score_risk", "c": "vulnerable score_payment score_risk"} {
		tn, err := c.Tenant(id, make([]byte, 32))
		if err != nil || !slices.Equal(tn.Denied.Names, strings.Fields(want)) {
			t.Errorf("%s denies %v, %v", id, tn.Denied.Names, err)
		}
		if again, err := (&Config{Tenants: map[string]Tenant{"x": Of(tn)}}).Tenant("x", make([]byte, 32)); err != nil || !slices.Equal(again.Denied.Names, tn.Denied.Names) {
			t.Errorf("%s does not come back: %v", id, err)
		}
	}
	for text, want := range map[string]string{
		"tenants: {a: {features: {deny: [agee]}}}":  `tenants.a.features: deny: "agee" is no feature; did you mean "age"?`,
		"tenants: {a: {features: {deni: [age]}}}":   `unknown key "tenants.a.features.deni"; did you mean "deny"?`,
		"tenants: {a: {features: {deny: [bias]}}}":  `"bias" is no feature`,
		"tenants: {a: {feature: {deny: [age]}}}":    `did you mean "features"?`,
		"tenants: {a: {features: {deny: regions}}}": `"regions" is no feature; did you mean "region"?`,
	} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
