// Package policy holds the rules that vote on a decision's eligible actions.
//
// [NewUniform] gives every eligible action the same vote. [Bandit] is Thompson sampling in
// factored form: every head of the model is
//
//	u(x, channel, tone, slot, offer) = b(x) + w_channel(x) + w_tone(x) + w_slot(x) + w_offer(x) + pairs
//	u(x, hold)                       = b(x) + w_hold(x)
//
// where b and each w are weight vectors over (1, x, groups) and pairs are tables channel×tone,
// channel×slot, tone×slot, channel×offer and tone×offer. A group is a portfolio or segment that the header names: its
// column is 1 for its cases. Weights that the learner shares between levels lie in the levels' own here.
//
// The resolve head is logistic, P(resolve) = σ(u) with [Sigmoid], the others are linear and kept within their
// range. The resolve head comes in [Lanes] joint posterior draws that lie in the snapshot's bytes, the heads
// amount, complaint and churn by posterior mean. Each draw votes for its best eligible action, so propensities
// are exact and serving draws nothing.
//
//	snap, err := policy.Open(data)               // or policy.Prior(tenant, nil, schema, features)
//	b := &engine.Ballot{Options: options}        // hold first, then contacts by action index
//	snap.Policy.Vote(b, &engine.Input{Tenant: tenant, Request: request, X: x})
//	b.Votes[i]                                   // how many of the 32 draws like option i best
//	b.Value[i]                                   // expected net value, minor units
package policy
