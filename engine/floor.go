package engine

import "slices"

// floor is the working space of the exploration floor q: how many options share each level, and their
// parts of q. Actions of one channel and tone are neighbours, a block of slots × offers in index order:
// options are counted by their block and by their place in it, a run of neighbours at a time, and the
// levels' numbers follow from those. So an option costs no division and no look at its four levels.
type floor struct {
	g      *Grid
	size   int // actions of a block
	runs   []run
	blocks []uint32  // per channel and tone: options
	places []uint32  // per slot and offer: options
	use    []uint32  // per level of a factor, channel to offer: options that share it
	term   []float64 // per level: its part of q
	block  []float64 // per channel and tone: the parts of both
	place  []float64 // per slot and offer: the parts of both; behind them hold's
	hold   bool
	both   float64 // ½/K
}

// run is n options whose actions follow one another in a block from a place on; of hold, block is -1. A
// pressing tone has no floor: nobody is pressed to learn something.
type run struct {
	block, place, n int
	bare            bool // without floor
}

func (f *floor) reset(g *Grid) {
	c, t, s, o := len(g.Channels), len(g.Tones), len(g.Slots), len(g.Offers)
	f.g, f.size, f.hold = g, s*o, false
	f.blocks, f.places, f.use = zeros(f.blocks, c*t), zeros(f.places, s*o), zeros(f.use, c+t+s+o)
	f.block, f.place, f.term = sized(f.block, c*t), sized(f.place, s*o+1), sized(f.term, c+t+s+o)
}

func sized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

func zeros(s []uint32, n int) []uint32 {
	s = sized(s, n)
	clear(s)
	return s
}

// count splits the options, which ascend, into runs and counts those with a floor by block and place; k is
// how many these are.
func (f *floor) count(options []Option) (k int) {
	f.runs = f.runs[:0]
	for i := 0; i < len(options); {
		a := options[i].Action
		if a == Hold {
			f.hold, f.runs = true, append(f.runs, run{block: -1, place: f.size, n: 1})
			i++
			k++
			continue
		}
		block := (a - 1) / f.size
		place := a - 1 - block*f.size
		n := consecutive(options[i:], f.size-place)
		i += n
		if f.g.Tones[block%len(f.g.Tones)].Presses() {
			f.runs = append(f.runs, run{block, place, n, true})
			continue
		}
		f.runs = append(f.runs, run{block, place, n, false})
		f.blocks[block] += uint32(n)
		for j := range f.places[place : place+n] {
			f.places[place+j]++
		}
		k += n
	}
	return k
}

// consecutive is how many of the options, at most most, have an action that follows the one before it.
func consecutive(options []Option, most int) int {
	a := options[0].Action
	if most <= len(options) && options[most-1].Action == a+most-1 {
		return most // as they ascend, so have all between
	}
	n := 1
	for n < len(options) && n < most && options[n].Action == a+n {
		n++
	}
	return n
}

// close turns counts into parts of q: ½ · ¼ · 1/(levels · options of the level).
func (f *floor) close(k int) {
	f.both = .5 / float64(k)
	hold := 0.
	c, t, s := len(f.g.Channels), len(f.g.Tones), len(f.g.Slots)
	sum(f.use[:c], f.use[c:c+t], f.blocks)
	sum(f.use[c+t:c+t+s], f.use[c+t+s:], f.places)
	for _, at := range [...][2]int{{0, c}, {c, c + t}, {c + t, c + t + s}, {c + t + s, len(f.use)}} {
		use, term := f.use[at[0]:at[1]], f.term[at[0]:at[1]]
		levels := one(f.hold)
		for _, v := range use {
			levels += float64(min(v, 1))
		}
		for j, v := range use {
			term[j] = .125 / (levels * float64(v)) // of a level without options: never asked for
		}
		hold += .125 / levels
	}
	join(f.block, f.term[:c], f.term[c:c+t])
	join(f.place, f.term[c+t:c+t+s], f.term[c+t+s:])
	f.place[f.size] = hold
}

// sum adds the numbers of a table to its rows and columns.
func sum(rows, cols, table []uint32) {
	for i := range rows {
		for j, v := range table[i*len(cols) : (i+1)*len(cols)] {
			rows[i] += v
			cols[j] += v
		}
	}
}

// join fills a table with the sums of its rows' and columns' numbers.
func join(table, rows, cols []float64) {
	for i, r := range rows {
		for j, v := range cols {
			table[i*len(cols)+j] = r + v
		}
	}
}

// spread sets the propensity of each option, the votes' part and eps·q. The conversions forbid fused
// multiply-add, so that every machine gets the same bits.
func (f *floor) spread(p, votes []float64, total, eps float64) {
	both := f.both
	for _, r := range f.runs {
		if r.bare {
			for j, v := range votes[:r.n] {
				p[j] = float64((1 - eps) * (v / total))
			}
			p, votes = p[r.n:], votes[r.n:]
			continue
		}
		places, block := f.place[r.place:r.place+r.n], 0.
		if r.block >= 0 {
			block = f.block[r.block]
		}
		to, from := p[:len(places)], votes[:len(places)]
		for j, q := range places {
			q = float64(eps * (both + (block + q)))
			if v := from[j]; v > 0 { // most options have no vote, and division is dear
				q += float64((1 - eps) * (v / total))
			}
			to[j] = q
		}
		p, votes = p[r.n:], votes[r.n:]
	}
}
