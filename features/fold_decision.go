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
	i := p.contactOf(d.ID) // a contact_sent came before
	done := i >= 0
	p.decide(c, d, !reported && !done)
	p.asked(c, d, at)
	if done && d.Mode == engine.Live {
		p.complete(&p.Contacts[i], d)
	}
	if d.Kind != engine.KindContact || d.Mode != engine.Live || done || report.Skipped {
		return
	}
	p.insert(engine.ContactFacts{At: micros(d.Action.NotBefore), Decision: d.ID, Expires: micros(d.Expires),
		Case: uint32(c.Key), Channel: d.Action.Channel, Tone: d.Action.Tone, Offer: d.Action.Offer, State: engine.ContactPending})
	if i := p.contactOf(d.ID); reported && i >= 0 {
		i = p.carryOut(i, c, report.At, z)
		c.LastContact = max(c.LastContact, report.At)
		if report.Other {
			p.Contacts[i].Offer = 0
		}
	}
}

// complete says of a contact that was reported before its decision what only the decision tells.
func (p *Profile) complete(k *engine.ContactFacts, d *engine.Decision) {
	if k.Case == 0 {
		k.Case = uint32(engine.KeyOf(d.Case))
	}
	k.Offer = d.Action.Offer
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
		p.early(Early{decisionKey(id), at, skipped, e.Type == engine.DecisionOverridden})
	case p.Contacts[i].State != engine.ContactPending: // a contact_sent told of it already
	case skipped:
		p.drop(i)
	default:
		// Overridden counts as done too: the caller did something else, and that is a contact.
		i = p.carryOut(i, c, at, z)
		if e.Type == engine.DecisionOverridden {
			p.Contacts[i].Offer = 0 // what was offered instead is not known
		}
		if c != nil {
			c.LastContact = max(c.LastContact, at)
		}
	}
}

// early remembers a report whose decision is not folded. Most of them name a decision that was no
// contact, and are forgotten in time; a forgotten one leaves its contact pending, which is strict.
func (p *Profile) early(e Early) {
	copy(p.Early[1:], p.Early[:])
	p.Early[0] = e
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
