package learner

import "takt/engine/policy"

// The resolve head is logistic: P(settled within the horizon) = p = σ(η), η = φᵀθ. A label that is open at an age
// by which a share F of settlements has come is an observation of "settled by then", with probability p·F:
//
//	settled:   score 1 − p             not settled: score −F·p(1−p)/(1−pF)
//	Fisher information of both  F·p(1−p)²/(1−pF), which is p(1−p) at F = 1
//
// (Chapelle 2014, eq. 9, with a delay that depends on channel and age alone). Fisher's information is used and
// never the Hessian of this likelihood, which is not convex.

// leastWeight keeps rows that the model is sure of from dividing by nothing.
const leastWeight = 1e-5

// leastSeen is the share of settlements that must have come by a row's age for it to teach.
const leastSeen = .02

// working is the weight and weighted target, weight·η + score, of Fisher scoring at η.
// The label y of a closed row, or of one whose next contact is known, may be an expectation (see outlook).
func working(e *row, y, share, eta float64) (weight, target float64) {
	p := policy.Sigmoid(eta)
	if e.closed || e.next != nil {
		weight = max(p*(1-p), leastWeight)
		return weight, weight*eta + y - p
	}
	if share < leastSeen {
		return 0, 0
	}
	miss := 1 - p*share
	weight = max(share*p*(1-p)*(1-p)/miss, leastWeight)
	if e.settled >= 0 {
		return weight, weight*eta + 1 - p
	}
	return weight, weight*eta - share*p*(1-p)/miss
}
