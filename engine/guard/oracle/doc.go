// Package oracle is the contact rules once more: written from the rule table (domain.md, section 3) and from what each
// kind of rule is agreed to mean, asked option by option and minute by minute. It is slow and plain, and shares no code
// with the guard that it judges.
//
//	for _, bad := range oracle.Check(rules, in, verdict, ballot.Options) {
//		fmt.Println(bad.Rule, bad.Text) // de.quiet_hours: email from Sun 20:30
//	}
//	oracle.Missing(rules, in, verdict, ballot.Options) // what was removed although no rule removes it
//
//	w := oracle.NewWorld(1, packs...)
//	in := w.Input()             // a random input under a random variant of a pack: in.Tenant.Rules
//	in = w.About(de, "de.bureau") // one in which that rule is likely to decide
//
// Check never complains about a guard that is stricter than the rules; Missing does nothing else. The rules are those
// of the decision's local day; send times are judged at the window itself.
//
// Readings where the table leaves room, the strict one for Check:
//
//   - of request and history either may forbid, so the older of two contract dates counts; what the request states of kind,
//     region and other dates counts before the history's, and for the open amount the newer statement does;
//   - a disputed part is a matter of the rules of disputes alone, whatever reasons a rule of holds names;
//   - a dispute that CaseFacts.Disputes counts is a whole one; parts stand in Parts;
//   - a limitation that ends on 29 February of a common year ends on the 28th (BGB §188(3));
//   - letters (ChannelSpec.AnyTime) have no hour that could suit or not: of hours only rules that list them count, of
//     wishes those about time do not;
//   - whatever is said of one channel set in With holds for every channel.
package oracle
