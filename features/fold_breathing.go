package features

import (
	"time"

	"takt/engine"
)

// breathing takes a breathing space (SI 2020/1311) out of moratorium_claimed, by its reason; false for
// any other moratorium. It runs from the date named, else from the debtor's day of the event.
func (p *Profile) breathing(d *engine.EventData, at int64, z *Zones) bool {
	treatment := d.Reason == "mental_health"
	if !treatment && d.Reason != "breathing_space" {
		return false
	}
	b := engine.Breathing{From: d.Date, Treatment: treatment}
	if b.From == 0 {
		b.From = p.dayOf(at, z)
	}
	if !d.Until.IsZero() { // exclusive, so the day before that instant is over is the last one
		b.Ended = p.dayOf(d.Until.UnixMicro()-1, z)
	}
	switch old := p.Breathing; {
	case !old.Treatment || old.Ended != 0:
	case !treatment: // the treatment goes on, and longer than this
		return true
	default: // the same treatment told of again, perhaps its end
		b.From = min(b.From, old.From)
	}
	p.Breathing = b
	return true
}

// dayOf is the debtor's calendar day of an instant, near the last fact or far from it.
func (p *Profile) dayOf(at int64, z *Zones) engine.Date {
	return engine.DateOf(time.UnixMicro(at).In(z.Location(p.TZ)))
}

// liftBreathing ends a breathing space by the reason of a hold_lifted.
func (p *Profile) liftBreathing(reason string) {
	switch reason {
	case "breathing_space", "mental_health", engine.HoldMoratorium.String():
		p.Breathing = engine.Breathing{}
	}
}
