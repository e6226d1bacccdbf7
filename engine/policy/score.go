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

// list makes the entries of the contacts among the options, and marks what they add up.
func (sc *scratch) list(pl *plan, options []engine.Option, cost float64) {
	sc.entries, sc.costs = resize(sc.entries, len(options)), resize(sc.costs, len(options))
	sc.ctUsed, sc.tsUsed = resize(sc.ctUsed, pl.channels*pl.tones), resize(sc.tsUsed, pl.tones*pl.slots)
	sc.used = resize(sc.used, len(pl.first))
	clear(sc.ctUsed)
	clear(sc.tsUsed)
	clear(sc.used)
	sc.used[rowBase], sc.used[rowHold] = true, true
	entries, costs, n := sc.entries, sc.costs, 0
	ctUsed, tsUsed, used, actions := sc.ctUsed, sc.tsUsed, sc.used, pl.actions // in registers, for no store can change them there
	for i := range options {
		o := &options[i]
		if o.Action == engine.Hold {
			continue
		}
		at, e := &actions[o.Action], &entries[n]
		e.place, e.option = *at, int32(i)
		costs[n] = -cost * float64(o.CostMicro)
		ctUsed[at.ct], tsUsed[at.ts], used[at.offer] = true, true, true
		n++
	}
	sc.entries = entries[:n]
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
	for k, used := range sc.tsUsed {
		if used {
			s := pl.slot(k % pl.slots)
			sc.add(&sc.ts[k], &sc.draw[s], w.drawsAt(pl.pairTS[k]))
			sc.tsMu[k] = sc.mean[s].plus(*w.meansAt(pl.pairTS[k]))
		}
	}
}
