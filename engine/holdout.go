package engine

import "math"

// Holdout is the permanent random share of debtors kept on the ladder: what tells what the policy is worth.
// A share that was set stays; else it is sized to a precision.
type Holdout struct {
	Share     float64 // of debtors, 0 to .1; where Precision is above 0, what holds until a year has been sized
	Salt      string  // with the year it makes the salt of a year's draw
	Precision float64 // points, see Size; 0: Share was set
	PerYear   int     // debtors expected in a year, for Size until there is a year of history
}

// Bounds of a sized share.
const (
	MinHoldout = .01
	MaxHoldout = .1
)

// z95 is the normal quantile of .975.
const z95 = 1.959963984540054

// Size is the share s of n debtors a year to hold out so that the difference in resolved share between
// the n·s held out and the n·(1−s) others is known to ± Precision points: the half width of its 95 % interval,
//
//	z·√(p(1−p)/(n·s) + p(1−p)/(n·(1−s))) = h,  thus  s(1−s) = z²·p(1−p)/(n·h²)
//
// the normal interval of two independent proportions (Wald; Newcombe, Statistics in Medicine 1998, method
// 10), with p = ½ in both, where it is widest, and h = Precision/100. s is the smaller root, clamped to [.01,
// .1]: too few debtors are not paid for with ever more of them. Zero debtors, or no Precision, give Share.
func (h *Holdout) Size(n int) float64 {
	if n <= 0 || h.Precision <= 0 {
		return h.Share
	}
	half := h.Precision / 100
	c := z95 * z95 * .25 / (float64(n) * half * half)
	return min(max((1-math.Sqrt(max(1-4*c, 0)))/2, MinHoldout), MaxHoldout)
}

// HoldoutPrecision is what a share of n debtors a year gives: the half width in points of [Holdout.Size]'s
// interval; +Inf where one of both groups is empty.
func HoldoutPrecision(share float64, n int) float64 {
	if !(share > 0 && share < 1) || n <= 0 {
		return math.Inf(1)
	}
	return 100 * z95 * math.Sqrt(.25/(float64(n)*share)+.25/(float64(n)*(1-share)))
}
