package policy

import "takt/engine"

// Lanes is the number of cached posterior draws, M in the formulas.
const Lanes = 32

// Head is one fitted quantity of the model.
type Head int

// The heads, in the order of the stored means. Amount is the share of the open amount that a
// resolved case brings (discounted cash / open amount); the others are probabilities.
const (
	Resolve Head = iota
	Amount
	Complaint
	Churn
	Heads = 4
)

// Layout says where each parameter of a head lies. Rows of Width weights over (1, x) come first:
// base, hold, then the levels of channel, tone, slot and offer, each factor closed by a spare
// row for levels the model has not met (the population prior). The pair tables follow:
// channel×tone, channel×slot, tone×slot, channel×offer, tone×offer, with spare entries too.
type Layout struct {
	Channels, Tones, Slots, Offers int // levels without the spare
	Features                       int
	Groups                         int // columns behind the features, one per portfolio or segment: 1 for its cases
}

// Rows that every layout starts with.
const (
	rowBase = iota
	rowHold
	rowLevels
)

// None stands for a level that is not known, of a contact that Takt did not decide: it adds nothing.
const None = -1

// NewLayout is the layout of a grid and a number of features, without groups.
func NewLayout(g *engine.Grid, features int) Layout {
	return Layout{len(g.Channels), len(g.Tones), len(g.Slots), len(g.Offers), features, 0}
}

// Width is the number of weights in a row: the constant, one per feature and one per group.
func (l Layout) Width() int { return 1 + l.Features + l.Groups }

// Rows is the number of weight rows.
func (l Layout) Rows() int { return rowLevels + l.Channels + l.Tones + l.Slots + l.Offers + 4 }

// Params is the number of parameters of a head.
func (l Layout) Params() int { return l.pairTO() + (l.Tones+1)*(l.Offers+1) }

func (l Layout) channel(c int) int { return rowLevels + c }
func (l Layout) tone(t int) int    { return rowLevels + l.Channels + 1 + t }
func (l Layout) slot(s int) int    { return rowLevels + l.Channels + l.Tones + 2 + s }
func (l Layout) offer(o int) int   { return rowLevels + l.Channels + l.Tones + l.Slots + 3 + o }

// factor is that of a level's row: 0 channel, 1 tone, 2 slot, 3 offer.
func (l Layout) factor(row int) int {
	switch {
	case row <= l.channel(l.Channels):
		return 0
	case row <= l.tone(l.Tones):
		return 1
	case row <= l.slot(l.Slots):
		return 2
	}
	return 3
}

func (l Layout) pairCT() int { return l.Rows() * l.Width() }
func (l Layout) pairCS() int { return l.pairCT() + (l.Channels+1)*(l.Tones+1) }
func (l Layout) pairTS() int { return l.pairCS() + (l.Channels+1)*(l.Slots+1) }
func (l Layout) pairCO() int { return l.pairTS() + (l.Tones+1)*(l.Slots+1) }
func (l Layout) pairTO() int { return l.pairCO() + (l.Channels+1)*(l.Offers+1) }

// Blocks appends the first parameters of the rows that a contact of the levels adds up, and
// the single pair parameters. A level of None adds nothing.
func (l Layout) Blocks(rows, pairs []int, v engine.Levels) (r, p []int) {
	w := l.Width()
	rows = append(rows, rowBase*w)
	add := func(level, row int) {
		if level != None {
			rows = append(rows, row*w)
		}
	}
	add(v.Channel, l.channel(v.Channel))
	add(v.Tone, l.tone(v.Tone))
	add(v.Slot, l.slot(v.Slot))
	add(v.Offer, l.offer(v.Offer))
	if v.Channel != None && v.Tone != None {
		pairs = append(pairs, l.pairCT()+v.Channel*(l.Tones+1)+v.Tone)
	}
	if v.Channel != None && v.Slot != None {
		pairs = append(pairs, l.pairCS()+v.Channel*(l.Slots+1)+v.Slot)
	}
	if v.Tone != None && v.Slot != None {
		pairs = append(pairs, l.pairTS()+v.Tone*(l.Slots+1)+v.Slot)
	}
	if v.Channel != None && v.Offer != None {
		pairs = append(pairs, l.pairCO()+v.Channel*(l.Offers+1)+v.Offer)
	}
	if v.Tone != None && v.Offer != None {
		pairs = append(pairs, l.pairTO()+v.Tone*(l.Offers+1)+v.Offer)
	}
	return rows, pairs
}

// HoldBlocks appends the first parameters of the rows that hold adds up.
func (l Layout) HoldBlocks(rows []int) []int {
	return append(rows, rowBase*l.Width(), rowHold*l.Width())
}

// Widen gives for each parameter of l its place in a layout that differs in having more groups.
func (l Layout) Widen(to Layout) []int {
	at := make([]int, l.Params())
	w, wide := l.Width(), to.Width()
	for i := range at {
		if at[i] = i/w*wide + i%w; i >= l.pairCT() {
			at[i] = i - l.pairCT() + to.pairCT()
		}
	}
	return at
}
