package decided

import (
	"fmt"
	"strings"

	"takt/engine"
	"takt/experiments/ope"
)

// factor is one of the four an action is made of.
type factor struct {
	name  string
	names func(*engine.Grid) []string
	of    func(engine.Levels) int
}

var factors = [...]factor{
	{"channel", func(g *engine.Grid) []string { return names(g.Channels) }, func(l engine.Levels) int { return l.Channel }},
	{"tone", func(g *engine.Grid) []string { return names(g.Tones) }, func(l engine.Levels) int { return l.Tone }},
	{"slot", func(g *engine.Grid) []string { return names(g.Slots) }, func(l engine.Levels) int { return l.Slot }},
	{"offer", func(g *engine.Grid) []string { return names(g.Offers) }, func(l engine.Levels) int { return l.Offer }},
}

func names[L fmt.Stringer](levels []L) (list []string) {
	for _, l := range levels {
		list = append(list, l.String())
	}
	return list
}

func (f *factor) level(g *engine.Grid, name string) (int, error) {
	list := f.names(g)
	for i, l := range list {
		if l == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%w: %q is no %s of this tenant; it has %s", ErrPolicy, name, f.name, strings.Join(list, ", "))
}

// actionName is hold, or the action's levels with slashes between.
func actionName(g *engine.Grid, a int) string {
	if a == engine.Hold {
		return "hold"
	}
	l := g.Levels(a)
	return g.Channels[l.Channel].String() + "/" + g.Tones[l.Tone].String() + "/" + g.Slots[l.Slot].String() + "/" + g.Offers[l.Offer].String()
}

// marginals are the four factors; hold is a level of its own in each. Factors of one level are left out.
func marginals(g *engine.Grid) (list []ope.Named) {
	for _, f := range factors {
		if len(f.names(g)) < 2 {
			continue
		}
		n := ope.Named{Name: f.name, Factor: ope.Factor{0}}
		for a := 1; a < g.Size(); a++ {
			n.Factor = append(n.Factor, 1+f.of(g.Levels(a)))
		}
		list = append(list, n)
	}
	return list
}

// levels are, per action, the numbers of its levels in the regression: 0 is hold.
func levels(g *engine.Grid) [][]int {
	all := [][]int{{0}}
	for a := 1; a < g.Size(); a++ {
		var own []int
		first := 1
		for _, f := range factors {
			own = append(own, first+f.of(g.Levels(a)))
			first += len(f.names(g))
		}
		all = append(all, own)
	}
	return all
}
