package ope_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"takt/experiments/ope"
)

var nan = math.NaN()

// TestGarbage: a bad row is refused by the name of its field, and nothing is added.
func TestGarbage(t *testing.T) {
	good := ope.Sample{PLog: .5, PEval: .5, Reward: 1, Q: .5, QEval: .5, Cluster: 1}
	bad := []struct {
		field string
		spoil func(*ope.Sample)
	}{
		{"PLog", func(s *ope.Sample) { s.PLog = 0 }},
		{"PLog", func(s *ope.Sample) { s.PLog = -.1 }},
		{"PLog", func(s *ope.Sample) { s.PLog = 1.01 }},
		{"PLog", func(s *ope.Sample) { s.PLog = nan }},
		{"PEval", func(s *ope.Sample) { s.PEval = -1e-9 }},
		{"PEval", func(s *ope.Sample) { s.PEval = 1.5 }},
		{"PEval", func(s *ope.Sample) { s.PEval = nan }},
		{"Reward", func(s *ope.Sample) { s.Reward = nan }},
		{"Reward", func(s *ope.Sample) { s.Reward = inf }},
		{"Q", func(s *ope.Sample) { s.Q = -inf }},
		{"QEval", func(s *ope.Sample) { s.QEval = nan }},
	}
	grid := &ope.Grid{Rules: []ope.Rule{ope.IPS{}}}
	accumulators := []interface {
		Add(ope.Sample) error
		Value() (float64, bool)
	}{
		&ope.Estimate{}, &ope.Estimate{Rule: ope.SNDR{}}, &ope.Clusters{}, &ope.Betting{Upper: 2}, &ope.Mixture{Upper: 2}, &ope.CressieRead{}, &ope.Binomial{}, grid,
	}
	for _, a := range accumulators {
		if _, ok := a.Value(); ok {
			t.Errorf("%T: a value of nothing", a)
		}
		for range 3 {
			if err := a.Add(good); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := a.Value()
		for _, b := range bad {
			s := good
			b.spoil(&s)
			var field *ope.FieldError
			if err := a.Add(s); !errors.As(err, &field) || field.Field != b.field || !strings.Contains(err.Error(), b.field) {
				t.Errorf("%T: %+v: error %v, want one that names %s", a, s, err, b.field)
			}
		}
		if after, _ := a.Value(); after != before {
			t.Errorf("%T: garbage moved the value from %v to %v", a, before, after)
		}
	}
}

// TestGarbageParameters: a rule or a bound out of range is refused with its first row.
func TestGarbageParameters(t *testing.T) {
	s := ope.Sample{PLog: .1, PEval: .9, Reward: 1}
	for _, r := range []ope.Rule{ope.Switch{Tau: nan}, ope.DRos{Lambda: -1}, ope.ClippedIPS{Lambda: -1}, ope.ClippedDR{Lambda: nan}, ope.SGIPS{Lambda: 1.1}, ope.SGDR{Lambda: nan}} {
		if err := (&ope.Estimate{Rule: r}).Add(s); err == nil {
			t.Errorf("%T%+v was taken", r, r)
		}
	}
	for name, err := range map[string]error{
		"bounds turned round":              (&ope.Betting{Lower: 1, Upper: -1}).Add(s),
		"a part above the bound":           (&ope.Betting{Upper: 8}).Add(s),
		"a self-normalised bet":            (&ope.Betting{Rule: ope.SNIPS{}, Upper: 9}).Add(s),
		"rewards turned round":             (&ope.Mixture{Lower: 1, Upper: -1}).Add(s),
		"a reward above the bound":         (&ope.Mixture{}).Add(ope.Sample{PLog: 1, Reward: 2}),
		"a weight beyond all numbers":      (&ope.Mixture{}).Add(ope.Sample{PLog: 5e-324, PEval: 1, Reward: 1}),
		"a weight above the largest":       (&ope.Binomial{MaxWeight: 8}).Add(s),
		"a reward above 1":                 (&ope.Binomial{}).Add(ope.Sample{PLog: 1, Reward: 2}),
		"a weight above WMax":              (&ope.CressieRead{WMax: 8}).Add(s),
		"a reward below RMin":              (&ope.CressieRead{}).Add(ope.Sample{PLog: 1, Reward: -1}),
		"a propensity too small to divide": (&ope.Estimate{}).Add(ope.Sample{PLog: 5e-324, PEval: 1, Reward: 1}),
		"a self-normalised grid":           (&ope.Grid{Rules: []ope.Rule{ope.SNIPS{}}}).Add(s),
		"pairs of two rows":                (&ope.Estimate{}).AddPair(s, ope.Sample{PLog: .2, PEval: .9, Reward: 1}),
		"a pseudo-inverse without reward":  (&ope.PseudoInverse{}).Add([]float64{.5}, []float64{.5}, nan),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestTooLittle: no interval of nothing, of one row, of no weight.
func TestTooLittle(t *testing.T) {
	var e ope.Estimate
	var c ope.Clusters
	for range 2 {
		for name, ok := range map[string]bool{
			"Gaussian": second(e.Gaussian(.95)), "Bernstein": second(e.Bernstein(.95, 0, 9)), "sequence": second(e.Sequence(.95, 10)),
			"clusters": second(c.Gaussian(.95)), "bootstrap": second(c.Bootstrap(.95, 100, 1)), "cluster sequence": second(c.Sequence(.95, 10)),
		} {
			if ok {
				t.Errorf("%s of %d rows", name, e.N())
			}
		}
		for _, err := range []error{e.Add(ope.Sample{PLog: 1, PEval: 1}), c.Add(ope.Sample{PLog: 1, PEval: 1})} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok := run(t, ope.SNIPS{}, []ope.Sample{{PLog: 1}, {PLog: 1}}).Value(); ok {
		t.Error("SNIPS without weight has a value")
	}
}

func second(_ ope.Interval, ok bool) bool { return ok }
