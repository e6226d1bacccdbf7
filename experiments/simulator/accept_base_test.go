package simulator

import (
	"fmt"
	"slices"
	"testing"
)

// Frozen after 50,000 decisions Takt closes 80 % of the gap in net value from the status quo's ladder to the oracle, on
// 20,000 people it has not met, and earns more than the best fixed action searched on others still; while it learns, delays and
// exploration included, the cases of its second 25,000 decisions close 60 %.
func TestAcceptBase(t *testing.T) {
	onlyWhole(t)
	var frozen, learning float64
	var all, fixed Result
	list := seeds(t, 20)
	for _, seed := range list {
		r := contest(t, "base", seed, "ladder", "oracle", "best_fixed", bandit)
		closed, lead := r[bandit].closed(r), Gap(r[bandit], r["best_fixed"])
		frozen += closed
		learning += r[bandit].Learning.Closed()
		all.outcomes = append(all.outcomes, r[bandit].outcomes...)
		fixed.outcomes = append(fixed.outcomes, r["best_fixed"].outcomes...)
		t.Logf("seed %d: ladder %.1f, best fixed %.1f (%s), Takt %.1f, oracle %.1f: closed %.4f, over best fixed %+.1f (%+.1f to %+.1f), while learning %.4f, alarms %v",
			seed, r["ladder"].Net.Mean, r["best_fixed"].Net.Mean, r["best_fixed"].Action, r[bandit].Net.Mean, r["oracle"].Net.Mean,
			closed, lead.Mean, lead.Lo, lead.Hi, r[bandit].Learning.Closed(), r[bandit].Drift)
	}
	n := float64(len(list))
	lead := Gap(&all, &fixed)
	t.Logf("mean of %g seeds: closed %.4f, over best fixed %+.1f (%+.1f to %+.1f), while learning %.4f", n, frozen/n, lead.Mean, lead.Lo, lead.Hi, learning/n)
	if frozen/n < .8 || lead.Lo <= 0 || learning/n < .6 {
		t.Errorf("closed %.4f, want .8; over the best fixed action %+.1f from %+.1f, want above 0; while learning %.4f, want .6", frozen/n, lead.Mean, lead.Lo, learning/n)
	}
}

// In 30 worlds drawn around base the median of the gap closed is 70 %, and in none Takt earns 2 % less than the ladder.
// TAKT_SEEDS are the worlds' numbers; the people are those of seed 1.
func TestAcceptWorlds(t *testing.T) {
	onlyWhole(t)
	var gaps []float64
	for _, n := range seeds(t, Worlds) {
		r := contest(t, fmt.Sprint("world-", n), 1, "ladder", "oracle", bandit)
		closed, ladder := r[bandit].closed(r), r["ladder"].Net.Mean
		gaps = append(gaps, closed)
		t.Logf("world %d: ladder %.1f, Takt %.1f, oracle %.1f: closed %.4f, while learning %.4f", n, ladder, r[bandit].Net.Mean, r["oracle"].Net.Mean, closed, r[bandit].Learning.Closed())
		if d := r[bandit].Net.Mean - ladder; d < -.02*max(ladder, -ladder) {
			t.Errorf("world %d: Takt earns %.1f less than the ladder's %.1f", n, -d, ladder)
		}
	}
	slices.Sort(gaps)
	median := (gaps[(len(gaps)-1)/2] + gaps[len(gaps)/2]) / 2
	t.Logf("median of %d worlds: closed %.4f; least %.4f", len(gaps), median, gaps[0])
	if median < .7 {
		t.Errorf("the median gap closed is %.4f, want .7", median)
	}
}

// contest runs the policies with the same 20,000 people of a seed; Takt has learned from 50,000 decisions about others.
func contest(t *testing.T, name string, seed uint64, policies ...string) map[string]*Result {
	t.Helper()
	r := map[string]*Result{}
	for _, p := range policies {
		o := Options{Policy: p, Cases: 20_000, Seed: seed}
		if p == bandit {
			o.Learn = 50_000
		}
		r[p] = mustRun(t, o, name)
	}
	return r
}

// closed is the share of the gap from ladder to oracle that r closes.
func (r *Result) closed(of map[string]*Result) float64 {
	ladder := of["ladder"].Net.Mean
	return (r.Net.Mean - ladder) / (of["oracle"].Net.Mean - ladder)
}
