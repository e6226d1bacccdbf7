package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"takt/engine"
	"takt/engine/rules"
)

// files are the embedded ones.
func files(t *testing.T) []*File {
	t.Helper()
	all, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func load(t testing.TB, pack string) *engine.Rules {
	t.Helper()
	r, err := rules.Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// describe is a failed scenario with all that helps to mend it.
func describe(r *Result) string {
	s := fmt.Sprintf("%s:%d: %s (%s, %s)", r.File, r.Line, r.Name, r.Rule, r.Sort)
	for _, d := range r.Differences {
		s += fmt.Sprintf("\n  %s: expected %s, got %s", d.What, d.Expected, d.Got)
	}
	for _, c := range r.Trace {
		if c.Result != engine.Pass {
			s += "\n    " + c.String()
		}
	}
	return s
}

// day is the debtor's day of the decision.
func (s *Scenario) day() engine.Date {
	if s.ask.Zone == nil {
		return engine.DateOf(s.ask.AsOf)
	}
	return engine.DateOf(s.ask.AsOf.In(s.ask.Zone))
}

// Every embedded scenario passes with the rules of its pack.
func TestEmbeddedScenariosPass(t *testing.T) {
	for _, f := range files(t) {
		for _, r := range f.Run(load(t, f.Pack)) {
			if !r.Pass {
				t.Error(describe(&r))
			}
		}
	}
}

// What every jurisdiction shares holds in each of them.
func TestSharedScenariosPassInEveryPack(t *testing.T) {
	for _, pack := range rules.Names() {
		law := load(t, pack)
		of, err := Of(law)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range of {
			for _, r := range f.Run(law) {
				if !r.Pass {
					t.Errorf("pack %s: %s", pack, describe(&r))
				}
			}
		}
	}
}

// Every rule that the guard asks has scenarios of both sorts, a changed one a bad one for each of its entries, and whoever
// takes the rule out fails a bad one by the decision itself, whatever the trace says. A lump sum may be asked for only by
// such a rule, so there it is a good one.
func TestEveryRuleHasScenariosThatNeedIt(t *testing.T) {
	bad, good := map[string]bool{}, map[string]bool{} // by id and first day, by id
	key := func(r *engine.Rule) string { return r.ID + " from " + r.From.String() }
	for _, f := range files(t) {
		law := load(t, f.Pack)
		for i := range f.Scenarios {
			s := &f.Scenarios[i]
			bites := slices.ContainsFunc(s.expect, func(x expectation) bool { return x.what == "result" && !strings.HasSuffix(x.want, " none") })
			if s.Sort == "good" {
				good[s.Rule] = true
			} else if r := law.On(s.day()).Rule(s.Rule); r == nil || !bites {
				t.Errorf("%s:%d: %s: %s is not in force, or no result of it is expected", f.Path, s.Line, s.Name, s.Rule)
			} else {
				bad[key(r)] = true
			}
			if grants := strings.HasSuffix(s.Rule, ".lump_sum"); (s.Sort == "bad") == grants {
				continue
			}
			mutant := s.run(law.Without(s.Rule))
			if !slices.ContainsFunc(mutant.Differences, func(d Difference) bool { return !d.trace }) {
				t.Errorf("%s:%d: %s: passes without %s", f.Path, s.Line, s.Name, s.Rule)
			}
		}
	}
	n := 0
	for _, pack := range rules.Names() {
		for _, r := range load(t, pack).All() {
			if r.Kind == engine.RuleData || r.Origin != pack {
				continue
			}
			if n++; !bad[key(r)] || !good[r.ID] {
				t.Errorf("%s: bad %t, good %t", key(r), bad[key(r)], good[r.ID])
			}
		}
	}
	t.Logf("%d rules", n)
}
