package fairness

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"takt/engine"
	"takt/features"
)

func proxies(t *testing.T, s logs, denied ...string) *ProxyReport {
	t.Helper()
	o := Options{Tenant: engine.DefaultTenant("acme"), AsOf: later, Seed: 1}
	var err error
	if o.Tenant.Denied, err = features.Deny(denied...); err != nil {
		t.Fatal(err)
	}
	r, err := Proxies(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *ProxyReport) of(t *testing.T, what string) Proxy {
	t.Helper()
	for _, p := range r.Proxies {
		if p.Of == what {
			return p
		}
	}
	t.Fatalf("no proxies of %s", what)
	return Proxy{}
}

// A feature that is the denied one with noise of half its deviation tells R² = 1/(1+¼) = .8 of it, and comes first; features
// that are independent of it tell nothing. The denied feature itself is used for nothing.
func TestPlantedProxy(t *testing.T) {
	payDelay, tenure, mail := place("pay_delay"), place("tenure"), place("answer_email")
	planted := func(noise float64, rest bool) logs {
		return world(3000, 5, func(r *rand.Rand, i int) person {
			p := plain(r)
			v, own := r.NormFloat64(), r.NormFloat64()
			p.x = func(x []float32) {
				x[payDelay] = float32(v)
				x[tenure] = float32(own)
				if noise > 0 {
					x[tenure] = float32(v + noise*own)
				}
				if rest {
					x[mail] = float32(own)
				}
			}
			return p
		})
	}
	p := proxies(t, planted(.5, false), "pay_delay").of(t, "pay_delay")
	if !p.Denied || !p.Notable || math.Abs(*p.R2-.8) > .02 || p.AUC != nil || p.Top[0].Name != "tenure" {
		t.Errorf("R² %v, want .8 (%+v)", *p.R2, p.Top)
	}
	if top := p.Top[0]; math.Abs(top.Correlation-math.Sqrt(.8)) > .02 || !covers(&top.Partial, math.Sqrt(.8)) {
		t.Errorf("partial correlation %+v, want √.8 where nothing else tells", top)
	}
	// v + own/2 and own give v exactly, whether or not own alone tells anything.
	p = proxies(t, planted(.5, true), "pay_delay").of(t, "pay_delay")
	if *p.R2 < .999 || p.Top[1].Name != "answer_email" || p.Top[1].Partial.Value > -.99 || math.Abs(p.Top[1].Correlation) > .05 {
		t.Errorf("R² %v, %+v", *p.R2, p.Top)
	}
	p = proxies(t, planted(0, false), "pay_delay").of(t, "pay_delay")
	if math.Abs(*p.R2) > .02 || p.Notable || !covers(&p.Top[1].Partial, 0) {
		t.Errorf("independent features tell R² %v, %+v", *p.R2, p.Top)
	}
}

// The denied age is known from the history although no decision logs it; a proxy by two normal distributions one deviation
// apart has AUC Φ(1/√2) = .760. Regions that nothing tells stand at chance, which the interval covers.
func TestProxiesOfGroups(t *testing.T) {
	tenure := place("tenure")
	s := world(4000, 6, func(r *rand.Rand, i int) person {
		p := plain(r)
		p.region = []string{"DE-BY", "DE-BE"}[r.IntN(2)]
		v := r.NormFloat64()
		if i%2 == 0 {
			p.born = 1950
			v++
		}
		p.x = func(x []float32) { x[tenure] = float32(v) }
		return p
	})
	r := proxies(t, s, "age", "payments")
	for _, of := range []string{"age_70_up", "age=70+"} {
		p := r.of(t, of)
		if p.AUC == nil || math.Abs(p.AUC.Value-.760) > .02 || !p.Notable || p.Top[0].Name != "tenure" || p.Denied != (of == "age_70_up") {
			t.Errorf("%s: AUC %+v, want .760 (%+v)", of, p.AUC, p.Top)
		}
	}
	if p := r.of(t, "region=DE-BY"); math.Abs(p.AUC.Value-.5) > .03 || p.Notable || math.Abs(*p.R2) > .02 {
		t.Errorf("region: AUC %+v, R² %v", p.AUC, *p.R2)
	}
	if !r.of(t, "age_50_69").Withheld || r.Segments {
		t.Errorf("a band that nobody is in: %+v; segments %v", r.of(t, "age_50_69"), r.Segments)
	}
	for lang, parts := range map[string][]string{"en": {"Segments are made", "age 70+ (AUC 0.7", "length of the known history"}, "de": {"Segmente beruhen", "Alter 70+ (AUC 0,7", "Dauer der bekannten Vorgeschichte"}} {
		for _, part := range parts {
			if !strings.Contains(r.Text[lang], part) {
				t.Errorf("%q is not in %s", part, r.Text[lang])
			}
		}
	}
	if few := proxies(t, s[:49], "age"); few.Debtors != 0 || len(few.Proxies) != 0 {
		t.Errorf("of 49 debtors: %+v", few)
	}
}
