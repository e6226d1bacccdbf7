package guard_test

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
	_ "time/tzdata"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/guard/oracle"
	"takt/engine/rules"
)

// ownRules are a creditor's own: tighter than the law, with a rule that no pack has.
const ownRules = `name: acme
version: acme-1
pack: de
rules:
  - {id: core.cap.week, params: {max: 1, window: 10d}}
  - {id: core.gap, params: {gap: 3d}}
  - {id: de.quiet_hours, params: {open: "09:00", close: "18:30", weekdays: [mon, tue, wed, thu, fri]}}
  - {id: core.address.valid, params: {min_validity: .6}}
  - {id: de.dispute, params: {partial: whole}}
  - id: acme.letters
    kind: hours
    from: 2019-01-01
    status: verified
    source: Collective agreement of the print shop
    text: {en: "Letters are printed on weekdays.", de: "Briefe werden werktags gedruckt."}
    params: {open: "06:00", close: "16:00", weekdays: [mon, tue, wed, thu, fri], holidays: false, channels: [letter]}
`

// laws are the packs, and last a creditor's own rules.
func laws(t testing.TB) (list []*engine.Rules) {
	for _, name := range []string{"de", "at", "ch", "uk", "us"} {
		r, err := rules.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	own, err := rules.Parse("acme.yaml", []byte(ownRules))
	if err != nil {
		t.Fatal(err)
	}
	return append(list, own)
}

// decisions is how many to make: n, or what TAKT_ORACLE says.
func decisions(t *testing.T, n int) int {
	if s := os.Getenv("TAKT_ORACLE"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	if testing.Short() {
		n /= 8
	}
	return n / slow
}

// Nothing that the guard lets pass breaks a rule, in any of 20,000 worlds, or as many as TAKT_ORACLE says.
func TestGuardAgainstOracle(t *testing.T) {
	w, g := oracle.NewWorld(1, laws(t)...), guard.New()
	var b engine.Ballot
	kinds := map[engine.Kind]int{}
	n := decisions(t, 20_000)
	for i := range n {
		in := w.Input()
		v := g.Options(&b, in, nil)
		kinds[v.Kind]++
		if bad := oracle.Check(in.Tenant.Rules, in, v, b.Options); len(bad) > 0 {
			t.Fatalf("world %d, %s at %v in %v: %v", i, in.Tenant.Rules.Version, in.Now, in.Zone, bad)
		}
	}
	t.Logf("%d decisions, no violation: %v", n, kinds)
	for _, k := range []engine.Kind{engine.KindContact, engine.KindHold, engine.KindNoContact, engine.KindAgentReview, engine.KindRoute} {
		if kinds[k] < n/200 {
			t.Errorf("only %d of %d verdicts are %v: the worlds do not test it", kinds[k], n, k)
		}
	}
}

// permissive are the kinds without which a guard is stricter: what they let a text say or charge is missing then.
var permissive = map[engine.RuleKind]bool{engine.RuleFeeCap: true, engine.RuleLumpSum: true, engine.RuleInterest: true, engine.RuleServiceBlock: true}

// A guard without any one rule of any pack is caught within 20,000 decisions.
func TestEveryMutantIsCaught(t *testing.T) {
	mutants, worst, missed := 0, 0, 0
	for _, pack := range laws(t) {
		seen := map[string]bool{}
		for _, r := range pack.All() {
			if seen[r.ID] || r.Kind == engine.RuleData { // of features, no matter of the guard
				continue
			}
			seen[r.ID] = true
			n := caught(t, pack, r)
			if mutants, worst = mutants+1, max(worst, n); n > 20_000 {
				if missed++; missed == 5 {
					t.Fatal("and so on")
				}
			}
		}
	}
	t.Logf("%d mutants caught, the last after %d decisions", mutants, worst)
}

// caught is after how many decisions the oracle misses the rule; the whole guard breaks none in the same worlds.
func caught(t *testing.T, pack *engine.Rules, r *engine.Rule) int {
	w, g := oracle.NewWorld(2, pack), guard.New()
	var b engine.Ballot
	bad := func(in *engine.Input, law *engine.Rules) []oracle.Violation {
		v := g.Options(&b, in, nil)
		list := oracle.Check(law, in, v, b.Options)
		if permissive[r.Kind] {
			list = append(list, oracle.Missing(law, in, v, b.Options)...)
		}
		return list
	}
	for i := range 20_000 {
		in := w.About(pack, r.ID)
		if list := bad(in, in.Tenant.Rules); len(list) > 0 {
			t.Fatalf("%s, world %d about %s: the whole guard breaks %v", pack.Pack, i, r.ID, list)
		}
		mutant, tenant := *in, *in.Tenant
		mutant.Tenant, tenant.Rules = &tenant, in.Tenant.Rules.Without(r.ID)
		if slices.ContainsFunc(bad(&mutant, in.Tenant.Rules), func(x oracle.Violation) bool { return x.Rule == r.ID }) {
			return i + 1
		}
	}
	t.Errorf("%s: a guard without %s is not caught", pack.Pack, r.ID)
	return 20_001
}

// What the rules and the creditor's own limits allow is an option: the guard forbids nothing for reasons of its own.
func TestGuardForbidsNothingElse(t *testing.T) {
	w, g := oracle.NewWorld(3, laws(t)...), guard.New()
	var b engine.Ballot
	for i := range 400 / slow {
		in := w.Plain()
		v := g.Options(&b, in, nil)
		if bad := oracle.Missing(in.Tenant.Rules, in, v, b.Options); len(bad) > 0 {
			t.Fatalf("world %d, %s at %v in %v: %v", i, in.Tenant.Rules.Version, in.Now, in.Zone, bad)
		}
	}
}

// A hold ends when something becomes possible, not after: a second before its end nothing could have been sent sooner.
func TestHoldEndsWhenSomethingOpens(t *testing.T) {
	w, g := oracle.NewWorld(4, laws(t)...), guard.New()
	var b engine.Ballot
	ends := map[string]int{}
	for i := range 10_000 / slow {
		in := w.Plain()
		v := g.Options(&b, in, nil)
		if v.Kind != engine.KindHold || v.Until.IsZero() {
			continue
		}
		if !v.Until.After(in.Now) {
			t.Fatalf("world %d: hold %s until %v, now is %v", i, v.Reason, v.Until, in.Now)
		}
		ends[v.Reason]++
		end := *in
		end.Now = v.Until.Add(-time.Second)
		if at := g.Options(&b, &end, nil); at.Kind == engine.KindContact && end.Now.After(in.Now) && earliest(&b) < v.Until.Unix() {
			t.Fatalf("world %d: %s until %v, but a contact at %v", i, v.Reason, v.Until, time.Unix(earliest(&b), 0))
		}
	}
	t.Logf("%v", ends)
}

// earliest is the first instant at which an option may be carried out.
func earliest(b *engine.Ballot) int64 {
	first := b.Options[1].NotBefore
	for _, o := range b.Options[1:] {
		first = min(first, o.NotBefore)
	}
	return first
}
