// Package decided judges policies on the engine's own log: every decision carries its eligible
// actions with their exact propensities, and room features says what it earned.
//
//	log, err := decided.Read(ctx, store, decided.Options{Tenant: tenant, AsOf: now})
//	policies, err := log.Policies([]string{"logged", "always=hold", "channel=sms", "snapshot:live"}, open)
//	report, err := log.Evaluate(policies, ope.Judge{Draws: 1000})
package decided
