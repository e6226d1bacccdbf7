// Package gate judges from the log whether a policy version may go live, and what shadow mode would have
// gained. It is promotion.Gate of room models, made of the estimators of package ope.
//
//	v, err := gate.New().Judge(ctx, store, promotion.Question{Tenant: t, Candidate: snapshot, Live: "bandit-1", AsOf: now})
//	v.Result   // better, non_inferior, not_shown, worse or not_estimable
//	v.Needed   // decisions still needed
//
// The difference is the doubly robust one (AIPW), clustered by debtor, on decisions of the live version that
// the candidate was not trained on. The live version counts as it was at each decision, its refreshes
// included: with the propensities that it logged. The model of both sides is the candidate's own, which
// has not seen the rows. The bounds are those of the asymptotic confidence sequence, so one may look as
// often as one likes, at each step of a ramp too.
package gate
