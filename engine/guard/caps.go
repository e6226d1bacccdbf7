package guard

import (
	"time"

	"takt/engine"
)

// made is a contact out that counts: done, or decided and not reported back, which counts as if it had been made at
// the last moment it could.
type made struct {
	at      int64 // microseconds
	state   engine.ContactState
	channel engine.Channel
	of      uint32 // low half of the case's key; 0: unknown
}

// history lists the contacts, newest first.
func (r *run) history() {
	for i := range r.f.Contacts {
		k := &r.f.Contacts[i]
		if k.State == 0 {
			continue
		}
		m := made{k.At, k.State, k.Channel, k.Case}
		if k.State == engine.ContactPending {
			m.at = max(k.At, k.Expires)
		}
		j := r.contacts
		for ; j > 0 && r.made[j-1].at < m.at; j-- {
			r.made[j] = r.made[j-1]
		}
		r.made[j] = m
		r.contacts++
	}
}

// counts reports whether a contact is one that a rule is about.
func (r *run) counts(m *made, p *engine.RuleParams) bool {
	if m.channel != 0 && !p.Channels.Has(m.channel) {
		return false
	}
	if p.Per == engine.PerCase && m.of != 0 && m.of != uint32(r.key) {
		return false
	}
	return p.Counts != engine.CountContacts || m.channel != engine.Phone || m.state == engine.ContactTalked
}

// caps finds for every channel the first instant at which another contact keeps within caps, gaps and pauses.
func (r *run) caps() {
	r.history()
	for _, rule := range r.span.Of(engine.RuleCap) {
		used, till := r.cap(&rule.Params)
		r.wait(rule, till, engine.ReasonCap, engine.Number("used", float64(used)), engine.Number("max", float64(rule.Params.Max)))
	}
	for _, rule := range r.span.Of(engine.RuleGap) {
		till, reason := r.gap(&rule.Params)
		r.wait(rule, till, reason, engine.Number("hours", rule.Params.Gap.Hours()), engine.Param{})
	}
	for _, rule := range r.span.Of(engine.RuleConversation) {
		r.wait(rule, r.talked(&rule.Params), engine.ReasonConversation, engine.Number("days", float64(rule.Params.Days)), engine.Param{})
	}
	r.ownCaps()
}

// everywhere are all channels.
const everywhere = engine.ChannelSet(1<<engine.Channels - 2)

// ownCaps asks the creditor's own limits: every attempt, per debtor.
func (r *run) ownCaps() {
	l := &r.limits
	p := engine.RuleParams{Max: int16(min(l.Cap, len(r.made)+1)), Window: l.CapWindow, Gap: l.Gap, Per: engine.PerDebtor, Counts: engine.CountAttempts, Channels: everywhere}
	used, till := r.capped(&p, false)
	if till > r.micros && r.raise(everywhere, till, engine.ReasonCap) {
		r.tr.Add("creditor.cap", engine.Defer, end(till), engine.Number("used", float64(used)), engine.Number("max", float64(l.Cap)))
	}
	if till, reason := r.gap(&p); till > r.micros && r.raise(everywhere, till, reason) {
		r.tr.Add("creditor.gap", engine.Defer, end(till), engine.Number("hours", l.Gap.Hours()))
	}
}

// cap is how many contacts a rule counts by now and when another one keeps within it, in microseconds.
func (r *run) cap(p *engine.RuleParams) (used int, till int64) { return r.capped(p, p.Window%day == 0) }

const day = 24 * time.Hour

// capped counts contacts within the window; whole days count as calendar days too, the stricter of both.
func (r *run) capped(p *engine.RuleParams, whole bool) (used int, till int64) {
	if p.Max < 1 {
		till = engine.HoldForever
	}
	n := 0
	for i := range r.made[:r.contacts] {
		m := &r.made[i]
		if !r.counts(m, p) {
			continue
		}
		free := m.at + p.Window.Microseconds()
		if whole {
			free = max(free, r.midnight(r.dayOf(m.at)+engine.Date(p.Window/day)))
		}
		if free > r.micros {
			used++
		}
		if n++; n == int(p.Max) {
			till = max(till, free)
		}
	}
	return used, till
}

// dayOf is the debtor's day of an instant in microseconds.
func (r *run) dayOf(micros int64) engine.Date {
	return engine.DateOf(time.UnixMicro(micros).In(r.loc))
}

// gap is when the time between two contacts has passed. A contact for another case is named as what bundles them.
func (r *run) gap(p *engine.RuleParams) (till int64, reason string) {
	for i := range r.made[:r.contacts] {
		if m := &r.made[i]; r.counts(m, p) {
			if reason = engine.ReasonGap; m.of != 0 && m.of != uint32(r.key) {
				reason = engine.ReasonBundled
			}
			return m.at + p.Gap.Microseconds(), reason
		}
	}
	return 0, engine.ReasonGap
}

// talked is the end of the days after a conversation, whose own day is the first.
func (r *run) talked(p *engine.RuleParams) int64 {
	for i := range r.made[:r.contacts] {
		if m := &r.made[i]; m.state == engine.ContactTalked && r.counts(m, p) {
			return r.midnight(r.dayOf(m.at) + engine.Date(p.Days))
		}
	}
	return 0
}

// wait notes a rule's earliest instant and keeps its channels to it.
func (r *run) wait(rule *engine.Rule, till int64, reason string, a, b engine.Param) {
	result, until := engine.Pass, int64(0)
	if till > r.micros {
		result, until = engine.Defer, end(till)
		r.raise(rule.Params.Channels, till, reason)
	}
	if r.tr == nil {
		return
	}
	if b.Name == "" {
		r.tr.AddRule(rule, result, until, a)
	} else {
		r.tr.AddRule(rule, result, until, a, b)
	}
}

// raise keeps open channels from contacts before till; false if all of them wait as long already.
func (r *run) raise(channels engine.ChannelSet, till int64, reason string) (raised bool) {
	for c := engine.Email; c < engine.Channels; c++ {
		l := &r.lanes[c]
		if !l.open || !channels.Has(c) {
			continue
		}
		if till >= engine.HoldForever {
			raised = raised || !l.never
			l.never, l.afterFor = true, reason
		} else if s := seconds(till); s > l.after && !l.never {
			l.after, l.afterFor, raised = s, reason, true
		}
	}
	return raised
}
