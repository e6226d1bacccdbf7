package logged_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"takt/engine/policy"
	"takt/experiments/logged"
)

// size is few by default, and all, as the acceptance wants them, with TAKT_ACCEPT=1; -short skips the test.
func size(t *testing.T, few, all int) int {
	t.Helper()
	switch {
	case os.Getenv("TAKT_ACCEPT") == "1":
		return all
	case testing.Short():
		t.Skip("a learner is led through 17,000 rows some dozen times")
	}
	return few
}

// TestProgressiveLetters: 4,500 owners a letter leave little for the context to say about which letter works. The
// contextual learner may not pay for looking: greedy and Thompson stay near the running mean on the same orders.
func TestProgressiveLetters(t *testing.T) {
	t.Parallel()
	orders := size(t, 10, 50)
	slack := 0.
	if orders < 50 {
		slack = .002 // a standard error of ten orders' difference, whose deviation is .004 to .007
	}
	for _, spec := range []string{"phl-tax-letters.yaml", "phl-tax-letters-sep.yaml"} {
		t.Run(spec, func(t *testing.T) {
			t.Parallel()
			l := open(t, spec, letters)
			var p [2]*logged.Progress
			for i, learner := range []logged.New{logged.NewTakt, logged.NewMean} {
				var err error
				if p[i], err = l.Progressive(t.Context(), learner, orders, 1, nil); err != nil {
					t.Fatal(err)
				}
			}
			takt, mean := p[0], p[1].Greedy.SNIPS
			t.Logf("%d orders of %s: greedy %.4f, thompson %.4f; running mean %.4f, log %.4f", orders, l.Spec.Reward, takt.Greedy.SNIPS, takt.Thompson.SNIPS, mean, takt.Log.Mean)
			if takt.Greedy.SNIPS < mean-.003-slack {
				t.Errorf("greedy %.4f, want at least %.4f − .003", takt.Greedy.SNIPS, mean)
			}
			if takt.Thompson.SNIPS < mean-.004-slack {
				t.Errorf("thompson %.4f, want at least %.4f − .004", takt.Thompson.SNIPS, mean)
			}
		})
	}
}

// TestPermutedLetters: rewards that belong to other rows teach nothing, so greedy earns what the log did.
func TestPermutedLetters(t *testing.T) {
	t.Parallel()
	n := size(t, 10, 50)
	l := open(t, "phl-tax-letters.yaml", letters)
	sum, square := 0., 0.
	for seed := range uint64(n) {
		shuffled := *l
		shuffled.Reward = append([]float64(nil), l.Reward...)
		rand.New(rand.NewPCG(seed, 3)).Shuffle(l.N(), func(i, j int) {
			shuffled.Reward[i], shuffled.Reward[j] = shuffled.Reward[j], shuffled.Reward[i]
		})
		p, err := shuffled.Progressive(t.Context(), logged.NewTakt, 1, seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		gain := p.Greedy.SNIPS - p.Log.Mean
		sum += gain
		square += gain * gain
	}
	mean := sum / float64(n)
	se := math.Sqrt((square/float64(n) - mean*mean) / float64(n-1))
	t.Logf("%d permutations: greedy gains %.4f ± %.4f", n, mean, se)
	if mean > 2*se {
		t.Errorf("greedy gains %.4f from nothing, standard error %.4f", mean, se)
	}
}

// planted are rewards of a known truth on the log's contexts and letters:
//
//	logit P(paid | x, a) = −.6 + .2·x₁ + α_a + γ_a·x,   α_a ~ N(0, .12²), γ_aj ~ N(0, h²)
type planted struct {
	*logged.Log
	p         [][]float64 // by row and letter
	best, top float64     // what the best letter earns, and the best letter of each row
}

func plant(l *logged.Log, h float64, seed uint64) *planted {
	r := rand.New(rand.NewPCG(seed, 77))
	k, d := l.K(), l.Width()-1
	alpha, gamma := make([]float64, k), make([][]float64, k)
	for a := range k {
		alpha[a], gamma[a] = .12*r.NormFloat64(), make([]float64, d)
		for j := range d {
			gamma[a][j] = h * r.NormFloat64()
		}
	}
	own := *l
	own.Reward = make([]float64, l.N())
	w := &planted{Log: &own, p: make([][]float64, l.N())}
	by := make([]float64, k)
	for i := range w.p {
		x, most := l.Row(i)[1:], 0.
		w.p[i] = make([]float64, k)
		for a := range k {
			u := -.6 + .2*float64(x[0]) + alpha[a]
			for j, v := range x {
				u += gamma[a][j] * float64(v)
			}
			p := policy.Sigmoid(u)
			w.p[i][a] = p
			by[a] += p / float64(l.N())
			most = max(most, p)
		}
		w.top += most / float64(l.N())
		if r.Float64() < w.p[i][l.Action[i]] {
			own.Reward[i] = 1
		}
	}
	for _, v := range by {
		w.best = max(w.best, v)
	}
	return w
}

// earns is the true value of a learner's greedy letters while it is led through the rows.
func (w *planted) earns(t *testing.T, made logged.New, seed uint64) float64 {
	t.Helper()
	learner, err := made(w.Task(seed))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.
	for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(w.N()) {
		x := w.Row(i)[1:]
		greedy, _ := learner.Propensities(x)
		sum += w.p[i][greedy]
		if err := learner.Learn(int(w.Action[i]), x, w.Reward[i]); err != nil {
			t.Fatal(err)
		}
	}
	return sum / float64(w.N())
}

// TestPlantedLetters: context pays where it exists and costs little where it does not. gap is the share of the way from
// the best letter to the planted optimum that greedy earns, learning included.
func TestPlantedLetters(t *testing.T) {
	t.Parallel()
	seeds := size(t, 5, 20)
	l := open(t, "phl-tax-letters.yaml", letters)
	for _, c := range []struct{ h, gap float64 }{{0, math.Inf(-1)}, {.1, .15}, {.25, .65}} {
		t.Run(fmt.Sprint("h=", c.h), func(t *testing.T) {
			t.Parallel()
			var takt, mean, best, top float64
			for seed := range uint64(seeds) {
				w := plant(l, c.h, seed)
				takt += w.earns(t, logged.NewTakt, seed) / float64(seeds)
				mean += w.earns(t, logged.NewMean, seed) / float64(seeds)
				best += w.best / float64(seeds)
				top += w.top / float64(seeds)
			}
			gap := (takt - best) / (top - best)
			t.Logf("%d seeds: greedy %.4f, running mean %.4f, best letter %.4f, optimum %.4f, gap closed %.3f", seeds, takt, mean, best, top, gap)
			if takt < mean-.003 {
				t.Errorf("greedy %.4f, want at least %.4f − .003", takt, mean)
			}
			if gap < c.gap {
				t.Errorf("gap closed %.3f, want %.2f", gap, c.gap)
			}
		})
	}
}
