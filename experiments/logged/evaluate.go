package logged

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"takt/experiments/ope"
)

// Options of an evaluation.
type Options struct {
	Level float64 // of the intervals; defaults to .95
	Draws int     // resamples of the bootstrap, 0 for none, else at least 100
	Seed  uint64  // of folds, bootstrap and the order of rows that the betting sequence sees
}

// Report is what a log says: of itself first, then of the policies.
type Report struct {
	File        string        `json:"file"`
	Read        int           `json:"rows"`
	N           int           `json:"n"` // after the filter
	Missing     int           `json:"missing_cells"`
	Features    int           `json:"features"`
	Actions     []string      `json:"actions"`
	Log         Audit         `json:"log"`
	Policies    []ope.Verdict `json:"policies"`
	Reliability []ope.Bin     `json:"reliability,omitempty"` // of the model q(x,a), on rows it has not seen
	Model       string        `json:"model"`
	Level       float64       `json:"level"`
	Limits      ope.Limits    `json:"limits"`
}

// Audit is what the log is worth, its weights those of the uniform policy.
type Audit struct {
	Mean float64 `json:"mean"` // reward per row
	ope.Report
}

// Audit reads the log without any policy: rewards, support, and whether actions came as often as their
// propensities say.
func (l *Log) Audit() (Audit, error) {
	uniform, err := l.policy("uniform")
	if err != nil {
		return Audit{}, err
	}
	var a ope.Audit
	sum := 0.
	for i := range l.N() {
		s, c := l.sample(&uniform, i)
		if err := a.Add(s, c); err != nil {
			return Audit{}, fmt.Errorf("%s: row %d after the filter: %w", l.File, i+1, err)
		}
		sum += l.Reward[i]
	}
	return Audit{sum / float64(l.N()), a.Value()}, nil
}

func (l *Log) sample(p *Policy, i int) (ope.Sample, ope.Choice) {
	a, eval := int(l.Action[i]), p.p[l.Key[i]]
	c := ope.Choice{Action: a, Eval: eval}
	if l.Uniform {
		c.Log = l.uniform()
	}
	return ope.Sample{PLog: l.PLog[i], PEval: eval[a], Reward: l.Reward[i], Cluster: l.Cluster[i]}, c
}

// uniform is the log's distribution where that is known.
func (l *Log) uniform() []float64 {
	if len(l.even) != l.K() {
		l.even = make([]float64, l.K())
		for a := range l.even {
			l.even[a] = 1 / float64(l.K())
		}
	}
	return l.even
}

// Evaluate audits the log, fits the model of the spec and judges the policies.
func (l *Log) Evaluate(policies []Policy, o Options) (*Report, error) {
	audit, err := l.Audit()
	if err != nil {
		return nil, err
	}
	if o.Level == 0 {
		o.Level = .95
	}
	r := &Report{File: l.File, Read: l.Read, N: l.N(), Missing: l.Missing, Features: l.Width() - 1, Log: audit,
		Model: l.Spec.Model.Type, Level: o.Level, Limits: ope.Limits{}.Filled()}
	for a := range l.K() {
		r.Actions = append(r.Actions, l.ActionName(a))
	}
	q, err := l.model(o.Seed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.File, err)
	}
	order := rand.New(rand.NewPCG(o.Seed, 0)).Perm(l.N())
	for i := range policies {
		p := &policies[i]
		j := ope.Judge{Level: o.Level, Draws: o.Draws, Seed: o.Seed, NoModel: q == nil, Factors: l.marginals(), MaxWeight: l.maxWeight(p)}
		j.Rewards.Lower, j.Rewards.Upper = l.bounds()
		v, err := j.Verdict(p.Name, l.rows(p, q, order))
		if err != nil {
			return nil, fmt.Errorf("%s: policy %s: %w", l.File, p.Name, err)
		}
		v.Audit.Actions = nil // as the log's, above
		r.Policies = append(r.Policies, v)
	}
	if q != nil {
		r.Reliability = l.reliability(q)
	}
	return r, nil
}

// rows are the log's samples for a policy, in the given order.
func (l *Log) rows(p *Policy, q ope.Model, order []int) iter.Seq[ope.Row] {
	var values []float64
	return func(yield func(ope.Row) bool) {
		for _, i := range order {
			s, c := l.sample(p, i)
			r := ope.Row{Sample: s, Choice: c}
			if q != nil {
				values = q.Q(values, i)
				r.Q = values[c.Action]
				for a, e := range c.Eval {
					r.QEval += e * values[a]
					if c.Log != nil {
						r.QLog += c.Log[a] * values[a]
					}
				}
			}
			if !yield(r) {
				return
			}
		}
	}
}

// bounds are the rewards' range as the spec states it; rewards of 0 and 1 need no statement.
func (l *Log) bounds() (lo, hi float64) {
	if r := l.Spec.Range; r[0] < r[1] {
		return r[0], r[1]
	}
	for _, r := range l.Reward {
		if r != 0 && r != 1 {
			return 0, 0
		}
	}
	return 0, 1
}

// maxWeight is the largest weight that the policy can have in this log: its largest probability over the least propensity.
func (l *Log) maxWeight(p *Policy) float64 {
	most, least := 0., 1.
	for _, row := range p.p {
		for _, v := range row {
			most = max(most, v)
		}
	}
	for _, v := range l.PLog {
		least = min(least, v)
	}
	return most / least * (1 + 1e-12)
}

// marginals are the factors of an action that has several.
func (l *Log) marginals() (list []ope.Named) {
	if len(l.Factors) < 2 {
		return nil
	}
	for i, f := range l.Factors {
		n := ope.Named{Name: f.Name}
		for a := range l.K() {
			n.Factor = append(n.Factor, l.Levels(a)[i])
		}
		list = append(list, n)
	}
	return list
}

// model fits q(x,a) as the spec says; nil for none.
func (l *Log) model(seed uint64) (ope.Model, error) {
	m := l.Spec.Model
	folds := ope.Folds{K: m.Folds, Seed: seed}
	switch m.Type {
	case "none":
		return nil, nil
	case "cells":
		c := &ope.Cells{Folds: folds, Actions: l.K(), Keys: len(l.Keys), Hits: m.Prior[0], Trials: m.Prior[1]}
		for i := range l.N() {
			if err := c.Add(int(l.Key[i]), int(l.Action[i]), l.Reward[i], l.Cluster[i]); err != nil {
				return nil, err
			}
		}
		return c, nil
	}
	r := &ope.Ridge{Folds: folds, Features: l.Width()}
	r.Bounds.Lower, r.Bounds.Upper = l.bounds()
	for a := range l.K() {
		var levels []int
		first := 0
		for f, at := range l.Levels(a) {
			levels = append(levels, first+at)
			first += len(l.Factors[f].Levels)
		}
		r.Actions = append(r.Actions, levels)
	}
	for i := range l.N() {
		if err := r.Add(l.Row(i), int(l.Action[i]), l.Reward[i], l.Cluster[i]); err != nil {
			return nil, err
		}
	}
	return r, r.Fit()
}

// reliability compares the model with what happened, in ten bins of what it expected.
func (l *Log) reliability(q ope.Model) []ope.Bin {
	expected, values := make([]float64, l.N()), []float64(nil)
	for i := range expected {
		values = q.Q(values, i)
		expected[i] = values[l.Action[i]]
	}
	return ope.Reliability(expected, l.Reward, 10)
}
