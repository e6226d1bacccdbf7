package engine

import "slices"

// floor is the working space of the exploration floor q: how many options share each level.
type floor struct {
	n    [4]uint64 // levels of the grid per factor, channel to offer
	inv  [4]uint64 // ⌈2^32/n⌉: a·inv >> 32 is a/n for a, n < 2^16
	at   [4]int    // where a factor's levels start in term
	term []float64 // per level: its part of q
	use  []uint32  // per level: options that share it
	pos  []uint64  // per option: its four places in term, 16 bits each
	k    int
	hold bool
	both float64 // ½/K
	null float64 // hold's part beside it
}

func (f *floor) reset(g *Grid, k int) {
	f.n = [4]uint64{uint64(len(g.Channels)), uint64(len(g.Tones)), uint64(len(g.Slots)), uint64(len(g.Offers))}
	total := 0
	for i, n := range f.n {
		f.inv[i] = (1<<32 + n - 1) / max(n, 1)
		f.at[i], total = total, total+int(n)
	}
	f.term = slices.Grow(f.term[:0], total)[:total]
	f.use = slices.Grow(f.use[:0], total)[:total]
	f.pos = slices.Grow(f.pos[:0], k)[:k]
	clear(f.use)
	f.k, f.hold = k, false
}

// count notes the levels of all options. Division is the dear part of the floor; a product with
// the reciprocal gives the same quotient in a third of the time. Neighbours share channel and tone,
// and a grid's only offer is everybody's: those are counted by the run, for an increment has to wait
// for the one before it of the same number.
func (f *floor) count(options []Option) {
	use, pos := f.use, f.pos[:len(options)]
	inv1, inv2, inv3 := f.inv[1], f.inv[2], f.inv[3]
	n1, n2, n3 := f.n[1], f.n[2], f.n[3]
	at1, at2, at3 := uint64(f.at[1]), uint64(f.at[2]), uint64(f.at[3])
	first, last, pair := 0, ^uint64(0), uint64(0) // where the run began, its channel and tone
	for i := range options {
		a := options[i].Action
		if a == Hold {
			f.hold, first = true, i+1
			continue
		}
		x := uint64(a - 1)
		s := x * inv3 >> 32
		ct := s * inv2 >> 32
		if ct != last {
			f.run(pair, i-first)
			c := ct * inv1 >> 32
			first, last, pair = i, ct, c|(at1+ct-c*n1)<<16
		}
		s, x = at2+s-ct*n2, at3+x-s*n3
		use[s]++
		if n3 > 1 {
			use[x]++
		}
		pos[i] = pair | s<<32 | x<<48
	}
	f.run(pair, len(options)-first)
	if n3 == 1 {
		use[at3] = uint32(len(options)) - uint32(one(f.hold))
	}
}

// run counts n options of a channel and tone.
func (f *floor) run(pair uint64, n int) {
	if n > 0 {
		f.use[pair&0xffff] += uint32(n)
		f.use[pair>>16] += uint32(n)
	}
}

// close turns counts into parts of q: ½ · ¼ · 1/(levels · options of the level).
func (f *floor) close() {
	f.both, f.null = .5/float64(f.k), 0
	for i, n := range f.n {
		use, term := f.use[f.at[i]:f.at[i]+int(n)], f.term[f.at[i]:f.at[i]+int(n)]
		levels := one(f.hold)
		for _, v := range use {
			levels += float64(min(v, 1))
		}
		for j, v := range use {
			term[j] = .125 / (levels * float64(v)) // of a level without options: never asked for
		}
		f.null += .125 / levels
	}
}

// add adds eps·q to the propensity of each option. The conversion forbids fused multiply-add, so
// that every machine gets the same bits.
func (f *floor) add(p []float64, options []Option, eps float64) {
	term, pos, both := f.term, f.pos[:len(options)], f.both
	p = p[:len(options)]
	for i := range options {
		if options[i].Action == Hold {
			p[i] += float64(eps * (both + f.null))
			continue
		}
		w := pos[i]
		p[i] += float64(eps * (both + (term[w&0xffff] + term[w>>16&0xffff] + (term[w>>32&0xffff] + term[w>>48]))))
	}
}
