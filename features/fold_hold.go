package features

import (
	"math"
	"time"

	"takt/engine"
)

// micros is t in Unix microseconds, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// end is the end of a restriction: its until, or for ever.
func end(t time.Time) int64 {
	if t.IsZero() {
		return engine.HoldForever
	}
	return t.UnixMicro()
}

// foldHold takes restrictions. They unite: a second hold never shortens the first, only a lifting ends it.
func (p *Profile) foldHold(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones) {
	d := &e.Data
	if d.Scope == "debtor" {
		c = nil
	}
	switch e.Type {
	case engine.DisputeOpened:
		inc(&p.Disputed)
		p.dispute(d, c, at)
	case engine.DisputeResolved:
		p.resolve(d, c)
	case engine.HoldSet:
		p.holdAsked(d, c, at)
	case engine.HoldLifted:
		p.lift(d, c)
	case engine.HardshipDeclared:
		p.Facts.Hardship = at
		p.Raised |= engine.Hardship
		if !d.Until.IsZero() {
			p.hold(engine.HoldHardship, d.Until.UnixMicro())
		}
	case engine.MoratoriumClaimed:
		if p.breathing(d, at, z) {
			break
		}
		// With an end it ends by itself, so it must not leave a flag behind.
		p.hold(engine.HoldMoratorium, end(d.Until))
		if d.Until.IsZero() {
			p.Raised |= engine.Moratorium
		}
	}
	p.flags()
}

// dispute takes a dispute of a case, or of a part of its claim while there is a place for it.
func (p *Profile) dispute(d *engine.EventData, c *engine.CaseFacts, at int64) {
	switch {
	case c == nil:
		p.OpenDisputes = uint8(min(int(p.OpenDisputes)+1, math.MaxUint8))
		p.hold(engine.HoldDispute, end(d.Until))
	case d.Scope == scopePart && takePart(c, partOf(d, c, engine.HoldDispute), at):
	case c.Disputes < math.MaxUint8:
		c.Disputes++
	}
}

// holdAsked takes a hold of a case, of one of its invoices or, without case, of the debtor.
func (p *Profile) holdAsked(d *engine.EventData, c *engine.CaseFacts, at int64) {
	switch {
	case c == nil:
		p.hold(engine.HoldAsked, end(d.Until))
	case d.Scope == scopeInvoice && takePart(c, partOf(d, c, engine.HoldAsked), at):
	default:
		c.HoldTill = max(c.HoldTill, end(d.Until))
	}
}

// resolve ends the dispute of a part by its reference, else one of the whole claim and those of all parts.
// A part that nobody knows ends nothing: the dispute of the whole claim may be another one.
func (p *Profile) resolve(d *engine.EventData, c *engine.CaseFacts) {
	switch {
	case c != nil:
		if dropPart(c, d.Reference, engine.HoldDispute) && d.Reference != "" || d.Reference != "" && d.Scope == scopePart {
			return
		}
		c.Disputes -= min(c.Disputes, 1)
	case p.OpenDisputes > 1:
		p.OpenDisputes--
	default:
		p.OpenDisputes = 0
		p.hold(engine.HoldDispute, 0)
	}
}

// lift ends a hold of an invoice by its reference, of the case, or of the debtor; a reason that is a
// flag's or a hold's name lifts those of that name as well.
func (p *Profile) lift(d *engine.EventData, c *engine.CaseFacts) {
	if c != nil {
		if dropPart(c, d.Reference, engine.HoldAsked) && d.Reference != "" || d.Reference != "" && d.Scope == scopeInvoice {
			return
		}
		c.HoldTill = 0
		return
	}
	p.liftBreathing(d.Reason)
	p.hold(engine.HoldAsked, 0)
	for r := engine.HoldMoratorium; r <= engine.HoldHardship; r++ {
		if r.String() == d.Reason {
			p.hold(r, 0)
		}
	}
	if f, err := engine.FlagNamed(d.Reason); err == nil {
		p.Told, p.Raised, p.ByCase = p.Told&^f, p.Raised&^f, p.ByCase&^f
	}
}

// hold sets the end of one kind of debtor-wide hold, never earlier than it was; 0 lifts it.
func (p *Profile) hold(r engine.HoldReason, till int64) {
	if till != 0 {
		till = max(till, p.Holds[r])
	}
	p.Holds[r] = till
	p.HoldTill, p.HoldFor = 0, 0
	for r, till := range p.Holds {
		if till > p.HoldTill {
			p.HoldTill, p.HoldFor = till, engine.HoldReason(r)
		}
	}
}

// flags unites the standing flags.
func (p *Profile) flags() { p.Flags = p.Told | p.Raised | p.ByCase }
