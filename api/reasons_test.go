package api_test

import (
	"fmt"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
)

type reason struct {
	Code    string `json:"code"`
	Feature string `json:"feature"`
	Text    string `json:"text"`
	Weight  int64  `json:"weight"`
}

// Reasons of the model speak the debtor's language in plain words, and name each thing once.
func TestReasonsOfFeatures(t *testing.T) {
	tenant := engine.DefaultTenant("acme")
	tenant.Holdout.Share = 0
	h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant} })
	prior, err := policy.Prior(tenant, features.Schema, len(features.Vector))
	h.must(err)
	h.must(h.server.Swap("acme", prior))
	for _, language := range []string{"de", "de-AT", "en", "fr"} {
		words := map[string]string{}
		for i, v := range features.Vector {
			words[v.Name] = features.Text(i, language)
		}
		named := 0
		for i := range 30 {
			id := fmt.Sprint(language, i)
			body := strings.Replace(request("C-"+id, "D-"+id), `"language":"de"`, `"language":"`+language+`"`, 1)
			got, _ := h.decide("k-"+id, body)
			seen := map[string]bool{}
			for _, r := range decode[struct{ Reasons []reason }](t, got.body).Reasons {
				if r.Code != engine.ReasonFeature {
					continue
				}
				named++
				if r.Text != words[r.Feature] || seen[r.Text] {
					t.Errorf("%s: %+v, want %q once", language, r, words[r.Feature])
				}
				seen[r.Text] = true
			}
		}
		if named == 0 {
			t.Errorf("%s: no reason names a feature", language)
		}
	}
}
