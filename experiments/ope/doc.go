// Package ope says what a policy would have earned, from decisions that another policy made and
// logged with their propensities.
//
// A [Rule] is an estimator: what one logged [Sample] adds. Accumulators run a rule through a log:
// [Estimate] row by row, [Clusters] by debtor, [Betting] for intervals that hold at any sample size,
// [Grid] for the choice of a rule's parameter. [Audit] comes first: it says whether the log can be
// believed. Zero values are ready; shards of a log merge into the same figure as one pass.
//
//	e := ope.Estimate{Rule: ope.DR{}}
//	for _, s := range log {
//		if err := e.Add(s); err != nil { … } // the field that is garbage; nothing was added
//	}
//	v, ok := e.Value()
//	i, ok := e.Gaussian(.95)      // at one size fixed before
//	i, ok = e.Sequence(.95, 500)  // at every size, looked at as often as one likes
//
// Names: w = pEval/pLog, r the reward, q(x,a) a model of it, q̂(x) = Σ pEval(a|x)·q(x,a).
package ope
