package policy

import (
	"math"
	"slices"
	"testing"

	"takt/engine"
)

// Features of a group are one reason, its weight is the sum of theirs, and the sum is made before
// the cut: two that are small alone can be large together.
func TestContributionsOfAGroupAddUp(t *testing.T) {
	groups := []int{0, 1, 2, 2, 4, 1, 6, 7}
	for seed := range uint64(20) {
		in, b, p := random(t, seed, 4, 3, 3, 2, len(groups))
		voted(p, in, b)
		option := len(b.Options) - 1
		want, total := map[int]float64{}, 0.0
		for _, r := range p.Contributions(nil, b, in, option, len(groups)) {
			want[groups[r.Feature]] += r.WeightMinor
			total += r.WeightMinor
		}
		in.Groups = groups
		got := p.Contributions(nil, b, in, option, len(groups))
		if len(got) != 6 {
			t.Fatalf("seed %d: %d reasons of 6 groups: %+v", seed, len(got), got)
		}
		sum := 0.0
		for i, r := range got {
			if math.Abs(r.WeightMinor-want[r.Feature]) > 1e-9 || r.Code != engine.ReasonFeature {
				t.Errorf("seed %d: %+v, want %v", seed, r, want[r.Feature])
			}
			if i > 0 && math.Abs(r.WeightMinor) > math.Abs(got[i-1].WeightMinor) {
				t.Errorf("seed %d: not in order: %+v", seed, got)
			}
			sum += r.WeightMinor
		}
		if math.Abs(sum-total) > 1e-9 {
			t.Errorf("seed %d: groups sum to %v, features to %v", seed, sum, total)
		}
		if top := p.Contributions(nil, b, in, option, 2); !slices.Equal(top, got[:2]) {
			t.Errorf("seed %d: the top two are %+v of %+v", seed, top, got)
		}
	}
}

// A snapshot of fewer features than the caller groups explains those it has.
func TestContributionsOfAnOlderSnapshot(t *testing.T) {
	in, b, p := random(t, 1, 4, 3, 3, 2, 4)
	voted(p, in, b)
	in.Groups = []int{0, 1, 1, 3, 4, 3}
	got := p.Contributions(nil, b, in, len(b.Options)-1, 9)
	if len(got) != 3 || slices.ContainsFunc(got, func(r engine.Reason) bool { return r.Feature == 2 }) {
		t.Errorf("reasons %+v", got)
	}
}
