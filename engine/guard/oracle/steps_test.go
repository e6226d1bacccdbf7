package oracle

import (
	"testing"
	"time"

	"takt/engine"
)

// loosen moves one value of a rule by one step to the looser side; false: the kind has none.
func loosen(p *engine.RuleParams, k engine.RuleKind) bool {
	switch k {
	case engine.RuleMinor:
		p.Age--
	case engine.RuleMoratorium:
		p.ContractBefore--
	case engine.RuleBreathingSpace:
		p.Days--
	case engine.RulePromise:
		p.Grace -= wholeDay
	case engine.RuleReply:
		p.Pause -= time.Hour
	case engine.RuleAddress:
		p.MinValidity = .2
	case engine.RuleCap:
		p.Max++
	case engine.RuleGap:
		p.Gap -= time.Hour
	case engine.RuleConversation:
		p.Days--
	case engine.RuleHours:
		p.Close += 30 // the reference decides by quarters
	case engine.RuleBureau:
		p.Days--
	case engine.RuleServiceBlock:
		p.MinMinor--
	case engine.RuleFeeCap:
		p.MaxMinor, p.InContract = p.MaxMinor+1, false
	case engine.RuleLumpSum:
		p.MaxMinor++
	case engine.RuleInterest:
		p.PointsPerson++
	default:
		return false
	}
	return true
}

// The worlds lie at the edges: a guard whose value is one step too loose (one contact, a day, half an
// hour, a cent) is caught too.
func TestEveryStepIsMissed(t *testing.T) {
	steps, worst := 0, 0
	for _, pack := range packs(t) {
		seen := map[string]bool{}
		for _, r := range pack.All() {
			if p := r.Params; seen[r.ID] || !loosen(&p, r.Kind) {
				continue
			}
			seen[r.ID] = true
			w := NewWorld(5, pack)
			n := 1
			for ; n <= 20_000 && !tooLoose(w, pack, r); n++ {
			}
			if steps, worst = steps+1, max(worst, n); n > 20_000 {
				t.Errorf("%s: one step of %s is not seen", pack.Pack, r.ID)
			}
		}
	}
	t.Logf("%d steps, the last seen after %d worlds", steps, worst)
}

// tooLoose draws a world and reports whether a guard with a looser rule is seen in it.
func tooLoose(w *World, pack *engine.Rules, r *engine.Rule) bool {
	in := w.About(pack, r.ID)
	law := in.Tenant.Rules
	var rules []engine.Rule
	for _, x := range law.All() {
		rule := *x
		if rule.ID == r.ID {
			loosen(&rule.Params, rule.Kind)
		}
		rules = append(rules, rule)
	}
	looser, err := engine.NewRules(*law, rules, nil)
	if err != nil {
		panic(err)
	}
	v, options := reference(looser, in, 900)
	for _, b := range Check(law, in, v, options) {
		if b.Rule == r.ID {
			return true
		}
	}
	return false
}
