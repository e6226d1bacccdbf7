package scenario

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
)

// Result is what became of a scenario.
type Result struct {
	File        string         `json:"file"`
	Line        int            `json:"line"`
	Name        string         `json:"name"`
	Rule        string         `json:"rule,omitempty"`
	Sort        string         `json:"sort,omitempty"`
	Ruleset     string         `json:"ruleset"`
	Pass        bool           `json:"pass"`
	Differences []Difference   `json:"differences"`
	Trace       []engine.Check `json:"trace"`
}

// Difference is an expectation that was not met.
type Difference struct {
	What     string `json:"what"`
	Line     int    `json:"line"`
	Expected string `json:"expected"`
	Got      string `json:"got"`

	trace bool // it is of the trace alone
}

// outcome is what came of a scenario's question.
type outcome struct {
	verdict engine.Verdict
	options []engine.Option // without hold
	grid    *engine.Grid
	policy  string
	trace   []engine.Check
	zone    *time.Location
	rule    string
}

// tenantID is the creditor of scenarios.
const tenantID = "scenario"

// creditor is one with every channel, tone and offer, a slot of the whole day, and no limits of its own, so that only
// the rules forbid. Its money is the claim's.
func creditor(r *engine.Rules, currency string) *engine.Tenant {
	t := engine.DefaultTenant(tenantID)
	t.Policy, t.Rules, t.Language = "uniform", r, "en"
	t.Grid = engine.Grid{Slots: []engine.Slot{{Day: 0, From: 0, To: 24 * 60}}}
	for c := engine.Email; c < engine.Channels; c++ {
		t.Grid.Channels = append(t.Grid.Channels, c)
		t.Specs[c].Opt, t.Specs[c].MinValidity = false, 0
	}
	for x := engine.Friendly; x < engine.Tones; x++ {
		t.Grid.Tones = append(t.Grid.Tones, x)
	}
	for o := engine.OfferNone; o < engine.Offers; o++ {
		t.Grid.Offers = append(t.Grid.Offers, o)
	}
	l := &t.Limits
	l.QuietFrom, l.QuietTo, l.Sundays = 24*60, 0, true
	l.Cap, l.CapWindow, l.Gap, l.PromiseGrace, l.ReplyPause = 16, 0, 0, 0, 0
	if currency != "" {
		t.Reward.Currency = currency
	}
	return t
}

// Run asks the rules each scenario of the file.
func (f *File) Run(r *engine.Rules) []Result {
	results := make([]Result, len(f.Scenarios))
	for i := range f.Scenarios {
		results[i] = f.Scenarios[i].run(r)
		results[i].File = f.Path
	}
	return results
}

func (s *Scenario) run(r *engine.Rules) Result {
	for _, id := range s.Without {
		r = r.Without(id)
	}
	res := Result{Line: s.Line, Name: s.Name, Rule: s.Rule, Sort: s.Sort, Ruleset: r.Version, Differences: []Difference{}, Trace: []engine.Check{}}
	differ := func(what string, line int, expected, got string, trace bool) {
		res.Differences = append(res.Differences, Difference{what, line, expected, got, trace})
	}
	if hint, ok := holds(r, s.Rule); !ok {
		differ("rule", s.Line, s.Rule, "no such rule"+hint, true)
	}
	o, err := s.decide(r)
	if err != nil {
		differ("decision", s.Line, "one", err.Error(), false)
	} else {
		for _, x := range s.expect {
			if got, ok := x.met(o); !ok {
				differ(x.what, x.line, x.want, got, x.trace)
			}
		}
		res.Trace = o.trace
	}
	res.Pass = len(res.Differences) == 0
	return res
}

// holds reports whether the rules have one of the id on any day, and else the nearest one.
func holds(r *engine.Rules, id string) (hint string, ok bool) {
	ids := map[string]bool{"": true}
	for _, rule := range r.All() {
		ids[rule.ID] = true
	}
	if ids[id] {
		return "", true
	}
	return engine.Hint(id, maps.Keys(ids)), false
}

// profile folds the debtor's events, as the server would have by the instant of the decision.
func (s *Scenario) profile() *features.Profile {
	log := history.Log{Tenant: tenantID, Debtor: s.ask.Debtor.ID}
	for _, e := range s.events {
		if e.Debtor == s.ask.Debtor.ID {
			log.Events = append(log.Events, e)
		}
	}
	features.Tidy(&log)
	p := features.New()
	p.Replay(&log, &features.Zones{})
	return &p
}

// decide asks guard and decider.
func (s *Scenario) decide(r *engine.Rules) (*outcome, error) {
	var codec payload.Codec
	p, ask := s.profile(), s.ask
	t := creditor(r, ask.Case.Open.Currency)
	zone := ask.Zone
	if zone == nil {
		zone = codec.Zone(string(engine.Unpad(p.TZ[:])))
	}
	in := engine.Input{Tenant: t, Request: &ask.Request, Facts: &p.Facts, Profiled: true, Now: ask.AsOf, Zone: zone,
		Zones: codec.OtherZones(nil, zone, &p.Facts, ask.Zones), ID: engine.ID{1}}
	g := guard.New()
	var b engine.Ballot
	o := &outcome{verdict: g.Options(&b, &in, nil), grid: &t.Grid, zone: zone, rule: s.Rule}
	o.options = slices.DeleteFunc(b.Options, func(x engine.Option) bool { return x.Action == engine.Hold })
	if o.zone == nil {
		o.zone = time.UTC
	}
	var d engine.Decision
	var ex engine.Explanation
	if err := engine.NewDecider(g, policy.NewUniform()).Explain(&d, &ex, &in); err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	o.policy, o.trace = d.Policy, slices.Clone(ex.Trace.Checks)
	return o, nil
}
