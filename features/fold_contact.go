package features

import "takt/engine"

// delivered is proof that a contact arrived.
func (p *Profile) delivered(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones, window int64) {
	p.imply(e, c, at, z, window)
	inc(&p.Channels[e.Data.Channel].Reached)
}

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
				p.carryOut(i, at, z)
			case again == 0 || at-old.At <= again:
				return
			default:
				p.contact(e, at, z)
			}
			p.ofCase(d.DecisionID, c, at)
			return
		}
	}
	p.contact(e, at, z)
	p.ofCase(d.DecisionID, c, at)
}

// imply counts the contact that a delivery or conversation proves, if none is known that it can
// belong to: of its decision, or of its channel within the window before.
func (p *Profile) imply(e *engine.Event, c *engine.CaseFacts, at int64, z *Zones, window int64) {
	d := &e.Data
	if !d.DecisionID.IsZero() {
		if i := p.contactOf(d.DecisionID); i >= 0 {
			if p.Contacts[i].State == engine.ContactPending {
				p.carryOut(i, at, z)
				p.ofCase(d.DecisionID, c, at)
			}
			return
		}
	}
	for i := range p.Contacts {
		o := &p.Contacts[i]
		if o.State == engine.ContactDone && o.Channel == d.Channel && at-o.At <= window && at >= o.At {
			return
		}
	}
	p.contact(e, at, z)
	p.ofCase(d.DecisionID, c, at)
}

// contact adds a contact that was carried out.
func (p *Profile) contact(e *engine.Event, at int64, z *Zones) {
	d := &e.Data
	p.insert(engine.ContactFacts{At: at, Decision: d.DecisionID, Channel: d.Channel, Tone: d.Tone, State: engine.ContactDone})
	p.attempted(d.Channel, at, z)
}

// carryOut turns pending contact i into one done at the instant.
func (p *Profile) carryOut(i int, at int64, z *Zones) {
	c := p.Contacts[i]
	p.drop(i)
	c.At, c.State = at, engine.ContactDone
	p.insert(c)
	p.attempted(c.Channel, at, z)
}

// attempted counts a contact carried out for the statistics.
func (p *Profile) attempted(ch engine.Channel, at int64, z *Zones) {
	m := momentOf(p.local(at, z))
	s := &p.Channels[ch]
	inc(&s.Attempts)
	s.LastDay = max(s.LastDay, uint16(m.day-dayZero))
	p.Rhythm.Tries[m.band] += p.Rhythm.weight(m.day)
	if at >= p.Out.At {
		p.Out = Out{At: at, Channel: ch, Band: m.band}
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

// insert keeps contacts newest first; the oldest falls off.
func (p *Profile) insert(c engine.ContactFacts) {
	for i := range p.Contacts {
		if p.Contacts[i].State == 0 || p.Contacts[i].At <= c.At {
			n := len(p.Contacts) - 1
			if p.Contacts[n].State == 0 {
				for n = i; p.Contacts[n].State != 0; n++ {
				}
			}
			copy(p.Contacts[i+1:n+1], p.Contacts[i:n])
			p.Contacts[i] = c
			return
		}
	}
}

func (p *Profile) drop(i int) {
	n := len(p.Contacts)
	copy(p.Contacts[i:], p.Contacts[i+1:])
	p.Contacts[n-1] = engine.ContactFacts{}
}
