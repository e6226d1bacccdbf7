package ope

import (
	"fmt"
	"iter"
	"math"
	"strings"
)

// Row is a logged decision with what its audit needs, and its levels for factor-marginal weights.
type Row struct {
	Sample
	Choice
	QLog float64 // Σ pLog(a|x)·q(x,a), the model's value of the log's own policy; read where Choice.Log is set
}

// Judge runs every estimator of this package, with its intervals, over a log for one policy.
type Judge struct {
	Level     float64  // of the intervals; defaults to .95
	Draws     int      // resamples of the bootstrap, 0 for none, else at least 100
	Seed      uint64   // of the bootstrap
	Rewards   Interval // range of rewards known beforehand; Lower = Upper: unknown, then no interval that needs it
	MaxWeight float64  // largest weight possible; 0: unknown, likewise
	Limits    Limits
	NoModel   bool    // rows have no Q: estimators that use one are left out
	Factors   []Named // for factor-marginal weights, where rows carry Log and Eval
}

// Named is a factor with its name.
type Named struct {
	Name string
	Factor
}

// Verdict is what a log says of a policy.
type Verdict struct {
	Policy       string   `json:"policy"`
	Audit        Report   `json:"audit"`
	Clusters     int      `json:"clusters"`                // debtors
	NotEstimable string   `json:"not_estimable,omitempty"` // why there is no figure
	Estimates    []Figure `json:"estimates,omitempty"`
	Gain         *Figure  `json:"gain,omitempty"` // DR difference to the log's own policy; needs Log
	Notes        []string `json:"notes,omitempty"`
}

// Figure is an estimate with its intervals, in units of the reward.
type Figure struct {
	Estimator string                `json:"estimator"`
	Value     float64               `json:"value"`
	StdErr    float64               `json:"std_err,omitempty"`
	Biased    bool                  `json:"biased,omitempty"`    // trades bias for variance: its interval holds its own mean, not the policy's value
	Intervals map[string][2]float64 `json:"intervals,omitempty"` // by the names of Intervals
}

// The intervals by name: Gaussian, percentile bootstrap, empirical Bernstein, Cressie-Read, the
// asymptotic confidence sequence, the betting confidence sequence.
const (
	GaussianName    = "gaussian"
	BootstrapName   = "bootstrap"
	BernsteinName   = "bernstein"
	CressieReadName = "cressie_read"
	SequenceName    = "sequence"
	BettingName     = "betting"
	MixtureName     = "mixture"
)

// Intervals are the names of all intervals, in the order of a table.
var Intervals = [...]string{GaussianName, BootstrapName, BernsteinName, CressieReadName, SequenceName, BettingName, MixtureName}

// sequenceBest is the number of debtors at which the asymptotic sequence is tightest.
const sequenceBest = 500

// Verdict reads the rows once, in the order of time or shuffled (the betting sequence depends on it).
// An error is a row that is garbage, with its number from 0.
func (j Judge) Verdict(policy string, rows iter.Seq[Row]) (Verdict, error) {
	if j.Level == 0 {
		j.Level = .95
	}
	r := newRun(&j)
	n := 0
	for row := range rows {
		if err := r.add(&row); err != nil {
			return Verdict{}, fmt.Errorf("row %d: %w", n, err)
		}
		n++
	}
	v := Verdict{Policy: policy, Audit: r.audit.Value(), Clusters: r.estimates[0].clusters.N()}
	if err := v.Audit.Estimable(j.Limits); err != nil {
		v.NotEstimable = err.Error()
		return v, nil
	}
	r.figures(&v)
	return v, nil
}

// run is the state of one pass.
type run struct {
	*Judge
	audit     Audit
	estimates []estimator
	marginal  []estimator // two per factor
	gain      Clusters
	full      bool
	cr        CressieRead
	betting   []*Betting // of IPS and DR
	mixture   Mixture    // of IPS
	grids     []namedGrid
}

// estimator is a rule with its accumulators.
type estimator struct {
	name     string
	rule     Rule
	clusters Clusters
	rows     Estimate // for Bernstein
}

type namedGrid struct {
	name   string
	rule   func(float64) Rule
	lambda []float64
	grid   *Grid
	chosen []*Clusters
}

var inf = math.Inf(1)

func newRun(j *Judge) *run {
	r := &run{Judge: j, gain: Clusters{Rule: DR{}}, full: !j.NoModel}
	for _, e := range []estimator{
		{name: "IPS", rule: IPS{}}, {name: "SNIPS", rule: SNIPS{}}, {name: "clipped IPS(2)", rule: ClippedIPS{2}}, {name: "SG-IPS(0.1)", rule: SGIPS{.1}},
		{name: "DM", rule: DM{}}, {name: "DR", rule: DR{}}, {name: "SNDR", rule: SNDR{}},
		{name: "SWITCH-DR(1)", rule: Switch{1}}, {name: "SWITCH-DR(2)", rule: Switch{2}}, {name: "DRos(1)", rule: DRos{1}}, {name: "DRos(10)", rule: DRos{10}},
		{name: "clipped DR(2)", rule: ClippedDR{2}}, {name: "SG-DR(0.1)", rule: SGDR{.1}},
	} {
		if !j.NoModel || !modelled(e.rule) {
			r.estimates = append(r.estimates, e.ready())
		}
	}
	for _, f := range j.Factors {
		r.marginal = append(r.marginal, estimator{name: "IPS by " + f.Name, rule: IPS{}}.ready(), estimator{name: "SNIPS by " + f.Name, rule: SNIPS{}}.ready())
	}
	up, zero := []float64{1, 2, 5, 10, 50, inf}, []float64{0, 1, 10, 100, 1000, inf}
	for _, g := range []namedGrid{
		{name: "clipped IPS", rule: func(l float64) Rule { return ClippedIPS{l} }, lambda: up, grid: &Grid{Unbiased: IPS{}}},
		{name: "clipped DR", rule: func(l float64) Rule { return ClippedDR{l} }, lambda: up, grid: &Grid{}},
		{name: "SWITCH-DR", rule: func(l float64) Rule { return Switch{l} }, lambda: up, grid: &Grid{}},
		{name: "DRos", rule: func(l float64) Rule { return DRos{l} }, lambda: zero, grid: &Grid{}},
	} {
		if j.NoModel && modelled(g.rule(1)) {
			continue
		}
		for _, l := range g.lambda {
			g.grid.Rules = append(g.grid.Rules, g.rule(l))
			g.chosen = append(g.chosen, &Clusters{Rule: g.rule(l)})
		}
		r.grids = append(r.grids, g)
	}
	if lo, hi := j.Rewards.Lower, j.Rewards.Upper; lo < hi && j.MaxWeight > 0 {
		w := j.MaxWeight
		r.betting = []*Betting{
			{Rule: IPS{}, Lower: min(0, w*lo), Upper: max(0, w*hi)},
			{Rule: DR{}, Lower: lo - w*(hi-lo), Upper: hi + w*(hi-lo)},
		}
		r.mixture = Mixture{Lower: lo, Upper: hi}
		r.cr = CressieRead{WMax: max(w, 1+1e-9), RMin: lo, RMax: hi}
	}
	return r
}

func (e estimator) ready() estimator {
	e.clusters.Rule, e.rows.Rule = e.rule, e.rule
	return e
}

func (r *run) add(row *Row) error {
	if err := r.audit.Add(row.Sample, row.Choice); err != nil {
		return err
	}
	for i := range r.estimates {
		e := &r.estimates[i]
		if err := e.add(row.Sample); err != nil {
			return err
		}
	}
	for i, f := range r.Factors {
		if row.Log == nil || row.Eval == nil {
			continue
		}
		s, err := f.Marginal(row.Sample, row.Action, row.Log, row.Eval)
		if err != nil {
			return err
		}
		for k := range 2 {
			if err := r.marginal[2*i+k].add(s); err != nil {
				return err
			}
		}
	}
	for _, g := range r.grids {
		if err := g.grid.Add(row.Sample); err != nil {
			return err
		}
		for _, c := range g.chosen {
			if err := c.Add(row.Sample); err != nil {
				return err
			}
		}
	}
	if r.full = r.full && row.Log != nil; r.full {
		own := row.Sample
		own.PEval, own.QEval = own.PLog, row.QLog
		if err := r.gain.AddPair(row.Sample, own); err != nil {
			return err
		}
	}
	return r.bounded(row.Sample)
}

// bounded adds to what needs bounds of rewards and weights.
func (r *run) bounded(s Sample) error {
	if r.betting == nil {
		return nil
	}
	if s.Reward < r.Rewards.Lower || s.Reward > r.Rewards.Upper {
		return &FieldError{"Reward", s.Reward, fmt.Sprintf("a reward in the stated range %g … %g", r.Rewards.Lower, r.Rewards.Upper)}
	}
	for _, b := range r.betting {
		if err := b.Add(s); err != nil {
			return err
		}
	}
	if err := r.mixture.Add(s); err != nil {
		return err
	}
	return r.cr.Add(s)
}

func (e *estimator) add(s Sample) error {
	if err := e.clusters.Add(s); err != nil {
		return err
	}
	return e.rows.Add(s)
}

// self says that a rule divides by the sum of weights: it is no plain mean.
func self(r Rule) bool {
	switch r.(type) {
	case SNIPS, SNDR:
		return true
	}
	return false
}

// biased says that a rule does not tend to the policy's value with the number of rows.
func biased(r Rule) bool {
	switch r.(type) {
	case IPS, SNIPS, DR, SNDR:
		return false
	}
	return true
}

// modelled says that a rule reads the model of rewards.
func modelled(r Rule) bool {
	switch r.(type) {
	case IPS, SNIPS, ClippedIPS, SGIPS:
		return false
	}
	return true
}

// headline says that an estimator gets the intervals that cost most.
func headline(name string) bool {
	switch name {
	case "IPS", "SNIPS", "DR", "SNDR":
		return true
	}
	return strings.HasPrefix(name, "SNIPS by")
}
