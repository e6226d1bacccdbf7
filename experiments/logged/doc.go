// Package logged judges policies on any file of logged decisions: a CSV whose rows say what was
// done, with what probability, and what came of it. A [Spec] names the columns.
//
//	spec, err := logged.LoadSpec("letters.yaml")
//	log, err := spec.Open("letters.csv.gz")
//	policies, err := log.Policies([]string{"always=Lien", "uniform", "mine=mine.csv"})
//	report, err := log.Evaluate(policies, logged.Options{})       // audit first, then estimates
//	found, err := log.Progressive(ctx, logged.NewMean, 50, 1, nil)   // a learner, row by row
package logged
