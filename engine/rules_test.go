package engine

import (
	"strings"
	"testing"
)

func someRules(t testing.TB) *Rules {
	t.Helper()
	r, err := NewRules(Rules{Version: "x-1"}, []Rule{
		{ID: "x.cap", Kind: RuleCap, From: 100, Until: 199, Params: RuleParams{Max: 2}},
		{ID: "x.cap", Kind: RuleCap, From: 200, Params: RuleParams{Max: 1}},
		{ID: "x.stop", Kind: RuleStop, From: 150, Until: 250},
		{ID: "x.b", Kind: RuleHours, From: 1},
		{ID: "x.a", Kind: RuleHours, From: 1},
	}, []RuleOverride{{Rule: "x.cap"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(rules []*Rule) string {
	var s []string
	for _, r := range rules {
		s = append(s, r.ID)
	}
	return strings.Join(s, " ")
}

// The last day counts, each span's rules stand in the order in which a guard asks, and spans leave no day out.
func TestRulesOn(t *testing.T) {
	r := someRules(t)
	for day, want := range map[Date]string{-5: "", 0: "", 1: "x.a x.b", 99: "x.a x.b", 100: "x.cap x.a x.b", 149: "x.cap x.a x.b", 150: "x.stop x.cap x.a x.b",
		199: "x.stop x.cap x.a x.b", 200: "x.stop x.cap x.a x.b", 250: "x.stop x.cap x.a x.b", 251: "x.cap x.a x.b", 90000: "x.cap x.a x.b"} {
		if got := names(r.On(day).Rules); got != want {
			t.Errorf("day %d: %q, want %q", int(day), got, want)
		}
	}
	if a, b := r.On(199).Of(RuleCap), r.On(200).Of(RuleCap); len(a) != 1 || len(b) != 1 || a[0].Params.Max != 2 || b[0].Params.Max != 1 {
		t.Error("the second entry of an id does not follow the first")
	}
	if names(r.On(150).Of(RuleHours)) != "x.a x.b" || len(r.On(150).Of(RuleGap)) != 0 || len(r.On(0).Of(RuleKinds-1)) != 0 {
		t.Error("rules by kind are wrong")
	}
	spans := r.Spans()
	for i := 1; i < len(spans); i++ {
		if spans[i].From != spans[i-1].Until+1 {
			t.Errorf("span %d begins on day %d, the one before ends on %d", i, int(spans[i].From), int(spans[i-1].Until))
		}
	}
	if len(r.All()) != 5 {
		t.Errorf("%d rules in all", len(r.All()))
	}
}

func TestRulesHoldOnceADay(t *testing.T) {
	_, err := NewRules(Rules{}, []Rule{{ID: "x.a", Kind: RuleCap, From: 1, Until: 5}, {ID: "x.a", Kind: RuleCap, From: 5}}, nil)
	if err == nil || !strings.Contains(err.Error(), "rule x.a holds twice on 1970-01-06") {
		t.Errorf("got %v", err)
	}
}

func TestRulesWithout(t *testing.T) {
	r := someRules(t)
	less := r.Without("x.cap")
	if names(less.On(200).Rules) != "x.stop x.a x.b" || len(less.On(200).Of(RuleCap)) != 0 || names(less.On(200).Of(RuleHours)) != "x.a x.b" || less.Version != "x-1 without x.cap" {
		t.Errorf("got %s: %s", less.Version, names(less.On(200).Rules))
	}
	if names(r.On(200).Rules) != "x.stop x.cap x.a x.b" || len(less.Overrides()) != 1 {
		t.Error("the rules themselves changed")
	}
}

func TestReadingRulesAllocatesNothing(t *testing.T) {
	r, sum := someRules(t), 0
	if n := testing.AllocsPerRun(100, func() {
		for _, rule := range r.On(180).Of(RuleCap) {
			sum += int(rule.Params.Max)
		}
	}); n != 0 || sum == 0 {
		t.Errorf("%v allocations", n)
	}
}

// Names of kinds and words read back.
func TestRuleWords(t *testing.T) {
	for k := RuleKind(1); k < RuleKinds; k++ {
		var back RuleKind
		if err := back.UnmarshalText([]byte(k.String())); err != nil || back != k {
			t.Errorf("%s: %v", k, err)
		}
	}
	if s := SetOf(Monday, Sunday); !s.Has(Sunday) || s.Has(Tuesday) || !s.With(Tuesday).Has(Tuesday) || s.Has(0) {
		t.Error("sets are wrong")
	}
	if TagDebtAdvice.String() != "debt_advice" || Saturday.String() != "sat" || ActCourt.String() != "court" || ClaimLegal.String() != "legal" || Stage(4).String() != "legal" {
		t.Error("words are out of step with their constants")
	}
}
