package guard

import "takt/engine"

// texts finds what texts must keep to, by the channels that stayed.
func (r *run) texts() {
	for _, rule := range r.span.Of(engine.RulePurpose) {
		r.without(rule, r.unagreed(rule.Params.Purpose))
	}
	for _, rule := range r.span.Of(engine.RuleFirstContact) {
		if r.firstContact(rule) {
			r.needs(rule.Params.By, tagsOf(rule.Params.Needs))
		}
	}
	for _, rule := range r.span.Of(engine.RuleContent) {
		if rule.Params.Tags == engine.AllTags {
			r.needs(rule.Params.Channels, tagsOf(rule.Params.Needs))
		} else {
			r.with(tagsOf(rule.Params.Tags), tagsOf(rule.Params.Needs))
		}
		r.tr.AddRule(rule, engine.Pass, 0)
	}
	r.money()
	r.bureau()
	r.blocks()
	for _, rule := range r.span.Of(engine.RuleIdentify) {
		r.terms.Identify |= rule.Params.Channels
		r.tr.AddRule(rule, engine.Pass, 0)
	}
	for _, rule := range r.span.Of(engine.RuleDiscreet) {
		r.terms.Discreet |= rule.Params.Channels
		r.tr.AddRule(rule, engine.Pass, 0)
	}
}

// tagsOf is a rule's set of tags as templates have it.
func tagsOf(s engine.Set[engine.Tag]) engine.Tags { return engine.Tags(s >> 1) }

// without keeps texts with the tags out.
func (r *run) without(rule *engine.Rule, tags engine.Tags) {
	if tags == 0 {
		r.tr.AddRule(rule, engine.Pass, 0)
		return
	}
	r.terms.Wording &^= tags
	r.tr.AddRule(rule, engine.Block, 0, engine.Tagged("tags", tags))
}

// unagreed is the tag of a purpose to which the debtor did not consent for every channel that stayed.
func (r *run) unagreed(p engine.Purpose) engine.Tags {
	for c := engine.Email; c < engine.Channels; c++ {
		if l := &r.lanes[c]; l.open && (l.first >= 0 || r.again) && !r.agreed(c, p) {
			if p == engine.Tracking {
				return engine.TagTracking
			}
			return engine.TagMarketing
		}
	}
	return 0
}

// agreed reports whether the debtor consented to a purpose by a channel; only a later event takes it back.
func (r *run) agreed(c engine.Channel, p engine.Purpose) bool {
	state, word := r.f.Consents[c].Marketing, "marketing"
	if p == engine.Tracking {
		state, word = r.f.Consents[c].Tracking, "tracking"
	}
	return state == engine.ConsentGiven || state == 0 && r.q.Contacts[r.lanes[c].contact].Consent == word
}

// needs are tags that every text by the channels must carry.
func (r *run) needs(channels engine.ChannelSet, tags engine.Tags) {
	for c := engine.Email; c < engine.Channels; c++ {
		if channels.Has(c) {
			r.terms.Needs[c] |= tags
		}
	}
}

// with are tags that texts of certain tags must carry too. Where there is no room left the last entry takes the rule,
// which asks for more than it must.
func (r *run) with(has, needs engine.Tags) {
	w := &r.terms.With
	i := 0
	for i < len(w)-1 && w[i].Needs != 0 && w[i].Needs != needs {
		i++
	}
	w[i].Has |= has
	w[i].Needs |= needs
}

// proven reports whether default is proven by today. A decided contact's request said it.
func (r *run) proven() bool {
	since := r.q.Case.DefaultSince
	return r.again || !since.IsZero() && since <= r.today
}

// reminders are the written reminders so far and the day of the first: the request's, or else the history's.
func (r *run) reminders() (n int, first engine.Date) {
	if n, first = r.q.Case.Reminders, r.q.Case.FirstReminder; n < 0 {
		n = int(r.c.Reminders)
	}
	if first.IsZero() {
		first = r.c.FirstReminder
	}
	return n, first
}

// money asks what may be claimed beside the claim.
func (r *run) money() {
	t, proven := &r.terms, r.proven()
	n, _ := r.reminders()
	for _, rule := range r.span.Of(engine.RuleDefaultClaims) {
		out := tagsOf(rule.Params.Tags)
		if proven {
			out = 0
			if rule.Params.FirstFree && n < 1 && !r.again {
				out = tagsOf(rule.Params.Tags) & engine.TagFee
			}
		}
		r.without(rule, out)
	}
	if t.FeeMinor = engine.MaxAmountMinor; !proven {
		t.FeeMinor = 0
	}
	for _, rule := range r.span.Of(engine.RuleFeeCap) {
		most := rule.Params.MaxMinor
		if rule.Params.InContract || rule.Params.Currency != r.currency {
			most = 0
		}
		t.FeeMinor = min(t.FeeMinor, most)
		r.tr.AddRule(rule, engine.Pass, 0, engine.Number("max_minor", float64(t.FeeMinor)))
	}
	for i, rule := range r.span.Of(engine.RuleLumpSum) {
		sum := int64(0)
		if proven && r.party != 0 && rule.Params.Charged.Has(r.party) && rule.Params.Currency == r.currency {
			sum = rule.Params.MaxMinor
		}
		if i == 0 || sum < t.Lump {
			t.Lump = sum
		}
		r.tr.AddRule(rule, engine.Pass, 0, engine.Number("max_minor", float64(sum)))
	}
	for i, rule := range r.span.Of(engine.RuleInterest) {
		points := rule.Params.PointsPerson
		if r.party == engine.Business {
			points = rule.Params.PointsFirm
		}
		if !proven {
			points = 0
		}
		if i == 0 || points < t.Points {
			t.Points = points
		}
		r.tr.AddRule(rule, engine.Pass, 0, engine.Number("points", points))
	}
}

// bureau asks whether a text may name a credit bureau.
func (r *run) bureau() {
	n, first := r.reminders()
	informed := r.q.Case.Informed
	for _, rule := range r.span.Of(engine.RuleBureau) {
		p := &rule.Params
		warned := r.again || n >= int(p.Reminders) && !first.IsZero() && r.today-first >= engine.Date(p.Days) &&
			(!p.Informed || !informed.IsZero() && informed <= r.today)
		if warned && !(p.Undisputed && r.contested) {
			r.without(rule, 0)
		} else {
			r.without(rule, engine.TagBureau)
		}
	}
}

// blocks asks whether a text may threaten to cut the service off: by the rule about that service, if there are any.
func (r *run) blocks() {
	rules, known := r.span.Of(engine.RuleServiceBlock), r.again
	for _, rule := range rules {
		p := &rule.Params
		if p.NamesCourts {
			r.with(engine.TagBlock, engine.TagRightToDefend)
		}
		if r.q.Case.Service != p.Service && !r.again {
			r.tr.AddRule(rule, engine.Pass, 0)
			continue
		}
		known = true
		due := r.again || r.currency == p.Currency && r.amount >= p.MinMinor && (p.Instalments == 0 || r.q.Case.Arrears >= int(p.Instalments))
		if due && !(p.Undisputed && r.contested) {
			r.without(rule, 0)
		} else {
			r.without(rule, engine.TagBlock)
		}
	}
	if len(rules) > 0 && !known {
		r.terms.Wording &^= engine.TagBlock
	}
}

// acts are the steps that a human decides or that need forbearance, and whether profiling ends: whatever the decision.
func (r *run) acts() {
	for _, rule := range r.span.Of(engine.RuleForbearance) {
		r.terms.Forbear |= rule.Params.Acts
		r.tr.AddRule(rule, engine.Pass, 0)
	}
	for _, rule := range r.span.Of(engine.RuleApproval) {
		r.terms.Approve |= rule.Params.Acts
		r.tr.AddRule(rule, engine.Pass, 0)
	}
	for _, rule := range r.span.Of(engine.RuleObjection) {
		if r.flags&engine.Objection == 0 {
			r.tr.AddRule(rule, engine.Pass, 0)
			continue
		}
		r.terms.Ladder = true
		r.tr.AddRule(rule, engine.Block, 0)
	}
}
