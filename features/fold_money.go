package features

import (
	"math"

	"takt/engine"
)

// paid takes a payment. It moves the open amount of its case; money that names no case moves the only
// open one; with several open cases nobody knows which, so only the statistics change.
func (p *Profile) paid(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones) {
	d := &e.Data
	c = p.creditor(d, c)
	inc(&p.Payments)
	p.PaidMinor += d.AmountMinor
	p.LastPayment = at
	m := momentOf(p.local(at, z))
	p.credit(at, p.Rhythm.weight(m.day))
	p.creditPayment(at)
	if c != nil {
		p.delay(c, int64(m.day)-dayZero)
	}
	p.learn(e, c, d.AmountMinor)
	if movable(c, d) {
		p.reduce(c, d.AmountMinor, at)
	}
}

// reversed takes a payment back.
func (p *Profile) reversed(e *engine.Event, c *engine.CaseFacts, at int64) {
	d := &e.Data
	c = p.creditor(d, c)
	inc(&p.Reversals)
	p.PaidMinor = max(p.PaidMinor-d.AmountMinor, 0)
	p.learn(e, c, -d.AmountMinor)
	if movable(c, d) {
		c.OpenMinor, c.OpenAt = c.OpenMinor+d.AmountMinor, at
	}
}

// learn remembers the money that became known last.
func (p *Profile) learn(e *engine.Event, c *engine.CaseFacts, minor int64) {
	if e.Seq >= p.Money.Seq && c != nil {
		p.Money = Money{e.Seq, minor, uint32(c.Key)}
	}
}

// asked takes the amount that a live decision was made on as a statement, unless parts of the claim are left
// alone: they are taken off it. Money that became known after the decision is newer, whenever it was paid.
func (p *Profile) asked(c *engine.CaseFacts, d *engine.Decision, at int64) {
	if d.Mode != engine.Live || d.OpenMinor <= 0 || d.Currency == "" || c.Closed || c.Parts[0].Till > at || c.Parts[1].Till > at {
		return
	}
	late := d.Seq != 0 && p.Money.Seq > d.Seq && p.Money.Case == uint32(c.Key)
	if late && c.OpenMinor >= 0 {
		c.OpenAt = max(c.OpenAt, at+1)
		return
	}
	c.OpenMinor, c.OpenAt = d.OpenMinor, at
	copy(c.Currency[:], d.Currency)
	if late {
		p.reduce(c, min(p.Money.Minor, c.OpenMinor), at+1)
	}
}

// creditor is the case that money is for.
func (p *Profile) creditor(d *engine.EventData, c *engine.CaseFacts) *engine.CaseFacts {
	if c == nil && !d.Unmatched {
		return p.only()
	}
	return c
}

// movable reports whether an amount is known that the payment can move.
func movable(c *engine.CaseFacts, d *engine.EventData) bool {
	return c != nil && c.OpenMinor >= 0 && (d.Currency == "" || string(c.Currency[:]) == d.Currency)
}

func (p *Profile) reduce(c *engine.CaseFacts, amount, at int64) {
	before := c.OpenMinor
	c.OpenMinor, c.OpenAt = max(before-amount, 0), at
	if c.OpenMinor > 0 || before == 0 {
		return
	}
	inc(&p.PaidInFull)
	if c.PromiseDue != 0 {
		p.kept(p.PromiseVia)
	}
	settled(c)
}

// creditPayment counts a payment within the window for the last contact, once per contact.
func (p *Profile) creditPayment(at int64) {
	if o := &p.Out; o.At != 0 && !o.Paid && at >= o.At && at-o.At <= PayWindow {
		o.Paid = true
		inc(&p.Channels[o.Channel].PaidAfter)
	}
}

// delay sums the days past due at which payments come, from -365 to 3650 each.
func (p *Profile) delay(c *engine.CaseFacts, day int64) {
	if c.OldestDue == 0 || p.Delays == math.MaxUint16 {
		return
	}
	p.Delays++
	p.DelayDays += int32(min(max(day-int64(c.OldestDue), -365), 3650))
}
