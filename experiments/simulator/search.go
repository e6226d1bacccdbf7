package simulator

import (
	"cmp"
	"context"
	"slices"
)

// search rounds: how many cases try how many of the best actions so far.
var rounds = []struct{ cases, keep int }{{500, 30}, {2_000, 8}, {10_000, 1}}

// bestFixed is the action that earns most when it is always taken, searched on other people than
// those of the seed by successive halving; all actions of a round meet the same people.
func bestFixed(ctx context.Context, w *world, seed uint64, progress func(done, of int)) (fixed, error) {
	type scored struct {
		fixed
		net float64
	}
	var list []scored
	for _, ch := range channels {
		for i := range choices(ch) {
			list = append(list, scored{fixed{action(ch, tones[i%len(tones)], uint8(i/len(tones)))}, 0})
		}
	}
	tried, all := 0, len(list)
	for _, round := range rounds[:len(rounds)-1] {
		all += round.keep
	}
	for n, round := range rounds {
		for i := range list {
			p := &play{w: w, by: byRule{list[i].fixed}, seed: mix(seed + uint64(n) + 1), cases: round.cases, days: max(1, round.cases/200)}
			done, err := p.run(ctx)
			if err != nil {
				return fixed{}, err
			}
			list[i].net = 0
			for j := range done {
				list[i].net += done[j].net
			}
			if tried++; progress != nil {
				progress(tried, all)
			}
		}
		slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.net, a.net) })
		list = list[:min(round.keep, len(list))]
	}
	return list[0].fixed, nil
}
