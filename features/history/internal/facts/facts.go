// Package facts holds what every history store does to facts in the same way: their order, which
// of two equal ones counts, and what a slim read leaves out.
//
//	events = facts.Events(events)       // fold order, each identity once
//	facts.SlimEvent(&events[0])         // as history.Range.Slim says
package facts

import (
	"slices"
	"strings"
	"time"

	"takt/engine"
	"takt/features/history"
)

// Identity is what makes two events of a tenant the same fact.
type Identity struct{ Source, ID string }

// Of is the identity of e within its tenant.
func Of(e *engine.Event) Identity { return Identity{e.Source, e.ID} }

// Events puts events of one debtor into fold order and drops duplicates in place: of an identity the
// one with the lowest Seq stays.
func Events(es []engine.Event) []engine.Event {
	Order(es)
	if !repeats(es) {
		return es
	}
	first := make(map[Identity]int, len(es))
	for i := range es {
		if j, ok := first[Of(&es[i])]; !ok || es[i].Seq < es[j].Seq {
			first[Of(&es[i])] = i
		}
	}
	n := 0
	for i := range es {
		if first[Of(&es[i])] == i {
			es[n] = es[i]
			n++
		}
	}
	clear(es[n:])
	return es[:n]
}

// Order puts events of one debtor into fold order, in place.
func Order(es []engine.Event) {
	if !ordered(es) {
		slices.SortStableFunc(es, func(a, b engine.Event) int { return order(&a, &b) })
	}
}

func order(a, b *engine.Event) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

func ordered(es []engine.Event) bool {
	for i := 1; i < len(es); i++ {
		if es[i].Before(&es[i-1]) {
			return false
		}
	}
	return true
}

// repeats reports whether an identity may be there twice. Short logs are compared pair by pair:
// that is cheaper than a map and almost every log is short.
func repeats(es []engine.Event) bool {
	if len(es) > 64 {
		return true
	}
	for i := range es {
		for j := range i {
			if es[i].ID == es[j].ID && es[i].Source == es[j].Source {
				return true
			}
		}
	}
	return false
}

// Decisions puts decisions into the order (issued at, id) and drops duplicates in place: of an id the
// one with the lowest Seq stays.
func Decisions(ds []engine.Decision) []engine.Decision {
	slices.SortStableFunc(ds, func(a, b engine.Decision) int {
		if c := a.IssuedAt.Compare(b.IssuedAt); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID[:]), string(b.ID[:]))
	})
	first := make(map[engine.ID]int, len(ds))
	for i := range ds {
		if j, ok := first[ds[i].ID]; !ok || ds[i].Seq < ds[j].Seq {
			first[ds[i].ID] = i
		}
	}
	if len(first) == len(ds) {
		return ds
	}
	n := 0
	for i := range ds {
		if first[ds[i].ID] == i {
			ds[n] = ds[i]
			n++
		}
	}
	clear(ds[n:])
	return ds[:n]
}

// SlimEvent clears the texts that no fold reads, as history.Range.Slim says.
func SlimEvent(e *engine.Event) {
	e.Data.Template, e.Data.Basis, e.Data.Reference, e.Data.Action = "", "", "", ""
}

// SlimDecision clears what history.Range.Slim leaves out of a decision.
func SlimDecision(d *engine.Decision) { d.Reply = nil }

// Report is the state that an event reports of the decision it names, or "".
func Report(t engine.EventType) string {
	switch t {
	case engine.DecisionExecuted:
		return "executed"
	case engine.DecisionSkipped:
		return "skipped"
	case engine.DecisionOverridden:
		return "overridden"
	}
	return ""
}

// Change is decision d with the reports about it: its state is that of the last report in fold order.
func Change(d *engine.Decision, reports []engine.Event) history.Change {
	c := history.Change{Seq: d.Seq, Decision: *d, State: "issued", At: d.IssuedAt}
	var last *engine.Event
	for i := range reports {
		e := &reports[i]
		c.Seq = max(c.Seq, e.Seq)
		if last == nil || last.Before(e) {
			last = e
		}
	}
	if last != nil {
		c.State, c.At = Report(last.Type), last.At
	}
	return c
}

// AnswerOf is the answer that a decision carries; false for one without a key.
func AnswerOf(d *engine.Decision) (history.Answer, bool) {
	a := history.Answer{Tenant: d.Tenant, Key: d.Key, BodyHash: d.BodyHash, Decision: d.ID, At: d.Recorded, Seq: d.Seq}
	if a.At.IsZero() {
		a.At = d.IssuedAt
	}
	return a, d.Key != ""
}

// Clone is d with slices of its own.
func Clone(d *engine.Decision) engine.Decision {
	c := *d
	c.X, c.Eligible, c.Votes, c.Reply = slices.Clone(d.X), slices.Clone(d.Eligible), slices.Clone(d.Votes), slices.Clone(d.Reply)
	return c
}

// OfCase leaves in l, in place, the events of the case's debtors alone: those whom a fact that counts names.
// It wants the duplicates gone.
func OfCase(l *history.Log, id string) {
	owes := map[string]bool{}
	for i := range l.Events {
		if l.Events[i].Data.CaseID == id {
			owes[l.Events[i].Debtor] = true
		}
	}
	for i := range l.Decisions {
		owes[l.Decisions[i].Debtor] = true
	}
	l.Events = slices.DeleteFunc(l.Events, func(e engine.Event) bool { return !owes[e.Debtor] })
}

// Owner is who owes a case: the debtor of the newest fact that names it.
func Owner(l *history.Log, id string) string {
	debtor, at := l.Debtor, time.Time{}
	for i := range l.Events {
		if e := &l.Events[i]; e.Data.CaseID == id && !e.At.Before(at) {
			debtor, at = e.Debtor, e.At
		}
	}
	for i := range l.Decisions {
		if d := &l.Decisions[i]; !d.IssuedAt.Before(at) {
			debtor, at = d.Debtor, d.IssuedAt
		}
	}
	return debtor
}
