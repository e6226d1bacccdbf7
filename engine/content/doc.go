// Package content says what a contact holds beside its channel, tone and time: the texts that may go out, how to pay,
// a plan, a preview that gives nothing away, and what an agent says on the phone. It knows neither clock nor file.
//
//	ok, tag := content.Permitted(template.Tags, &conditions)      // may this text go out today?
//	plan, ok := content.PlanOf(decision, tenant)                  // instalments inside the bounds
//	code := content.GiroCodeOf(decision, tenant)                  // to be scanned
//	guidance := content.Guide(decision, input, "de")              // for a call
//
// It is for the guard before a decision and for the reply after one, so that both go by the same rules.
package content
