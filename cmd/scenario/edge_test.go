package scenario

import (
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/rules"
)

// steps move one figure of a rule by the least that matters, up with +1 and down with -1; false: it has no such figure.
var steps = map[string]func(p *engine.RuleParams, by int) bool{
	"age":             func(p *engine.RuleParams, by int) bool { return step(&p.Age, int16(by)) },
	"contract_before": func(p *engine.RuleParams, by int) bool { return step(&p.ContractBefore, engine.Date(by)) },
	"days":            func(p *engine.RuleParams, by int) bool { return step(&p.Days, int16(by)) },
	"treatment_days":  func(p *engine.RuleParams, by int) bool { return step(&p.TreatmentDays, int16(by)) },
	"grace":           func(p *engine.RuleParams, by int) bool { return step(&p.Grace, time.Duration(by)*time.Hour) },
	"pause":           func(p *engine.RuleParams, by int) bool { return step(&p.Pause, time.Duration(by)*time.Hour) },
	"years":           func(p *engine.RuleParams, by int) bool { return step(&p.Years, int16(by)) },
	"min_validity":    func(p *engine.RuleParams, by int) bool { return step(&p.MinValidity, float64(by)*.01) },
	"max":             func(p *engine.RuleParams, by int) bool { return step(&p.Max, int16(by)) },
	"window":          func(p *engine.RuleParams, by int) bool { return step(&p.Window, time.Duration(by)*24*time.Hour) },
	"gap":             func(p *engine.RuleParams, by int) bool { return step(&p.Gap, time.Duration(by)*time.Minute) },
	"open":            func(p *engine.RuleParams, by int) bool { return step(&p.Open, int16(by)) },
	"close":           func(p *engine.RuleParams, by int) bool { return step(&p.Close, int16(by)) },
	"max_minor":       func(p *engine.RuleParams, by int) bool { return step(&p.MaxMinor, int64(by)) },
	"min_minor":       func(p *engine.RuleParams, by int) bool { return step(&p.MinMinor, int64(by)) },
	"points_person":   func(p *engine.RuleParams, by int) bool { return step(&p.PointsPerson, float64(by)) },
	"points_firm":     func(p *engine.RuleParams, by int) bool { return step(&p.PointsFirm, float64(by)) },
	"reminders":       func(p *engine.RuleParams, by int) bool { return step(&p.Reminders, int16(by)) },
	"instalments":     func(p *engine.RuleParams, by int) bool { return step(&p.Instalments, int16(by)) },
}

func step[T interface {
	~int16 | ~int32 | ~int64 | ~float64
}](v *T, by T) bool {
	if *v == 0 {
		return false
	}
	*v += by
	return true
}

// Scenarios stand at the edge: whoever moves a figure of a rule by a step, either way, fails one of the rule's.
func TestScenariosStandAtTheEdge(t *testing.T) {
	of := map[string][]*Scenario{}
	for _, f := range files(t) {
		for i := range f.Scenarios {
			of[f.Pack+" "+f.Scenarios[i].Rule] = append(of[f.Pack+" "+f.Scenarios[i].Rule], &f.Scenarios[i])
		}
	}
	n := 0
	for _, pack := range rules.Names() {
		law := load(t, pack)
		for i, r := range law.All() {
			for name, move := range steps {
				for _, by := range []int{-1, +1} {
					moved := moved(t, law, i, func(p *engine.RuleParams) bool { return move(p, by) })
					if moved == nil || r.Origin != pack || r.Kind == engine.RuleData || unread(r.Kind, name) {
						continue
					}
					n++
					if !slices.ContainsFunc(of[pack+" "+r.ID], func(s *Scenario) bool {
						return slices.ContainsFunc(s.run(moved).Differences, func(d Difference) bool { return !d.trace })
					}) {
						t.Errorf("%s from %s: nobody notices %s %+d", r.ID, r.From, name, by)
					}
				}
			}
		}
	}
	t.Logf("%d moved figures", n)
}

// unread are figures that no question of the guard is about: they are for whoever writes the texts.
func unread(k engine.RuleKind, name string) bool {
	return k == engine.RuleDefaultClaims && name == "days"
}

// moved is the rules with the i-th changed, nil if the change changes nothing.
func moved(t *testing.T, law *engine.Rules, i int, change func(p *engine.RuleParams) bool) *engine.Rules {
	t.Helper()
	var all []engine.Rule
	for _, r := range law.All() {
		all = append(all, *r)
	}
	if !change(&all[i].Params) {
		return nil
	}
	m, err := engine.NewRules(*law, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
