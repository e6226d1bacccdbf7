package ope

import (
	"cmp"
	"math"
	"slices"
)

// Bin is a group of rows of about equal expectation: what was expected of them and what came.
type Bin struct {
	N        int        `json:"n"`
	Expected float64    `json:"expected"` // mean of q
	Observed float64    `json:"observed"` // mean reward
	CI95     [2]float64 `json:"ci95"`     // of the mean reward, Gaussian
}

// Reliability puts rows into bins of equal size by what was expected of them. A model that can be
// believed has bins on the diagonal. Murphy & Winkler, Applied Statistics 1977.
func Reliability(expected, observed []float64, bins int) []Bin {
	if len(expected) != len(observed) {
		panic("ope: expected and observed rewards differ in number")
	}
	order := make([]int, len(expected))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(expected[i], expected[j]) })
	var list []Bin
	for b := range bins {
		part := order[b*len(order)/bins : (b+1)*len(order)/bins]
		if len(part) == 0 {
			continue
		}
		n, e, m := float64(len(part)), 0., moments{}
		for _, i := range part {
			e += expected[i]
			m.add(mean(observed[i]))
		}
		v, _ := m.variance()
		half := 1.959963984540054 * math.Sqrt(v/n)
		list = append(list, Bin{len(part), e / n, m.c, [2]float64{m.c - half, m.c + half}})
	}
	return list
}
