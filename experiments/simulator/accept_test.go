package simulator

import (
	"context"
	"fmt"
	"math"
	"os"
	"testing"

	"takt/engine"
)

// The checks of acceptance, accept_*_test.go, are long runs over many seeds: TAKT_ACCEPT=1 runs them whole,
// and TAKT_SEEDS=N or FROM-TO says which seeds (of TestAcceptWorlds: which worlds), so that several processes
// share them. Without, each is a small run that only a plain fault fails, or is left out.

// accepting reports whether checks run whole.
func accepting() bool { return os.Getenv("TAKT_ACCEPT") == "1" }

// size is small, or whole when checks run whole.
func size(small, whole int) int {
	if accepting() {
		return whole
	}
	return small
}

// seeds are those to run: of TAKT_SEEDS, else 1 to whole, else 1 alone.
func seeds(t testing.TB, whole int) (list []uint64) {
	t.Helper()
	from, to := 1, size(1, whole)
	if v := os.Getenv("TAKT_SEEDS"); v != "" {
		if n, _ := fmt.Sscanf(v, "%d-%d", &from, &to); n == 1 {
			from, to = 1, from
		}
		if from < 1 || to < from {
			t.Fatalf("TAKT_SEEDS is %q; write how many, such as 20, or from and to, such as 5-8", v)
		}
	}
	for s := from; s <= to; s++ {
		list = append(list, uint64(s))
	}
	return list
}

// onlyWhole leaves a check out unless checks run whole.
func onlyWhole(t *testing.T) {
	t.Helper()
	if !accepting() {
		t.Skip("takes minutes per seed: TAKT_ACCEPT=1 runs it")
	}
}

func scenario(t testing.TB, name string) *Scenario {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ready(t testing.TB, s *Scenario) *world {
	t.Helper()
	w, err := newWorld(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// lesson is a Takt that has learned, weekly, from so many decisions about people other than the seed's, all labels
// closed at last.
func lesson(t testing.TB, s *Scenario, tenant *engine.Tenant, seed uint64, decisions int) *inside {
	t.Helper()
	w := ready(t, s)
	in, err := newInside(tenant)
	if err != nil {
		t.Fatal(err)
	}
	in.learns, in.taking = true, true
	p := &play{w: w, by: in, watched: true, prefix: "L", seed: mix(seed), cases: 2 * decisions}
	p.days = int(math.Ceil(float64(p.cases) / s.Creditor.CasesADay))
	p.enough = func() bool { return in.chosen >= decisions }
	end, week := 0, weekly(w, in)
	p.evening = func(ctx context.Context, cal int) error {
		if end = cal; p.enough() {
			in.full()
			return nil
		}
		return week(ctx, cal)
	}
	if _, err := p.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := in.learn(t.Context(), w, end+closeDays); err != nil {
		t.Fatal(err)
	}
	return in
}

// judged is what the frozen snapshot of a Takt does with the cases of a seed, under the prices r.
func judged(t testing.TB, s *Scenario, in *inside, r engine.Reward, seed uint64, cases int) []outcome {
	t.Helper()
	p := &play{w: ready(t, s), by: in.with(r), watched: true, prefix: "T", seed: seed, cases: cases}
	p.days = int(math.Ceil(float64(cases) / s.Creditor.CasesADay))
	done, err := p.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done
}
