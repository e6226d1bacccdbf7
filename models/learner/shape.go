package learner

import (
	"slices"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
)

// shape is where each parameter of learning lies: those of the snapshot's layout, and behind them the own
// columns, which the snapshot's weights take in. A level's own column is the feature that is about the level itself, such as
// answer_sms for text messages, with one weight for all channels: how much it counts that a debtor answered on the
// channel is learned from every channel, and what a single channel differs by is shrunk like any interaction.
type shape struct {
	policy.Layout
	kinds    int // of own columns
	channels [][]own
	slots    [][]own
}

// own says that a level's own column of a kind is the feature in a column of (1,x).
type own struct{ kind, column int }

// single is one parameter that an action adds, multiplied by a column of (1,x); column 0 is 1.
type single struct{ param, column int }

// design is what an action adds up: rows of weights over (1,x), by their first parameters, and singles.
type design struct {
	rows    []int
	singles []single
}

// ownKinds are the features that come once per channel, and once per part of the day.
var ownKinds = []string{"usable_", "reach_", "answer_", "active_"}

func shapeOf(g *engine.Grid, n int) shape {
	s := shape{Layout: policy.NewLayout(g, n), kinds: len(ownKinds)}
	for _, c := range g.Channels {
		s.channels = append(s.channels, ownColumns(n, c.String()))
	}
	for _, t := range g.Slots {
		part := ""
		switch middle := (t.From + t.To) / 2; {
		case middle < 11*60:
			part = "morning"
		case middle >= 17*60:
			part = "evening"
		case middle >= 14*60:
			part = "afternoon"
		}
		s.slots = append(s.slots, ownColumns(n, part))
	}
	return s
}

// ownColumns are those of a level, among the first n features.
func ownColumns(n int, level string) (list []own) {
	for kind, name := range ownKinds {
		at := slices.IndexFunc(features.Vector, func(f features.Feature) bool { return f.Name == name+level })
		if at >= 0 && at < n {
			list = append(list, own{kind, 1 + at})
		}
	}
	return list
}

// params is the number of parameters of learning.
func (s *shape) params() int { return s.Params() + s.kinds }

// of is what the action adds up; its lists are dst's.
func (s *shape) of(k key, dst *design) design {
	d := design{dst.rows[:0], dst.singles[:0]}
	if k.hold {
		d.rows = s.HoldBlocks(d.rows)
		*dst = d
		return d
	}
	var pairs [5]int
	rows, list := s.Blocks(d.rows, pairs[:0], engine.Levels{Channel: int(k.c), Tone: int(k.t), Slot: int(k.s), Offer: int(k.o)})
	d.rows = rows
	for _, p := range list {
		d.singles = append(d.singles, single{p, 0})
	}
	if k.c != policy.None && int(k.c) < len(s.channels) {
		for _, o := range s.channels[k.c] {
			d.singles = append(d.singles, single{s.Params() + o.kind, o.column})
		}
	}
	if k.s != policy.None && int(k.s) < len(s.slots) {
		for _, o := range s.slots[k.s] {
			d.singles = append(d.singles, single{s.Params() + o.kind, o.column})
		}
	}
	*dst = d
	return d
}

// widen gives for each parameter its place in a shape that differs in having more groups.
func (s *shape) widen(to *shape) []int {
	at := s.Widen(to.Layout)
	for kind := range s.kinds {
		at = append(at, to.Params()+kind)
	}
	return at
}

// blocks gives the prior's block of each parameter.
func (s *shape) blocks() []uint8 {
	b := s.BlockOf(make([]uint8, s.Params()))
	for range s.kinds {
		b = append(b, policy.BlockOwn)
	}
	return b
}

// aspects gives what each parameter is about; own columns are about channels.
func (s *shape) aspects() []policy.Aspects {
	a := s.Aspects(make([]policy.Aspects, s.Params()))
	for range s.kinds {
		a = append(a, policy.AboutChannel)
	}
	return a
}

// takeIn adds the own columns' values to the levels' weights: v is [params][stride].
func takeIn[F float32 | float64](s *shape, v []F, stride int) {
	add := func(row int, list []own) {
		for _, o := range list {
			to, from := (row+o.column)*stride, (s.Params()+o.kind)*stride
			for i := range stride {
				v[to+i] += v[from+i]
			}
		}
	}
	for c, list := range s.channels {
		rows, _ := s.Blocks(nil, nil, engine.Levels{Channel: c, Tone: policy.None, Slot: policy.None, Offer: policy.None})
		add(rows[1], list)
	}
	for t, list := range s.slots {
		rows, _ := s.Blocks(nil, nil, engine.Levels{Channel: policy.None, Tone: policy.None, Slot: t, Offer: policy.None})
		add(rows[1], list)
	}
}
