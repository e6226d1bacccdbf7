package guard

import "takt/engine"

// part is a part of the claim that is disputed or on hold.
type part struct {
	till, minor int64 // microseconds; minor units, 0: not stated, so all of it
	why         engine.HoldReason
	out         bool // a rule takes it out of the amount; the rest may be dunned
}

// divide lists the parts in force, the request's and the history's.
func (r *run) divide() {
	if q := &r.q.Case; q.Disputed && q.DisputeScope == "part" {
		r.parts[0], r.shares = part{till: engine.HoldForever, minor: q.PartMinor, why: engine.HoldDispute}, 1
	}
	for i := range r.c.Parts {
		if p := &r.c.Parts[i]; p.Till > r.micros {
			r.parts[r.shares] = part{till: p.Till, minor: p.Minor, why: max(p.For, engine.HoldAsked)}
			r.shares++
		}
	}
}

// leave takes a stated part out of the amount, if only that is to be left alone; else it is until when all of the claim
// waits. A decided contact's amount lacks the parts already; where something was heard of the case since, they may be others.
func (r *run) leave(p *part, only bool) (till int64) {
	if only && p.minor > 0 && !(r.again && !r.unchanged()) {
		p.out = true
		return 0
	}
	return p.till
}

// unchanged reports whether nothing was heard of the case since its contact was decided.
func (r *run) unchanged() bool { return r.named && r.c.Decision == r.in.ID }

// taken is what is out of the amount by now, and the earliest end of such a part.
func (r *run) taken() (minor, first int64) {
	if r.again {
		return 0, 0
	}
	for i := range r.parts[:r.shares] {
		if p := &r.parts[i]; p.out {
			if minor += p.minor; first == 0 || p.till < first {
				first = p.till
			}
		}
	}
	return minor, first
}

// spared is how much of the claim is left alone for one of the reasons.
func (r *run) spared(reasons engine.Set[engine.HoldReason]) (minor int64) {
	for i := range r.parts[:r.shares] {
		if p := &r.parts[i]; p.out && reasons.Has(p.why) {
			minor += p.minor
		}
	}
	return minor
}

// nothing is until when nothing is left of the amount, 0 if something is.
func (r *run) nothing() int64 {
	if minor, first := r.taken(); r.amount > 0 && minor >= r.amount {
		return first
	}
	return 0
}

// invoices leaves invoices on hold alone: until when nothing else is open.
func (r *run) invoices(reasons engine.Set[engine.HoldReason]) (till int64) {
	mine := false
	for i := range r.parts[:r.shares] {
		if p := &r.parts[i]; p.why != engine.HoldDispute && reasons.Has(p.why) {
			till, mine = max(till, r.leave(p, true)), true
		}
	}
	if mine {
		till = max(till, r.nothing())
	}
	return till
}
