package features

import (
	"cmp"
	"slices"

	"takt/engine"
	"takt/features/history"
)

// Replay folds a whole log into p, which should be fresh. The log must be in fold order with each
// identity once, as [history.Store] gives it; Tidy makes one so. Events that the log retracts are
// left out as if they had never happened. A retraction itself cannot be retracted.
func (p *Profile) Replay(l *history.Log, z *Zones) { p.Walk(l, z, nil) }

// Walk is Replay that hands each event to before (nil is nobody) just before it is folded: then p is
// the profile that a decision about that fact would have been made on.
func (p *Profile) Walk(l *history.Log, z *Zones, before func(e *engine.Event)) {
	void := retracted(l.Events)
	decisions := l.Decisions
	for i := range l.Events {
		e := &l.Events[i]
		for len(decisions) > 0 && decisions[0].IssuedAt.Before(e.At) {
			p.FoldDecision(&decisions[0], z)
			decisions = decisions[1:]
		}
		if void != nil && e.Type != engine.EventRetracted && void[name{e.Source, e.ID}] {
			continue
		}
		if before != nil {
			before(e)
		}
		p.Fold(e, z)
	}
	for i := range decisions {
		p.FoldDecision(&decisions[i], z)
	}
}

// name identifies an event within a tenant.
type name struct{ source, id string }

// retracted are the events that others take back; nil for most logs.
func retracted(es []engine.Event) map[name]bool {
	var void map[name]bool
	for i := range es {
		if e := &es[i]; e.Type == engine.EventRetracted {
			if void == nil {
				void = map[name]bool{}
			}
			void[name{e.Source, e.Data.EventID}] = true
		}
	}
	return void
}

// Tidy sorts a log into fold order and drops repeated identities; of equal ones the lowest Seq
// counts, of equal Seq the first.
func Tidy(l *history.Log) {
	slices.SortStableFunc(l.Events, func(a, b engine.Event) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Seq, b.Seq))
	})
	l.Events = slices.CompactFunc(l.Events, func(a, b engine.Event) bool { return a.ID == b.ID && a.Source == b.Source })
	slices.SortFunc(l.Events, func(a, b engine.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	slices.SortStableFunc(l.Decisions, func(a, b engine.Decision) int {
		return cmp.Or(a.IssuedAt.Compare(b.IssuedAt), slices.Compare(a.ID[:], b.ID[:]), cmp.Compare(a.Seq, b.Seq))
	})
	l.Decisions = slices.CompactFunc(l.Decisions, func(a, b engine.Decision) bool { return a.ID == b.ID })
}
