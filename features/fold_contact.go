package features

import (
	"math"

	"takt/engine"
)

// opened counts an opened message: pixels may not be read without consent to tracking.
func (p *Profile) opened(e *engine.Event, at int64, z *Zones) {
	if p.Consents[e.Data.Channel].Tracking == engine.ConsentGiven {
		inc(&p.Channels[e.Data.Channel].Opens)
		p.answer(at, z)
	}
}

// act is an act of the debtor on a channel; on those of the set the debtor speaks to us.
func (p *Profile) act(e *engine.Event, at int64, z *Zones, speaks engine.ChannelSet) {
	if speaks.Has(e.Data.Channel) {
		p.Reply = max(p.Reply, at)
	}
	p.answer(at, z)
}

// sent counts a contact out, once per decision. An attempt that comes longer than again after the
// decision's contact was done is a further contact (0: there is none).
func (p *Profile) sent(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones, again int64) {
	d := &e.Data
	if !d.DecisionID.IsZero() {
		if i := p.contactOf(d.DecisionID); i >= 0 {
			switch old := p.Contacts[i]; {
			case old.State == engine.ContactPending:
				p.carryOut(i, c, at, z)
			case again == 0 || at-old.At <= again:
				return
			default:
				p.contact(e, c, at, z)
			}
			p.ofCase(d.DecisionID, c, at)
			return
		}
	}
	p.contact(e, c, at, z)
	p.ofCase(d.DecisionID, c, at)
}

// imply gives the place of the contact that a delivery or conversation proves; if none is known that it
// can belong to (of its decision, or of its channel within the window before), it counts one.
func (p *Profile) imply(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones, window int64) int {
	d := &e.Data
	if !d.DecisionID.IsZero() {
		if i := p.contactOf(d.DecisionID); i >= 0 {
			if p.Contacts[i].State == engine.ContactPending {
				i = p.carryOut(i, c, at, z)
				p.ofCase(d.DecisionID, c, at)
			}
			return i
		}
	}
	for i := range p.Contacts {
		if o := &p.Contacts[i]; done(o) && o.Channel == d.Channel && at-o.At <= window && at >= o.At {
			return i
		}
	}
	i := p.contact(e, c, at, z)
	p.ofCase(d.DecisionID, c, at)
	return i
}

// done reports whether a contact was carried out.
func done(c *engine.ContactFacts) bool {
	return c.State != 0 && c.State != engine.ContactPending
}

// talked notes the conversation that a contact came to: from then on its time is that of the talk. One
// that comes longer than the window after the contact's talk is a conversation of its own.
func (p *Profile) talked(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones, window int64) {
	i := p.imply(e, c, at, z, window)
	if i == len(p.Contacts) { // as many decided ones lie ahead
		return
	}
	if o := p.Contacts[i]; o.State == engine.ContactTalked {
		if at-o.At <= window {
			return
		}
		if i = p.contact(e, c, at, z); i == len(p.Contacts) {
			return
		}
		p.ofCase(e.Data.DecisionID, c, at)
	}
	p.move(i, at, engine.ContactTalked)
}

// contact adds a contact that was carried out and gives its place, len(p.Contacts) if it found none.
func (p *Profile) contact(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones) int {
	d := &e.Data
	k := engine.ContactFacts{At: at, Decision: d.DecisionID, Channel: d.Channel, Tone: d.Tone, State: engine.ContactDone}
	if !d.DecisionID.IsZero() {
		if i := p.contactOf(d.DecisionID); i >= 0 { // a further attempt
			k.Case, k.Offer = p.Contacts[i].Case, p.Contacts[i].Offer
		} else if c == nil {
			c = p.decided(d.DecisionID)
		}
	}
	if c != nil {
		k.Case = uint32(c.Key)
	}
	i := p.insert(k)
	p.attempted(&k, at, z)
	return i
}

// carryOut turns pending contact i into one done at the instant, for case c if that is known, and gives its new place.
func (p *Profile) carryOut(i int, c *engine.CaseFacts, at int64, z *Zones) int {
	if c != nil {
		p.Contacts[i].Case = uint32(c.Key)
	}
	k := p.Contacts[i]
	i = p.move(i, at, engine.ContactDone)
	p.attempted(&k, at, z)
	return i
}

// move gives contact i its time and state, and its place by that time.
func (p *Profile) move(i int, at int64, to engine.ContactState) int {
	k := p.Contacts[i]
	p.drop(i)
	k.At, k.State = at, to
	return p.insert(k)
}

// attempted counts a contact carried out for the statistics, and a written one for its case.
func (p *Profile) attempted(k *engine.ContactFacts, at int64, z *Zones) {
	ch := k.Channel
	m := momentOf(p.local(at, z))
	s := &p.Channels[ch]
	inc(&s.Attempts)
	s.LastDay = max(s.LastDay, uint16(m.day-dayZero))
	p.Rhythm.Tries[m.band] += p.Rhythm.weight(m.day)
	if ch == engine.Letter || ch == engine.Email {
		p.remind(k.Case, engine.Date(int64(m.day)-dayZero))
	}
	if at >= p.Out.At {
		p.Out = Out{At: at, Channel: ch, Band: m.band}
	}
}

// remind counts a written contact for its case, if it came after the oldest due day.
func (p *Profile) remind(key uint32, day engine.Date) {
	for i := range p.Cases {
		c := &p.Cases[i]
		if c.Key == 0 || uint32(c.Key) != key || key == 0 {
			continue
		}
		if c.OldestDue == 0 || day <= c.OldestDue {
			return
		}
		if c.Reminders < math.MaxUint8 {
			c.Reminders++
		}
		if c.FirstReminder == 0 {
			c.FirstReminder = day
		}
		return
	}
}

// ofCase notes the contact at its case and ends the decision it carried out.
func (p *Profile) ofCase(id engine.ID, c *engine.CaseFacts, at int64) {
	if !id.IsZero() {
		if o := p.decided(id); o != nil {
			endDecision(o)
			if c == nil {
				c = o
			}
		}
	}
	if c != nil {
		c.LastContact = max(c.LastContact, at)
	}
}

// decided is the case whose open decision is id.
func (p *Profile) decided(id engine.ID) *engine.CaseFacts {
	for i := range p.Cases {
		if p.Cases[i].Key != 0 && p.Cases[i].Decision == id {
			return &p.Cases[i]
		}
	}
	return nil
}

// contactOf is the place of the decision's contact, or -1.
func (p *Profile) contactOf(id engine.ID) int {
	for i := range p.Contacts {
		if c := &p.Contacts[i]; c.State != 0 && c.Decision == id {
			return i
		}
	}
	return -1
}

// insert keeps contacts newest first and gives the place; the oldest falls off.
func (p *Profile) insert(c engine.ContactFacts) int {
	for i := range p.Contacts {
		if p.Contacts[i].State == 0 || p.Contacts[i].At <= c.At {
			n := len(p.Contacts) - 1
			if p.Contacts[n].State == 0 {
				for n = i; p.Contacts[n].State != 0; n++ {
				}
			}
			copy(p.Contacts[i+1:n+1], p.Contacts[i:n])
			p.Contacts[i] = c
			return i
		}
	}
	return len(p.Contacts)
}

func (p *Profile) drop(i int) {
	n := len(p.Contacts)
	copy(p.Contacts[i:], p.Contacts[i+1:])
	p.Contacts[n-1] = engine.ContactFacts{}
}
