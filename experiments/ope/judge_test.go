package ope_test

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"takt/experiments/ope"
)

// judged are rows of a world, in order, with the true distributions.
func judged(w *world, n int, seed uint64) []ope.Row {
	var rows []ope.Row
	w.play(n, seed, func(s ope.Sample) { rows = append(rows, ope.Row{Sample: s, Choice: ope.Choice{}}) })
	return rows
}

// TestVerdict: the judge says what the accumulators say, and holds the truth.
func TestVerdict(t *testing.T) {
	w := simple()
	rows := judged(&w, 4000, 1)
	j := ope.Judge{Draws: 100, Seed: 1, Rewards: ope.Interval{Upper: 1}, MaxWeight: 4}
	v, err := j.Verdict("mine", slices.Values(rows))
	if err != nil || v.NotEstimable != "" || v.Clusters != 4000 || v.Gain != nil {
		t.Fatalf("%+v, %v", v, err)
	}
	log := make([]ope.Sample, len(rows))
	for i := range rows {
		log[i] = rows[i].Sample
	}
	for _, f := range v.Estimates {
		near(t, f.Estimator, f.Value, w.truth(), .08) // some are biased by design
		for name, i := range f.Intervals {
			if !(i[0] < i[1]) || name == ope.BettingName && (f.Value < i[0] || f.Value > i[1]) {
				t.Errorf("%s %s: %v", f.Estimator, name, i)
			}
		}
		if f.Estimator == "DR" {
			near(t, "DR", f.Value, value(t, run(t, ope.DR{}, log)), 1e-12)
			for _, name := range []string{ope.GaussianName, ope.BootstrapName, ope.BernsteinName, ope.SequenceName, ope.BettingName} {
				if i, ok := f.Intervals[name]; !ok || i[0] > w.truth() || i[1] < w.truth() {
					t.Errorf("DR %s: %v, truth %v", name, i, w.truth())
				}
			}
		}
		if f.Estimator == "DM" && f.Intervals[ope.GaussianName] != [2]float64{} {
			t.Error("DM has an interval")
		}
	}
}

// TestVerdictByDebtor: intervals that need independent rows are left out, and the judge says so.
func TestVerdictByDebtor(t *testing.T) {
	w := simple()
	w.each = 4
	v, err := (ope.Judge{Rewards: ope.Interval{Upper: 1}, MaxWeight: 4}).Verdict("mine", slices.Values(judged(&w, 4000, 1)))
	if err != nil || v.Clusters != 1000 || len(v.Notes) != 1 {
		t.Fatalf("%d debtors, %v, %v", v.Clusters, v.Notes, err)
	}
	for _, f := range v.Estimates {
		for _, name := range []string{ope.BernsteinName, ope.BettingName, ope.CressieReadName, ope.BootstrapName} {
			if _, has := f.Intervals[name]; has {
				t.Errorf("%s has %s", f.Estimator, name)
			}
		}
	}
}

// TestVerdictWithoutSupport: weights beyond the limits give no figure at all.
func TestVerdictWithoutSupport(t *testing.T) {
	rows := func(yield func(ope.Row) bool) {
		for i := range 1000 {
			s := ope.Sample{PLog: .99, Cluster: uint64(i)}
			if i%100 == 0 {
				s = ope.Sample{PLog: .01, PEval: 1, Reward: 1, Cluster: uint64(i)}
			}
			if !yield(ope.Row{Sample: s, Choice: ope.Choice{Action: i % 100 / 99}}) {
				return
			}
		}
	}
	v, err := ope.Judge{}.Verdict("rare", iter.Seq[ope.Row](rows))
	if err != nil || !strings.Contains(v.NotEstimable, "effective sample size 10.0") || len(v.Estimates) > 0 || v.Gain != nil {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestVerdictFactors: where the reward depends on one factor alone, its marginal weights give the value with a
// smaller error; the log's own policy gains nothing on itself.
func TestVerdictFactors(t *testing.T) {
	const k = 40 // 4 channels × 10 slots
	channel := make(ope.Factor, k)
	log, eval := make([]float64, k), make([]float64, k)
	for a := range k {
		channel[a] = a / 10
		log[a] = 1. / k
		eval[a] = []float64{.1, .2, .3, .4}[a/10] * []float64{.55, .05, .05, .05, .05, .05, .05, .05, .05, .05}[a%10]
	}
	w := simple()
	var rows, own []ope.Row
	i := 0
	w.play(8000, 2, func(s ope.Sample) { // its luck only
		a := (i * 7919) % k
		reward := 0.
		if float64((i*104729)%1000)/1000 < .1*float64(1+channel[a]) {
			reward = 1
		}
		r := ope.Row{Sample: ope.Sample{PLog: 1. / k, PEval: eval[a], Reward: reward, Cluster: uint64(i)}, Choice: ope.Choice{Action: a, Log: log, Eval: eval}}
		rows = append(rows, r)
		r.PEval, r.Eval = 1./k, log
		own = append(own, r)
		i++
	})
	j := ope.Judge{Factors: []ope.Named{{Name: "channel", Factor: channel}}}
	v, err := j.Verdict("mine", slices.Values(rows))
	if err != nil {
		t.Fatal(err)
	}
	var full, marginal ope.Figure
	for _, f := range v.Estimates {
		switch f.Estimator {
		case "IPS":
			full = f
		case "IPS by channel":
			marginal = f
		}
	}
	near(t, "IPS by channel", marginal.Value, .1*.1+.2*.2+.3*.3+.4*.4, .02)
	if !(marginal.StdErr < .7*full.StdErr) {
		t.Errorf("by channel ±%.4f, by action ±%.4f", marginal.StdErr, full.StdErr)
	}
	if v, err = j.Verdict("own", slices.Values(own)); err != nil || v.Gain == nil || v.Gain.Value != 0 {
		t.Errorf("gain on itself: %+v, %v", v.Gain, err)
	}
}

// TestVerdictRefusesGarbage: the row is named.
func TestVerdictRefusesGarbage(t *testing.T) {
	rows := []ope.Row{{Sample: ope.Sample{PLog: 1, PEval: 1}}, {Sample: ope.Sample{PLog: 0, PEval: 1}}}
	var field *ope.FieldError
	if _, err := (ope.Judge{}).Verdict("mine", slices.Values(rows)); !errors.As(err, &field) || field.Field != "PLog" || !strings.Contains(err.Error(), "row 1") {
		t.Error(err)
	}
}
