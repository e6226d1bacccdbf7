// Package content says what a contact holds beside its channel, tone and time: the texts that may go out, how to pay,
// a plan, a preview that gives nothing away, and what an agent says on the phone. It knows neither clock nor file.
//
//	ok, tag, needs := content.Sound(template.Tags)                // could this text ever go out?
//	plan, ok := content.PlanOf(decision, tenant)                  // instalments inside the bounds
//	code := content.GiroCodeOf(decision, tenant)                  // to be scanned
//	guidance := content.Guide(decision, input, &terms, "de")      // for a call
//
// It is for the guard before a decision and for the reply after one, so that both go by the same rules: what a text or an
// agent may say follows from [engine.Terms].
package content
