package oracle

import (
	"slices"
	"time"

	"takt/engine"
)

// ending is what a rule wants instead of a contact; the zero value is nothing.
type ending struct {
	kind  engine.Kind
	until time.Time // of hold; zero: until an event lifts it
}

var endless = ending{kind: engine.KindHold}

// hardness orders the kinds that no later decision softens.
var hardness = map[engine.Kind]int{engine.KindNoContact: 3, engine.KindRoute: 2, engine.KindAgentReview: 1}

// ended holds the verdict against every rule that ends the decision.
func (w *view) ended(v *engine.Verdict) {
	l := &w.in.Tenant.Limits
	shortest := sooner(w.promise(l.PromiseGrace), w.reply(l.ReplyPause)) // of all holds, the creditor's own among them
	last := ""
	for _, r := range w.rules {
		e := w.end(r)
		if e.kind == 0 {
			continue
		}
		last = r.ID
		if e.kind == engine.KindHold {
			shortest = sooner(shortest, e)
		}
		stop := r.Kind == engine.RuleStop || r.Kind == engine.RuleMinor
		if v.Kind == engine.KindContact || stop && hardness[v.Kind] < hardness[e.kind] {
			w.breaks(r.ID, "%v, want %v %v", v.Kind, e.kind, e.until)
		}
	}
	if v.Kind != engine.KindHold || last == "" {
		return
	}
	if shortest.kind == 0 {
		w.breaks(last, "a hold, want no contact")
	} else if !v.Until.IsZero() && (shortest.until.IsZero() || v.Until.Before(shortest.until.Truncate(time.Second))) {
		w.breaks(last, "hold until %v, want %v", v.Until, shortest.until)
	}
}

// end is what a rule of the person or the claim makes of the decision.
func (w *view) end(r *engine.Rule) ending {
	p := &r.Params
	switch r.Kind {
	case engine.RuleStop:
		return on(w.flags()&p.Flags != 0, p.Outcome)
	case engine.RuleMinor:
		return on(w.young(p.Age), p.Outcome)
	case engine.RuleMoratorium:
		return w.moratorium(r)
	case engine.RuleBreathingSpace:
		return w.breathing(int(p.Days), int(p.TreatmentDays))
	case engine.RuleDispute:
		return w.dispute(r)
	case engine.RuleHold:
		return w.hold(r)
	case engine.RuleFulfilment:
		asked := engine.Fulfilment(slices.Index(engine.Fulfilments[:], w.q.Case.Fulfilment))
		return on(asked > 0 && p.Fulfilment.Has(asked) || w.c.Fulfilled > 0 && p.Fulfilment.Has(engine.Fulfilment(w.c.Fulfilled)), engine.KindHold)
	case engine.RulePromise:
		return w.promise(p.Grace)
	case engine.RulePlan:
		return on(w.c.Plan, engine.KindHold)
	case engine.RuleReply:
		return w.reply(p.Pause)
	case engine.RuleClaim:
		return w.claim(p.Claim)
	case engine.RuleLimitation:
		return on(w.barred(int(p.Years), p.YearEnd), engine.KindAgentReview)
	}
	return ending{}
}

func on(yes bool, k engine.Kind) ending {
	if !yes {
		return ending{}
	}
	return ending{kind: k}
}

// till is a hold up to an instant, if that is still to come.
func (w *view) till(t time.Time) ending {
	if !w.now.Before(t) {
		return ending{}
	}
	return ending{engine.KindHold, t}
}

// micros is till an instant of the history.
func (w *view) micros(t int64) ending {
	if t >= engine.HoldForever {
		return endless
	}
	return w.till(time.UnixMicro(t))
}

// sooner is the hold of the two that ends first; nothing is no hold.
func sooner(a, b ending) ending {
	if a.kind == 0 || b.kind != 0 && !b.until.IsZero() && (a.until.IsZero() || b.until.Before(a.until)) {
		return b
	}
	return a
}

func (w *view) young(age int16) bool {
	if w.flags()&engine.Minor != 0 { // who says so knows better than the kind
		return true
	}
	if w.party == engine.Business {
		return false
	}
	y := w.now.In(w.zone).Year()
	for _, born := range []int{w.q.Debtor.BirthYear, int(w.f.BornYear)} {
		if born != 0 && y-born <= int(age) {
			return true
		}
	}
	return false
}

func (w *view) moratorium(r *engine.Rule) ending {
	made := w.q.Case.ContractDate
	if h := w.c.Contract; made == 0 || h != 0 && h < made { // either may forbid
		made = h
	}
	if !w.matches(r.Params.Who) || made != 0 && made >= r.Params.ContractBefore {
		return ending{}
	}
	if r.Until.IsZero() {
		return endless
	}
	return w.till((r.Until + 1).In(w.zone))
}

func (w *view) breathing(days, treatment int) ending {
	b := w.f.Breathing
	switch {
	case b.From == 0:
		return ending{}
	case !b.Treatment:
		return w.till((b.From + engine.Date(days)).In(w.zone))
	case b.Ended == 0:
		return endless
	}
	return w.till((b.Ended + engine.Date(treatment) + 1).In(w.zone))
}

// claimed is how long a breathing space is kept where no rule knows one: as a moratorium, in days.
const claimed = 60

func (w *view) hold(r *engine.Rule) (e ending) {
	reasons := r.Params.Reasons
	if reasons.Has(max(w.f.HoldFor, engine.HoldAsked)) {
		e = sooner(e, w.micros(w.f.HoldTill))
	}
	e = sooner(e, w.micros(w.c.HoldTill))
	if reasons.Has(engine.HoldMoratorium) {
		e = sooner(e, on(w.flags()&engine.Moratorium != 0, engine.KindHold))
		if b := w.f.Breathing.From; b != 0 && len(w.of(engine.RuleBreathingSpace)) == 0 {
			e = sooner(e, w.till((b + claimed).In(w.zone)))
		}
	}
	for _, p := range w.parts() {
		if mine(r, p) && p.minor <= 0 {
			e = sooner(e, w.micros(p.till))
		}
	}
	if w.left(r) {
		return e
	}
	return sooner(e, w.firstPart())
}

func (w *view) dispute(r *engine.Rule) (e ending) {
	whole := w.q.Case.Disputed && w.q.Case.DisputeScope != "part" || w.c.Disputes > 0
	e = on(whole, engine.KindHold)
	for _, p := range w.parts() {
		if mine(r, p) && (p.minor <= 0 || r.Params.Partial != engine.PartialUndisputed) {
			e = sooner(e, w.micros(p.till))
		}
	}
	if w.left(r) {
		return e
	}
	return sooner(e, w.firstPart())
}

func (w *view) promise(grace time.Duration) ending {
	if w.c.PromiseDue == 0 {
		return ending{}
	}
	return w.till((w.c.PromiseDue + 1).In(w.zone).Add(grace))
}

func (w *view) reply(pause time.Duration) ending {
	heard := w.f.Reply
	if w.f.Complain > heard { // a complaint is a message too
		heard = w.f.Complain
	}
	if heard == 0 {
		return ending{}
	}
	return w.till(time.UnixMicro(heard).Add(pause))
}

func (w *view) claim(states engine.Set[engine.ClaimState]) ending {
	minor, known := w.open()
	legal := engine.SetOf(engine.Stage(slices.Index(engine.Stages[:], "legal")))
	for _, s := range []struct {
		state engine.ClaimState
		yes   bool
		kind  engine.Kind
	}{
		{engine.ClaimClosed, w.c.Closed, engine.KindNoContact},
		{engine.ClaimWrittenOff, w.flags()&engine.WrittenOffFlag != 0, engine.KindNoContact},
		{engine.ClaimHandedOver, w.flags()&engine.Agency != 0, engine.KindNoContact},
		{engine.ClaimNothingOpen, known && minor <= 0, engine.KindNoContact},
		{engine.ClaimAmountUnknown, !known, engine.KindAgentReview},
		{engine.ClaimLegal, w.stage(legal), engine.KindAgentReview},
	} {
		if s.yes && states.Has(s.state) {
			return ending{kind: s.kind}
		}
	}
	return ending{}
}

// barred reports whether the day lies after the claim's limitation.
func (w *view) barred(years int, yearEnd bool) bool {
	due := w.due()
	if due == 0 {
		return false
	}
	y, m, d := due.In(time.UTC).Date()
	if yearEnd {
		m, d = time.December, 31
	}
	end := time.Date(y+years, m, d, 0, 0, 0, 0, time.UTC)
	if end.Day() != d { // 29 February
		end = end.AddDate(0, 0, -1)
	}
	return w.day > engine.DateOf(end)
}
