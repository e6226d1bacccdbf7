package oracle

import (
	"math/bits"

	"takt/engine"
)

// allTags is the text that holds everything.
const allTags = engine.Tags(engine.AllTags >> 1)

// tagsOf are the tags of a rule as the tags of a text.
func tagsOf(s engine.Set[engine.Tag]) engine.Tags { return engine.Tags(s >> 1) }

// each calls f with every single tag in the set.
func each(t engine.Tags, f func(engine.Tags)) {
	for ; t != 0; t &= t - 1 {
		f(1 << bits.TrailingZeros16(uint16(t)))
	}
}

// terms holds what the verdict asks of texts and acts against every rule.
func (w *view) terms(v *engine.Verdict, options []engine.Option) {
	t := &v.Terms
	for _, r := range w.rules {
		p := &r.Params
		each(w.about(r)&t.Wording, func(tag engine.Tags) {
			if !w.allows(r, tag, options) {
				w.breaks(r.ID, "a text may hold %v", tag)
			}
		})
		switch r.Kind {
		case engine.RuleFirstContact:
			if w.first(r) {
				w.needs(r, t, allTags, p.By)
			}
		case engine.RuleContent:
			w.needs(r, t, tagsOf(p.Tags), p.Channels)
		case engine.RuleServiceBlock:
			if p.NamesCourts && w.q.Case.Service == p.Service && p.Service != 0 {
				w.companion(r, t, engine.TagBlock, engine.TagRightToDefend, everyChannel)
			}
		case engine.RuleFeeCap:
			if most := w.fee(p); t.FeeMinor > most {
				w.breaks(r.ID, "fee of %d, want %d", t.FeeMinor, most)
			}
		case engine.RuleLumpSum:
			if most := w.lump(p); t.Lump > most {
				w.breaks(r.ID, "lump sum of %d, want %d", t.Lump, most)
			}
		case engine.RuleInterest:
			if _, most := w.points(p); t.Points > most {
				w.breaks(r.ID, "%v points, want %v", t.Points, most)
			}
		case engine.RuleIdentify:
			w.has(r, "identify", uint32(t.Identify), uint32(p.Channels))
		case engine.RuleDiscreet:
			w.has(r, "discreet", uint32(t.Discreet), uint32(p.Channels))
		case engine.RuleForbearance:
			w.has(r, "forbear", uint32(t.Forbear), uint32(p.Acts))
		case engine.RuleApproval:
			w.has(r, "approve", uint32(t.Approve), uint32(p.Acts))
		case engine.RuleObjection:
			if w.flags()&engine.Objection != 0 && !t.Ladder {
				w.breaks(r.ID, "profiling after an objection")
			}
		}
	}
	if t.Points > 0 && len(w.of(engine.RuleInterest)) == 0 {
		w.breaks("", "%v points of interest that no rule knows", t.Points)
	}
}

func (w *view) has(r *engine.Rule, what string, set, want uint32) {
	if want&^set != 0 {
		w.breaks(r.ID, "%s is %b, want %b", what, set, want)
	}
}

const everyChannel = engine.ChannelSet(1<<engine.Channels - 2)

// needs asks whether a text with one of the tags, or any text if they are all, must carry what the rule needs.
func (w *view) needs(r *engine.Rule, t *engine.Terms, has engine.Tags, channels engine.ChannelSet) {
	each(tagsOf(r.Params.Needs), func(need engine.Tags) {
		if has == allTags {
			w.companion(r, t, 0, need, channels)
			return
		}
		each(has&^need, func(tag engine.Tags) { w.companion(r, t, tag, need, channels) })
	})
}

// companion asks whether a text with the tag may go out without the need: the fullest such text that the wording allows.
func (w *view) companion(r *engine.Rule, t *engine.Terms, tag, need engine.Tags, channels engine.ChannelSet) {
	if tag&engine.ConditionalTags&^t.Wording != 0 {
		return
	}
	text := allTags&^(engine.ConditionalTags&^t.Wording)&^need | tag
	for c := engine.Email; c < engine.Channels; c++ {
		if channels.Has(c) && t.Permit(text, c) {
			w.breaks(r.ID, "a text by %v with %v and without %v", c, tag, need)
		}
	}
}

// about are the conditional tags that a rule has a say in.
func (w *view) about(r *engine.Rule) engine.Tags {
	switch r.Kind {
	case engine.RulePurpose:
		if r.Params.Purpose == engine.Tracking {
			return engine.TagTracking
		}
		return engine.TagMarketing
	case engine.RuleDefaultClaims:
		return tagsOf(r.Params.Tags) & engine.ConditionalTags
	case engine.RuleBureau:
		return engine.TagBureau
	case engine.RuleServiceBlock:
		return engine.TagBlock
	}
	return 0
}

// allows reports whether a rule lets a text hold a tag that it is about.
func (w *view) allows(r *engine.Rule, tag engine.Tags, options []engine.Option) bool {
	switch r.Kind {
	case engine.RulePurpose:
		return w.consented(r.Params.Purpose, options)
	case engine.RuleDefaultClaims:
		late := w.proven()
		reminded := !r.Params.FirstFree || tag != engine.TagFee || w.reminders() >= 1
		return late && reminded
	case engine.RuleBureau:
		return w.bureau(&r.Params)
	}
	return w.block(&r.Params)
}

// consented reports whether the purpose has its consent for every contact among the options.
func (w *view) consented(p engine.Purpose, options []engine.Option) bool {
	for i := range options {
		o := &options[i]
		if !w.fits(o) {
			continue
		}
		point := &w.q.Contacts[o.Contact]
		given, asked := w.f.Consents[point.Channel].Marketing, "marketing"
		if p == engine.Tracking {
			given, asked = w.f.Consents[point.Channel].Tracking, "tracking"
		}
		if given == engine.ConsentWithdrawn || given != engine.ConsentGiven && point.Consent != asked {
			return false
		}
	}
	return true
}

// proven reports whether the debtor is known to be in default.
func (w *view) proven() bool {
	return w.q.Case.DefaultSince != 0 && w.q.Case.DefaultSince <= w.day
}

// reminders is how many were written.
func (w *view) reminders() int {
	if w.q.Case.Reminders >= 0 {
		return w.q.Case.Reminders
	}
	return int(w.c.Reminders)
}

func (w *view) bureau(p *engine.RuleParams) bool {
	first := w.q.Case.FirstReminder
	if first == 0 {
		first = w.c.FirstReminder
	}
	informed := w.q.Case.Informed != 0 && w.q.Case.Informed <= w.day
	return w.reminders() >= int(p.Reminders) && first != 0 && first+engine.Date(p.Days) <= w.day &&
		(informed || !p.Informed) && !(p.Undisputed && w.disputed())
}

func (w *view) block(p *engine.RuleParams) bool {
	k := &w.q.Case
	if p.Service == 0 || k.Service != p.Service {
		for _, r := range w.of(engine.RuleServiceBlock) { // that one answers for its service
			if r.Params.Service == k.Service && k.Service != 0 {
				return true
			}
		}
		return false
	}
	late := p.Instalments <= 0 || k.Arrears >= int(p.Instalments)
	return w.rest() >= p.MinMinor && w.currency() == p.Currency && late && !(p.Undisputed && w.disputed())
}

// fee is the most that a reminder may charge by one rule.
func (w *view) fee(p *engine.RuleParams) int64 {
	if p.Currency != w.currency() {
		for _, r := range w.of(engine.RuleFeeCap) { // that one knows the currency
			if r.Params.Currency == w.currency() {
				return engine.MaxAmountMinor
			}
		}
		return 0
	}
	if p.InContract || !w.proven() {
		return 0
	}
	return p.MaxMinor
}

func (w *view) lump(p *engine.RuleParams) int64 {
	if w.party == 0 || !p.Charged.Has(w.party) || !w.proven() || p.Currency != w.currency() {
		return 0
	}
	return p.MaxMinor
}

// points are the least and the most of default interest; they differ for micro businesses, of which the law of
// interest does not speak.
func (w *view) points(p *engine.RuleParams) (least, most float64) {
	switch {
	case !w.proven():
		return 0, 0
	case w.party == engine.Business:
		return p.PointsFirm, p.PointsFirm
	case w.party == engine.MicroBusiness:
		return min(p.PointsPerson, p.PointsFirm), max(p.PointsPerson, p.PointsFirm)
	}
	return p.PointsPerson, p.PointsPerson
}
