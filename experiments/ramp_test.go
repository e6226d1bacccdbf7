package experiments_test

import (
	"math"
	"strconv"
	"testing"

	"takt/engine"
	"takt/experiments"
)

// As many debtors as the share says ramp, nobody leaves when it grows, shares multiply, the hold-out stays out.
func TestRamp(t *testing.T) {
	const n = 20_000
	small := experiments.Ramp{Live: "a", Challenger: "b", Share: .1}
	large := experiments.Ramp{Live: "a", Challenger: "b", Share: .5}
	base := engine.Variant{Experiment: "holdout", Arm: "policy", Share: .98}
	few, many := 0, 0
	for i := range n {
		v, in := small.Assign(base, "D-"+strconv.Itoa(i))
		w, also := large.Assign(base, "D-"+strconv.Itoa(i))
		if in && !also {
			t.Fatalf("debtor %d left when the ramp grew", i)
		}
		if in {
			few++
		}
		if also {
			many++
		}
		arm, share := "a", .98*.9
		if in {
			arm, share = "b", .98*.1
		}
		if v.Arm != arm || v.Experiment != "ramp" || math.Abs(v.Share-share) > 1e-12 || w.Holdout() {
			t.Fatalf("debtor %d: %+v, %v", i, v, in)
		}
	}
	for _, c := range []struct {
		got   int
		share float64
	}{{few, .1}, {many, .5}} {
		if math.Abs(float64(c.got)-c.share*n) > 4.5*math.Sqrt(n*c.share*(1-c.share)) {
			t.Errorf("%d of %d debtors, want a share of %g", c.got, n, c.share)
		}
	}
	held := engine.Variant{Experiment: "holdout", Arm: "holdout", Share: .02}
	if v, in := large.Assign(held, "D-1"); in || v != held {
		t.Errorf("held out: %+v, %v", v, in)
	}
}
