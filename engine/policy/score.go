package policy

import "takt/engine"

// MaxShare bounds the share of the open amount that a settled case may bring: fees and interest come
// on top. Predictions are clamped to it, and so are the shares that are learned from.
const MaxShare = 2

// clamped keeps probabilities in [0,1] and the share in [0,MaxShare].
func (v means) clamped() means {
	return means{clamp(v.resolve, 1), clamp(v.amount, MaxShare), clamp(v.complaint, 1), clamp(v.churn, 1)}
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
		sc.price(w, b.Value, s, pl.offers > 1)
		sc.compare(w, pl.offers > 1)
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
	sc.ctUsed, sc.tsUsed = resize(sc.ctUsed, pl.channels*pl.tones), resize(sc.tsUsed, pl.tones*pl.slots)
	sc.used = resize(sc.used, len(pl.first))
	ctUsed, tsUsed, used := sc.ctUsed, sc.tsUsed, sc.used
	clear(ctUsed)
	clear(tsUsed)
	clear(used)
	used[rowBase], used[rowHold] = true, true
	last := place{offer: -1}
	for i := range sc.entries {
		at := &sc.entries[i].place
		tsUsed[at.ts] = true
		if at.ct != last.ct || at.offer != last.offer { // neighbours mostly share them
			ctUsed[at.ct], used[at.offer], last = true, true, *at
		}
	}
}

// sumRows adds up the rows of the levels that occur among the entries.
func (sc *scratch) sumRows(w *Weights, pl *plan) {
	for k, used := range sc.ctUsed {
		if used {
			sc.used[pl.channel(k/pl.tones)], sc.used[pl.tone(k%pl.tones)] = true, true
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
	u := sc.mean[rowBase].plus(sc.mean[rowHold]).clamped()
	gain, fixed := s.price(u, -s.cost*float64(b.Options[i].CostMicro))
	b.Value[i] = float64(gain*float64(u.resolve)) + fixed
	sc.start(&z, float32(gain), float32(fixed), int32(i))
}

// price sets gain and fixed of the entries and the values of their options.
func (sc *scratch) price(w *Weights, values []float64, s slopes, offers bool) {
	if sc.simd {
		var offer *means
		if offers {
			offer = &sc.mean[0]
		}
		rates := s.rates()
		priceAVX2(&sc.entries[0], len(sc.entries), &sc.ctMu[0], &sc.tsMu[0], w.meansAt(0), offer, &sc.costs[0], &rates, &values[0])
		return
	}
	for i := range sc.entries {
		e := &sc.entries[i]
		u := sc.ctMu[e.ct].plus(sc.tsMu[e.ts]).plus(*w.meansAt(int(e.pair)))
		if offers {
			u = u.plus(sc.mean[e.offer])
		}
		u = u.clamped()
		gain, fixed := s.price(u, sc.costs[i])
		e.gain, e.fixed = float32(gain), float32(fixed)
		values[e.option] = float64(gain*float64(u.resolve)) + fixed
	}
}

// join adds up what contacts share: base with channel and tone, and slot with tone.
func (sc *scratch) join(w *Weights, pl *plan) {
	sc.base, sc.baseMu = sc.draw[rowBase], sc.mean[rowBase]
	if o := pl.offer(0); pl.offers == 1 && sc.used[o] {
		sc.add(&sc.base, &sc.draw[rowBase], &sc.draw[o])
		sc.baseMu = sc.baseMu.plus(sc.mean[o])
	}
	sc.ct, sc.ctMu = resize(sc.ct, pl.channels*pl.tones), resize(sc.ctMu, pl.channels*pl.tones)
	sc.ts, sc.tsMu = resize(sc.ts, pl.tones*pl.slots), resize(sc.tsMu, pl.tones*pl.slots)
	for k, used := range sc.ctUsed {
		if used {
			c, t := pl.channel(k/pl.tones), pl.tone(k%pl.tones)
			sc.add(&sc.ct[k], &sc.base, &sc.draw[c])
			sc.add(&sc.ct[k], &sc.ct[k], &sc.draw[t])
			sc.add(&sc.ct[k], &sc.ct[k], w.drawsAt(pl.pairCT[k]))
			sc.ctMu[k] = sc.baseMu.plus(sc.mean[c]).plus(sc.mean[t]).plus(*w.meansAt(pl.pairCT[k]))
		}
	}
	for first := 0; first < len(sc.ts); first += pl.slots { // of a tone
		for s, used := range sc.tsUsed[first : first+pl.slots] {
			if used {
				k, row := first+s, pl.slot(s)
				sc.add(&sc.ts[k], &sc.draw[row], w.drawsAt(pl.pairTS[k]))
				sc.tsMu[k] = sc.mean[row].plus(*w.meansAt(pl.pairTS[k]))
			}
		}
	}
}
