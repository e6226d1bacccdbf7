package features

import (
	"slices"

	"takt/engine"
)

// place gives the facts of a case and makes it the newest by use; a case that is not there takes
// the place of another if need be.
func (p *Profile) place(key uint64, at int64) *engine.CaseFacts {
	for i := range p.Cases {
		if p.Cases[i].Key == key {
			c, m := p.Cases[i], p.Moves[i]
			copy(p.Cases[1:i+1], p.Cases[:i])
			copy(p.Moves[1:i+1], p.Moves[:i])
			p.Cases[0], p.Moves[0] = c, m
			return &p.Cases[0]
		}
	}
	i := p.vacate(at)
	copy(p.Cases[1:i+1], p.Cases[:i])
	copy(p.Moves[1:i+1], p.Moves[:i])
	p.Moves[0] = Moves{}
	// The case may be one of those united in Rest: it comes back with their restrictions.
	r := &p.Rest
	p.Cases[0] = engine.CaseFacts{Key: key, OpenMinor: -1, Level: -1, Disputes: r.Disputes, HoldTill: r.HoldTill, Plan: r.Plan,
		PromiseDue: r.PromiseDue, PromiseMinor: r.PromiseMinor, LastContact: r.LastContact, Fulfilled: r.Fulfilled, Parts: r.Parts}
	return &p.Cases[0]
}

// vacate is the place to take: a free one, else that of the least recently used case without active
// restriction, rather one without an open decision. If all are restricted the last one is united with Rest.
func (p *Profile) vacate(at int64) int {
	last := len(p.Cases) - 1
	for i := range p.Cases {
		if p.Cases[i].Key == 0 {
			return i
		}
	}
	for i := last; i >= 0; i-- {
		if c := &p.Cases[i]; !restricted(c, at) && c.DecisionEnd <= at {
			return i
		}
	}
	for i := last; i >= 0; i-- {
		if !restricted(&p.Cases[i], at) {
			return i
		}
	}
	p.unite(&p.Cases[last], at)
	return last
}

// restricted reports whether c forbids or defers contacts at the instant.
func restricted(c *engine.CaseFacts, at int64) bool {
	const grace = 30 // days: longer than any grace after a promise
	return c.Disputes > 0 || c.HoldTill > at || c.Plan || undelivered(c.Fulfilled) ||
		c.PromiseDue != 0 && int64(c.PromiseDue)+grace >= floorDiv(at, day) ||
		c.Parts[0].Till > at || c.Parts[1].Till > at
}

// undelivered reports whether goods are under way, returned or being refunded.
func undelivered(fulfilled uint8) bool { return fulfilled > 1 }

// unite adds c's restrictions to Rest, the strictest of each.
func (p *Profile) unite(c *engine.CaseFacts, at int64) {
	r := &p.Rest
	r.Disputes = max(r.Disputes, c.Disputes)
	r.HoldTill = max(r.HoldTill, c.HoldTill)
	r.LastContact = max(r.LastContact, c.LastContact)
	r.Plan = r.Plan || c.Plan
	if c.PromiseDue > r.PromiseDue {
		r.PromiseDue, r.PromiseMinor = c.PromiseDue, c.PromiseMinor
	}
	if undelivered(c.Fulfilled) {
		r.Fulfilled = c.Fulfilled
	}
	for _, part := range c.Parts {
		unitePart(r, part, at)
	}
}

// newest is the case meant by an event that names none: the one used last that is not closed.
func (p *Profile) newest() *engine.CaseFacts {
	for i := range p.Cases {
		if c := &p.Cases[i]; c.Key != 0 && !c.Closed {
			return c
		}
	}
	return nil
}

// only is the one case that is not closed, or nil.
func (p *Profile) only() *engine.CaseFacts {
	c := p.newest()
	for i := range p.Cases {
		if o := &p.Cases[i]; c != nil && o != c && o.Key != 0 && !o.Closed {
			return nil
		}
	}
	return c
}

func (p *Profile) foldCase(e *engine.Event, c *engine.CaseFacts, at int64) {
	switch {
	case e.Type == engine.HandedOver:
		p.giveUp(c, engine.Agency, stageAgency)
	case e.Type == engine.WrittenOff:
		p.giveUp(c, engine.WrittenOffFlag, 0)
	case c == nil: // the parser requires a case
	case e.Type == engine.CaseClosed:
		inc(&p.CasesClosed)
		closeCase(c)
	default:
		if e.Type == engine.CaseOpened {
			inc(&p.CasesOpened)
			c.Closed = false
		}
		p.state(&e.Data, c, at)
		if !c.Closed && p.ByCase != 0 {
			p.ByCase = 0
			p.flags()
		}
	}
}

// stageAgency is the index of "agency" in engine.Stages.
const stageAgency = 3

// state takes what an event says of a case; what it leaves out stays.
func (p *Profile) state(d *engine.EventData, c *engine.CaseFacts, at int64) {
	if d.Has&engine.FieldOpen != 0 {
		c.OpenMinor, c.OpenAt = d.Open.AmountMinor, at
		copy(c.Currency[:], d.Open.Currency)
		if c.OpenMinor > 0 {
			c.Closed = false // a newer statement that something is owed
		} else {
			settled(c)
		}
	}
	if d.Has&engine.FieldStage != 0 {
		c.Stage = uint8(max(slices.Index(engine.Stages[:], d.Stage), 0))
	}
	if d.Has&engine.FieldFulfilment != 0 {
		c.Fulfilled = uint8(max(slices.Index(engine.Fulfilments[:], d.Fulfilment), 0))
	}
	if d.Has&engine.FieldOldestDue != 0 {
		c.OldestDue = d.OldestDue
	}
	if d.Has&engine.FieldContractDate != 0 {
		c.Contract = d.ContractDate
	}
	if d.Has&engine.FieldDunningLevel != 0 {
		c.Level = int8(min(max(d.DunningLevel, 0), 127))
	}
}

// settled ends what waits for money.
func settled(c *engine.CaseFacts) {
	c.PromiseDue, c.PromiseMinor, c.Plan = 0, 0, false
}

func closeCase(c *engine.CaseFacts) {
	c.Closed, c.NextReview = true, 0
	settled(c)
	endDecision(c)
}

// giveUp closes a case that goes to an agency or is written off; when no case is left, or none is
// named, the flag stands for the debtor. A new or reopened case lifts what came by cases alone.
func (p *Profile) giveUp(c *engine.CaseFacts, flag engine.Flags, stage uint8) {
	if c == nil {
		p.Raised |= flag
	} else {
		inc(&p.CasesClosed)
		closeCase(c)
		if stage != 0 {
			c.Stage = stage
		}
		if p.newest() == nil {
			p.ByCase |= flag
		}
	}
	p.flags()
}
