package learner

import (
	"slices"

	"takt/engine"
	"takt/engine/policy"
)

// mapping joins a logged grid to today's by the names of its levels.
type mapping struct {
	grid       *engine.Grid // nil: its text cannot be read
	c, t, s, o []int        // today's position of a logged level, policy.None: gone
}

// mapping is made once per text of a grid.
func (r *reader) mapping(text string) *mapping {
	if m := r.grids[text]; m != nil {
		return m
	}
	m, now := &mapping{}, &r.options.Tenant.Grid
	if g, err := engine.ParseGrid(text); err == nil {
		m.grid = g
		m.c, m.t = places(g.Channels, now.Channels), places(g.Tones, now.Tones)
		m.s, m.o = places(g.Slots, now.Slots), places(g.Offers, now.Offers)
	}
	r.grids[text] = m
	return m
}

// places gives for each logged level its position today.
func places[L comparable](logged, today []L) []int {
	at := make([]int, len(logged))
	for i, v := range logged {
		at[i] = slices.Index(today, v) // -1 is policy.None
	}
	return at
}

// key is the logged action in today's levels.
func (m *mapping) key(action int) (key, Refusal) {
	switch {
	case m.grid == nil || action < 0 || action >= m.grid.Size():
		return key{}, RefusedGrid
	case action == engine.Hold:
		return key{hold: true}, ""
	}
	v := m.grid.Levels(action)
	v = engine.Levels{Channel: m.c[v.Channel], Tone: m.t[v.Tone], Slot: m.s[v.Slot], Offer: m.o[v.Offer]}
	if v.Channel == policy.None || v.Tone == policy.None || v.Slot == policy.None || v.Offer == policy.None {
		return key{}, RefusedLevel
	}
	return key{c: int16(v.Channel), t: int16(v.Tone), s: int16(v.Slot), o: int16(v.Offer)}, ""
}
