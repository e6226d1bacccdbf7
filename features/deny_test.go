package features

import (
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/rules"
)

func TestDeny(t *testing.T) {
	for words, want := range map[string]string{
		"": "", "amount": "amount", "birth_year_band amount": "amount age_18_29 age_50_69 age_70_up", "region language": "", "special_categories": "vulnerable",
		"creditworthiness scores address_only_scores": "score_payment score_risk",
	} {
		d, err := Deny(strings.Fields(words)...)
		if got := strings.Join(d.Names, " "); err != nil || got != want || len(d.At) != len(d.Names) {
			t.Errorf("%s: %s %v, want %s", words, got, err, want)
		}
		for i, at := range d.At {
			if Vector[at].Name != d.Names[i] || !d.Has(at) || d.Has(Constant) {
				t.Errorf("%s at %d", d.Names[i], at)
			}
		}
	}
	for word, want := range map[string]string{"age_18_92": `did you mean "age_18_29"?`, "regoin": `did you mean "region"?`, "bias": "is no feature"} {
		if _, err := Deny(word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
	de, err := rules.Load("de")
	if err != nil {
		t.Fatal(err)
	}
	if got := DeniedBy(de); !slices.Equal(got, []string{"creditworthiness", "special_categories", "address_only_scores"}) {
		t.Errorf("the pack denies %v", got)
	}
}

// What is denied is 0 in the context and in no segment; what a debtor is told of leaves it out. Nothing is allocated.
func TestPermitted(t *testing.T) {
	age, err := Deny("age", "payments")
	if err != nil {
		t.Fatal(err)
	}
	p := start(t).opened("C-1", 5000).profile()
	q, free := &engine.Request{Case: engine.Case{ID: "C-1", DunningLevel: -1}, Debtor: engine.Debtor{BirthYear: 1950}}, engine.Denied{}
	all, segment := p.Permitted(nil, &free, q, t0, time.UTC)
	x, none := p.Permitted(nil, &age, q, t0, time.UTC)
	if segment != "new" || none != "" {
		t.Errorf("segments %q and %q", segment, none)
	}
	for i := range x {
		if want := all[i]; age.Has(i) && x[i] != 0 || !age.Has(i) && x[i] != want {
			t.Errorf("%s is %v, was %v", Vector[i].Name, x[i], want)
		}
	}
	person, _ := Deny("age", "business", "tenure")
	if known, neutral := Known(all, false, person.Names); strings.Contains(ids(known)+ids(neutral), "person") {
		t.Errorf("known %s, neutral %s", ids(known), ids(neutral))
	}
	if n := testing.AllocsPerRun(100, func() { x, _ = p.Permitted(x, &age, q, t0, time.UTC) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
