//go:build !packs

// The guard that decides by engine.Limits against an oracle of them; oracle_test.go follows it once packs decide.

package guard_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
)

// oracle is the contact rules once more, written from the rules' text and asked minute by minute:
// slow, plain, and sharing nothing with the guard.
type oracle struct{ in *engine.Input }

// stopped names a reason why nobody may be contacted at all, or "".
func (o oracle) stopped() string {
	q, f, now := o.in.Request, o.in.Facts, o.in.Now
	c := f.Case(engine.KeyOf(q.Case.ID))
	zone := o.zone()
	has := func(x engine.Flags) bool { return q.Debtor.Flags&x != 0 || f.Flags&x != 0 }
	amount := q.Case.Open.AmountMinor
	if c.OpenMinor >= 0 && (c.OpenAt > now.UnixMicro() || q.Case.Open.Currency == "") {
		amount = c.OpenMinor
	}
	flying := func(s string) bool { return s == "in_transit" || s == "returned" || s == "refund" }
	due := time.Unix(int64(c.PromiseDue)*86400, 0).UTC()
	over := time.Date(due.Year(), due.Month(), due.Day()+1, 0, 0, 0, 0, zone).Add(o.in.Tenant.Limits.PromiseGrace)
	for reason, yes := range map[string]bool{
		"person":   has(engine.Deceased | engine.Insolvent | engine.Represented | engine.Minor | engine.Guardian | engine.Erasure | engine.Moratorium),
		"young":    q.Debtor.BirthYear != 0 && now.In(zone).Year()-q.Debtor.BirthYear <= 18,
		"claim":    has(engine.Agency|engine.WrittenOffFlag) || c.Closed || amount <= 0 || q.Case.Stage == "legal",
		"dispute":  q.Case.Disputed || c.Disputes > 0,
		"delivery": flying(q.Case.Fulfilment) || flying(engine.Fulfilments[c.Fulfilled]),
		"promise":  c.PromiseDue != 0 && now.Before(over),
		"plan":     c.Plan,
		"hold":     now.UnixMicro() < c.HoldTill || now.UnixMicro() < f.HoldTill,
		"reply":    f.Reply != 0 && now.Before(time.UnixMicro(f.Reply).Add(o.in.Tenant.Limits.ReplyPause)),
	} {
		if yes {
			return reason
		}
	}
	return ""
}

func (o oracle) zone() *time.Location {
	if o.in.Zone == nil {
		return time.UTC
	}
	return o.in.Zone
}

// address reports whether contact point p may be used.
func (o oracle) address(p *engine.ContactPoint) bool {
	f, s, k := o.in.Facts, &o.in.Tenant.Specs[p.Channel], &o.in.Request.Constraints
	consents := f.Consents[p.Channel]
	refused := p.Consent == "none" || consents.Service == engine.ConsentWithdrawn || f.Stopped&(1<<p.Channel) != 0
	asked := !s.Opt || p.Consent == "service" || consents.Service == engine.ConsentGiven
	key := engine.AddressKey(p.Channel, p.AddressRef)
	bad := slices.Contains(f.Returned[:], key) || p.Validity >= 0 && p.Validity < s.MinValidity ||
		f.Addresses[p.Channel].Key == key && float64(f.Addresses[p.Channel].Validity) < s.MinValidity
	allowed := len(k.AllowChannels) == 0 || slices.Contains(k.AllowChannels, p.Channel)
	cheap := k.MaxCostMinor < 0 || s.CostMicro+s.ReachedMicro <= k.MaxCostMinor*10_000
	return !refused && asked && !bad && allowed && cheap && (o.in.Zone != nil || s.AnyTime)
}

// tone reports whether the tone and offer may be used.
func (o oracle) tone(t engine.Tone, offer engine.Offer) bool {
	q, k := o.in.Request, &o.in.Request.Constraints
	late := engine.DateOf(o.in.Now.In(o.zone())) > q.Case.OldestDue
	soft := (q.Debtor.Flags|o.in.Facts.Flags)&(engine.Hardship|engine.Vulnerable) != 0 || !late || q.Case.Stage == "pre_due"
	pressing := t == engine.Firm || t == engine.Formal || t == engine.LossFramed
	return !(soft && pressing) && (len(k.AllowTones) == 0 || slices.Contains(k.AllowTones, t)) &&
		(len(k.AllowOffers) == 0 || slices.Contains(k.AllowOffers, offer))
}

// when reports whether a contact may be made at the instant, slot apart.
func (o oracle) when(t time.Time) bool {
	l, k := &o.in.Tenant.Limits, &o.in.Request.Constraints
	at := t.In(o.zone())
	minute := at.Hour()*60 + at.Minute()
	if minute < l.QuietTo || minute >= l.QuietFrom || at.Weekday() == time.Sunday && !l.Sundays {
		return false
	}
	if t.Before(o.in.Now) || t.Before(k.EarliestExecute) || !k.LatestExecute.IsZero() && !t.Before(k.LatestExecute) {
		return false
	}
	recent := 0
	for _, c := range o.in.Facts.Contacts {
		if c.State == 0 {
			continue
		}
		made := time.UnixMicro(max(c.At, c.Expires))
		if t.Before(made.Add(l.Gap)) {
			return false
		}
		if t.Before(made.Add(l.CapWindow)) {
			recent++
		}
	}
	return recent < l.Cap
}

// slot is the first and last allowed minute of a slot, by trying each, and how many there are.
func (o oracle) slot(s engine.Slot) (first, last time.Time, n int) {
	now := o.in.Now.In(o.zone())
	for t := now.Truncate(time.Minute); t.Before(now.Add(60 * time.Hour)); t = t.Add(time.Minute) {
		at := t.In(o.zone())
		minute := at.Hour()*60 + at.Minute()
		day := time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC).Sub(time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC))
		if day == time.Duration(s.Day)*24*time.Hour && minute >= s.From && minute < s.To && o.when(t) {
			if last = t; n == 0 {
				first = t
			}
			n++
		}
	}
	return first, last, n
}

// check compares one verdict and its options with the oracle; "" is agreement.
func (o oracle) check(v engine.Verdict, b *engine.Ballot, exhaustive bool) string {
	stop := o.stopped()
	if (v.Kind != engine.KindContact) && len(b.Options) != 1 || len(b.Options) == 0 || b.Options[0].Action != engine.Hold {
		return fmt.Sprintf("kind %v with %d options", v.Kind, len(b.Options))
	}
	if stop != "" && v.Kind == engine.KindContact {
		return "contact although " + stop
	}
	g := &o.in.Tenant.Grid
	last := 0
	for _, x := range b.Options[1:] {
		l := g.Levels(x.Action)
		p := &o.in.Request.Contacts[x.Contact]
		from, to := time.Unix(x.NotBefore, 0), time.Unix(x.NotAfter, 0)
		local := from.In(o.zone())
		minute := local.Hour()*60 + local.Minute()
		switch {
		case x.Action <= last:
			return "options do not ascend"
		case p.Channel != g.Channels[l.Channel] || !o.address(p):
			return fmt.Sprintf("address %+v", *p)
		case !o.tone(g.Tones[l.Tone], g.Offers[l.Offer]):
			return "tone " + g.Tones[l.Tone].String()
		case !o.when(from) || !o.when(to.Add(-time.Second)) || !o.when(from.Add(to.Sub(from)/2)):
			return fmt.Sprintf("window %v to %v", from, to)
		case minute < g.Slots[l.Slot].From || minute >= g.Slots[l.Slot].To:
			return fmt.Sprintf("window %v outside slot %v", local, g.Slots[l.Slot])
		}
		last = x.Action
	}
	if exhaustive && stop == "" {
		return o.missing(b)
	}
	return ""
}

// missing names an action that should be an option and is none.
func (o oracle) missing(b *engine.Ballot) string {
	g := &o.in.Tenant.Grid
	var have = map[int]engine.Option{}
	for _, x := range b.Options {
		have[x.Action] = x
	}
	earliest := time.Time{}
	open := make([]bool, len(g.Slots))
	for i, s := range g.Slots {
		first, _, n := o.slot(s)
		if open[i] = n > 11; open[i] && (earliest.IsZero() || first.Before(earliest)) { // a slot of ten minutes' rest is nobody's matter
			earliest = first
		} else if n > 8 && n <= 11 {
			return "" // too close to call by the minute
		}
	}
	for a := 1; a < g.Size(); a++ {
		l := g.Levels(a)
		reachable := slices.ContainsFunc(o.in.Request.Contacts, func(p engine.ContactPoint) bool { return p.Channel == g.Channels[l.Channel] && o.address(&p) })
		want := open[l.Slot] && reachable && o.tone(g.Tones[l.Tone], g.Offers[l.Offer])
		if want && o.in.Tenant.Specs[g.Channels[l.Channel]].AnyTime {
			first, _, _ := o.slot(g.Slots[l.Slot])
			want = first.Equal(earliest)
		}
		if _, ok := have[a]; ok != want {
			return fmt.Sprintf("action %d (%v %v %v) is an option: %v, want %v", a, g.Channels[l.Channel], g.Tones[l.Tone], g.Slots[l.Slot], ok, want)
		}
	}
	return ""
}

// Nothing that the guard lets pass breaks a rule, in any of 40,000 worlds.
func TestGuardAgainstOracle(t *testing.T) {
	w, g := newWorld(t, 1), guard.New()
	var b engine.Ballot
	kinds := map[engine.Kind]int{}
	n := 40_000 / slow
	if testing.Short() {
		n /= 8
	}
	for i := range n {
		in := w.input(i%2 == 0)
		v := g.Options(&b, in, nil)
		kinds[v.Kind]++
		if bad := (oracle{in}).check(v, &b, false); bad != "" {
			t.Fatalf("world %d at %v in %v: %s", i, in.Now, in.Zone, bad)
		}
	}
	for _, k := range []engine.Kind{engine.KindContact, engine.KindHold, engine.KindNoContact, engine.KindAgentReview, engine.KindRoute} {
		if kinds[k] < n/200 {
			t.Errorf("only %d of %d verdicts are %v: the worlds do not test it", kinds[k], n, k)
		}
	}
}

// What the rules allow is an option: the guard forbids nothing for reasons of its own.
func TestGuardForbidsNothingElse(t *testing.T) {
	w, g := newWorld(t, 2), guard.New()
	var b engine.Ballot
	for i := range 250 / slow {
		in := w.input(true)
		v := g.Options(&b, in, nil)
		if bad := (oracle{in}).check(v, &b, true); bad != "" {
			t.Fatalf("world %d at %v in %v: %v %s: %s", i, in.Now, in.Zone, v.Kind, v.Reason, bad)
		}
	}
}

// A hold ends when something becomes possible, not before and not after: at its end the same facts
// allow a contact (or meet the next hold), and one second earlier nothing could have been sent sooner.
func TestHoldEndsWhenSomethingOpens(t *testing.T) {
	w, g := newWorld(t, 3), guard.New()
	var b engine.Ballot
	ends := map[string]int{}
	for i := range 20_000 / slow {
		calm := i%2 == 0
		in := w.input(calm)
		v := g.Options(&b, in, nil)
		if v.Kind != engine.KindHold || v.Until.IsZero() {
			continue
		}
		if !v.Until.After(in.Now) {
			t.Fatalf("world %d: hold %s until %v, now is %v", i, v.Reason, v.Until, in.Now)
		}
		ends[v.Reason]++
		end := *in
		end.Now = v.Until
		end.Request = new(engine.Request)
		*end.Request = *in.Request
		end.Request.Constraints.LatestExecute = time.Time{} // a limit of that request alone
		at := g.Options(&b, &end, nil)
		timed := v.Reason == engine.ReasonCap || v.Reason == engine.ReasonGap || v.Reason == engine.ReasonHours || v.Reason == engine.ReasonConstraints
		if calm && timed && (at.Kind != engine.KindContact || earliest(&b) != v.Until.Unix()) {
			t.Fatalf("world %d: %s until %v in %v, then %v %s %v", i, v.Reason, v.Until, in.Zone, at.Kind, at.Reason, b.Options)
		}
		end.Now = v.Until.Add(-time.Second)
		if at = g.Options(&b, &end, nil); at.Kind == engine.KindContact && end.Now.After(in.Now) && earliest(&b) < v.Until.Unix() {
			t.Fatalf("world %d: %s until %v, but a contact at %v", i, v.Reason, v.Until, time.Unix(earliest(&b), 0))
		}
	}
	for _, r := range []string{engine.ReasonCap, engine.ReasonGap, engine.ReasonHours, engine.ReasonPromise, engine.ReasonHold, engine.ReasonReply} {
		if ends[r] < 10/slow {
			t.Errorf("only %d holds for %s", ends[r], r)
		}
	}
}

// earliest is the first instant at which an option may be carried out.
func earliest(b *engine.Ballot) int64 {
	first := b.Options[1].NotBefore
	for _, o := range b.Options[1:] {
		first = min(first, o.NotBefore)
	}
	return first
}
