package oracle

import (
	"slices"

	"takt/engine"
)

// way says why a rule forbids a contact point, or "".
func (w *view) way(r *engine.Rule, p *engine.ContactPoint) string {
	c, f := p.Channel, w.f
	key := engine.AddressKey(c, p.AddressRef)
	listed := r.Params.Channels.Has(c)
	bad := false
	switch r.Kind {
	case engine.RuleChannelConsent:
		bad = w.refused(p) || listed && p.Consent != "service" && f.Consents[c].Service != engine.ConsentGiven
	case engine.RuleChannelStop:
		bad = listed && f.Stopped.Has(c)
	case engine.RuleReturnedAddress:
		bad = listed && slices.Contains(f.Returned[:], key)
	case engine.RuleAddress:
		bad = listed && w.stale(p, r.Params.MinValidity)
	case engine.RuleWorkAddress:
		bad = listed && (p.Place == "work" || slices.Contains(f.Work[:], key))
	case engine.RuleFirstContact:
		bad = w.first(r) && !r.Params.By.Has(c)
	case engine.RuleZone:
		bad = listed && w.in.Zone == nil
	case engine.RuleWishes:
		bad = r.Params.Wishes.Has(engine.WishChannel) && f.Wishes.Avoid.Has(c) ||
			r.Params.Wishes.Has(engine.WishPlace) && slices.Contains(f.Wishes.Places[:], key)
	}
	if !bad {
		return ""
	}
	return c.String() + " to " + p.AddressRef
}

// refused reports a consent that was withdrawn or never given on purpose.
func (w *view) refused(p *engine.ContactPoint) bool {
	return p.Consent == "none" || w.f.Consents[p.Channel].Service == engine.ConsentWithdrawn
}

// stale reports whether request or history calls the address less likely right than least.
func (w *view) stale(p *engine.ContactPoint, least float64) bool {
	a := &w.f.Addresses[p.Channel]
	return p.Validity >= 0 && p.Validity < least || a.Key == engine.AddressKey(p.Channel, p.AddressRef) && float64(a.Validity) < least
}

// first reports whether the contact would be the first of a stage that the rule is about.
func (w *view) first(r *engine.Rule) bool {
	return w.stage(r.Params.Stages) && w.matches(r.Params.Who) && w.c.LastContact == 0
}

// manner says why a rule forbids a tone or an offer, or "".
func (w *view) manner(r *engine.Rule, t engine.Tone, o engine.Offer) string {
	p := &r.Params
	switch r.Kind {
	case engine.RuleLimitation:
		if w.barred(int(p.Years), p.YearEnd) && p.Tones.Has(t) {
			return t.String() + " for a barred claim"
		}
	case engine.RuleSoftTones:
		if w.flags()&p.Flags != 0 && p.Tones.Has(t) {
			return t.String()
		}
	case engine.RulePreDue:
		early := w.due() != 0 && w.day <= w.due()
		if (early || w.stage(engine.SetOf(engine.Stage(slices.Index(engine.Stages[:], "pre_due"))))) && p.Tones.Has(t) {
			return t.String() + " before the claim is late"
		}
	case engine.RulePlanOffer:
		if w.flags()&p.Flags != 0 && !p.Offers.Has(o) {
			return "offer " + o.String()
		}
	}
	return ""
}
