package guard

import (
	"slices"

	"takt/engine"
	"takt/engine/content"
)

// tonality asks which tones may be used.
func (r *run) tonality() engine.Verdict {
	k, g := &r.q.Constraints, &r.in.Tenant.Grid
	out := r.hardTones()
	asked, hard := 0, 0
	for _, t := range g.Tones {
		switch {
		case out.Has(t):
			hard++
		case len(k.AllowTones) == 0 || slices.Contains(k.AllowTones, t):
			r.tones = r.tones.With(t)
			asked++
		}
	}
	switch {
	case asked > 0:
		return engine.Verdict{}
	case hard == len(g.Tones):
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoTone, Queue: queueCare}
	}
	r.tr.Add("request.allow_tones", engine.Block, 0)
	return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonConstraints}
}

// hardTones are the tones that rules forbid for this debtor and claim.
func (r *run) hardTones() (out engine.Set[engine.Tone]) {
	for _, rule := range r.span.Of(engine.RuleSoftTones) {
		out |= r.silences(rule, r.flags&rule.Params.Flags != 0)
	}
	for _, rule := range r.span.Of(engine.RulePreDue) {
		out |= r.silences(rule, r.notDue())
	}
	return out
}

func (r *run) silences(rule *engine.Rule, is bool) engine.Set[engine.Tone] {
	if !is {
		r.tr.AddRule(rule, engine.Pass, 0)
		return 0
	}
	var out engine.Set[engine.Tone]
	for _, t := range r.in.Tenant.Grid.Tones {
		if rule.Params.Tones.Has(t) {
			out = out.With(t)
		}
	}
	r.tr.AddRule(rule, engine.Block, 0, engine.Text("tones", toneNames[out]))
	return rule.Params.Tones
}

// notDue reports whether the claim is not late yet: its stage says so, or its due day is not over.
func (r *run) notDue() bool {
	stage := r.q.Case.Stage
	if stage == "" {
		stage = engine.Stages[int(r.c.Stage)%len(engine.Stages)]
	}
	due := r.due()
	return stage == engine.Stages[stagePreDue] || !due.IsZero() && due >= r.today
}

// offering asks which offers may be made: those the request allows and the creditor's bounds have room for, and to those
// in need only what helps them.
func (r *run) offering() engine.Verdict {
	k, g := &r.q.Constraints, &r.in.Tenant.Grid
	can, small := engine.Set[engine.Offer](0), false
	for _, o := range g.Offers {
		if o == engine.Instalments && !r.plan() {
			small = true
			continue
		}
		can = can.With(o)
	}
	if small {
		r.tr.Add("creditor.plans", engine.Block, 0, engine.Number("open_minor", float64(r.amount)), engine.Number("min_rate_minor", float64(r.in.Tenant.Plans.MinRateMinor)))
	}
	helps := can
	for _, rule := range r.span.Of(engine.RulePlanOffer) {
		if r.flags&rule.Params.Flags == 0 {
			r.tr.AddRule(rule, engine.Pass, 0)
			continue
		}
		r.tr.AddRule(rule, engine.Block, 0)
		helps &= rule.Params.Offers
	}
	if helps == 0 {
		return engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoOffer, Queue: queueCare}
	}
	for _, o := range g.Offers {
		if helps.Has(o) && (len(k.AllowOffers) == 0 || slices.Contains(k.AllowOffers, o)) {
			r.offers = r.offers.With(o)
		}
	}
	if r.offers == 0 {
		r.tr.Add("request.allow_offers", engine.Block, 0)
		return engine.Verdict{Kind: engine.KindHold, Reason: engine.ReasonConstraints}
	}
	return engine.Verdict{}
}

// plan reports whether a plan of instalments fits the creditor's bounds.
func (r *run) plan() bool {
	t := r.in.Tenant
	if r.currency != t.Reward.Currency {
		return false
	}
	_, ok := content.NewPlan(r.amount, &t.Plans, r.today)
	return ok
}
