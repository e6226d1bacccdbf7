// Package scenario reads and runs scenarios of contact rules: given events, when a decision is asked for, what it must be.
// Events are folded as the server folds them and the decision is the real guard's and decider's; nothing is stored.
//
//	f, err := scenario.Parse("tenant.yaml", text)
//	de, err := rules.Load(f.Pack)
//	for _, r := range f.Run(de) {
//		fmt.Println(r.Name, r.Pass, r.Differences)
//	}
//
// # A file
//
//	pack: de                                # whose rules are asked, unless the caller brings others
//	defaults:                               # of every scenario; what a scenario says itself is laid over it
//	  when:
//	    case: {id: C-1, open: {amount_minor: 5990, currency: EUR}, oldest_due: 2026-05-01}
//	    debtor: {id: D-1, kind: person, tz: Europe/Berlin, region: DE-BE}
//	    channels: [{channel: email, address_ref: e1}, {channel: letter, address_ref: l1}]
//	scenarios:
//	  - name: after a promise until its day and two days more
//	    rule: core.promise
//	    sort: bad                           # the rule bites; good: just on the other side of its edge
//	    given:
//	      - {type: promise_made, at: 2026-06-08T10:00:00+02:00, case_id: C-1, due: 2026-06-10}
//	    when: {at: 2026-06-12T23:00:00+02:00}
//	    expect: {result: defer, kind: hold, reason: promise_open, until: 2026-06-13T00:00:00+02:00}
//
// An event is its short type, its time and its data fields as in POST /v1/events; it is the debtor's of the request unless
// it names another one. When holds the request of POST /v1/decisions, with at for as_of. Mappings are laid over those of
// defaults key by key, anything else replaces what stands there, and null takes it away; events of defaults come first.
// Without takes rules out which say the same and would hide the one in question.
//
// # What is expected
//
// Only what is named is compared. Kind is contact where at least one contact may go out, whatever the draw would say.
//
//	kind, reason, queue       what the rules decide
//	until                     end of a hold; none: only an event ends it
//	policy                    who decides then: guard, ladder or uniform
//	result                    of the scenario's rule in the trace: pass, block, defer, route; none: it was not asked
//	trace                     a list of {rule, result} that stand in the trace
//	channels, tones, offers   all that stay; with has_ before it some of them, with not_ some that do not
//	open_minor, currency      what counts as open
//	window                    {not_before, not_after}: the first and the last moment at which a contact may go out; of channel, if named
//	terms                     what texts and acts must keep to: wording, identify, discreet, approve, forbear (has_ and not_ as above),
//	                          needs {channel: [tag]}, with {tag: [tag]}, fee_minor, lump_minor, points, ladder
//
// The creditor has every channel, tone and offer, one slot of the whole day, and no limits of its own: what is forbidden
// the rules forbid.
package scenario
