package oracle

import (
	"time"

	"takt/engine"
)

// Missing lists what the answer leaves out although no rule forbids it: an action, a verdict other than contact, a word
// of a text, money that may be asked for. The creditor's own limits and channels and the request's constraints may
// remove too. It is meant for plain worlds: what hangs by a few minutes it leaves alone.
func Missing(rules *engine.Rules, in *engine.Input, v engine.Verdict, options []engine.Option) []Violation {
	w := look(rules, in)
	if w.ends() {
		return nil
	}
	if v.Kind == engine.KindContact {
		w.short(&v, options)
	}
	have := map[int]bool{}
	for i := range options {
		have[options[i].Action] = true
	}
	open := w.openings()
	g := &in.Tenant.Grid
	letters := map[[3]int]bool{} // of a channel without hours one slot is kept
	for a := 1; a < g.Size(); a++ {
		if l := g.Levels(a); have[a] {
			letters[[3]int{l.Channel, l.Tone, l.Offer}] = true
		}
	}
	for a := 1; a < g.Size(); a++ {
		l := g.Levels(a)
		c := g.Channels[l.Channel]
		kept := have[a] || in.Tenant.Specs[c].AnyTime && letters[[3]int{l.Channel, l.Tone, l.Offer}]
		if !kept && open[l.Channel][l.Slot] && w.speaks(g.Tones[l.Tone], g.Offers[l.Offer]) && w.reaches(c, g.Tones[l.Tone], g.Offers[l.Offer]) {
			w.breaks("", "no %v %v %v %v; the verdict is %v %s", c, g.Tones[l.Tone], g.Slots[l.Slot], g.Offers[l.Offer], v.Kind, v.Reason)
		}
	}
	return w.found
}

// ends reports whether a rule, or the creditor's own grace and pause, settles the decision.
func (w *view) ends() bool {
	l := &w.in.Tenant.Limits
	for _, r := range w.rules {
		if w.end(r).kind != 0 {
			return true
		}
	}
	return w.promise(l.PromiseGrace).kind != 0 || w.reply(l.ReplyPause).kind != 0
}

// short notes words and money that the rules allow and the verdict does not.
func (w *view) short(v *engine.Verdict, options []engine.Option) {
	all := map[engine.Tags]bool{} // whether every rule that is about a tag allows it
	say := map[engine.Tags]string{}
	var fee, lump int64 = -1, -1
	points := -1.
	var ids [3]string
	for _, r := range w.rules {
		each(w.about(r), func(tag engine.Tags) {
			yes := w.allows(r, tag, options)
			before, asked := all[tag]
			all[tag] = yes && (before || !asked)
			if r.Kind != engine.RuleServiceBlock || r.Params.Service == w.q.Case.Service || say[tag] == "" {
				say[tag] = r.ID
			}
		})
		switch p := &r.Params; r.Kind {
		case engine.RuleFeeCap:
			if most := w.fee(p); fee < 0 || most < fee {
				fee, ids[0] = most, r.ID
			}
		case engine.RuleLumpSum:
			if most := w.lump(p); lump < 0 || most < lump {
				lump, ids[1] = most, r.ID
			}
		case engine.RuleInterest:
			if least, _ := w.points(p); points < 0 || least < points {
				points, ids[2] = least, r.ID
			}
		}
	}
	for tag, yes := range all {
		if yes && v.Terms.Wording&tag == 0 {
			w.breaks(say[tag], "no text may hold %v", tag)
		}
	}
	if fee > v.Terms.FeeMinor && fee < engine.MaxAmountMinor && w.reminders() >= 1 {
		w.breaks(ids[0], "fee of %d, want %d", v.Terms.FeeMinor, fee)
	}
	if lump > v.Terms.Lump {
		w.breaks(ids[1], "lump sum of %d, want %d", v.Terms.Lump, lump)
	}
	if points > v.Terms.Points {
		w.breaks(ids[2], "%v points, want %v", v.Terms.Points, points)
	}
	if open, known := w.open(); known && v.OpenMinor < min(w.rest(), open) {
		w.breaks("", "open %d, want %d", v.OpenMinor, w.rest())
	}
}

// speaks reports whether all rules allow tone and offer, and the creditor's plans the offer.
func (w *view) speaks(t engine.Tone, o engine.Offer) bool {
	if o == engine.Instalments && !w.affordable() {
		return false
	}
	for _, r := range w.rules {
		if w.manner(r, t, o) != "" {
			return false
		}
	}
	return true
}

// affordable reports whether two rates of what remains fit into the creditor's plans.
func (w *view) affordable() bool {
	p := &w.in.Tenant.Plans
	return w.currency() == w.in.Tenant.Reward.Currency && w.rest() >= 2*p.MinRateMinor && p.MaxCount >= 2 && p.FirstDays()+p.EveryDays <= p.MaxDays
}

// reaches reports whether an address may be used for the channel, by rules, the creditor's channels and the request.
func (w *view) reaches(c engine.Channel, t engine.Tone, o engine.Offer) bool {
	s := &w.in.Tenant.Specs[c]
	for i := range w.q.Contacts {
		p := &w.q.Contacts[i]
		if p.Channel != c || w.refused(p) || w.stale(p, s.MinValidity) || s.Opt && p.Consent != "service" && w.f.Consents[c].Service != engine.ConsentGiven {
			continue
		}
		ok := w.in.Zone != nil || s.AnyTime
		for _, r := range w.rules {
			ok = ok && w.way(r, p) == ""
		}
		if ok && w.asked(c, t, o) {
			return true
		}
	}
	return false
}

// least is how many minutes of a slot must be left, and two more.
const least = 12

// openings says for each channel and slot of the grid whether enough of it is open in one piece.
func (w *view) openings() [][]bool {
	g := &w.in.Tenant.Grid
	open := make([][]bool, len(g.Channels))
	for i, c := range g.Channels {
		open[i] = make([]bool, len(g.Slots))
		for j, s := range g.Slots {
			open[i][j] = w.minutes(c, s)
		}
	}
	return open
}

// minutes tries every minute of a slot; one that opens in more than one piece is left alone.
func (w *view) minutes(c engine.Channel, s engine.Slot) bool {
	d := w.day + engine.Date(s.Day)
	n, pieces, last := 0, 0, false
	midnight := d.In(w.zone) // no clock change shifts a slot by more than three hours
	for m := s.From - 180; m < s.To+180; m++ {
		t := midnight.Add(time.Duration(m) * time.Minute)
		local := t.In(w.zone)
		minute := local.Hour()*60 + local.Minute()
		ok := engine.DateOf(local) == d && minute >= s.From && minute < s.To && w.own(t) && w.lawful(c, t)
		if ok {
			n++
			if !last {
				pieces++
			}
		}
		last = ok
	}
	return pieces == 1 && n >= least
}

// lawful reports whether all rules of time allow an instant.
func (w *view) lawful(c engine.Channel, t time.Time) bool {
	for _, r := range w.rules {
		if w.forbids(r, c, t) {
			return false
		}
	}
	return true
}

// own reports whether the creditor's own limits and the request's allow an instant.
func (w *view) own(t time.Time) bool {
	l, k := &w.in.Tenant.Limits, &w.q.Constraints
	if t.Before(w.now) || t.Before(k.EarliestExecute) || !k.LatestExecute.IsZero() && !t.Before(k.LatestExecute) {
		return false
	}
	days := engine.SetOf(engine.Monday, engine.Tuesday, engine.Wednesday, engine.Thursday, engine.Friday, engine.Saturday)
	if l.Sundays {
		days = days.With(engine.Sunday)
	}
	all := engine.RuleParams{Open: int16(l.QuietTo), Close: int16(l.QuietFrom), Weekdays: days, Holidays: true, Channels: everyChannel,
		Per: engine.PerDebtor, Counts: engine.CountAttempts, Window: l.CapWindow, Gap: l.Gap}
	return w.awake(&all, t) && w.made(&all, t) < l.Cap && !w.near(&all, t)
}
