package oracle

import (
	"fmt"
	"slices"
	"time"

	"takt/engine"
)

// Violation is a rule and what was done against it.
type Violation struct {
	Rule string // id; empty: the shape of the answer, no rule
	Text string
}

// String gives "rule: text".
func (v Violation) String() string { return v.Rule + ": " + v.Text }

// Check lists what the answer allows although a rule of the decision's local day forbids it, each rule at most once.
func Check(rules *engine.Rules, in *engine.Input, v engine.Verdict, options []engine.Option) []Violation {
	w := look(rules, in)
	w.shape(&v, options)
	w.ended(&v)
	if v.Kind != engine.KindContact {
		return w.found
	}
	w.chosen(options)
	w.amounts(&v)
	w.terms(&v, options)
	return w.found
}

// view is an input as the rules see it.
type view struct {
	in    *engine.Input
	q     *engine.Request
	f     *engine.Facts
	c     *engine.CaseFacts
	law   *engine.Rules
	rules []*engine.Rule // of the day
	now   time.Time
	zone  *time.Location   // UTC if unknown
	zones []*time.Location // every one in which the debtor may be
	day   engine.Date
	party engine.Party // zero: unknown

	found []Violation
}

func look(rules *engine.Rules, in *engine.Input) *view {
	w := &view{in: in, q: in.Request, f: in.Facts, law: rules, now: in.Now, zone: in.Zone}
	if w.zone == nil {
		w.zone = time.UTC
	}
	w.zones = append([]*time.Location{w.zone}, in.Zones...)
	w.c = w.f.Case(engine.KeyOf(w.q.Case.ID))
	w.day = engine.DateOf(w.now.In(w.zone))
	w.rules = rules.On(w.day).Rules
	switch w.q.Debtor.Kind {
	case "person":
		w.party = engine.Consumer
	case "micro_business":
		w.party = engine.MicroBusiness
	case "business":
		w.party = engine.Business
	default:
		w.party = w.f.Kind
	}
	return w
}

// of are the day's rules of a kind.
func (w *view) of(k engine.RuleKind) (list []*engine.Rule) {
	for _, r := range w.rules {
		if r.Kind == k {
			list = append(list, r)
		}
	}
	return list
}

// breaks notes a violation, the first of each rule.
func (w *view) breaks(rule, format string, args ...any) {
	if !slices.ContainsFunc(w.found, func(v Violation) bool { return v.Rule == rule }) {
		w.found = append(w.found, Violation{rule, fmt.Sprintf(format, args...)})
	}
}

// flags are those of request and history.
func (w *view) flags() engine.Flags { return w.q.Debtor.Flags | w.f.Flags }

// stage reports whether request or history says that the case is in one of the stages.
func (w *view) stage(in engine.Set[engine.Stage]) bool {
	asked := engine.Stage(slices.Index(engine.Stages[:], w.q.Case.Stage))
	return asked > 0 && in.Has(asked) || w.c.Stage > 0 && in.Has(engine.Stage(w.c.Stage))
}

// due is when the oldest open item was due; zero: unknown.
func (w *view) due() engine.Date {
	if w.q.Case.OldestDue != 0 {
		return w.q.Case.OldestDue
	}
	return w.c.OldestDue
}

// matches reports whether a rule is about the debtor's kind; an unknown kind may be any.
func (w *view) matches(who engine.Set[engine.Party]) bool { return w.party == 0 || who.Has(w.party) }

// choice is an option in words.
type choice struct {
	point    *engine.ContactPoint
	channel  engine.Channel
	tone     engine.Tone
	offer    engine.Offer
	from, to time.Time
}

func (w *view) choice(o *engine.Option) choice {
	g := &w.in.Tenant.Grid
	l := g.Levels(o.Action)
	return choice{&w.q.Contacts[o.Contact], g.Channels[l.Channel], g.Tones[l.Tone], g.Offers[l.Offer], time.Unix(o.NotBefore, 0), time.Unix(o.NotAfter, 0)}
}

// fits reports whether an option names an action of the grid and a contact of the request.
func (w *view) fits(o *engine.Option) bool {
	return o.Action > engine.Hold && o.Action < w.in.Tenant.Grid.Size() && o.Contact >= 0 && o.Contact < len(w.q.Contacts)
}

// chosen asks every rule about the ways, manners and windows among the options, each once.
func (w *view) chosen(options []engine.Option) {
	type manner struct {
		tone  engine.Tone
		offer engine.Offer
	}
	type window struct {
		channel  engine.Channel
		from, to time.Time
	}
	var ways []*engine.ContactPoint
	var manners []manner
	var windows []window
	for i := range options {
		if w.fits(&options[i]) {
			c := w.choice(&options[i])
			ways = distinct(ways, c.point)
			manners = distinct(manners, manner{c.tone, c.offer})
			windows = distinct(windows, window{c.channel, c.from, c.to})
		}
	}
	for _, r := range w.rules {
		for _, p := range ways {
			w.note(r, w.way(r, p))
		}
		for _, m := range manners {
			w.note(r, w.manner(r, m.tone, m.offer))
		}
		for _, s := range windows {
			w.note(r, w.window(r, s.channel, s.from, s.to))
		}
	}
}

// distinct is the list with v, which it holds once.
func distinct[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func (w *view) note(r *engine.Rule, bad string) {
	if bad != "" {
		w.breaks(r.ID, "%s", bad)
	}
}

// shape asks what holds under any rules: hold comes first, options ascend, windows lie in their slots and in the
// request's own limits, and where a verdict settles the decision nothing else is left.
func (w *view) shape(v *engine.Verdict, options []engine.Option) {
	if len(options) == 0 || options[0].Action != engine.Hold || v.Kind != engine.KindContact && len(options) > 1 {
		w.breaks("", "verdict %v with %d options", v.Kind, len(options))
		return
	}
	g, k := &w.in.Tenant.Grid, &w.q.Constraints
	for i := 1; i < len(options); i++ {
		o := &options[i]
		if o.Action <= options[i-1].Action || !w.fits(o) {
			w.breaks("", "option %d is %+v", i, *o)
			continue
		}
		c, slot := w.choice(o), g.Slots[g.Levels(o.Action).Slot]
		at, last := c.from.In(w.zone), c.to.Add(-time.Second).In(w.zone)
		switch {
		case c.point.Channel != c.channel:
			w.breaks("", "%v to an address for %v", c.channel, c.point.Channel)
		case !c.from.Before(c.to) || c.from.Before(w.now.Truncate(time.Second)):
			w.breaks("", "window %v to %v", c.from, c.to)
		case !w.within(at, slot) || !w.within(last, slot):
			w.breaks("", "window %v to %v outside slot %v", at, last, slot)
		case c.from.Before(k.EarliestExecute.Truncate(time.Second)) || !k.LatestExecute.IsZero() && c.to.After(k.LatestExecute.Add(time.Second)):
			w.breaks("", "window %v to %v outside the request's limits", c.from, c.to)
		case !w.asked(c.point.Channel, c.tone, c.offer):
			w.breaks("", "%v %v %v is not among those asked for", c.channel, c.tone, c.offer)
		}
	}
}

// within reports whether a local time is in a slot.
func (w *view) within(t time.Time, s engine.Slot) bool {
	minute := t.Hour()*60 + t.Minute()
	return engine.DateOf(t) == w.day+engine.Date(s.Day) && minute >= s.From && minute < s.To
}

// asked reports whether the request's own limits leave channel, tone, offer and cost.
func (w *view) asked(c engine.Channel, t engine.Tone, o engine.Offer) bool {
	k, s := &w.q.Constraints, &w.in.Tenant.Specs[c]
	return (len(k.AllowChannels) == 0 || slices.Contains(k.AllowChannels, c)) && (len(k.AllowTones) == 0 || slices.Contains(k.AllowTones, t)) &&
		(len(k.AllowOffers) == 0 || slices.Contains(k.AllowOffers, o)) && (k.MaxCostMinor < 0 || s.CostMicro+s.ReachedMicro <= k.MaxCostMinor*10_000)
}
