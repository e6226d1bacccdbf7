package experiments

import (
	"context"
	"fmt"
	"math"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/outcome"
)

// HoldoutResult is what a year's hold-out tells: its size, and what the policy brought more than the ladder.
//
// A row is a case by its first live decision, with that decision's label: both arms begin alike, whatever the arm
// made of the case later (intention to treat). Its cost is that of all of the case's decisions within
// the horizon. A case whose horizon reaches into the next year counts for the arm of its first decision. A
// contact never reported back counts too: what was paid is known. Intervals cluster by debtor.
type HoldoutResult struct {
	Tenant    string            `json:"tenant"`
	AsOf      time.Time         `json:"as_of"`
	Zone      string            `json:"zone"`        // of the year: UTC
	Salt      string            `json:"salt_period"` // the year, end of the salt
	Sizing    Sizing            `json:"sizing"`
	Points    *float64          `json:"precision_points"`     // that the share gives in a year; null: nobody is held out
	PointsNow *float64          `json:"precision_now_points"` // half width of the interval of today; null: not estimable yet
	Policy    Group             `json:"policy"`
	Holdout   Group             `json:"holdout"`
	Resolved  *Estimate         `json:"uplift_resolved_points"` // of resolved cases, policy − hold-out; null: not estimable yet
	Value     *Estimate         `json:"uplift_value_minor"`     // per case
	Currency  string            `json:"currency"`
	Text      map[string]string `json:"text"` // for people, by language: en, de
}

// Group is one arm.
type Group struct {
	Debtors  int      `json:"debtors"`  // decided for in the year
	Cases    int      `json:"cases"`    // whose first decision is of the year
	Open     int      `json:"open"`     // labels still open: not in the figures
	Missing  int      `json:"missing"`  // contacts never reported back: in the figures
	Resolved *float64 `json:"resolved"` // share of cases
	Value    *float64 `json:"value_minor"`
}

// HoldoutReport reads the tenant's log and reports on the hold-out of the sizing's year, labels as known
// at asOf. Memory holds one debtor's log.
func HoldoutReport(ctx context.Context, src logs, t *engine.Tenant, s Sizing, asOf time.Time) (*HoldoutResult, error) {
	r := &HoldoutResult{Tenant: t.ID, AsOf: asOf.UTC(), Zone: "UTC", Salt: fmt.Sprint(s.Year), Sizing: s, Currency: t.Reward.Currency}
	v := arms{rules: outcome.Of(&t.Reward), year: s.Year, asOf: asOf, groups: [2]*Group{&r.Policy, &r.Holdout}}
	err := src.Scan(ctx, history.Range{Tenant: t.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		v.debtor(l)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("report on the hold-out of tenant %s: %w", t.ID, err)
	}
	for i, g := range v.groups {
		g.Resolved, g.Value = mean(&v.resolved, i), mean(&v.value, i)
	}
	if e, ok := v.resolved.Value(); ok {
		e = Estimate{100 * e.Estimate, 100 * e.Lower, 100 * e.Upper}
		half := e.Half()
		r.Resolved, r.PointsNow = &e, &half
	}
	if e, ok := v.value.Value(); ok {
		r.Value = &e
	}
	if p := s.Gives(); !math.IsInf(p, 1) {
		r.Points = &p
	}
	r.Text = map[string]string{"en": r.english(), "de": r.german()}
	return r, nil
}

func mean(c *Contrast, group int) *float64 {
	if m, ok := c.Mean(group); ok {
		return &m
	}
	return nil
}

// arms are the figures of both groups while logs are read.
type arms struct {
	rules           outcome.Rules
	year            int
	asOf            time.Time
	groups          [2]*Group
	resolved, value Contrast
}

// group is the index of a decision's arm; false: it is in no arm of the year.
func (a *arms) group(d *engine.Decision) (int, bool) {
	if d.Mode != engine.Live || d.Variant.Experiment != HoldoutLayer || d.IssuedAt.UTC().Year() != a.year || d.IssuedAt.After(a.asOf) {
		return 0, false
	}
	if d.Variant.Holdout() {
		return 1, true
	}
	return 0, true
}

func (a *arms) debtor(l *history.Log) {
	var resolved, value Cluster
	var in [2]bool
	begun := map[string]bool{}
	for i := range l.Decisions {
		d := &l.Decisions[i]
		g, ok := a.group(d)
		in[g] = in[g] || ok
		first := !begun[d.Case] && d.Mode == engine.Live
		begun[d.Case] = begun[d.Case] || first
		if !ok || !first {
			continue
		}
		a.groups[g].Cases++
		o := a.rules.Label(l, d, a.asOf)
		switch o.State {
		case engine.LabelOpen:
			a.groups[g].Open++
			continue
		case engine.LabelMissing:
			a.groups[g].Missing++
		}
		o.CostMicro = a.cost(l, i)
		resolved.Row(g, one(o.Resolved))
		value.Row(g, a.rules.Reward.Earned(&o))
	}
	for g, is := range in {
		if is {
			a.groups[g].Debtors++
		}
	}
	a.resolved.Add(resolved)
	a.value.Add(value)
}

// cost is that of all live decisions of the first one's case within its horizon.
func (a *arms) cost(l *history.Log, first int) (micro int64) {
	until := l.Decisions[first].IssuedAt.Add(a.rules.Reward.Horizon)
	for i := first; i < len(l.Decisions) && !l.Decisions[i].IssuedAt.After(until); i++ {
		if d := &l.Decisions[i]; d.Case == l.Decisions[first].Case && d.Mode == engine.Live {
			o := a.rules.Label(l, d, a.asOf)
			micro += o.CostMicro
		}
	}
	return micro
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
