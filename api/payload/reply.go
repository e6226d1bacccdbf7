package payload

import (
	"takt/engine"
	"takt/features"
)

// Frame is what a reply says beside the decision and its explanation.
type Frame struct {
	Input    *engine.Input // that was decided on; without a zone times are UTC
	Language string        // of the sentences, BCP 47
	Stale    bool          // the profile lacks facts that wait in the store
}

// explain is how much of an explanation was asked for. none: no reasons; short: and of the rules only
// what did not pass; full.
func (f *Frame) explain() string { return f.Input.Request.Want.Explain }

// AppendReply appends the reply to a decision, the JSON that is stored with it.
func AppendReply(b []byte, d *engine.Decision, e *engine.Explanation, f *Frame) []byte {
	o := out{b, f.Input.Zone}
	o.raw(`{"decision_id":"`)
	o.b, _ = d.ID.AppendText(o.b)
	o.raw(`"`)
	o.text("case_id", d.Case)
	o.text("kind", d.Kind.String())
	o.text("mode", d.Mode.String())
	o.time("issued_at", d.IssuedAt)
	o.time("expires_at", d.Expires)
	if o.zone != nil {
		o.text("tz", o.zone.String())
	} else {
		o.null("tz")
	}
	o.text("revalidate", "before_execute")
	o.outcome(d, f)
	o.key("action")
	if d.Kind == engine.KindContact {
		o.contact(d, e, f)
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
		if d.Reason == engine.ReasonBundled {
			o.bundled(d, f.Input.Facts)
		}
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

// bundled names the decision about another case whose contact serves this one too; null if the caller made the contact alone.
func (o *out) bundled(d *engine.Decision, f *engine.Facts) {
	own := uint32(engine.KeyOf(d.Case))
	for i := range f.Contacts {
		if k := &f.Contacts[i]; k.State != 0 && k.Case != own && k.Case != 0 {
			if !k.Decision.IsZero() {
				o.text("bundled_with", k.Decision.String())
				return
			}
			break
		}
	}
	o.null("bundled_with")
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
		if f.explain() == "none" {
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
