package ope_test

import (
	"fmt"

	"takt/experiments/ope"
)

// What would "always letter 1" have earned, from a log that drew one of two letters at random?
func Example() {
	var audit ope.Audit
	ips, snips := ope.Estimate{}, ope.Estimate{Rule: ope.SNIPS{}}
	for i := range 400 {
		letter := i % 2
		s := ope.Sample{PLog: .5, Cluster: uint64(i)}
		if letter == 1 {
			s.PEval = 1
		}
		if i%4 == 1 || i%8 == 2 {
			s.Reward = 1
		}
		audit.Add(s, ope.Choice{Action: letter, Log: []float64{.5, .5}, Eval: []float64{0, 1}})
		ips.Add(s)
		snips.Add(s)
	}
	if err := audit.Value().Estimable(ope.Limits{}); err != nil {
		fmt.Println(err) // no estimate, no interval
		return
	}
	v, _ := snips.Value()
	fixed, _ := snips.Gaussian(.95)
	always, _ := ips.Sequence(.95, 200)
	fmt.Printf("%.3f, at this size %.3f, at all sizes %.3f\n", v, fixed, always)

	fmt.Println(ips.Add(ope.Sample{PLog: 0, PEval: 1}))
	// Output:
	// 0.500, at this size {0.431 0.569}, at all sizes {0.367 0.633}
	// off-policy sample: PLog is 0; want a propensity in (0,1]
}
