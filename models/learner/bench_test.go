package learner

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"takt/engine"
	"takt/engine/cpubench"
	"takt/engine/policy"
)

// wide is the layout that the design's figures are of: 675 parameters a head. An example has 5 rows of 33 weights and 5
// entries of pair tables that are not 0.
var wide = policy.Layout{Channels: 5, Tones: 2, Slots: 4, Offers: 1, Features: 32}

const wideParams = 675

// wideRows are n contacts on the layout with closed labels, a third of them settled. Every feature is there.
func wideRows(n int) []row {
	r := rand.New(rand.NewPCG(1, 6))
	rows := make([]row, n)
	for i := range rows {
		e := &rows[i]
		e.key = key{c: int16(r.IntN(wide.Channels)), t: int16(r.IntN(wide.Tones)), s: int16(r.IntN(wide.Slots)), o: int16(r.IntN(wide.Offers))}
		e.x = make([]float32, wide.Features)
		for j := range e.x {
			e.x[j] = float32(r.Float64())
		}
		e.closed, e.age, e.settled = true, 28, -1
		if r.IntN(3) == 0 {
			e.settled = int16(r.IntN(28))
			e.y[policy.Resolve], e.y[policy.Amount] = 1, r.Float64()
		}
	}
	return rows
}

func wideState(b *testing.B) *state {
	if n := wide.Params(); n != wideParams || wide.Rows() != 18 {
		b.Fatalf("%d parameters in %d rows", n, wide.Rows())
	}
	spec := policy.DefaultPrior()
	return stateOf(wide, &spec)
}

// BenchmarkSufficient adds up the sufficient statistics of all heads for 20,000 decision rows, the largest block: sumResolve
// and sumLinear, and the sums into the normal equations of 675 parameters. "rows/s" is of wall time on all cores, the best of
// 21; "rows/cpu-s" of CPU time, which neighbours do not move. The floor is one packed symmetric rank-one update of gonum
// (Spr, assembly) of (1,x) per row and matrix, without choosing, weighing or targets.
//
//	go test ./models/learner -run xxx -bench Sufficient -benchtime 1x
func BenchmarkSufficient(b *testing.B) {
	const n = 20_000
	s, rows := wideState(b), wideRows(n)
	shares := s.delays.shares()
	resolve, amount, rare := newNormal(wideParams, 1), newNormal(wideParams, 1), newNormal(wideParams, 2)
	best := time.Duration(0)
	sums := func(times int) {
		for range times {
			start := time.Now()
			resolve.add(s.sumResolve(rows, shares))
			a, r := s.sumLinear(rows)
			amount.add(a)
			rare.add(r)
			if took := time.Since(start); best == 0 || took < best {
				best = took
			}
		}
	}
	width := wide.Width()
	cells := make([]blas64.SymmetricPacked, 40)
	for i := range cells {
		cells[i] = blas64.SymmetricPacked{N: width, Data: make([]float64, width*(width+1)/2), Uplo: blas.Upper}
	}
	xs := make([]float64, n*width)
	for i := range rows {
		xs[i*width] = 1
		for j, v := range rows[i].x {
			xs[i*width+1+j] = float64(v)
		}
	}
	floor := func(times int) {
		for range times {
			for i := range rows {
				x, matrices := blas64.Vector{N: width, Inc: 1, Data: xs[i*width : (i+1)*width]}, 2
				if rows[i].paid() {
					matrices = 3
				}
				for range matrices {
					blas64.Spr(1, x, cells[i%len(cells)])
				}
			}
		}
	}
	least := cpubench.InTurn(21, 15*time.Millisecond, floor, sums)
	b.ReportMetric(n/best.Seconds(), "rows/s")
	b.ReportMetric(n/(least[1]/1e9), "rows/cpu-s")
	b.ReportMetric(least[1]/least[0], "x-floor")
	b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "cores")
	b.ReportMetric(0, "ns/op")
}

// refreshEvery is the interval that a refresh's share of a core is stated at; learn.every defaults to five times that.
const refreshEvery = time.Minute

// BenchmarkRefresh is what every refresh costs whatever is new, at 675 parameters a head: to factorise the four heads, to
// draw 32 times and to encode ("cpu-ms"), and of that the one drawn head ("head-cpu-ms"), which is what a further one
// would cost. "%core" and "head-%core" are their shares of a core at one refresh a minute.
//
//	go test ./models/learner -run xxx -bench Refresh -benchtime 1x
func BenchmarkRefresh(b *testing.B) {
	s := wideState(b)
	foldAll(b, s, wideRows(20_000))
	t := tenant()
	g := engine.DefaultTenant("t").Grid
	t.Grid = engine.Grid{Channels: append(g.Channels, engine.Chat)[:wide.Channels], Tones: g.Tones[:wide.Tones], Slots: g.Slots[:wide.Slots], Offers: g.Offers[:wide.Offers]}
	o := &Options{Tenant: t, AsOf: start(), Features: wide.Features}
	if err := o.defaults(); err != nil {
		b.Fatal(err)
	}
	whole := cpubench.Least(9, func() {
		if _, err := s.snapshot(o, &Report{Learned: s.rows}); err != nil {
			b.Fatal(err)
		}
	})
	draws, mean := make([]float64, wideParams*policy.Lanes), make([]float64, wideParams)
	head := cpubench.Least(9, func() {
		sd := s.prior(policy.Resolve, mean)
		f, ok := s.resolve.posterior(0, 1, mean, sd)
		if !ok {
			b.Fatal(errSingular)
		}
		f.draw(draws, mean, sd, s.spec.Scale, 1)
	})
	b.ReportMetric(float64(whole)/1e6, "cpu-ms")
	b.ReportMetric(float64(head)/1e6, "head-cpu-ms")
	b.ReportMetric(100*float64(whole)/float64(refreshEvery), "%core")
	b.ReportMetric(100*float64(head)/float64(refreshEvery), "head-%core")
	b.ReportMetric(0, "ns/op")
}
