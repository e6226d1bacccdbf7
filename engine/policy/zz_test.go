package policy

import (
	"fmt"
	"testing"
)

func TestZ(t *testing.T) {
	for _, c := range [][2]int{{4, 7}, {5, 50}} {
		in, ballot, p := standard(t, 8, c[0], c[1], 64)
		p.Vote(ballot, in)
		s := p.pool.Get().(*scratch)
		sl := slopesOf(&in.Tenant.Reward, 6000)
		pl := p.planFor(in.Tenant)
		s.context(in.X, 64)
		s.vote(p.weights, pl, ballot, sl)
		for _, f := range []struct {
			n string
			f func()
		}{
			{"all", func() { p.Vote(ballot, in) }},
			{"prop", func() { ballot.Propensities(&in.Tenant.Grid) }},
			{"context", func() { s.context(in.X, 64) }},
			{"list", func() { s.list(pl, ballot.Options, sl.cost) }},
			{"sumRows", func() { s.sumRows(p.weights, pl) }},
			{"join", func() { s.join(p.weights, pl) }},
			{"price", func() { s.price(p.weights, ballot.Value, sl, false) }},
			{"compare", func() { s.compare(p.weights, false) }},
		} {
			a, _ := minimum(f.f, func() {})
			fmt.Println(c, f.n, int(a))
		}
	}
}
