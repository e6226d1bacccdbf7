package oracle

import (
	"fmt"
	"time"

	"takt/engine"
	"takt/engine/holiday"
)

const wholeDay = 24 * time.Hour

// window says why a rule forbids a send window [from, to) by a channel, or "". Every tenth minute is asked, and the
// last second.
func (w *view) window(r *engine.Rule, c engine.Channel, from, to time.Time) string {
	switch r.Kind {
	case engine.RuleCap, engine.RuleGap, engine.RuleConversation, engine.RuleHours, engine.RuleWishes:
	default:
		return ""
	}
	last := to.Add(-time.Second)
	for t := from; t.Before(last); t = t.Add(10 * time.Minute) {
		if w.forbids(r, c, t) {
			return w.text(c, t)
		}
	}
	if w.forbids(r, c, last) {
		return w.text(c, last)
	}
	return ""
}

func (w *view) text(c engine.Channel, t time.Time) string {
	return fmt.Sprintf("%v at %s", c, t.In(w.zone).Format("Mon 2006-01-02 15:04:05 -0700"))
}

// forbids reports whether a rule of time forbids a contact by a channel at an instant.
func (w *view) forbids(r *engine.Rule, c engine.Channel, t time.Time) bool {
	p := &r.Params
	listed := p.Channels.Has(c)
	switch r.Kind {
	case engine.RuleCap:
		return listed && w.made(p, t) >= int(p.Max)
	case engine.RuleGap:
		return listed && w.near(p, t)
	case engine.RuleConversation:
		return listed && w.talked(p, t)
	case engine.RuleHours:
		return listed && !w.awake(p, t)
	case engine.RuleWishes:
		return p.Wishes.Has(engine.WishTime) && !w.in.Tenant.Specs[c].AnyTime && !w.suits(t)
	}
	return false
}

// counts reports whether a contact is one that a cap, gap or conversation of the params is about.
func (w *view) counts(p *engine.RuleParams, k *engine.ContactFacts) bool {
	if k.State == 0 || !p.Channels.Has(k.Channel) {
		return false
	}
	mine := uint32(engine.KeyOf(w.q.Case.ID))
	return p.Per != engine.PerCase || k.Case == 0 || k.Case == mine
}

// at is when a contact was made, or at the latest will be.
func at(k *engine.ContactFacts) time.Time {
	if k.State == engine.ContactPending {
		return time.UnixMicro(max(k.At, k.Expires))
	}
	return time.UnixMicro(k.At)
}

// made is how many contacts a cap still counts at an instant: those within its window, and where that is of whole days
// also those of its local days.
func (w *view) made(p *engine.RuleParams, t time.Time) (n int) {
	for i := range w.f.Contacts {
		k := &w.f.Contacts[i]
		if !w.counts(p, k) || p.Counts == engine.CountContacts && k.Channel == engine.Phone && k.State != engine.ContactTalked {
			continue
		}
		m := at(k)
		days := engine.Date(p.Window / wholeDay)
		byDay := p.Window%wholeDay == 0 && w.date(t) <= w.date(m)+days-1
		if byDay || t.Before(m.Add(p.Window)) {
			n++
		}
	}
	return n
}

func (w *view) date(t time.Time) engine.Date { return engine.DateOf(t.In(w.zone)) }

func (w *view) near(p *engine.RuleParams, t time.Time) bool {
	for i := range w.f.Contacts {
		if k := &w.f.Contacts[i]; w.counts(p, k) && t.Before(at(k).Add(p.Gap)) {
			return true
		}
	}
	return false
}

func (w *view) talked(p *engine.RuleParams, t time.Time) bool {
	for i := range w.f.Contacts {
		k := &w.f.Contacts[i]
		if !w.counts(p, k) || k.State != engine.ContactTalked {
			continue
		}
		if d := w.date(time.UnixMicro(k.At)); w.date(t) >= d && w.date(t) < d+engine.Date(p.Days) {
			return true
		}
	}
	return false
}

// awake reports whether an instant is within the hours everywhere the debtor may be.
func (w *view) awake(p *engine.RuleParams, t time.Time) bool {
	for _, z := range w.zones {
		local := t.In(z)
		minute := local.Hour()*60 + local.Minute()
		if minute < int(p.Open) || minute >= int(p.Close) || !p.Weekdays.Has(engine.Weekday(local.Weekday()+1)) || !p.Holidays && w.festive(engine.DateOf(local)) {
			return false
		}
	}
	return true
}

// region is where the debtor lives, of the request or else of the history.
func (w *view) region() string {
	if w.q.Debtor.Region != "" {
		return w.q.Debtor.Region
	}
	n := 0
	for n < len(w.f.Region) && w.f.Region[n] != 0 {
		n++
	}
	return string(w.f.Region[:n])
}

// festive reports a public holiday of the debtor's region; without one, of any part of the rules' countries.
func (w *view) festive(d engine.Date) bool {
	if region := w.region(); region != "" || len(w.law.Countries) == 0 {
		return holiday.Is(region, d)
	}
	for _, c := range w.law.Countries {
		if holiday.Is(c, d) {
			return true
		}
	}
	return false
}

// suits reports whether an instant is one that the debtor wished for, everywhere the debtor may be.
func (w *view) suits(t time.Time) bool {
	wish := &w.f.Wishes
	for _, z := range w.zones {
		local := t.In(z)
		minute := int16(local.Hour()*60 + local.Minute())
		if wish.Not.Has(engine.Weekday(local.Weekday()+1)) || (wish.From != 0 || wish.To != 0) && (minute < wish.From || minute >= wish.To) {
			return false
		}
	}
	return true
}
