package features

import "takt/engine"

func (p *Profile) foldPromise(e *engine.Event, c *engine.CaseFacts) {
	switch e.Type {
	case engine.PromiseMade:
		p.promise(&e.Data, c)
	case engine.PromiseKept:
		p.promiseEnds(&e.Data, c, true)
	case engine.PromiseBroken:
		p.promiseEnds(&e.Data, c, false)
	default:
		p.plan(e.Type, c)
	}
}

// promise notes an open promise. One that names no case is for the newest open one; if none is
// known it waits in Rest, which every case not known yet inherits.
func (p *Profile) promise(d *engine.EventData, c *engine.CaseFacts) {
	inc(&p.Promises)
	p.PromiseVia = d.Channel
	if c == nil {
		c = p.newest()
	}
	if c == nil {
		c = &p.Rest
	}
	if c == &p.Rest && d.Due < c.PromiseDue {
		return
	}
	c.PromiseDue, c.PromiseMinor = d.Due, d.AmountMinor
}

// promiseEnds counts a promise as kept or broken, once: the payment in full that kept it has
// counted it already and cleared it. A broken one always counts.
func (p *Profile) promiseEnds(d *engine.EventData, c *engine.CaseFacts, kept bool) {
	if c == nil {
		c = p.promised()
	}
	open := c.PromiseDue != 0
	c.PromiseDue, c.PromiseMinor = 0, 0
	via := d.Channel
	if via == 0 {
		via = p.PromiseVia
	}
	switch {
	case !kept:
		inc(&p.PromisesBroken)
		inc(&p.Channels[via].Broken)
	case open:
		p.kept(via)
	}
}

func (p *Profile) kept(via engine.Channel) {
	inc(&p.PromisesKept)
	inc(&p.Channels[via].Kept)
}

// promised is the newest case with an open promise, Rest if there is none.
func (p *Profile) promised() *engine.CaseFacts {
	for i := range p.Cases {
		if c := &p.Cases[i]; c.Key != 0 && c.PromiseDue != 0 {
			return c
		}
	}
	return &p.Rest
}

// plan follows an instalment plan; a missed instalment ends its protection, a paid one restores it.
func (p *Profile) plan(t engine.EventType, c *engine.CaseFacts) {
	if c == nil {
		c = p.newest()
	}
	if c == nil {
		c = &p.Rest
	}
	switch t {
	case engine.PlanAgreed:
		inc(&p.Plans)
		c.Plan = true
	case engine.PlanPaid:
		inc(&p.PlansPaid)
		c.Plan = c.OpenMinor != 0
	case engine.PlanMissed:
		inc(&p.PlansMissed)
		c.Plan = false
	}
}
