package features

import "takt/engine"

// The scopes of disputes and holds that leave the rest of a claim alone.
const (
	scopePart    = "part"    // of dispute_opened and dispute_resolved
	scopeInvoice = "invoice" // of hold_set and hold_lifted
)

// partKey is the key of a reference; 0 for none, which is the same as no other.
func partKey(reference string) uint32 {
	if reference == "" {
		return 0
	}
	return max(uint32(engine.KeyOf(reference)), 1)
}

// partOf is the part of the claim that an event leaves alone. An amount in another currency than the
// claim's cannot be set against it, so all of it is meant.
func partOf(d *engine.EventData, c *engine.CaseFacts, why engine.HoldReason) engine.Part {
	part := engine.Part{Till: end(d.Until), Minor: d.AmountMinor, Key: partKey(d.Reference), For: why}
	if own := c.Currency; own[0] != 0 && d.Currency != "" && string(own[:]) != d.Currency {
		part.Minor = 0
	}
	return part
}

// takePart puts a part into c in place of the one of the same reference, else into a free place. It
// reports false if none is free at the instant.
func takePart(c *engine.CaseFacts, part engine.Part, at int64) bool {
	free := -1
	for i := range c.Parts {
		switch o := &c.Parts[i]; {
		case part.Key != 0 && o.Key == part.Key && o.For == part.For:
			*o = part
			return true
		case free < 0 && o.Till <= at:
			free = i
		}
	}
	if free >= 0 {
		c.Parts[free] = part
	}
	return free >= 0
}

// dropPart ends the part of the reference, or without one all parts of the kind, and reports whether there were any.
func dropPart(c *engine.CaseFacts, reference string, why engine.HoldReason) (found bool) {
	key := partKey(reference)
	for i := range c.Parts {
		if o := &c.Parts[i]; o.Till != 0 && o.For == why && (reference == "" || o.Key == key) {
			*o, found = engine.Part{}, true
		}
	}
	return found
}

// wholly makes of a part for which there is no place one of the whole claim: strict.
func wholly(c *engine.CaseFacts, part engine.Part) {
	if part.For == engine.HoldDispute {
		c.Disputes = max(c.Disputes, c.Disputes+1)
		return
	}
	c.HoldTill = max(c.HoldTill, part.Till)
}

// unitePart adds a part of another case: of the same reference the longer end and the larger amount count.
func unitePart(r *engine.CaseFacts, part engine.Part, at int64) {
	if part.Till <= at {
		return
	}
	for i := range r.Parts {
		o := &r.Parts[i]
		if *o == part {
			return
		}
		if part.Key != 0 && o.Till > at && o.Key == part.Key && o.For == part.For {
			part.Till = max(part.Till, o.Till)
			part.Minor = max(part.Minor, o.Minor) * min(part.Minor, o.Minor, 1) // 0 is all of it
		}
	}
	if !takePart(r, part, at) {
		wholly(r, part)
	}
}
