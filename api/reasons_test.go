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
	h.must(h.server.Swap("acme", periodic(t, tenant)))
	for _, language := range []string{"de", "de-AT", "en", "fr"} {
		words := map[string]string{}
		for i, v := range features.Vector {
			words[v.Name] = features.Text(i, language)
		}
		named, both := 0, 0
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
			if seen[words["hour_cos"]] && seen[words["week_cos"]] {
				both++
			}
		}
		if named == 0 || both == 0 {
			t.Errorf("%s: %d reasons name a feature, %d decisions hour and weekday", language, named, both)
		}
	}
}

// periodic is a snapshot by which waiting is worth more or less by the hour and the weekday, sine
// and cosine alike, and by the amount and the dunning level.
func periodic(t *testing.T, tenant *engine.Tenant) *engine.Snapshot {
	t.Helper()
	spec, l := policy.DefaultPrior(), policy.NewLayout(&tenant.Grid, len(features.Vector))
	w := policy.PriorWeights(l, &spec, 1)
	for i, v := range features.Vector {
		mean := map[string]float32{"hour_sin": .03, "hour_cos": -.03, "week_sin": .04, "week_cos": .03, "amount": .01, "level": .02}[v.Name]
		for _, first := range l.HoldBlocks(nil) {
			w.Means[(first+1+i)*policy.Heads+int(policy.Resolve)] = mean
		}
	}
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Version: "1", Grid: tenant.Grid.String(), Schema: features.Schema,
		Features: len(features.Vector), Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
