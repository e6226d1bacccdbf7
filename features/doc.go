// Package features turns history into context: it folds a debtor's events and decisions into a
// [Profile], keeps profiles in memory, and gives the feature vector x of a decision.
//
// There is one fold, [Profile.Fold] and [Profile.FoldDecision], used for serving, backfill and
// training alike; the same log gives the same profile, in whatever order it arrived. [Ledger] is
// the door for everyone else: facts go in durably, decisions are made one at a time per debtor.
//
//	l, err := features.Open(ctx, features.Options{Journal: log, Store: store})
//	go l.Run(ctx)                                        // ships the journal to the store
//	receipts, err := l.Events(ctx, "acme", events)       // durable and folded
//	commit, err := l.Turn(ctx, "acme", "D-9", func(v *features.View) (*engine.Decision, error) {
//		x := v.Profile.Context(nil, &request, now, berlin)
//		return decide(request, x, v)                     // nil: nothing to log
//	})
//	err = commit.Wait(ctx)                               // durable: answer now
package features
