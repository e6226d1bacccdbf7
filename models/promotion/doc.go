// Package promotion says which policy version decides for a tenant: it publishes what was learned,
// checks refreshes, asks a gate about new versions, and keeps a log of who changed what and why.
//
// A policy version is a name, such as bandit-1, and a form: policy word, epsilon, reward and prior, the
// features and actions it was learned on. It is served in its own form, whatever the configuration
// says by now. Each training of the live version is a refresh: it goes live by itself if it is finite
// and its hold and tone shares lie within bands of the live ones. A training under another name takes
// the configured form and is a candidate: it goes live only through [Desk.Promote], which asks the
// [Gate] about decisions made after the candidate was trained, or by a human with a reason.
//
//	desk := &promotion.Desk{Registry: registry.New(store), Store: store, Gate: gate.New(), Now: now}
//	made, err := desk.Train(ctx, tenant, promotion.Training{Version: "bandit-2"})  // a candidate
//	done, err := desk.Promote(ctx, tenant, "bandit-2", promotion.Wish{Who: "anna"}) // ramp, live or RefusedError
//	err = desk.Pause(ctx, tenant, promotion.Wish{Who: "anna", Reason: "complaints"}) // the ladder at once
package promotion
