package guard

import (
	"time"

	"takt/engine"
)

// Permits reports whether a decided contact may be carried out at in.Now; see engine.Guard. It
// asks the same rules as Options, but of one channel, tone, offer and text, and of one instant. What only the request of
// the decision said, such as the region or proven default, was asked then.
func (g *Guard) Permits(a *engine.ContactAction, in *engine.Input, tr *engine.Trace) engine.Verdict {
	r := g.pool.Get().(*run)
	defer g.pool.Put(r)
	r.begin(in, tr)
	r.again = true
	if r.q.Debtor.Region == "" && r.f.Region[0] == 0 {
		r.decided = engine.DateOf(a.NotBefore.In(r.loc))
	}
	v := r.permit(a)
	r.close(&v)
	return v
}

func (r *run) permit(a *engine.ContactAction) engine.Verdict {
	if v := r.claims(); v.Kind != 0 {
		return v
	}
	if a.Channel == 0 { // no contact, but a hand-over
		return engine.Verdict{Kind: engine.KindContact}
	}
	if v := r.choose(engine.ChannelSet(0).With(a.Channel)); v.Kind != 0 {
		return v
	}
	if v := r.permitNow(a); v.Kind != 0 {
		return v
	}
	switch {
	case r.hardTones().Has(a.Tone):
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonNoTone}
	case !r.helpful(a.Offer):
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonNoOffer}
	}
	r.texts()
	if t := r.in.Tenant.Catalogue.Of(a); len(r.in.Tenant.Catalogue) > 0 && (t == nil || !r.terms.Permit(t.Tags, a.Channel)) {
		r.closesOwn("creditor.texts", engine.ChannelSet(0).With(a.Channel))
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonNoText}
	}
	return engine.Verdict{Kind: engine.KindContact}
}

// permitNow asks caps, and the hours where the channel's send time matters.
func (r *run) permitNow(a *engine.ContactAction) engine.Verdict {
	r.caps()
	l := &r.lanes[a.Channel]
	if l.never {
		return engine.Verdict{Kind: engine.KindHold, Reason: l.afterFor}
	}
	if l.after > r.now {
		return engine.Verdict{Kind: engine.KindHold, Reason: l.afterFor, Until: time.Unix(l.after, 0)}
	}
	r.bands()
	hours := l.home
	if l.anyTime {
		hours = l.away
	}
	loud := !r.calls(&hours, r.in.Now.In(r.loc))
	for _, z := range r.in.Zones {
		loud = loud || !r.calls(&l.away, r.in.Now.In(z))
	}
	l.hours = !loud && (l.anyTime || r.in.Now.Before(a.NotAfter))
	r.noteHours(&local{loc: r.loc})
	if !l.hours {
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonHours}
	}
	return engine.Verdict{}
}

// calls reports whether a band allows contacts at a local time.
func (r *run) calls(b *band, t time.Time) bool {
	minute := t.Hour()*60 + t.Minute()
	return minute >= b.from && minute < b.to && r.allows(b, engine.DateOf(t))
}

// helpful reports whether an offer is one that rules leave a debtor in need.
func (r *run) helpful(o engine.Offer) bool {
	for _, rule := range r.span.Of(engine.RulePlanOffer) {
		if r.flags&rule.Params.Flags != 0 && !rule.Params.Offers.Has(o) {
			r.tr.AddRule(rule, engine.Block, 0)
			return false
		}
	}
	return true
}
