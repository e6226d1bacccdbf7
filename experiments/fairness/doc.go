// Package fairness says how intensely groups of debtors are worked, and whether what may not be used comes in by proxy.
//
// [Intensity] reads the log and compares age bands, regions and languages in contacts, pressure, calls, plans offered,
// complaints and recovery: as they are, and at equal balance and days past due. No figure rests on fewer than [Least]
// debtors, nor does what is left if shown figures are taken off the whole. [Proxies] says how well the features that are
// used tell what is denied.
//
//	report, err := fairness.Intensity(ctx, store, fairness.Options{Tenant: tenant, AsOf: now})
//	fmt.Println(report.Text["en"])       // which groups differ, in sentences
//	proxies, err := fairness.Proxies(ctx, store, fairness.Options{Tenant: tenant, AsOf: now})
package fairness
