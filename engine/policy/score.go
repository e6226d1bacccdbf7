package policy

import (
	"slices"

	"takt/engine"
)

// MaxShare bounds the share of the open amount that a settled case may bring: fees and interest come
// on top. Predictions are clamped to it, and so are the shares that are learned from.
const MaxShare = 2

// linked turns the sums of the heads into what they predict: the log odds of a settlement into its
// probability; the other probabilities are kept in [0,1] and the share in [0,MaxShare].
func (v means) linked() means {
	return means{linkK / inverse(v.resolve), clamp(v.amount, MaxShare), clamp(v.complaint, 1), clamp(v.churn, 1)}
}

// vote values every option and finds each draw's best. Options come in index order, hold first.
// The order of additions depends on the grid alone: an option's draws do not change with its rivals.
func (sc *scratch) vote(w *Weights, pl *plan, b *engine.Ballot, s slopes) {
	sc.list(pl, b.Options, s.cost)
	sc.sumRows(w, pl)
	sc.join(w, pl)
	sc.restart()
	for i := range b.Options {
		if b.Options[i].Action != engine.Hold {
			break
		}
		sc.hold(b, i, s)
	}
	if len(sc.entries) > 0 {
		sc.price(w, b.Value, s)
		sc.compare(w)
	}
}

// list makes the entries of the contacts among the options, and marks what they add up. Short loops
// keep their counters in registers.
func (sc *scratch) list(pl *plan, options []engine.Option, cost float64) {
	holds := 0
	for holds < len(options) && options[holds].Action == engine.Hold {
		holds++
	}
	contacts := options[holds:]
	sc.entries, sc.costs = resize(sc.entries, len(contacts)), resize(sc.costs, len(contacts))
	entries, costs, actions := sc.entries[:len(contacts)], sc.costs[:len(contacts)], pl.actions
	for i := range contacts {
		entries[i].place, entries[i].option = actions[contacts[i].Action], int32(holds+i)
	}
	cost = -cost
	for i := range contacts {
		costs[i] = cost * float64(contacts[i].CostMicro)
	}
	sc.mark(pl)
}

// mark notes what the entries add up.
func (sc *scratch) mark(pl *plan) {
	sc.ctoUsed, sc.tsUsed = resize(sc.ctoUsed, pl.channels*pl.tones*pl.offers), resize(sc.tsUsed, pl.tones*pl.slots)
	sc.used = resize(sc.used, len(pl.first))
	entries, ctoUsed, tsUsed, used := sc.entries, sc.ctoUsed, sc.tsUsed, sc.used
	clear(ctoUsed)
	clear(tsUsed)
	clear(used)
	used[rowBase], used[rowHold] = true, true
	for i := range entries {
		at := &entries[i].place
		tsUsed[at.ts], ctoUsed[at.cto] = true, true
	}
}

// sumRows adds up the rows of the levels that occur among the entries.
func (sc *scratch) sumRows(w *Weights, pl *plan) {
	for k, used := range sc.ctoUsed {
		if used {
			ct := k / pl.offers
			sc.used[pl.channel(ct/pl.tones)], sc.used[pl.tone(ct%pl.tones)], sc.used[pl.offer(k%pl.offers)] = true, true, true
		}
	}
	for k, used := range sc.tsUsed {
		if used {
			sc.used[pl.slot(k%pl.slots)] = true
		}
	}
	n := len(pl.first)
	sc.draw, sc.mean = resize(sc.draw, n), resize(sc.mean, n)
	for r, used := range sc.used {
		if used {
			sc.sumRow(w, r, pl.first[r])
		}
	}
}

// hold values option i, which is hold, and makes it the best of every draw.
func (sc *scratch) hold(b *engine.Ballot, i int, s slopes) {
	var z lanes
	sc.add(&z, &sc.draw[rowBase], &sc.draw[rowHold])
	u := sc.mean[rowBase].plus(sc.mean[rowHold]).linked()
	gain, fixed := s.price(u, -s.cost*float64(b.Options[i].CostMicro))
	b.Value[i] = float64(gain*float64(u.resolve)) + fixed
	sc.start(&z, float32(gain), float32(fixed), int32(i))
}

// price sets gain and fixed of the entries and the values of their options.
func (sc *scratch) price(w *Weights, values []float64, s slopes) {
	if sc.simd {
		n, rates := len(sc.entries), s.rates()
		sc.chances = resize(sc.chances, (n+Lanes-1)/Lanes)
		resolveAVX2(&sc.chances[0], &sc.entries[0], n, &sc.ctoMu[0], &sc.tsMu[0], w.meansAt(0))
		inverseAVX2(&sc.chances[0], len(sc.chances))
		priceAVX2(&sc.entries[0], n, &sc.ctoMu[0], &sc.tsMu[0], w.meansAt(0), &sc.chances[0], &sc.costs[0], &rates, &values[0])
		return
	}
	for i := range sc.entries {
		e := &sc.entries[i]
		u := sc.ctoMu[e.cto].plus(sc.tsMu[e.ts]).plus(*w.meansAt(int(e.pair))).linked()
		gain, fixed := s.price(u, sc.costs[i])
		e.gain, e.fixed = float32(gain)*linkK, float32(fixed)
		values[e.option] = float64(gain*float64(u.resolve)) + fixed
	}
}

// join adds up what contacts share: base with channel, tone and offer, and slot with tone.
func (sc *scratch) join(w *Weights, pl *plan) {
	n := pl.channels * pl.tones
	sc.cto, sc.ctoMu = resize(sc.cto, n*pl.offers), resize(sc.ctoMu, n*pl.offers)
	sc.ts, sc.tsMu = resize(sc.ts, pl.tones*pl.slots), resize(sc.tsMu, pl.tones*pl.slots)
	for k := range n {
		if used := sc.ctoUsed[k*pl.offers : (k+1)*pl.offers]; slices.Contains(used, true) {
			sc.joinOffers(w, pl, k, used)
		}
	}
	for first := 0; first < len(sc.ts); first += pl.slots { // of a tone
		if used := sc.tsUsed[first : first+pl.slots]; slices.Contains(used, true) {
			sc.joinSlots(w, pl, first, used)
		}
	}
}

// joinSlots adds up the slots with the tone of pairs from first on. The assembly does not ask which are
// in use: the sums of the others are read by nobody.
func (sc *scratch) joinSlots(w *Weights, pl *plan, first int, used []bool) {
	row := pl.slot(0)
	if sc.simd {
		joinAVX2(&sc.ts[first], &sc.tsMu[first], &sc.draw[row], &sc.mean[row], w.drawsAt(0), w.meansAt(0), &pl.pairTS[first], len(used))
		return
	}
	for s, yes := range used {
		if yes {
			k := first + s
			sc.add(&sc.ts[k], &sc.draw[row+s], w.drawsAt(pl.pairTS[k]))
			sc.tsMu[k] = sc.mean[row+s].plus(*w.meansAt(pl.pairTS[k]))
		}
	}
}

// joinOffers adds up channel and tone k with each offer in use.
func (sc *scratch) joinOffers(w *Weights, pl *plan, k int, used []bool) {
	c, t := k/pl.tones, k%pl.tones
	var ct lanes
	sc.add(&ct, &sc.draw[rowBase], &sc.draw[pl.channel(c)])
	sc.add(&ct, &ct, &sc.draw[pl.tone(t)])
	sc.add(&ct, &ct, w.drawsAt(pl.pairCT[k]))
	mu := sc.mean[rowBase].plus(sc.mean[pl.channel(c)]).plus(sc.mean[pl.tone(t)]).plus(*w.meansAt(pl.pairCT[k]))
	for o, yes := range used {
		if !yes {
			continue
		}
		z, row, co, to := &sc.cto[k*pl.offers+o], pl.offer(o), pl.pairCO[c*pl.offers+o], pl.pairTO[t*pl.offers+o]
		sc.add(z, &ct, &sc.draw[row])
		sc.add(z, z, w.drawsAt(co))
		sc.add(z, z, w.drawsAt(to))
		sc.ctoMu[k*pl.offers+o] = mu.plus(sc.mean[row]).plus(*w.meansAt(co)).plus(*w.meansAt(to))
	}
}
