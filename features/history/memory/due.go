package memory

import (
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// dueFacts is what decides whether a case is due.
type dueFacts struct {
	events   []engine.Event
	decision *engine.Decision // the latest live one
}

// cases groups the facts by case, without events that were retracted: a retraction names one of its source.
func (t *tenant) cases() map[string]*dueFacts {
	retracted := map[facts.Identity]bool{}
	for _, e := range t.events {
		if e.Type == engine.EventRetracted {
			retracted[facts.Identity{Source: e.Source, ID: e.Data.EventID}] = true
		}
	}
	cases := map[string]*dueFacts{}
	of := func(id string) *dueFacts {
		if cases[id] == nil {
			cases[id] = &dueFacts{}
		}
		return cases[id]
	}
	for _, e := range t.events {
		if id := e.Data.CaseID; id != "" && !retracted[facts.Of(e)] {
			of(id).events = append(of(id).events, *e)
		}
	}
	for _, d := range t.decisions {
		c := of(d.Case)
		if d.Mode == engine.Live && (c.decision == nil || later(d, c.decision)) {
			c.decision = d
		}
	}
	return cases
}

func later(a, b *engine.Decision) bool {
	if c := a.IssuedAt.Compare(b.IssuedAt); c != 0 {
		return c > 0
	}
	return string(a.ID[:]) > string(b.ID[:])
}

// due applies the rule of history.Store.Due to one case.
func (c *dueFacts) due(id string, at time.Time) (history.DueCase, bool) {
	due := history.DueCase{Case: id}
	var opened, closed bool
	var stated time.Time // of the newest statement of the amount
	var open int64
	for _, e := range facts.Events(c.events) {
		switch e.Type {
		case engine.CaseOpened:
			opened, closed, due.Since, due.Debtor = true, false, e.At, e.Debtor
		case engine.CaseClosed:
			closed = true
		}
		if e.Type == engine.CaseOpened || e.Type == engine.CaseUpdated {
			if e.Data.Portfolio != "" {
				due.Portfolio = e.Data.Portfolio
			}
			if e.Data.Has&engine.FieldOpen != 0 {
				stated, open = e.At, e.Data.Open.AmountMinor
			}
		}
	}
	if d := c.decision; d != nil {
		due.Debtor, due.Since, due.Decision = d.Debtor, d.Review, d.ID
		if due.Portfolio == "" {
			due.Portfolio = d.Portfolio
		}
		if d.OpenMinor > 0 && d.IssuedAt.After(stated) {
			stated, open = d.IssuedAt, d.OpenMinor
		}
	} else if !opened {
		return due, false
	}
	paid := !stated.IsZero() && open <= c.paid(stated)
	return due, !closed && !paid && !due.Since.IsZero() && !due.Since.After(at)
}

// paid is what came in after the statement, in minor units.
func (c *dueFacts) paid(stated time.Time) int64 {
	var sum int64
	for i := range c.events {
		e := &c.events[i]
		switch {
		case !e.At.After(stated):
		case e.Type == engine.PaymentReceived:
			sum += e.Data.AmountMinor
		case e.Type == engine.PaymentReversed:
			sum -= e.Data.AmountMinor
		}
	}
	return sum
}
