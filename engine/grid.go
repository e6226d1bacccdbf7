package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// Grid is the action set of a tenant as levels of four factors, in index order. Action 0 is hold;
// the contact actions follow, offer innermost: 1 + ((channel·T + tone)·S + slot)·O + offer.
type Grid struct {
	Channels []Channel
	Tones    []Tone
	Slots    []Slot
	Offers   []Offer
}

// Slot is a send time: a band of local hours on a day counted from the decision's local day.
type Slot struct {
	Day      int // 0 is the day of the decision
	From, To int // local minutes since midnight, From < To ≤ 1440
}

// String gives the slot's key, such as d0.0800-1100.
func (s Slot) String() string {
	return fmt.Sprintf("d%d.%02d%02d-%02d%02d", s.Day, s.From/60, s.From%60, s.To/60, s.To%60)
}

// ParseSlot reads a slot's key.
func ParseSlot(key string) (Slot, error) {
	var day, h0, m0, h1, m1 int
	n, err := fmt.Sscanf(key, "d%d.%2d%2d-%2d%2d", &day, &h0, &m0, &h1, &m1)
	s := Slot{day, h0*60 + m0, h1*60 + m1}
	if err != nil || n != 5 || s.String() != key || day < 0 || day > 31 || s.From >= s.To || s.To > 1440 || m0 > 59 || m1 > 59 {
		return Slot{}, &FieldError{"", fmt.Sprintf("%q is no slot; write day and local hours like d0.0800-1100", key)}
	}
	return s, nil
}

// Hold is the action "no contact now".
const Hold = 0

// Levels are the positions of a contact action's levels in the grid's lists.
type Levels struct{ Channel, Tone, Slot, Offer int }

// Size is the number of actions, hold included.
func (g *Grid) Size() int { return 1 + len(g.Channels)*len(g.Tones)*len(g.Slots)*len(g.Offers) }

// Index is the action index of contact levels.
func (g *Grid) Index(l Levels) int {
	return 1 + ((l.Channel*len(g.Tones)+l.Tone)*len(g.Slots)+l.Slot)*len(g.Offers) + l.Offer
}

// Levels are the levels of contact action a, 1 ≤ a < Size.
func (g *Grid) Levels(a int) Levels {
	a--
	var l Levels
	l.Offer, a = a%len(g.Offers), a/len(g.Offers)
	l.Slot, a = a%len(g.Slots), a/len(g.Slots)
	l.Tone, l.Channel = a%len(g.Tones), a/len(g.Tones)
	return l
}

// String is the grid's canonical text, stored with every decision so that its action indices
// mean the same for ever: channels|tones|slots|offers, each a comma-separated list.
func (g *Grid) String() string {
	var b strings.Builder
	list(&b, g.Channels)
	b.WriteByte('|')
	list(&b, g.Tones)
	b.WriteByte('|')
	list(&b, g.Slots)
	b.WriteByte('|')
	list(&b, g.Offers)
	return b.String()
}

func list[L fmt.Stringer](b *strings.Builder, levels []L) {
	for i, l := range levels {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.String())
	}
}

// ParseGrid reads a grid's canonical text.
func ParseGrid(text string) (*Grid, error) {
	parts := strings.Split(text, "|")
	if len(parts) != 4 {
		return nil, fmt.Errorf("grid %s: want channels|tones|slots|offers", strconv.Quote(text))
	}
	g := &Grid{}
	for _, s := range strings.Split(parts[0], ",") {
		var c Channel
		if err := c.UnmarshalText([]byte(s)); err != nil {
			return nil, err
		}
		g.Channels = append(g.Channels, c)
	}
	for _, s := range strings.Split(parts[1], ",") {
		var t Tone
		if err := t.UnmarshalText([]byte(s)); err != nil {
			return nil, err
		}
		g.Tones = append(g.Tones, t)
	}
	for _, s := range strings.Split(parts[2], ",") {
		slot, err := ParseSlot(s)
		if err != nil {
			return nil, err
		}
		g.Slots = append(g.Slots, slot)
	}
	for _, s := range strings.Split(parts[3], ",") {
		var o Offer
		if err := o.UnmarshalText([]byte(s)); err != nil {
			return nil, err
		}
		g.Offers = append(g.Offers, o)
	}
	return g, nil
}
