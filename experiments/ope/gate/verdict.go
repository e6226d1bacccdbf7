package gate

import (
	"fmt"
	"math"

	"takt/experiments/ope"
	"takt/models/promotion"
)

// verdict is what the rows so far say.
func (c *comparison) verdict() promotion.Verdict {
	g, n := c.gate, c.weights.N()
	v := promotion.Verdict{Result: promotion.NotEstimable, Decisions: n, Debtors: c.diff.N(), FromSeq: c.q.FromSeq, Level: g.Level,
		ESS: c.weights.ESS(), MaxWeight: c.weights.Max(), LeftOut: c.left}
	if n > 0 {
		v.Unsupported = c.unsupported / float64(n)
	}
	if c.diff.N() < g.Debtors {
		v.Needed = max(g.Debtors-c.diff.N(), 1)
		v.Reason = fmt.Sprintf("%d decisions of %d debtors since it was trained have closed labels; at least %d debtors are needed", n, c.diff.N(), g.Debtors)
		return v
	}
	r := ope.Report{N: n, WeightSum: c.weights.Sum(), ESS: v.ESS, MaxWeight: v.MaxWeight, Unsupported: v.Unsupported}
	if err := r.Estimable(g.Limits); err != nil {
		v.Reason = err.Error()
		return v
	}
	v.Live, _ = c.live.Value()
	v.Candidate, _ = c.new.Value()
	v.Diff, _ = c.diff.Value()
	v.Margin = c.q.Margin * math.Abs(v.Live)
	bounds, ok := c.diff.Sequence(2*g.Level-1, g.Best)
	if !ok {
		v.Reason = "the difference has no spread to judge by"
		return v
	}
	v.Lower, v.Upper = bounds.Lower, bounds.Upper
	c.result(&v)
	return v
}

// result compares the bounds with the margin, and says what is still needed.
func (c *comparison) result(v *promotion.Verdict) {
	switch {
	case v.Lower > 0:
		v.Result, v.Reason = promotion.Better, fmt.Sprintf("better: the difference is at least %.2f minor units per decision", v.Lower)
		return
	case v.Lower > -v.Margin || v.Lower == 0 && v.Upper == 0: // decides like the live version
		v.Result = promotion.NonInferior
		v.Reason = fmt.Sprintf("not inferior: at most %.2f minor units per decision are lost, %.2f may be", -v.Lower, v.Margin)
	case v.Upper < -v.Margin:
		v.Result, v.Reason = promotion.Worse, fmt.Sprintf("worse: at least %.2f minor units per decision are lost, %.2f may be", -v.Upper, v.Margin)
		return
	default:
		v.Result = promotion.NotShown
		v.Reason = fmt.Sprintf("not shown yet: up to %.2f minor units per decision may be lost, %.2f may be", max(-v.Lower, 0), v.Margin)
		gap := v.Diff + v.Margin
		if gap <= 0 {
			gap = v.Margin // of a version as good as the live one
		}
		v.Needed = c.needed(gap)
	}
	if v.Diff > 0 {
		v.NeededBetter = c.needed(v.Diff)
	}
}

// mostDebtors bounds the search for what is needed; more is as good as never.
const mostDebtors = 1e9

// needed is how many decisions more narrow the half width of the sequence to gap: the half width of g debtors
// is s·SequenceHalf(g), s the standard deviation of a debtor's influence on the mean, and falls with g.
func (c *comparison) needed(gap float64) int {
	se, ok := c.diff.StdErr()
	now := float64(c.diff.N())
	if !ok || !(gap > 0) {
		return 0
	}
	s := se * math.Sqrt(now)
	lo, hi := now, now
	for s*ope.SequenceHalf(hi, 2*c.gate.Level-1, c.gate.Best) >= gap {
		if lo, hi = hi, 2*hi; hi > mostDebtors {
			return 0
		}
	}
	for hi-lo > 1 {
		if mid := math.Floor((lo + hi) / 2); s*ope.SequenceHalf(mid, 2*c.gate.Level-1, c.gate.Best) >= gap {
			lo = mid
		} else {
			hi = mid
		}
	}
	each := float64(c.weights.N()) / now
	return int(math.Ceil((hi - now) * each))
}
