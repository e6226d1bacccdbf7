package learner

import (
	"slices"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
)

// past gives the examples of contacts that no decision of Takt stands behind: those of an imported
// history, and those of the caller's own ladder in shadow mode. They carry no propensity, so they
// train the heads and never enter an evaluation. The context is computed on the profile as of the contact, by the
// one fold that serving uses; what the event does not say (tone, offer) adds nothing.
func (r *reader) past(l *history.Log, b *blocks) {
	if !slices.ContainsFunc(l.Events, func(e engine.Event) bool { return unasked(&e) && dayOf(e.At) >= r.from }) {
		for i := range l.Events {
			if unasked(&l.Events[i]) {
				b.old(l.Events[i].ID)
			}
		}
		return
	}
	p := features.New()
	p.Walk(l, &r.zones, func(e *engine.Event) {
		switch {
		case !unasked(e):
		case dayOf(e.At) < r.from:
			b.old(e.ID)
		default:
			r.contact(l, e, &p, b)
		}
	})
}

// unasked reports whether e is a contact out without a decision.
func unasked(e *engine.Event) bool {
	return (e.Type == engine.ContactSent || e.Type == engine.ContactAttempted) && e.Data.DecisionID.IsZero()
}

// contact adds the example of contact e, p being the profile just before it.
func (r *reader) contact(l *history.Log, e *engine.Event, p *features.Profile, b *blocks) {
	t := b.day(dayOf(e.At))
	if t == nil {
		return
	}
	t.print ^= engine.FNV1a(e.ID)
	t.report.Contacts++
	if e.At.After(r.options.AsOf) {
		t.report.refuse(RefusedTime)
		return
	}
	loc := r.zones.Location(p.TZ)
	k, ok := r.levels(e, e.At.In(loc))
	if !ok {
		t.report.refuse(RefusedLevel)
		return
	}
	c := p.Case(engine.KeyOf(e.Data.CaseID))
	if e.Data.CaseID == "" || c.Key == 0 || c.Closed || c.OpenMinor <= 0 {
		t.report.refuse(RefusedCase)
		return
	}
	d := engine.Decision{Case: e.Data.CaseID, Debtor: l.Debtor, Kind: engine.KindHold, IssuedAt: e.At,
		OpenMinor: c.OpenMinor, Currency: currency(c)}
	o := r.rules.Label(l, &d, r.options.AsOf)
	d.Portfolio = portfolioOf(l, e)
	request := engine.Request{Case: engine.Case{ID: e.Data.CaseID, DunningLevel: -1}}
	d.X, d.Segment = p.Permitted(nil, &r.options.Tenant.Denied, &request, e.At, loc)
	d.X = d.X[:min(len(d.X), r.options.Features)]
	if o.State == engine.LabelClosed {
		t.report.Past++
	} else {
		t.report.Open++
	}
	if e, ok := r.row(k, &d, &o); ok {
		b.take(t, e)
	}
}

// portfolioOf is what was last stated of the portfolio of the contact's case before it.
func portfolioOf(l *history.Log, contact *engine.Event) (name string) {
	for i := range l.Events {
		if e := &l.Events[i]; e.Data.Portfolio != "" && e.Data.CaseID == contact.Data.CaseID && !e.At.After(contact.At) {
			name = e.Data.Portfolio
		}
	}
	return name
}

// levels is the contact in levels of today's grid; false without its channel.
func (r *reader) levels(e *engine.Event, local time.Time) (key, bool) {
	g := &r.options.Tenant.Grid
	minute := local.Hour()*60 + local.Minute()
	k := key{
		c: int16(slices.Index(g.Channels, e.Data.Channel)),
		t: int16(slices.Index(g.Tones, e.Data.Tone)),
		s: int16(slices.IndexFunc(g.Slots, func(s engine.Slot) bool { return s.Day == 0 && s.From <= minute && minute < s.To })),
		o: policy.None,
	}
	return k, k.c != policy.None
}

func currency(c *engine.CaseFacts) string {
	if c.Currency[0] == 0 {
		return ""
	}
	return string(c.Currency[:])
}

// objected reports whether the debtor objects to profiling: then nothing is learned from the log, whenever it
// was written (Art. 21 GDPR).
func (r *reader) objected(l *history.Log) bool {
	if !slices.ContainsFunc(l.Events, func(e engine.Event) bool {
		return e.Type == engine.ObjectionRaised || e.Data.Flags&engine.Objection != 0
	}) {
		return false
	}
	p := features.New()
	p.Replay(l, &r.zones)
	return p.Flags&engine.Objection != 0
}
