package simulator

import (
	"math"
	"slices"
	"testing"

	"takt/engine"
)

// What Takt draws while it learns is drawn as often as it logs: over 100,000 decisions with a choice, for every action,
// |Σ(1[chosen] − p)| ≤ 4.5·√Σp(1−p), p rebuilt from the stored rows.
func TestAcceptPropensities(t *testing.T) {
	long(t)
	decisions := size(4_000, 100_000)
	for _, seed := range seeds(t, 1) {
		s := scenario(t, "base")
		in := lesson(t, s, s.Tenant("simulator"), seed, decisions)
		b := balance{grid: &in.tenant.Grid}
		for _, k := range in.desks {
			for i := range k.log.Decisions {
				if d := &k.log.Decisions[i]; len(d.Eligible) > 1 && d.Policy == bandit {
					b.add(t, d)
				}
			}
		}
		if b.judge(t, seed); b.served < decisions {
			t.Errorf("seed %d: only %d decisions", seed, b.served)
		}
	}
}

// balance holds, by action, how often it was chosen beyond its propensities, and the variance of that.
type balance struct {
	grid             *engine.Grid
	excess, variance [1024]float64
	served           int
	p                []float64
}

func (b *balance) add(t *testing.T, d *engine.Decision) {
	t.Helper()
	var err error
	if b.p, err = d.PropensitiesOn(b.p, b.grid); err != nil {
		t.Fatal(err)
	}
	if at, ok := slices.BinarySearch(d.Eligible, uint16(d.Chosen)); !ok || b.p[at] != d.Propensity {
		t.Fatalf("decision %v logs another propensity than %v, the one it was drawn with", d.ID, d.Propensity)
	}
	for j, a := range d.Eligible {
		b.excess[a] -= b.p[j]
		b.variance[a] += b.p[j] * (1 - b.p[j])
	}
	b.excess[d.Chosen]++
	b.served++
}

// judge holds every action to the rule. The excess is a martingale also where p depends on what was drawn before. Where
// its variance v is below 20 it is no normal number but nearly a Poisson one: there Bernstein's bound of the same
// probability holds, √(2vL) + 2L/3 with L = −log Φ(−4.5) (Freedman, Annals of Probability 1975), and the rule itself for
// all such actions together.
func (b *balance) judge(t *testing.T, seed uint64) {
	t.Helper()
	worst, often, rare, rareVariance := 0., 0, 0., 0.
	tail := -math.Log(.5 * math.Erfc(4.5/math.Sqrt2))
	for a := range b.grid.Size() {
		v, off := b.variance[a], math.Abs(b.excess[a])
		limit := 4.5 * math.Sqrt(v)
		if v < 20 {
			limit = math.Sqrt(2*v*tail) + 2*tail/3
			rare, rareVariance = rare+b.excess[a], rareVariance+v
		} else {
			often++
			worst = max(worst, off/math.Sqrt(v))
		}
		if off > limit || v == 0 && off > 0 {
			t.Errorf("seed %d: action %d was chosen %+.1f times beyond its propensities; the limit is %.1f", seed, a, b.excess[a], limit)
		}
	}
	if math.Abs(rare) > 4.5*math.Sqrt(rareVariance) {
		t.Errorf("seed %d: rare actions were chosen %+.1f times beyond their propensities, with variance %.1f", seed, rare, rareVariance)
	}
	t.Logf("seed %d: %d decisions; of %d actions the worst is off by %.2f deviations; %d rare ones have %+.2f, variance %.2f, together",
		seed, b.served, often, worst, b.grid.Size()-often, rare, rareVariance)
	if often < 50 {
		t.Errorf("seed %d: only %d actions were often possible; the check shows nothing", seed, often)
	}
}
