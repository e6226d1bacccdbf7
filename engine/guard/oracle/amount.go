package oracle

import (
	"slices"

	"takt/engine"
)

// open is the amount of the newer statement, minor units; known is false if there is none.
func (w *view) open() (minor int64, known bool) {
	asked := w.q.Case.Open
	if w.c.OpenMinor >= 0 && (asked.Currency == "" || w.c.OpenAt > w.now.UnixMicro()) {
		return w.c.OpenMinor, true
	}
	return asked.AmountMinor, asked.Currency != ""
}

// currency is that of the amount that counts.
func (w *view) currency() string {
	if w.c.OpenMinor >= 0 && (w.q.Case.Open.Currency == "" || w.c.OpenAt > w.now.UnixMicro()) && w.c.Currency != [3]byte{} {
		return string(w.c.Currency[:])
	}
	return w.q.Case.Open.Currency
}

// part is a part of the claim that is left alone.
type part struct {
	minor  int64 // 0: not stated, so all of it
	till   int64
	reason engine.HoldReason
}

// parts are those in force, of the request and of the history.
func (w *view) parts() (list []part) {
	if k := &w.q.Case; k.Disputed && k.DisputeScope == "part" {
		list = append(list, part{k.PartMinor, engine.HoldForever, engine.HoldDispute})
	}
	for _, p := range w.c.Parts {
		if p.Till != 0 && w.now.UnixMicro() < p.Till {
			list = append(list, part{p.Minor, p.Till, max(p.For, engine.HoldAsked)})
		}
	}
	return list
}

// mine reports whether a rule is about such a part: one of disputes about disputed ones, one of holds about invoices.
func mine(r *engine.Rule, p part) bool {
	if p.reason == engine.HoldDispute {
		return r.Kind == engine.RuleDispute
	}
	return r.Kind == engine.RuleHold && r.Params.Reasons.Has(p.reason)
}

// covered reports whether a rule of the day leaves such a part alone.
func (w *view) covered(p part) bool {
	return slices.ContainsFunc(w.rules, func(r *engine.Rule) bool { return mine(r, p) })
}

// rest is what remains to be dunned of the open amount.
func (w *view) rest() int64 {
	minor, _ := w.open()
	for _, p := range w.parts() {
		if w.covered(p) {
			minor -= p.minor
		}
	}
	return minor
}

// left reports whether anything remains, or none of the parts is the rule's.
func (w *view) left(r *engine.Rule) bool {
	own := slices.ContainsFunc(w.parts(), func(p part) bool { return mine(r, p) })
	minor, known := w.open()
	return !own || !known || minor <= 0 || w.rest() > 0
}

// firstPart is the hold to the earliest end of a part.
func (w *view) firstPart() (e ending) {
	for _, p := range w.parts() {
		if w.covered(p) {
			e = sooner(e, w.micros(p.till))
		}
	}
	return e
}

// amounts asks whether the parts left alone are out of the amount.
func (w *view) amounts(v *engine.Verdict) {
	if v.OpenMinor <= w.rest() {
		return
	}
	for _, r := range w.rules {
		for _, p := range w.parts() {
			if mine(r, p) {
				w.breaks(r.ID, "open %d, want %d", v.OpenMinor, w.rest())
			}
		}
	}
}

// disputed reports a dispute of any scope.
func (w *view) disputed() bool {
	for _, p := range w.parts() {
		if p.reason == engine.HoldDispute {
			return true
		}
	}
	return w.q.Case.Disputed || w.c.Disputes > 0
}
