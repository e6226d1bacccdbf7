package export

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/columnar"
	"takt/features/history"
)

// Action is one action of an export: the levels of its factors, all empty for hold.
type Action struct {
	Name    string `json:"name"` // hold, or the levels with slashes between them
	Channel string `json:"channel"`
	Tone    string `json:"tone"`
	Slot    string `json:"slot"`
	Offer   string `json:"offer"`
}

// Plan is what is known of an export before its first row.
type Plan struct {
	Tenant    string
	AsOf      time.Time
	Decisions int      // asked for, refused ones included
	ToSeq     uint64   // position of the newest fact about them
	Actions   []Action // by index; 0 is hold
	Features  []string // names of the context's values

	grids map[string]*grid
	index map[Action]int32
}

// grid is one of the log's action sets and its actions' indices in the plan.
type grid struct {
	*engine.Grid
	text  string
	last  time.Time // of its newest decision
	index []int32
}

// survey reads the log for the first time: how many decisions there are, and of which grids.
func survey(ctx context.Context, src history.Scanner, o *Options) (*Plan, error) {
	p := &Plan{Tenant: o.Tenant.ID, AsOf: o.AsOf.UTC(), grids: map[string]*grid{}, index: map[Action]int32{}}
	for _, f := range features.Vector {
		p.Features = append(p.Features, f.Name)
	}
	err := src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		for i := range l.Events {
			p.ToSeq = max(p.ToSeq, l.Events[i].Seq)
		}
		for i := range l.Decisions {
			p.saw(&l.Decisions[i], o)
		}
		return ctx.Err()
	})
	if len(p.grids) == 0 {
		p.add(&grid{Grid: &o.Tenant.Grid})
	}
	list := slices.Collect(maps.Values(p.grids))
	slices.SortFunc(list, func(a, b *grid) int { return cmp.Or(b.last.Compare(a.last), cmp.Compare(a.text, b.text)) })
	for _, g := range list {
		p.add(g)
	}
	return p, err
}

func (p *Plan) saw(d *engine.Decision, o *Options) {
	p.ToSeq = max(p.ToSeq, d.Seq)
	if !o.has(d) {
		return
	}
	p.Decisions++
	g := p.grids[d.Grid]
	if g == nil {
		parsed, err := engine.ParseGrid(d.Grid)
		if err != nil {
			return // its rows are refused later
		}
		g = &grid{Grid: parsed, text: d.Grid}
		p.grids[d.Grid] = g
	}
	if d.IssuedAt.After(g.last) {
		g.last = d.IssuedAt
	}
}

// add gives every action of the grid an index: those of the newest grid keep their own.
func (p *Plan) add(g *grid) {
	for a := range g.Size() {
		named := actionOf(g.Grid, a)
		i, known := p.index[named]
		if !known {
			i = int32(len(p.Actions))
			p.index[named], p.Actions = i, append(p.Actions, named)
		}
		g.index = append(g.index, i)
	}
}

func actionOf(g *engine.Grid, a int) Action {
	if a == engine.Hold {
		return Action{Name: "hold"}
	}
	l := g.Levels(a)
	r := Action{Channel: g.Channels[l.Channel].String(), Tone: g.Tones[l.Tone].String(), Slot: g.Slots[l.Slot].String(), Offer: g.Offers[l.Offer].String()}
	r.Name = r.Channel + "/" + r.Tone + "/" + r.Slot + "/" + r.Offer
	return r
}

// Columns are the empty columns of the table, in order.
func (p *Plan) Columns() []columnar.Column {
	var list []columnar.Column
	for _, c := range cells() {
		list = append(list, columnar.Column{Name: c.name, Kind: c.kind})
	}
	return list
}

// meta are the notes of an Arrow or Parquet file.
func (p *Plan) meta() (columnar.Meta, error) {
	actions, err := json.Marshal(p.Actions)
	return columnar.Meta{"takt.tenant": p.Tenant, "takt.as_of": p.AsOf.Format(time.RFC3339Nano), "takt.actions": string(actions)}, err
}

func (p *Plan) summary(o *Options) Summary {
	s := Summary{Tenant: p.Tenant, AsOf: p.AsOf, ToSeq: p.ToSeq, Features: p.Features}
	for _, a := range p.Actions {
		s.Actions = append(s.Actions, a.Name)
	}
	return s
}
