package payload

import (
	"time"

	"takt/engine"
)

// scores are the model's expectations of what was chosen; null where the policy has no model.
func (o *out) scores(d *engine.Decision, e *engine.Explanation, f *Frame) {
	o.key("scores")
	if !e.Scored {
		o.raw("null")
		return
	}
	s, r := &e.Scores, &f.Input.Tenant.Reward
	o.raw(`{"p_resolve":{`)
	o.score("mean", s.PResolve)
	o.score("p10", s.P10)
	o.score("p90", s.P90)
	o.raw("}")
	o.integer("horizon_days", int64(r.Horizon/(24*time.Hour)))
	o.score("uplift_vs_hold", e.Uplift)
	o.score("p_complaint", s.PComplaint)
	o.score("p_churn", s.PChurn)
	o.integer("expected_amount_minor", engine.RoundMinor(s.AmountMinor))
	o.integer("expected_net_minor", engine.RoundMinor(s.NetMinor))
	o.integer("cost_minor", engine.RoundMinor(r.Minor(d.CostMicro)))
	o.integer("cost_micro", d.CostMicro)
	o.raw("}")
}

func (o *out) policy(d *engine.Decision, e *engine.Explanation) {
	o.raw(`,"policy":{`)
	o.text("id", d.Policy)
	o.textOrNull("version", d.Version)
	o.number("propensity", d.Propensity)
	o.flag("exploration", e.Exploration)
	o.key("experiment")
	if d.Variant.Experiment == "" && d.Variant.Arm == "" {
		o.raw("null")
	} else {
		o.raw("{")
		o.textOrNull("id", d.Variant.Experiment)
		o.textOrNull("arm", d.Variant.Arm)
		o.flag("holdout", d.Variant.Holdout())
		o.number("share", d.Variant.Share)
		o.raw("}")
	}
	o.key("model")
	if d.Snapshot == "" {
		o.raw("null")
	} else {
		o.raw(`"`)
		o.raw(d.Policy)
		o.raw("@sha256:")
		o.raw(d.Snapshot)
		o.raw(`"`)
	}
	o.textOrNull("ruleset", d.Ruleset)
	o.raw("}")
}

func (o *out) alternatives(e *engine.Explanation) {
	o.raw(`,"alternatives":[`)
	for i := range e.Alternatives {
		a := &e.Alternatives[i]
		o.item()
		o.raw(`{"action":{`)
		if a.Index == engine.Hold {
			o.text("kind", "hold")
		} else {
			o.text("channel", a.Action.Channel.String())
			o.text("tone", a.Action.Tone.String())
			o.text("offer", a.Action.Offer.String())
			o.window(&a.Action)
		}
		o.raw("}")
		if a.NetMinor == a.NetMinor {
			o.integer("expected_net_minor", engine.RoundMinor(a.NetMinor))
		} else {
			o.null("expected_net_minor")
		}
		o.number("propensity", a.Propensity)
		o.raw("}")
	}
	o.raw("]")
}

func (o *out) compliance(d *engine.Decision, e *engine.Explanation, f *Frame) {
	o.raw(`,"compliance":{`)
	o.text("verdict", verdict(d))
	if f.explain() == "full" {
		o.terms(&e.Terms, d.Action.Channel)
	}
	o.trace(&e.Trace, f.explain(), f.Language)
	o.raw("}")
}

// trace lists what the rules found.
func (o *out) trace(t *engine.Trace, explain, language string) {
	o.raw(`,"trace":[`)
	for i := range t.Checks {
		c := &t.Checks[i]
		if explain == "none" || explain == "short" && c.Result == engine.Pass {
			continue
		}
		o.item()
		o.raw("{")
		o.text("rule", c.Rule)
		o.text("result", c.Result.String())
		o.raw(`,"params":{`)
		for _, p := range c.Params() {
			if w := p.Words(); w != "" {
				o.text(p.Name, w)
			} else {
				o.number(p.Name, p.Number)
			}
		}
		o.raw("}")
		if c.Until != 0 {
			o.time("until", time.Unix(c.Until, 0))
		}
		if c.By != nil {
			o.text("source", c.By.Source)
			if explain == "full" {
				o.text("text", c.By.Text.In(language))
			}
		}
		o.raw("}")
	}
	o.raw("]")
}

// verdict is what the rules said in one word: a policy that waits of its own accord was allowed to.
func verdict(d *engine.Decision) string {
	if d.Kind == engine.KindHold {
		switch d.Reason {
		case engine.ReasonWait, engine.ReasonExplored, engine.ReasonDrawn, engine.ReasonLadderWait, engine.ReasonLadderDone, engine.ReasonDue:
			return "allowed"
		}
	}
	return verdictOf(d.Kind)
}

// verdictOf is what the rules said by the kind that came of it.
func verdictOf(k engine.Kind) string {
	switch k {
	case engine.KindContact:
		return "allowed"
	case engine.KindHold:
		return "deferred"
	case engine.KindNoContact:
		return "blocked"
	case engine.KindRoute:
		return "routed"
	}
	return "human"
}

// fallback is the ladder's next step.
func (o *out) fallback(e *engine.Explanation) {
	f := &e.Fallback
	o.raw(`,"fallback":{`)
	o.text("kind", f.Kind.String())
	o.time("due", f.Due)
	if f.Kind == engine.KindContact {
		o.text("channel", f.Step.Channel.String())
		o.text("tone", f.Step.Tone.String())
		o.text("offer", f.Step.Offer.String())
	}
	o.textOrNull("reason", f.Reason)
	o.raw("}")
}
