package explain

import (
	"cmp"
	"math"
	"slices"

	"takt/engine"
)

// settle rounds the lines to whole minor units that sum to total. What the lines split is rounded
// half to even and shared out; total, the difference of two rounded values, may be one off, and the
// last line says so.
func settle(list []Line, total int64) []Line {
	sum := 0.0
	for i := range list {
		sum += list[i].Exact
	}
	share(list, engine.RoundMinor(sum))
	for i := range list {
		total -= list[i].Minor
	}
	if total != 0 {
		list = append(list, Line{Code: CodeRounding, Feature: -1, Minor: total})
	}
	return list
}

// share rounds every line down and gives the units that are left of total to the largest
// remainders, ties to the earlier line (Hamilton's method): a line is less than one unit off. Total
// is the rounded sum of the lines.
func share(list []Line, total int64) {
	order := make([]int, len(list))
	for i := range list {
		order[i] = i
		list[i].Minor = int64(math.Floor(list[i].Exact))
		total -= list[i].Minor
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(list[j].Exact-float64(list[j].Minor), list[i].Exact-float64(list[i].Minor))
	})
	for _, i := range order {
		if total <= 0 {
			return
		}
		list[i].Minor++
		total--
	}
}
