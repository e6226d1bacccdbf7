package simulator

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"takt/engine"
)

// The types of debtors, in the order of ByType.
const (
	forgetful = iota
	short
	cannot
	wont
	dispute
	types
)

// Sizes of the other axes. A window is the index of a local band of three hours from 8 to 20.
const (
	ages    = 4
	windows = 4
)

// channels are the simulated channels in the order in which a person's draws are made.
var channels = [...]engine.Channel{engine.Letter, engine.Phone, engine.Email, engine.SMS, engine.Push, engine.Messenger}

// person is one debtor with what no creditor sees. The same seed and number give the same person
// under every policy, and the same luck on the same day: counterfactual twins.
type person struct {
	key       uint64 // of the draws of its days
	amount    int64  // minor units
	kind, age uint8
	window    uint8 // its own time of day
	prefers   engine.Channel
	group     int8  // 1 is A, 2 is B, 0 none
	liquid    int16 // days past due when there is money again
	moved     int16 // days past due from which the postal address is wrong
	purchases int32 // made by customers up to this overdue one
	accounts  int32 // of these, on account
	known     engine.ChannelSet
	right     engine.ChannelSet // known addresses that are the person's
	notice    [engine.Channels]float32

	// What former contacts show of the person.
	noticed      [engine.Channels]uint8 // of the past contacts
	showsChannel engine.Channel
	showsWindow  uint8
}

// maker draws people; it is reused and not safe for concurrent use.
type maker struct {
	w    *world
	seed uint64
	src  *rand.PCG
	r    *rand.Rand
}

func newMaker(w *world, seed uint64) *maker {
	src := rand.NewPCG(0, 0)
	return &maker{w, seed, src, rand.New(src)}
}

// person draws number n, due on the day of the month.
func (m *maker) person(p *person, n int, dayOfMonth int) {
	w, r := m.w, m.r
	m.src.Seed(mix(m.seed), uint64(n))
	*p = person{key: r.Uint64()}
	p.age = uint8(pick(r, w.ageShare[:]))
	a := &w.age[p.age]
	p.kind = uint8(pick(r, a.kinds[:]))
	p.amount = max(1, int64(math.Round(w.median*math.Exp(w.sigma*r.NormFloat64()))))
	m.reach(p, a)
	p.window = uint8(pick(r, w.windowShare[:]))
	p.prefers = channels[pick(r, a.prefer[:])]
	m.group(p)
	m.shows(p, a)
	p.liquid = m.liquid(dayOfMonth)
	p.moved = int16(min(r.ExpFloat64()/w.movesADay, math.MaxInt16))
	p.accounts = int32(min(1+r.ExpFloat64()/w.lateRate, 1e6))
	p.purchases = int32(min(1+r.ExpFloat64()/w.reminderRate, 1e6))
}

// reach draws which addresses are known and right, how attentive the person is on each channel,
// and what past contacts showed of it.
func (m *maker) reach(p *person, a *ageModel) {
	w, r := m.w, m.r
	for _, c := range channels {
		u, v := r.Float64(), r.Float64()
		if u < a.known[c] {
			if p.known = p.known.With(c); v < w.valid[c] {
				p.right = p.right.With(c)
			}
		}
		mean, k := a.notice[c], w.spread[c]
		notice := distuv.Beta{Alpha: mean * k, Beta: (1 - mean) * k, Src: m.src}.Rand()
		p.notice[c] = float32(notice)
		for range w.past[c] {
			if u := r.Float64(); p.right.Has(c) && u < notice {
				p.noticed[c]++
			}
		}
	}
}

func (m *maker) group(p *person) {
	g := &m.w.groups
	if !g.planted {
		return
	}
	p.group = 2
	if m.r.Float64() < g.share {
		p.group = 1
	}
	p.prefers, p.window = g.prefers[p.group], g.window[p.group]
}

func (m *maker) shows(p *person, a *ageModel) {
	r, h := m.r, &m.w.s.Debtors.History
	p.showsChannel, p.showsWindow = p.prefers, p.window
	if other := channels[pick(r, a.prefer[:])]; r.Float64() >= h.Channel {
		p.showsChannel = other
	}
	if other := uint8(r.IntN(windows)); r.Float64() >= h.Window {
		p.showsWindow = other
	}
}

// liquid is the first day with money, past due; some of it comes on a payday.
func (m *maker) liquid(dayOfMonth int) int16 {
	l := &m.w.s.Debtors.Liquidity
	days := 1 + int(m.r.ExpFloat64()*l.Days)
	if m.r.Float64() < l.Payday {
		days = max(1, days+toPayday(dayOfMonth+days))
	}
	return int16(min(days, math.MaxInt16))
}

// toPayday is the distance from a day of the month, counted on in months of 30 days, to the nearest 1st, 15th or 28th.
func toPayday(day int) int {
	day = (day-1)%30 + 1
	best := 31 - day
	for _, d := range [...]int{1, 15, 28} {
		if n := d - day; n*n < best*best {
			best = n
		}
	}
	return best
}

func pick(r *rand.Rand, share []float64) int {
	u := r.Float64()
	for i, s := range share {
		if u < s {
			return i
		}
		u -= s
	}
	return len(share) - 1
}
