package payload

import (
	"time"

	"takt/engine"
)

// Revalidation is what a decision is worth now: a verdict and what the rules found on the way to it.
type Revalidation struct {
	Decision *engine.Decision
	Verdict  engine.Verdict
	Trace    *engine.Trace
	Now      time.Time      // when it was asked
	Zone     *time.Location // of times in the reply; nil is UTC
	Language string         // of the sentences, BCP 47
	Stale    bool           // the profile lacks facts that wait in the store
}

// AppendRevalidation appends the JSON of a revalidation, in the words of a decision's reply.
func AppendRevalidation(b []byte, r *Revalidation) []byte {
	o, v := out{b, r.Zone}, &r.Verdict
	o.raw(`{"decision_id":"`)
	o.b, _ = r.Decision.ID.AppendText(o.b)
	o.raw(`"`)
	o.text("case_id", r.Decision.Case)
	o.flag("allowed", v.Kind == engine.KindContact)
	o.text("verdict", verdictOf(v.Kind))
	o.text("kind", v.Kind.String())
	if v.Reason == "" {
		o.raw(`,"reason":null,"reason_text":null`)
	} else {
		o.text("reason", v.Reason)
		o.text("reason_text", engine.ReasonText(v.Reason, r.Language))
	}
	o.time("until", v.Until)
	o.textOrNull("queue", v.Queue)
	o.key("open")
	if v.Currency == "" {
		o.raw("null")
	} else {
		o.raw("{")
		o.integer("amount_minor", v.OpenMinor)
		o.text("currency", v.Currency)
		o.raw("}")
	}
	o.time("checked_at", r.Now)
	o.raw(`,"compliance":{`)
	o.text("verdict", verdictOf(v.Kind))
	o.trace(r.Trace, "full", r.Language)
	o.raw("}")
	o.key("profile")
	o.raw("{")
	o.flag("stale", r.Stale)
	o.raw("}}")
	return o.b
}
