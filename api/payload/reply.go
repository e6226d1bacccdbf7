package payload

import (
	"time"

	"takt/engine"
	"takt/features"
)

// Frame is what a reply says beside the decision and its explanation.
type Frame struct {
	Zone     *time.Location // of the debtor; nil: unknown, times are UTC
	Language string         // of the sentences, BCP 47
	Reward   *engine.Reward
	Explain  string // none: no reasons; short: and of the rules only what did not pass; full
	Stale    bool   // the profile lacks facts that wait in the store
}

// AppendReply appends the reply to a decision, the JSON that is stored with it.
func AppendReply(b []byte, d *engine.Decision, e *engine.Explanation, f *Frame) []byte {
	o := out{b, f.Zone}
	o.raw(`{"decision_id":"`)
	o.b, _ = d.ID.AppendText(o.b)
	o.raw(`"`)
	o.text("case_id", d.Case)
	o.text("kind", d.Kind.String())
	o.text("mode", d.Mode.String())
	o.time("issued_at", d.IssuedAt)
	o.time("expires_at", d.Expires)
	if f.Zone != nil {
		o.text("tz", f.Zone.String())
	} else {
		o.null("tz")
	}
	o.text("revalidate", "before_execute")
	o.outcome(d, f)
	o.key("action")
	if d.Kind == engine.KindContact {
		o.contact(&d.Action)
	} else {
		o.raw("null")
	}
	o.scores(d, e, f)
	o.policy(d, e)
	o.segment(d, f)
	o.reasons(e, f)
	o.alternatives(e)
	o.compliance(d, e, f)
	o.fallback(e)
	o.key("profile")
	o.raw("{")
	o.time("as_of", d.ProfileAsOf)
	o.flag("stale", f.Stale)
	o.raw("}")
	o.time("next_review_at", d.Review)
	o.raw("}")
	return o.b
}

// outcome writes what belongs to kinds other than contact.
func (o *out) outcome(d *engine.Decision, f *Frame) {
	switch d.Kind {
	case engine.KindHold:
		o.time("until", d.Until)
	case engine.KindNoContact:
		o.flag("permanent", d.Until.IsZero())
	case engine.KindAgentReview:
		o.text("queue", d.Queue)
	case engine.KindHandover:
		o.flag("requires_human", true)
	case engine.KindRoute:
		o.text("representative", "on_file")
	default:
		return
	}
	o.text("reason", d.Reason)
	o.text("reason_text", engine.ReasonText(d.Reason, f.Language))
}

func (o *out) contact(a *engine.ContactAction) {
	o.raw(`{"channel":"`)
	o.raw(a.Channel.String())
	o.raw(`"`)
	o.textOrNull("address_ref", a.AddressRef)
	o.key("template")
	if a.Template == "" {
		o.raw("null")
	} else {
		o.raw("{")
		o.text("key", a.Template)
		o.textOrNull("language", a.Language)
		o.raw(`,"params":{}}`)
	}
	o.text("tone", a.Tone.String())
	o.window(a)
	o.key("offer")
	o.offer(a.Offer)
	o.key("call_guidance")
	o.guidance(a)
	o.raw("}")
}

func (o *out) window(a *engine.ContactAction) {
	o.key("send_window")
	o.raw("{")
	o.time("not_before", a.NotBefore)
	o.time("not_after", a.NotAfter)
	o.textOrNull("tz", a.TZ)
	o.raw("}")
}

func (o *out) offer(f engine.Offer) {
	o.raw("{")
	o.text("type", f.String())
	o.flag("payment_link", f == engine.PaymentLink)
	o.raw(`,"methods":[]`)
	for _, plan := range []engine.Offer{engine.Instalments, engine.Deferral} {
		o.key(plan.String())
		if f == plan {
			o.raw(`{"offered":true}`)
		} else {
			o.raw("null")
		}
	}
	o.raw("}")
}

// guidance is what an agent on the phone has to keep to.
func (o *out) guidance(a *engine.ContactAction) {
	if a.Channel != engine.Phone {
		o.raw("null")
		return
	}
	o.raw("{")
	o.text("tone", a.Tone.String())
	o.raw(`,"may_offer":[`)
	if a.Offer > engine.OfferNone {
		o.b = AppendText(o.b, a.Offer.String())
	}
	o.raw(`],"identify_first":true,"recording_notice":true}`)
}

func (o *out) segment(d *engine.Decision, f *Frame) {
	o.key("segment")
	if d.Segment == "" {
		o.raw("null")
		return
	}
	o.raw("{")
	o.text("id", d.Segment)
	o.text("name", features.SegmentText(d.Segment, f.Language))
	o.raw(`,"confidence":1}`) // a rule holds or does not
}

func (o *out) reasons(e *engine.Explanation, f *Frame) {
	o.raw(`,"reasons":[`)
	for i := range e.Reasons {
		if f.Explain == "none" {
			break
		}
		r := &e.Reasons[i]
		o.item()
		o.raw("{")
		o.text("code", r.Code)
		text := engine.ReasonText(r.Code, f.Language)
		if r.Feature >= 0 && r.Feature < len(features.Vector) {
			o.text("feature", features.Vector[r.Feature].Name)
			text = features.Text(r.Feature, f.Language)
		} else if r.Feature == len(features.Vector) {
			o.text("feature", features.GroupName)
			text = features.GroupText(f.Language)
		}
		o.text("text", text)
		o.integer("weight", engine.RoundMinor(r.WeightMinor))
		o.raw("}")
	}
	o.raw("]")
}
