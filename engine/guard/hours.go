package guard

import (
	"takt/engine"
	"takt/engine/holiday"
)

// band is when contacts are allowed: local minutes of a day, days of the week, and public holidays too or not.
type band struct {
	from, to int
	days     engine.Set[engine.Weekday]
	holidays bool
}

// always is the band that allows every time.
var always = band{0, 24 * 60, engine.Set[engine.Weekday](1<<(engine.Saturday+1) - 2), true}

// within narrows a band to another one.
func (b *band) within(o band) {
	b.from, b.to, b.days, b.holidays = max(b.from, o.from), min(b.to, o.to), b.days&o.days, b.holidays && o.holidays
}

// own is the creditor's band.
func (r *run) own() band {
	b := band{r.limits.QuietTo, r.limits.QuietFrom, always.days, true}
	if !r.limits.Sundays {
		b.days &^= engine.SetOf(engine.Sunday)
	}
	return b
}

// wished is the band that the debtor asked for.
func (r *run) wished() band {
	b, w := always, &r.f.Wishes
	if w.From != 0 || w.To != 0 {
		b.from, b.to = int(w.From), int(w.To)
	}
	b.days &^= w.Not
	return b
}

// bands finds every open channel's hours: those of the rules and wishes count in every zone the debtor may be in, and
// so do the creditor's own where the send time matters.
func (r *run) bands() {
	own := r.own()
	for c := engine.Email; c < engine.Channels; c++ {
		l := &r.lanes[c]
		if !l.open {
			continue
		}
		l.away = r.ruled(c)
		l.home = l.away
		l.home.within(own)
		if !l.anyTime {
			l.away = l.home
		}
	}
}

// ruled are the hours that rules leave a channel.
func (r *run) ruled(c engine.Channel) band {
	b := always
	for _, rule := range r.span.Of(engine.RuleHours) {
		if p := &rule.Params; p.Channels.Has(c) {
			b.within(band{int(p.Open), int(p.Close), p.Weekdays, p.Holidays})
		}
	}
	for _, rule := range r.span.Of(engine.RuleWishes) { // when a letter is written disturbs nobody
		if rule.Params.Wishes.Has(engine.WishTime) && !r.lanes[c].anyTime {
			b.within(r.wished())
		}
	}
	return b
}

// allows reports whether contacts are allowed on the day at all.
func (r *run) allows(b *band, d engine.Date) bool {
	return b.days.Has(d.Weekday()) && (b.holidays || !r.holiday(d))
}

// holiday reports whether the day is a public holiday where the debtor is: the request's region, or else the history's;
// unknown, anywhere in the countries of the rules. A decided contact's own day was looked up with the request's region.
func (r *run) holiday(d engine.Date) bool {
	if !r.daysOf {
		r.daysOf = true
		switch known := engine.Unpad(r.f.Region[:]); {
		case r.q.Debtor.Region != "":
			r.days = holiday.Of(r.q.Debtor.Region)
		case len(known) > 0:
			r.days = holiday.Of(string(known))
		case len(r.rules.Countries) == 0:
			r.days = holiday.Of("")
		}
		if r.days == 0 {
			for _, country := range r.rules.Countries {
				r.days |= holiday.Of(country)
			}
		}
	}
	return d != r.decided && r.days.Has(d)
}
