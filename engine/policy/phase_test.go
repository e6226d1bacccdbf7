package policy
import ("testing";"fmt")
func BenchmarkPhase(b *testing.B) {
	for _, simd := range []bool{true,false} {
	for _, c := range [][3]int{{8,4,7},{8,5,50}} {
		in, ballot, p := standard(b, c[0],c[1],c[2], 64)
		p.pool = pool(simd)
		p.Vote(ballot, in)
		sc := p.pool.Get().(*scratch)
		pl := p.planFor(in.Tenant)
		s := slopesOf(&in.Tenant.Reward, openMinor(ballot, in))
		w := p.weights
		nop := func(){}
		run := func(n string, f func()) { x,_ := minimum(f, nop); fmt.Printf("%v %d %-8s %.0f\n", simd, len(ballot.Options), n, x) }
		run("size", func(){ size(ballot) })
		run("context", func(){ sc.context(in.X, 64) })
		run("list", func(){ sc.list(pl, ballot.Options, s.cost) })
		run("sumRows", func(){ sc.sumRows(w, pl) })
		run("join", func(){ sc.join(w, pl) })
		run("price", func(){ sc.price(w, ballot.Value, s, pl.offers>1) })
		run("compare", func(){ sc.compare(w, pl.offers>1) })
		p.Vote(ballot, in)
		run("vote", func(){ p.Vote(ballot, in) })
		run("prop", func(){ ballot.Propensities(&in.Tenant.Grid) })
	}}
}
