// Package rules reads contact rules: packs of law and courtesy as dated YAML, and what a tenant makes stricter in them.
//
//	de, err := rules.Load("de")              // an embedded pack, compiled: *engine.Rules
//	for _, r := range de.On(today).Of(engine.RuleCap) {
//		// r.Params.Max contacts within r.Params.Window
//	}
//	own, err := rules.Parse("acme.yaml", text)
//	fmt.Println(own.Version, own.Overrides())
//
// # A pack
//
// A pack has a name, a version that starts with it, a sentence on what it is for, the countries whose law it is, the
// packs it includes, and rules:
//
//	name: de
//	version: de-2026.11
//	about: {en: "Claims on debtors in Germany.", de: "Forderungen gegen Schuldner in Deutschland."}
//	countries: [DE]
//	include: [core, eu]
//	rules:
//	  - id: de.lump_sum
//	    kind: lump_sum                 # of a closed list: engine.RuleKind says what each asks and which params count
//	    from: 2014-07-29               # until: the last day on which it holds; leave it out for no end
//	    status: unverified             # or verified
//	    source: BGB §288(5)
//	    text: {en: "The lump sum is asked of businesses only.", de: "Die Pauschale wird nur von Unternehmen verlangt."}
//	    params: {max_minor: 4000, currency: EUR, charged: [business]}
//
// A law that changes has two entries of one id that follow each other; on no day may both hold. Params left out are
// refused, but for channels and tags of some kinds, which then mean all.
//
// # A tenant's file
//
// It names the pack and has rules of two sorts. One with a kind is a rule of the tenant's own, whose id starts with the
// file's name. One without changes the pack's rule of that id, from its from to its until if it has them:
//
//	name: acme
//	version: acme-2026.11
//	pack: de
//	rules:
//	  - {id: core.cap.week, params: {max: 1}}
//	  - id: de.fee
//	    params: {max_minor: 110}
//	    override: {reason: "Postage of 2027, legal opinion 12/26", by: "Erika Muster", date: 2026-12-01}
//	  - id: de.quiet_hours.phone
//	    params: {close: "21:00"}
//	    verified: {by: "Erika Muster", date: 2026-12-01}
//
// Every param has a direction that tightens its rule. Changes that tighten are free. What loosens a verified rule
// (drop: true does) needs an override with reason, name and date; what loosens an unverified one needs somebody who
// checked it: verified. Both are listed by engine.Rules.Overrides for the log. A changed rule keeps the pack's sentence, with
// what was changed behind it, unless the entry has a text (and a source) of its own.
//
// # Invariants
//
//  1. A rule only restricts. Adding one never permits what was forbidden; so a rule of a tenant's own needs no permission.
//  2. What loosens a pack is in Overrides, with a name and a date.
//  3. The same rules have the same version, whatever their files look like; other rules have another one.
//  4. Whatever compiles holds each id once a day at most, each with source, date, and a sentence in English and German.
//
// # To add a rule
//
// Write it into its pack under the nearest kind. TestRuleTable names each row of the rule table with its rules and
// testdata/ids.txt lists the ids: go test ./engine/rules -update writes them. Its scenarios, one at least where it bites and
// one just beyond, stand in scenarios; takt rules test and go test ./cmd/scenario run them. A new kind is a constant in
// engine/rule.go and a line in kinds (params.go); a new param a field of engine.RuleParams and a line in params, with
// its type, bounds and tighter direction. A changed law is a second entry; the old one gets its until.
package rules
