package scenario

import (
	"fmt"
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

// sets take one word out of a list of a rule; false: the list has no such word.
var sets = map[string]func(p *engine.RuleParams, bit int) bool{
	"flags":      func(p *engine.RuleParams, bit int) bool { return drop(&p.Flags, bit) },
	"who":        func(p *engine.RuleParams, bit int) bool { return drop(&p.Who, bit) },
	"reasons":    func(p *engine.RuleParams, bit int) bool { return drop(&p.Reasons, bit) },
	"fulfilment": func(p *engine.RuleParams, bit int) bool { return drop(&p.Fulfilment, bit) },
	"claim":      func(p *engine.RuleParams, bit int) bool { return drop(&p.Claim, bit) },
	"channels":   func(p *engine.RuleParams, bit int) bool { return drop(&p.Channels, bit) },
	"by":         func(p *engine.RuleParams, bit int) bool { return drop(&p.By, bit) },
	"wishes":     func(p *engine.RuleParams, bit int) bool { return drop(&p.Wishes, bit) },
	"weekdays":   func(p *engine.RuleParams, bit int) bool { return drop(&p.Weekdays, bit) },
	"tones":      func(p *engine.RuleParams, bit int) bool { return drop(&p.Tones, bit) },
	"tags":       func(p *engine.RuleParams, bit int) bool { return drop(&p.Tags, bit) },
	"needs":      func(p *engine.RuleParams, bit int) bool { return drop(&p.Needs, bit) },
	"charged":    func(p *engine.RuleParams, bit int) bool { return drop(&p.Charged, bit) },
	"offers":     func(p *engine.RuleParams, bit int) bool { return drop(&p.Offers, bit) },
	"acts":       func(p *engine.RuleParams, bit int) bool { return drop(&p.Acts, bit) },
}

func drop[S ~uint16 | ~uint32](s *S, bit int) bool {
	without := *s &^ (1 << bit)
	changed := without != *s
	*s = without
	return changed
}

// Scenarios stand at the edge: whoever moves a figure of a rule by a step, either way, or takes a word out of one of its
// lists fails one of the rule's by the decision itself.
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
			if r.Origin != pack || r.Kind == engine.RuleData {
				continue
			}
			try := func(what string, change func(p *engine.RuleParams) bool) {
				params := r.Params
				if !change(&params) {
					return
				}
				n++
				moved := moved(t, law, i, params)
				if !slices.ContainsFunc(of[pack+" "+r.ID], func(s *Scenario) bool {
					return slices.ContainsFunc(s.run(moved).Differences, func(d Difference) bool { return !d.trace })
				}) {
					t.Errorf("%s from %s: nobody notices %s", r.ID, r.From, what)
				}
			}
			for name, move := range steps {
				for _, by := range []int{-1, +1} {
					if !unread(r, name) {
						try(fmt.Sprintf("%s %+d", name, by), func(p *engine.RuleParams) bool { return move(p, by) })
					}
				}
			}
			for name, drop := range sets {
				for bit := range 16 {
					if !unread(r, name) {
						try(fmt.Sprintf("%s without %d", name, bit), func(p *engine.RuleParams) bool { return drop(p, bit) })
					}
				}
			}
		}
	}
	t.Logf("%d changed rules", n)
}

// unread are params that no answer of the guard depends on: they are for whoever writes texts or carries out acts, or
// the kind goes further than they do.
func unread(r *engine.Rule, name string) bool {
	switch r.Kind {
	case engine.RuleDefaultClaims:
		return name == "days"
	case engine.RuleLimitation:
		return name == "tones" // no contact at all
	case engine.RuleForbearance:
		return name == "offers"
	case engine.RuleContent: // by tags, or else by channels
		return name == "channels" && r.Params.Tags != engine.AllTags || name == "tags" && r.Params.Tags == engine.AllTags
	}
	return false
}

// moved is the rules with other params of the i-th.
func moved(t *testing.T, law *engine.Rules, i int, params engine.RuleParams) *engine.Rules {
	t.Helper()
	var all []engine.Rule
	for _, r := range law.All() {
		all = append(all, *r)
	}
	all[i].Params = params
	m, err := engine.NewRules(*law, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
