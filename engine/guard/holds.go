package guard

import (
	"time"

	"takt/engine"
)

// holdings are what stops contacts for a time, in microseconds; the longest counts, the first of equals.
type holdings struct {
	holdTill   int64 // engine.HoldForever without end
	holdReason string
	contested  bool // the claim, or a part of it, is disputed
	parts      [3]part
	shares     int // parts in force
}

// holds asks for everything that stops contacts for a time.
func (r *run) holds() engine.Verdict {
	r.moratorium()
	r.breathing()
	r.disputes()
	r.standing()
	for _, rule := range r.span.Of(engine.RuleFulfilment) {
		out := fulfilled(rule.Params.Fulfilment, r.q.Case.Fulfilment) || r.c.Fulfilled != 0 && rule.Params.Fulfilment.Has(engine.Fulfilment(r.c.Fulfilled))
		r.hold(rule, endless(out), engine.ReasonNotDelivered)
	}
	for _, rule := range r.span.Of(engine.RulePromise) {
		r.hold(rule, r.promise(rule.Params.Grace), engine.ReasonPromise)
	}
	for _, rule := range r.span.Of(engine.RulePlan) {
		r.hold(rule, endless(r.c.Plan), engine.ReasonPlan)
	}
	for _, rule := range r.span.Of(engine.RuleReply) {
		r.hold(rule, r.reply(rule.Params.Pause), engine.ReasonReply)
	}
	r.holdOwn("creditor.promise", r.promise(r.limits.PromiseGrace), engine.ReasonPromise)
	r.holdOwn("creditor.reply", r.reply(r.limits.ReplyPause), engine.ReasonReply)
	if r.holdTill == 0 {
		return engine.Verdict{}
	}
	v := engine.Verdict{Kind: engine.KindHold, Reason: r.holdReason}
	if r.holdTill < engine.HoldForever {
		v.Until = time.Unix(seconds(r.holdTill), 0)
	}
	return v
}

// hold notes a rule's hold that ends at till.
func (r *run) hold(rule *engine.Rule, till int64, reason string) { r.holdPart(rule, till, reason, 0) }

// holdPart is hold for a rule that may leave a part of the claim alone: the trace says how much.
func (r *run) holdPart(rule *engine.Rule, till int64, reason string, minor int64) {
	seen := [...]engine.Param{engine.Text("reason", reason), engine.Number("part_minor", float64(minor))}
	n := 1
	if minor > 0 {
		n = 2
	}
	if till <= r.micros {
		r.tr.AddRule(rule, engine.Pass, 0, seen[1:n]...)
		return
	}
	r.tr.AddRule(rule, engine.Defer, end(till), seen[:n]...)
	r.longest(till, reason)
}

// holdOwn is hold for the creditor's own limits, noted where they tighten the rules.
func (r *run) holdOwn(id string, till int64, reason string) {
	if till > r.micros && till > r.holdTill {
		r.tr.Add(id, engine.Defer, end(till), engine.Text("reason", reason))
		r.longest(till, reason)
	}
}

func (r *run) longest(till int64, reason string) {
	if till > r.holdTill {
		r.holdTill, r.holdReason = min(till, engine.HoldForever), reason
	}
}

// end is till in seconds, 0 for one that no time ends.
func end(till int64) int64 {
	if till < engine.HoldForever {
		return seconds(till)
	}
	return 0
}

func endless(stop bool) int64 {
	if stop {
		return engine.HoldForever
	}
	return 0
}

// midnight is the start of a day in the debtor's zone.
func (r *run) midnight(d engine.Date) int64 { return d.At(0, r.loc) * 1e6 }

// moratorium asks for one by statute: it holds as long as its rule is in force.
func (r *run) moratorium() {
	for _, rule := range r.span.Of(engine.RuleMoratorium) {
		till := int64(0)
		if r.about(rule.Params.Who) && r.before(rule) {
			if till = engine.HoldForever; !rule.Until.IsZero() {
				till = r.midnight(rule.Until + 1)
			}
		}
		r.hold(rule, till, engine.ReasonMoratorium)
	}
}

// before reports whether the contract is, or may be, older than the rule asks for. A decided contact's request said it.
func (r *run) before(rule *engine.Rule) bool {
	q, h := r.q.Case.ContractDate, r.c.Contract
	if q.IsZero() && h.IsZero() {
		return !r.again || !rule.On(engine.DateOf(r.q.AsOf.In(r.loc)))
	}
	return !q.IsZero() && q < rule.Params.ContractBefore || !h.IsZero() && h < rule.Params.ContractBefore
}

// breathing asks for a claimed breathing space: whole days, and with treatment as long as that lasts and so many more.
func (r *run) breathing() {
	for _, rule := range r.span.Of(engine.RuleBreathingSpace) {
		r.hold(rule, r.space(engine.Date(rule.Params.Days), engine.Date(rule.Params.TreatmentDays)), engine.ReasonMoratorium)
	}
}

func (r *run) space(days, after engine.Date) int64 {
	b := &r.f.Breathing
	switch {
	case b.From.IsZero():
		return 0
	case !b.Treatment:
		return r.midnight(b.From + days)
	case b.Ended.IsZero():
		return engine.HoldForever
	}
	return r.midnight(b.Ended + after + 1)
}

// foreignSpace is how long a claimed breathing space holds where no rule knows of it.
const foreignSpace = 60

// disputes asks for disputes of the claim: of the whole, or of a part that leaves the rest.
func (r *run) disputes() {
	q := &r.q.Case
	r.contested = q.Disputed || disputed(r.c) || r.f.HoldFor == engine.HoldDispute && r.f.HoldTill > r.micros
	whole := q.Disputed && q.DisputeScope != "part" || r.c.Disputes > 0
	r.divide()
	for _, rule := range r.span.Of(engine.RuleDispute) {
		till := endless(whole)
		for i := range r.parts[:r.shares] {
			if p := &r.parts[i]; p.why == engine.HoldDispute {
				till = max(till, r.leave(p, rule.Params.Partial == engine.PartialUndisputed))
			}
		}
		r.holdPart(rule, max(till, r.nothing()), engine.ReasonDisputed, r.spared(engine.SetOf(engine.HoldDispute)))
	}
}

// standing asks for holds that somebody or an event set: of the debtor, the case, or invoices of it.
func (r *run) standing() {
	for _, rule := range r.span.Of(engine.RuleHold) {
		till, reason := r.set(rule.Params.Reasons)
		if t := r.invoices(rule.Params.Reasons); t > till {
			till, reason = t, engine.ReasonHold
		}
		r.holdPart(rule, till, reason, r.spared(rule.Params.Reasons&^engine.SetOf(engine.HoldDispute)))
	}
	if out, _ := r.taken(); out < r.amount { // nothing left is a hold, not a claim without an amount
		r.amount -= out
	}
}

// set is the longest hold for one of the reasons.
func (r *run) set(reasons engine.Set[engine.HoldReason]) (till int64, reason string) {
	add := func(t int64, h engine.HoldReason, why string) {
		if reasons.Has(h) && t > r.micros && t > till {
			till, reason = t, why
		}
	}
	switch h := r.f.HoldFor; h {
	case 0, engine.HoldAsked:
		add(r.f.HoldTill, engine.HoldAsked, engine.ReasonHold)
	default:
		add(r.f.HoldTill, h, h.String())
	}
	add(r.c.HoldTill, engine.HoldAsked, engine.ReasonHold)
	add(endless(r.flags&engine.Moratorium != 0), engine.HoldMoratorium, engine.ReasonMoratorium)
	if len(r.span.Of(engine.RuleBreathingSpace)) == 0 {
		add(r.space(foreignSpace, foreignSpace), engine.HoldMoratorium, engine.ReasonMoratorium)
	}
	return till, reason
}

func fulfilled(states engine.Set[engine.Fulfilment], state string) bool {
	for f := engine.Fulfilment(1); int(f) < len(engine.Fulfilments); f++ {
		if state == engine.Fulfilments[f] {
			return states.Has(f)
		}
	}
	return false
}

// promise is the end of an open promise: the end of the due day in the debtor's zone and the grace.
func (r *run) promise(grace time.Duration) int64 {
	if r.c.PromiseDue.IsZero() {
		return 0
	}
	return r.midnight(r.c.PromiseDue+1) + grace.Microseconds()
}

// reply is the end of the pause after a message in, a chat or a portal visit. A complaint is a message too.
func (r *run) reply(pause time.Duration) int64 {
	last := max(r.f.Reply, r.f.Complain)
	if last == 0 {
		return 0
	}
	return last + pause.Microseconds()
}
