package policy

import "takt/engine"

// plan joins a tenant's grid to a snapshot's parameters: where each level's row starts. Levels are
// joined by name; one that the snapshot has not met takes the spare row, the population prior.
// Rows are numbered base, hold, channels, tones, slots, offers of the tenant's grid.
type plan struct {
	tenant                         *engine.Tenant
	channels, tones, slots, offers int
	actions                        []place // by action index
	first                          []int   // first parameter of a row
	pairCT, pairCS, pairTS         []int   // parameter of a pair, by tenant levels, first factor outermost
	pairCO, pairTO                 []int   // likewise
}

// place is where the numbers of an action lie.
type place struct {
	cto, ts uint16 // index of channel, tone and offer, and of tone and slot
	pair    int32  // parameter of channel and slot
}

func newPlan(t *engine.Tenant, l Layout, met *engine.Grid) *plan {
	g := &t.Grid
	p := &plan{tenant: t, channels: len(g.Channels), tones: len(g.Tones), slots: len(g.Slots), offers: len(g.Offers)}
	c, tn := places(g.Channels, met.Channels), places(g.Tones, met.Tones)
	s, o := places(g.Slots, met.Slots), places(g.Offers, met.Offers)
	p.first = append(p.first, rowBase*l.Width(), rowHold*l.Width())
	for _, f := range []struct {
		at  []int
		row func(int) int
	}{{c, l.channel}, {tn, l.tone}, {s, l.slot}, {o, l.offer}} {
		for _, v := range f.at {
			p.first = append(p.first, f.row(v)*l.Width())
		}
	}
	p.pairCT = pairs(c, tn, l.pairCT(), l.Tones+1)
	p.pairCS = pairs(c, s, l.pairCS(), l.Slots+1)
	p.pairTS = pairs(tn, s, l.pairTS(), l.Slots+1)
	p.pairCO = pairs(c, o, l.pairCO(), l.Offers+1)
	p.pairTO = pairs(tn, o, l.pairTO(), l.Offers+1)
	p.actions = make([]place, g.Size())
	for a := 1; a < len(p.actions); a++ {
		v := g.Levels(a)
		p.actions[a] = place{uint16((v.Channel*p.tones+v.Tone)*p.offers + v.Offer), uint16(v.Tone*p.slots + v.Slot),
			int32(p.pairCS[v.Channel*p.slots+v.Slot])}
	}
	return p
}

// places gives for each level its position in met, or len(met), the spare.
func places[L comparable](levels, met []L) []int {
	at := make([]int, len(levels))
	for i, v := range levels {
		at[i] = len(met)
		for j, m := range met {
			if m == v {
				at[i] = j
				break
			}
		}
	}
	return at
}

func pairs(a, b []int, first, stride int) []int {
	list := make([]int, 0, len(a)*len(b))
	for _, i := range a {
		for _, j := range b {
			list = append(list, first+i*stride+j)
		}
	}
	return list
}

func (p *plan) channel(c int) int { return rowLevels + c }
func (p *plan) tone(t int) int    { return rowLevels + p.channels + t }
func (p *plan) slot(s int) int    { return rowLevels + p.channels + p.tones + s }
func (p *plan) offer(o int) int   { return rowLevels + p.channels + p.tones + p.slots + o }

// rows are the rows of channel, tone, slot and offer of an action.
func (p *plan) rows(v *place) [4]int {
	ct, o := int(v.cto)/p.offers, int(v.cto)%p.offers
	return [4]int{p.channel(ct / p.tones), p.tone(ct % p.tones), p.slot(int(v.ts) % p.slots), p.offer(o)}
}

// pairsOf are the parameters of the pairs of an action.
func (p *plan) pairsOf(v *place) [5]int {
	ct, o := int(v.cto)/p.offers, int(v.cto)%p.offers
	return [5]int{p.pairCT[ct], int(v.pair), p.pairTS[v.ts], p.pairCO[ct/p.tones*p.offers+o], p.pairTO[ct%p.tones*p.offers+o]}
}
