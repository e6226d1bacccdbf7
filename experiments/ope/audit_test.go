package ope_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"takt/experiments/ope"
)

// drawn is a log of a policy over three actions whose probabilities vary by row; said is what the log
// claims about them.
func drawn(t testing.TB, n int, full bool, said func(p []float64) []float64) *ope.Audit {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 0))
	var a, b ope.Audit
	for i := range n {
		p := []float64{.2 + .3*r.Float64(), .2, 0}
		p[2] = 1 - p[0] - p[1]
		action, u := 0, r.Float64()
		for u >= p[action] && action < 2 {
			u -= p[action]
			action++
		}
		p = said(p)
		c := ope.Choice{Action: action, Eval: []float64{.5, .25, .25}}
		if full {
			c.Log = p
		}
		shard := &a
		if i > n/2 {
			shard = &b
		}
		if err := shard.Add(ope.Sample{PLog: p[action], PEval: c.Eval[action]}, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Merge(&b); err != nil {
		t.Fatal(err)
	}
	return &a
}

// TestAudit: honest propensities pass, wrong ones do not, with and without the whole distribution.
func TestAudit(t *testing.T) {
	honest := func(p []float64) []float64 { return p }
	wrong := func(p []float64) []float64 { return []float64{p[0] + .05, p[1], p[2] - .05} }
	const n = 20_000
	for _, full := range []bool{true, false} {
		r := drawn(t, n, full, honest).Value()
		near(t, "weights", r.WeightSum, n, .02*n)
		if err := r.Estimable(ope.Limits{}); err != nil || r.N != n || !(r.ESS > 0 && r.ESS < n) || abs(r.WeightZ) > 3 {
			t.Errorf("honest: %+v, %v", r, err)
		}
		for i, c := range r.Actions {
			if abs(c.Z) > 3 || !c.Supported || abs(c.Share-c.Propensity) > .02 || c.Eval != []float64{.5, .25, .25}[i] {
				t.Errorf("honest, full %t, action %d: %+v", full, i, c)
			}
		}
		r = drawn(t, n, full, wrong).Value()
		if r.Actions[0].Z > -4 || abs(r.Actions[1].Z) > 3 || r.Actions[2].Z < 4 {
			t.Errorf("wrong, full %t: %+v", full, r.Actions)
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

// TestCalibration: z by hand. Two rows, p = (.5,.5) took 0, p = (.25,.75) took 1.
func TestCalibration(t *testing.T) {
	full, own := new(ope.Audit), new(ope.Audit)
	for i, p := range [][]float64{{.5, .5}, {.25, .75}} {
		s := ope.Sample{PLog: p[i], PEval: .25}
		if err := full.Add(s, ope.Choice{Action: i, Log: p}); err != nil {
			t.Fatal(err)
		}
		if err := own.Add(s, ope.Choice{Action: i}); err != nil {
			t.Fatal(err)
		}
	}
	r := full.Value()
	near(t, "z with the distribution", r.Actions[0].Z, (1-.75)/math.Sqrt(.25+.1875), 1e-12)
	near(t, "mean propensity", r.Actions[0].Propensity, .375, 1e-12)
	near(t, "sum of weights", r.WeightSum, .5+1./3, 1e-12)
	near(t, "z of weights", r.WeightZ, (.5+1./3-2)/math.Sqrt(2*(1./12)*(1./12)), 1e-9)
	r = own.Value()
	near(t, "z of 1/p", r.Actions[1].Z, (1/.75-2)/math.Sqrt(.25/(.75*.75)), 1e-12)
	near(t, "harmonic propensity", r.Actions[1].Propensity, .75, 1e-12)
}

// TestSupport: a policy on an action that is never drawn is told apart, and not estimated.
func TestSupport(t *testing.T) {
	var a ope.Audit
	c := ope.Choice{Log: []float64{1, 0}, Eval: []float64{.7, .3}}
	for range 500 {
		if err := a.Add(ope.Sample{PLog: 1, PEval: .7}, c); err != nil {
			t.Fatal(err)
		}
	}
	r := a.Value()
	near(t, "unsupported", r.Unsupported, .3, 1e-12)
	if r.Actions[1].Supported || !r.Actions[0].Supported {
		t.Errorf("support: %+v", r.Actions)
	}
	if err := r.Estimable(ope.Limits{}); !errors.Is(err, ope.ErrNotEstimable) {
		t.Error(err)
	}
	if err := r.Estimable(ope.Limits{Unsupported: .5}); err != nil {
		t.Error(err)
	}
}

// TestOneHeavyRow: a log in which one row has a tenth of the weight is not estimated.
func TestOneHeavyRow(t *testing.T) {
	var a ope.Audit
	for i := range 900 {
		s := ope.Sample{PLog: .5, PEval: .5}
		if i == 0 {
			s.PLog = .005
		}
		if err := a.Add(s, ope.Choice{}); err != nil {
			t.Fatal(err)
		}
	}
	r := a.Value()
	near(t, "largest weight", r.MaxWeight, 100, 1e-9)
	near(t, "effective sample size", r.ESS, 999*999./(899+10000), 1e-9)
	if err := r.Estimable(ope.Limits{ESS: 50}); !errors.Is(err, ope.ErrNotEstimable) {
		t.Error(err)
	}
	if err := new(ope.Audit).Value().Estimable(ope.Limits{}); !errors.Is(err, ope.ErrNotEstimable) {
		t.Error("an empty log is estimable:", err)
	}
}

// TestAuditGarbage: refused by name, nothing added.
func TestAuditGarbage(t *testing.T) {
	var a ope.Audit
	half := []float64{.5, .5}
	good := ope.Sample{PLog: .5, PEval: .5}
	if err := a.Add(good, ope.Choice{Log: half, Eval: half}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field  string
		sample ope.Sample
		choice ope.Choice
	}{
		{"Action", good, ope.Choice{Action: -1, Log: half}},
		{"Action", good, ope.Choice{Action: 1 << 40, Log: half}},
		{"Log", good, ope.Choice{}},
		{"Log", good, ope.Choice{Action: 2, Log: half}},
		{"Log", good, ope.Choice{Log: []float64{.5, .4}}},
		{"Log", good, ope.Choice{Log: []float64{.4, .6}}},
		{"Eval", good, ope.Choice{Log: half, Eval: []float64{nan, .5}}},
		{"PLog", ope.Sample{PEval: .5}, ope.Choice{}},
		{"PLog", ope.Sample{PLog: 1e-200, PEval: .5}, ope.Choice{Log: []float64{1e-200, 1}}},
	} {
		var field *ope.FieldError
		if err := a.Add(c.sample, c.choice); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%+v: %v, want an error that names %s", c, err, c.field)
		}
	}
	if r := a.Value(); r.N != 1 || len(r.Actions) != 2 {
		t.Errorf("garbage was added: %+v", r)
	}
}
