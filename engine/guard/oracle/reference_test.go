package oracle

import (
	"testing"
	"time"
	_ "time/tzdata"

	"takt/engine"
	"takt/engine/rules"
)

// reference is a guard by the oracle's own words, asked every so many seconds: what the oracle finds of it under the
// same rules is a contradiction in the oracle, and under other rules what the oracle can see.
func reference(law *engine.Rules, in *engine.Input, step int64) (v engine.Verdict, options []engine.Option) {
	w := look(law, in)
	options = []engine.Option{{Action: engine.Hold, Contact: -1}}
	var first ending
	for _, r := range w.rules {
		e := w.end(r)
		if stop := r.Kind == engine.RuleStop || r.Kind == engine.RuleMinor; first.kind == 0 || stop && hardness[e.kind] > hardness[first.kind] {
			first = e
		}
	}
	v = engine.Verdict{Kind: first.kind, Until: first.until, Currency: w.currency()}
	open, _ := w.open()
	if v.OpenMinor = min(open, w.rest()); v.Kind != 0 {
		return v, options
	}
	g := &in.Tenant.Grid
	windows := w.windows(step)
	for a := 1; a < g.Size(); a++ {
		l := g.Levels(a)
		c, t, o := g.Channels[l.Channel], g.Tones[l.Tone], g.Offers[l.Offer]
		window := windows[l.Channel][l.Slot]
		if window[1] == 0 || !w.speaks(t, o) || !w.asked(c, t, o) {
			continue
		}
		if i := w.usable(c); i >= 0 {
			options = append(options, engine.Option{Action: a, Contact: i, NotBefore: window[0], NotAfter: window[1]})
		}
	}
	if v.Kind = engine.KindContact; len(options) == 1 {
		v.Kind = engine.KindHold
	}
	w.ask(&v.Terms, options)
	return v, options
}

// windows are the first open piece of each channel and slot, in steps of so many seconds.
func (w *view) windows(step int64) [][][2]int64 {
	g, k := &w.in.Tenant.Grid, &w.q.Constraints
	all := make([][][2]int64, len(g.Channels))
	for i, c := range g.Channels {
		all[i] = make([][2]int64, len(g.Slots))
		for j, s := range g.Slots {
			d := w.day + engine.Date(s.Day)
			var window [2]int64
			for unix := d.At(s.From, w.zone); unix < d.At(s.To, w.zone); unix += step {
				t := time.Unix(unix, 0)
				if t.Before(w.now) || t.Before(k.EarliestExecute) || !k.LatestExecute.IsZero() && !t.Before(k.LatestExecute) {
					continue
				}
				if !w.lawful(c, t) {
					if window[0] != 0 {
						break
					}
					continue
				}
				if window[0] == 0 {
					window[0] = unix
				} else {
					window[1] = unix
				}
			}
			all[i][j] = window
		}
	}
	return all
}

// usable is a contact point of the channel that all rules allow, or -1.
func (w *view) usable(c engine.Channel) int {
	for i := range w.q.Contacts {
		p := &w.q.Contacts[i]
		ok := p.Channel == c
		for _, r := range w.rules {
			ok = ok && w.way(r, p) == ""
		}
		if ok {
			return i
		}
	}
	return -1
}

// ask fills the terms.
func (w *view) ask(t *engine.Terms, options []engine.Option) {
	t.Wording = engine.ConditionalTags
	fee, lump, points := int64(-1), int64(-1), -1.
	n := 0
	for _, r := range w.rules {
		p := &r.Params
		each(w.about(r), func(tag engine.Tags) {
			if !w.allows(r, tag, options) {
				t.Wording &^= tag
			}
		})
		channels := engine.ChannelSet(0)
		switch r.Kind {
		case engine.RuleFirstContact:
			if w.first(r) {
				channels = p.By
			}
		case engine.RuleContent:
			if tagsOf(p.Tags) == allTags {
				channels = p.Channels
				break
			}
			t.With[n] = engine.Companion{Has: tagsOf(p.Tags), Needs: tagsOf(p.Needs)}
			n++
		case engine.RuleServiceBlock:
			if p.NamesCourts && p.Service == w.q.Case.Service {
				t.With[n] = engine.Companion{Has: engine.TagBlock, Needs: engine.TagRightToDefend}
				n++
			}
		case engine.RuleFeeCap:
			if most := w.fee(p); fee < 0 || most < fee {
				fee = most
			}
		case engine.RuleLumpSum:
			if most := w.lump(p); lump < 0 || most < lump {
				lump = most
			}
		case engine.RuleInterest:
			if _, most := w.points(p); points < 0 || most < points {
				points = most
			}
		case engine.RuleIdentify:
			t.Identify |= p.Channels
		case engine.RuleDiscreet:
			t.Discreet |= p.Channels
		case engine.RuleForbearance:
			t.Forbear |= p.Acts
		case engine.RuleApproval:
			t.Approve |= p.Acts
		case engine.RuleObjection:
			t.Ladder = w.flags()&engine.Objection != 0
		}
		for c := engine.Email; c < engine.Channels; c++ {
			if channels.Has(c) {
				t.Needs[c] |= tagsOf(p.Needs)
			}
		}
	}
	t.FeeMinor, t.Lump, t.Points = max(fee, 0), max(lump, 0), max(points, 0)
}

var laws = []string{"de", "at", "ch", "uk", "us"}

func packs(t testing.TB) (list []*engine.Rules) {
	for _, name := range laws {
		r, err := rules.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// Under the same rules the reference breaks none and leaves nothing out, and the worlds meet every kind of answer.
func TestReferenceKeepsTheRules(t *testing.T) {
	w := NewWorld(1, packs(t)...)
	kinds := map[engine.Kind]int{}
	n := 4000
	if testing.Short() {
		n = 800
	}
	for i := range n {
		in := w.Input()
		v, options := reference(in.Tenant.Rules, in, 900)
		kinds[v.Kind]++
		if bad := Check(in.Tenant.Rules, in, v, options); len(bad) > 0 {
			t.Fatalf("world %d at %v in %v: %v", i, in.Now, in.Zone, bad)
		}
		if i%20 > 0 {
			continue
		}
		in = w.Plain()
		v, options = reference(in.Tenant.Rules, in, 60)
		if bad := Missing(in.Tenant.Rules, in, v, options); len(bad) > 0 {
			t.Fatalf("world %d at %v in %v: %v", i, in.Now, in.Zone, bad)
		}
	}
	t.Logf("%v", kinds)
	for _, k := range []engine.Kind{engine.KindContact, engine.KindHold, engine.KindNoContact, engine.KindAgentReview, engine.KindRoute} {
		if kinds[k] < n/100 {
			t.Errorf("only %d of %d answers are %v", kinds[k], n, k)
		}
	}
}

// permissive are the kinds without which a guard is stricter: what they let a text say or charge is missing then.
var permissive = map[engine.RuleKind]bool{engine.RuleFeeCap: true, engine.RuleLumpSum: true, engine.RuleInterest: true, engine.RuleServiceBlock: true}

// Of every pack every rule is missed: the reference without it is caught, on the whole after a few worlds.
func TestEveryRuleIsMissed(t *testing.T) {
	worst, sum, mutants := 0, 0, 0
	for _, pack := range packs(t) {
		seen := map[string]bool{}
		for _, r := range pack.All() {
			if seen[r.ID] || r.Kind == engine.RuleData {
				continue
			}
			seen[r.ID] = true
			n := missed(t, pack, r)
			worst, sum, mutants = max(worst, n), sum+n, mutants+1
			if n > 300 {
				t.Logf("%s %s: after %d worlds", pack.Pack, r.ID, n)
			}
		}
	}
	t.Logf("%d mutants, %d worlds on average, %d at most", mutants, sum/mutants, worst)
}

func missed(t *testing.T, pack *engine.Rules, r *engine.Rule) int {
	w := NewWorld(2, pack)
	for i := range 20_000 {
		in := w.About(pack, r.ID)
		law := in.Tenant.Rules
		v, options := reference(law.Without(r.ID), in, 900)
		bad := Check(law, in, v, options)
		if permissive[r.Kind] {
			bad = append(bad, Missing(law, in, v, options)...)
		}
		for _, b := range bad {
			if b.Rule == r.ID {
				return i + 1
			}
		}
	}
	t.Errorf("%s: nobody misses %s", pack.Pack, r.ID)
	return 20_000
}
