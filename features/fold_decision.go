package features

import (
	"encoding/binary"

	"takt/engine"
	"takt/engine/mix"
)

// FoldDecision adds one decision, at (issued at, id) in fold order: a contact counts against caps from then
// on, whether it is ever reported or not, and the case remembers its open decision, to answer it again.
// A shadow decision is not carried out, so it counts for no cap.
func (p *Profile) FoldDecision(d *engine.Decision, z *Zones) {
	at := d.IssuedAt.UnixMicro()
	p.mark(at, KindDecision, prefixOf(d.ID))
	inc(&p.Decided)
	c := p.place(engine.KeyOf(d.Case), at)
	report, reported := p.reportedEarly(d.ID)
	done := p.contactOf(d.ID) >= 0 // a contact_sent came before
	p.decide(c, d, !reported && !done)
	if d.Kind != engine.KindContact || d.Mode != engine.Live || done || report.Skipped {
		return
	}
	p.insert(engine.ContactFacts{At: micros(d.Action.NotBefore), Decision: d.ID, Expires: micros(d.Expires),
		Channel: d.Action.Channel, Tone: d.Action.Tone, State: engine.ContactPending})
	if reported {
		p.carryOut(p.contactOf(d.ID), report.At, z)
		c.LastContact = max(c.LastContact, report.At)
	}
}

// decide makes d the open decision of c, the first case, unless a later one is there; fresh is false
// if it has been carried out or skipped. Facts that became known after it end it at once: see reopen.
func (p *Profile) decide(c *engine.CaseFacts, d *engine.Decision, fresh bool) {
	m := &p.Moves[0]
	if d.Seq != 0 && d.Seq < m.Decided {
		return
	}
	m.Decided = d.Seq
	endDecision(c)
	if fresh && !d.Expires.IsZero() && (d.Seq == 0 || d.Seq > max(m.Changed, p.Changed)) {
		c.Decision, c.DecisionEnd, c.RequestHash = d.ID, micros(d.Expires), d.RequestHash
	}
	if d.Mode == engine.Live {
		c.NextReview = micros(d.Review)
	}
}

// foldReport takes what became of a decision.
func (p *Profile) foldReport(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones) {
	id := e.Data.DecisionID
	if o := p.decided(id); o != nil {
		endDecision(o)
		if c == nil {
			c = o
		}
	}
	if !e.Data.ActedAt.IsZero() {
		at = e.Data.ActedAt.UnixMicro()
	}
	skipped := e.Type == engine.DecisionSkipped
	i := p.contactOf(id)
	switch {
	case i < 0:
		p.early(id, at, skipped)
	case p.Contacts[i].State != engine.ContactPending: // a contact_sent told of it already
	case skipped:
		p.drop(i)
	default:
		// Overridden counts as done too: the caller did something else, and that is a contact.
		p.carryOut(i, at, z)
		if c != nil {
			c.LastContact = max(c.LastContact, at)
		}
	}
}

// early remembers a report whose decision is not folded. Most of them name a decision that was no
// contact, and are forgotten in time; a forgotten one leaves its contact pending, which is strict.
func (p *Profile) early(id engine.ID, at int64, skipped bool) {
	copy(p.Early[1:], p.Early[:])
	p.Early[0] = Early{Decision: decisionKey(id), At: at, Skipped: skipped}
}

func (p *Profile) reportedEarly(id engine.ID) (Early, bool) {
	key := decisionKey(id)
	for _, r := range p.Early {
		if r.Decision == key {
			return r, true
		}
	}
	return Early{}, false
}

// decisionKey is a hash of an id, never 0.
func decisionKey(id engine.ID) uint64 {
	return max(mix.Fold(binary.LittleEndian.Uint64(id[:])^mix.K1, binary.LittleEndian.Uint64(id[8:])^mix.K0), 1)
}
