package api_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
)

type said struct{ EN, DE string }

type explanation struct {
	ID       string `json:"decision_id"`
	Status   string
	Text     said
	Currency string
	Policy   struct{ Exploration bool }
	Versus   *struct{ Hold, Next *comparison }
}

type comparison struct {
	Action     struct{ Kind, Channel string }
	Value      int64 `json:"value_minor"`
	Other      int64 `json:"other_value_minor"`
	Difference int64 `json:"difference_minor"`
	Text       said
	ByFactor   []explainedLine `json:"by_factor"`
	ByFeature  []explainedLine `json:"by_feature"`
	Crossed    []explainedLine
}

type explainedLine struct {
	Code, Feature string
	Weight        int64
	Text          said
}

func (h *harness) explain(id string) (explanation, []byte) {
	h.t.Helper()
	got := h.do(ask{method: "GET", path: "/v1/decisions/" + id + "/explanation", who: "acme/analyst"})
	if got.status != 200 {
		h.t.Fatalf("%d %s", got.status, got.body)
	}
	return decode[explanation](h.t, got.body), got.body
}

// scored is what the answer itself says of values.
type scored struct {
	Kind   string
	Scores struct {
		Net int64 `json:"expected_net_minor"`
	}
	Policy  struct{ Exploration bool }
	Reasons []reason
}

// taught is a server with a random snapshot, whose constants favour contacts a little.
func taught(t *testing.T, name string) (*harness, *engine.Tenant) {
	t.Helper()
	tenant := engine.DefaultTenant("acme")
	tenant.Policy, tenant.Holdout.Share, tenant.Reward.RetentionMinor = name, 0, 1000
	other := engine.DefaultTenant("other")
	h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant, other} })
	h.must(h.server.Swap("acme", noisy(t, tenant, 1)))
	return h, tenant
}

func noisy(t *testing.T, tenant *engine.Tenant, seed uint64) *engine.Snapshot {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	spec, l := policy.DefaultPrior(), policy.NewLayout(&tenant.Grid, len(features.Vector))
	w := policy.PriorWeights(l, &spec, seed)
	for i := range w.Means {
		w.Means[i] += float32(r.NormFloat64() * .004)
	}
	b, err := policy.Encode(engine.Header{Tenant: tenant.ID, Version: "1", Grid: tenant.Grid.String(), Schema: features.Schema,
		Features: len(features.Vector), Rows: 5000, Reward: tenant.Reward}, &spec, w)
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Over HTTP, for decisions of both policies about all kinds of claims: every list sums to the
// difference of the two values, the value is the one that was answered, features go by their words,
// and nothing personal is told.
func TestExplanationsAddUp(t *testing.T) {
	for _, name := range []string{"bandit", policy.SquareCBName} {
		h, _ := taught(t, name)
		r := rand.New(rand.NewPCG(3, 3))
		contacts, waits, better := 0, 0, 0
		for i := range 80 {
			body := strings.NewReplacer("5990", fmt.Sprint(1+r.IntN(900_000)>>r.IntN(12)), `"dunning_level":1`, fmt.Sprintf(`"dunning_level":%d`, r.IntN(4)),
				"2025-11-03", fmt.Sprintf("2025-%02d-03", 1+r.IntN(11))).Replace(request(fmt.Sprint("CASE-", i), fmt.Sprint("DEBTOR-", i)))
			got, d := h.decide(fmt.Sprint("k-", i), body)
			told := decode[scored](t, got.body)
			x, text := h.explain(d.ID)
			if x.ID != d.ID || x.Status != "compared" || x.Currency != "EUR" || x.Versus == nil || x.Policy.Exploration != told.Policy.Exploration {
				t.Fatalf("%s", text)
			}
			if bytes.Contains(text, []byte("DEBTOR-")) || bytes.Contains(text, []byte("CASE-")) {
				t.Fatalf("names debtor or case: %s", text)
			}
			if (x.Versus.Hold == nil) != (told.Kind == "hold") || x.Versus.Next == nil {
				t.Fatalf("%s: %s", told.Kind, text)
			}
			for _, c := range []*comparison{x.Versus.Hold, x.Versus.Next} {
				if c == nil {
					waits++
					continue
				}
				contacts++
				if c.Difference < 0 {
					better++
				}
				if c.Value != told.Scores.Net || c.Difference != c.Value-c.Other {
					t.Fatalf("answered %d: %s", told.Scores.Net, text)
				}
				for _, list := range [][]explainedLine{c.ByFactor, c.ByFeature, c.Crossed} {
					sum := int64(0)
					for _, l := range list {
						sum += l.Weight
						if l.Code == "feature" {
							v, de := words(l.Feature)
							if !strings.HasPrefix(l.Text.EN, v+": ") || !strings.HasPrefix(l.Text.DE, de+": ") {
								t.Errorf("%+v is not called %q and %q", l, v, de)
							}
						}
					}
					if sum != c.Difference {
						t.Fatalf("sums to %d, not %d: %+v in %s", sum, c.Difference, list, text)
					}
				}
			}
		}
		if contacts < 80 || better == 0 {
			t.Errorf("%s: %d comparisons, %d holds, %d with a better action: the cases are not met", name, contacts, waits, better)
		}
	}
}

func words(name string) (en, de string) {
	for i, v := range features.Vector {
		if v.Name == name {
			return features.Text(i, "en"), features.Text(i, "de")
		}
	}
	return "", ""
}

// A decision is explained with its own snapshot or not at all: neither a newer one nor other prices
// than those that it was answered with may speak for it.
func TestExplanationKeepsToItsSnapshot(t *testing.T) {
	h, tenant := taught(t, "bandit")
	_, d := h.decide("k-1", request("C-1", "D-1"))
	first, _ := h.explain(d.ID)
	if first.Status != "compared" {
		t.Fatalf("%+v", first)
	}
	own := h.server.Running("acme").Snapshot()
	h.must(h.server.Swap("acme", noisy(t, tenant, 2)))
	if x, _ := h.explain(d.ID); x.Status != "snapshot_gone" || x.Versus != nil || !strings.Contains(x.Text.DE, "nicht mehr gespeichert") {
		t.Errorf("after a swap: %+v", x)
	}
	dear := *tenant
	dear.Reward.Margin = .5
	for name, c := range map[string]struct {
		then *engine.Tenant
		err  error
		want string
	}{
		"its own":       {tenant, nil, "compared"},
		"other prices":  {&dear, nil, "not_reproducible"},
		"another model": {nil, policy.ErrAlgorithm, "other_model"},
	} {
		h.server.Then = func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
			return c.then, own, c.err
		}
		x, text := h.explain(d.ID)
		if x.Status != c.want || (x.Versus != nil) != (c.want == "compared") {
			t.Errorf("%s: %s", name, text)
		}
	}
	h.server.Then = func(context.Context, *engine.Decision) (*engine.Tenant, *engine.Snapshot, error) {
		return nil, nil, context.Canceled
	}
	if got := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID + "/explanation"}); got.status != 503 {
		t.Errorf("broken off: %d %s", got.status, got.body)
	}
}

// Where no model decided there is nothing to compare, and the explanation says who did.
func TestExplanationWithoutAModel(t *testing.T) {
	for policyName, want := range map[string]said{
		"uniform": {"It was drawn among the permitted actions, all alike. No model", "Es wurde unter den erlaubten Aktionen gleichmäßig gelost. Kein Modell"},
		"ladder":  {"The fixed dunning ladder decided.", "Entschieden hat die feste Mahnleiter."},
	} {
		tenant := uniformTenant("acme")
		tenant.Policy = policyName
		h := start(t, func(s *setup) { s.tenants = []*engine.Tenant{tenant, uniformTenant("other")} })
		_, d := h.decide("k-1", request("C-1", "D-1"))
		if x, _ := h.explain(d.ID); x.Status != "no_model" || x.Versus != nil || !strings.HasPrefix(x.Text.EN, want.EN) || !strings.HasPrefix(x.Text.DE, want.DE) {
			t.Errorf("%s: %+v", policyName, x)
		}
		h.report(later(event("e-1", "promise.made", "D-2", `{"case_id":"C-2","due":"2025-12-01","amount_minor":5990,"currency":"EUR"}`)))
		_, d = h.decide("k-2", strings.Replace(request("C-2", "D-2"), `"as_of":"2025-11-21T09:12:00+01:00",`, "", 1))
		if x, _ := h.explain(d.ID); x.Status != "no_model" || !strings.Contains(x.Text.EN, "The rules settled it. A promise to pay is not due yet.") {
			t.Errorf("%s, a promise: %+v", policyName, x)
		}
		for _, path := range []string{"/v1/decisions/x/explanation", "/v1/decisions/01KAJ8W5M0T3V9Q2J7X4C6B8N1/explanation"} {
			if got := h.do(ask{method: "GET", path: path}); got.status != 404 {
				t.Errorf("%s: %d", path, got.status)
			}
		}
		if got := h.do(ask{method: "GET", path: "/v1/decisions/" + d.ID + "/explanation", who: "other/admin"}); got.status != 404 {
			t.Errorf("another tenant: %d", got.status)
		}
	}
}
