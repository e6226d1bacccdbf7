package policy

import (
	"math"

	"takt/engine"
)

// lanes is one number per posterior draw.
type lanes [Lanes]float32

// means is one number per head; a struct, so that it lives in registers.
type means struct{ resolve, amount, complaint, churn float32 }

// term is one non-zero entry of (1, x): its place in a row and its value.
type term struct {
	at int
	x  float32
}

// entry is one contact on its way into the comparison: where the parts lie that its draws are the
// sum of, and its value gain/inverse(sum) + fixed; K is in the gain.
type entry struct {
	place
	option      int32
	gain, fixed float32
}

// scratch is the working space of one vote.
type scratch struct {
	simd    bool // the processor runs the assembly
	terms   []term
	used    []bool  // by row of the plan
	ctoUsed []bool  // by channel, tone and offer
	tsUsed  []bool  // by tone and slot
	draw    []lanes // row sums of the resolve head's draws
	mean    []means // row sums of all heads' posterior means
	cto     []lanes // base, channel, tone and offer rows and their pairs, by channel, tone and offer
	ctoMu   []means
	ts      []lanes // slot row and tone×slot pair, by tone and slot
	tsMu    []means
	entries []entry
	costs   []float64 // of the entries: price times -1
	chances []lanes   // of the entries: inverse of the posterior mean, Lanes in a row, for the assembly
	best    lanes
	arg     [Lanes]int32
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// context fills terms from x and the case's portfolio and segment. Values that are not finite read as absent, as do features the
// snapshot does not know; features that x lacks add nothing.
func (sc *scratch) context(p *Bandit, in *engine.Input) {
	features := p.weights.Layout.Features
	sc.terms = append(sc.terms[:0], term{0, 1})
	for j, v := range in.X[:min(len(in.X), features)] {
		if v != 0 && finite(v) {
			sc.terms = append(sc.terms, term{j + 1, v})
		}
	}
	sc.groups(p.groups, in, features)
}

// sumRow is the sums of row r, which starts at parameter first.
func (sc *scratch) sumRow(w *Weights, r, first int) {
	draws := w.Draws[first*Lanes : (first+w.Layout.Width())*Lanes]
	mu := w.Means[first*Heads : (first+w.Layout.Width())*Heads]
	if sc.simd {
		rowAVX2(&sc.draw[r], &sc.mean[r], &draws[0], &mu[0], &sc.terms[0], len(sc.terms))
		return
	}
	sumLanes(&sc.draw[r], draws, sc.terms)
	sc.mean[r] = sumMeans(mu, sc.terms)
}

// sumLanes is Σ terms of w, a row of draws, in four passes of eight lanes that stay in registers.
// Products are rounded before they are added: the same sums on machines with and without fused multiply-add.
func sumLanes(dst *lanes, w []float32, terms []term) {
	for k := 0; k < Lanes; k += 8 {
		var a, b, c, d, e, f, g, h float32
		for _, t := range terms {
			x := t.x
			p := (*[8]float32)(w[t.at*Lanes+k:])
			a += float32(x * p[0])
			b += float32(x * p[1])
			c += float32(x * p[2])
			d += float32(x * p[3])
			e += float32(x * p[4])
			f += float32(x * p[5])
			g += float32(x * p[6])
			h += float32(x * p[7])
		}
		o := (*[8]float32)(dst[k:])
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = a, b, c, d, e, f, g, h
	}
}

// sumMeans is Σ terms of w, a row of means.
func sumMeans(w []float32, terms []term) (u means) {
	for _, t := range terms {
		p := (*[Heads]float32)(w[t.at*Heads:])
		u.resolve += float32(t.x * p[Resolve])
		u.amount += float32(t.x * p[Amount])
		u.complaint += float32(t.x * p[Complaint])
		u.churn += float32(t.x * p[Churn])
	}
	return u
}

// add is a + b.
func (sc *scratch) add(dst, a, b *lanes) {
	if sc.simd {
		addAVX2(dst, a, b)
		return
	}
	for m := range dst {
		dst[m] = a[m] + b[m]
	}
}

func (v means) plus(a means) means {
	return means{v.resolve + a.resolve, v.amount + a.amount, v.complaint + a.complaint, v.churn + a.churn}
}

// start makes option i the best of every draw, z its log odds.
func (sc *scratch) start(z *lanes, gain, fixed float32, i int32) {
	sc.inverse(z)
	gain *= linkK
	for m := range z {
		sc.best[m], sc.arg[m] = float32(gain/z[m])+fixed, i
	}
}

// restart forgets the best: option 0, until any is found.
func (sc *scratch) restart() {
	for m := range sc.best {
		sc.best[m] = float32(math.Inf(-1))
	}
	sc.arg = [Lanes]int32{}
}

// compare lets the entries, in their order, take the place of each draw's best where they are better.
func (sc *scratch) compare(w *Weights) {
	if sc.simd {
		bestAVX2(&sc.entries[0], len(sc.entries), &sc.cto[0], &sc.ts[0], w.drawsAt(0), &sc.best, &sc.arg)
		return
	}
	var z lanes
	for i := range sc.entries {
		e := &sc.entries[i]
		a, b, c := &sc.cto[e.cto], &sc.ts[e.ts], w.drawsAt(int(e.pair))
		for m := range z {
			z[m] = inverse(a[m] + b[m] + c[m])
		}
		for m := range z {
			if v := float32(e.gain/z[m]) + e.fixed; v > sc.best[m] {
				sc.best[m], sc.arg[m] = v, e.option
			}
		}
	}
}

// clamp keeps v in [0, top]. The bits of these numbers, read as integers, are ordered like them, and
// the minimum of integers takes no branch that a processor could guess wrong.
func clamp(v, top float32) float32 {
	return math.Float32frombits(uint32(min(max(int32(math.Float32bits(v)), 0), int32(math.Float32bits(top)))))
}
