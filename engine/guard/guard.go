// Package guard holds the hard rules that act before any policy: stops, holds, consent, addresses,
// contact caps, quiet hours, tone. What it removes no model can choose, and what stays has its
// send time fixed, so propensities are honest.
//
// Rules are asked in this order: stops of the person, the claim and its stage, channels with
// consent and address, caps, time, tone, offer. Request and history unite: either may forbid, only a
// later event lifts; for the open amount the newer statement counts. What is unknown forbids.
//
//	g := guard.New()
//	v := g.Options(&ballot, &input, &trace)   // trace may be nil
//	if v.Kind == engine.KindContact {
//		// ballot.Options are the eligible actions, hold first
//	}
package guard

import (
	"sync"
	"time"

	"takt/engine"
)

// Version names this rule set in every decision.
const Version = "core/1"

// Guard applies the rules. It is safe for concurrent use.
type Guard struct {
	pool sync.Pool
}

var _ engine.Guard = (*Guard)(nil)

// New is a guard ready to use.
func New() *Guard {
	return &Guard{pool: sync.Pool{New: func() any { return new(run) }}}
}

// Version is Version.
func (*Guard) Version() string { return Version }

// Options fills b.Options with the eligible actions of the input, ascending, Hold first; see
// engine.Guard. It allocates only to grow b and tr.
func (g *Guard) Options(b *engine.Ballot, in *engine.Input, tr *engine.Trace) engine.Verdict {
	r := g.pool.Get().(*run)
	defer g.pool.Put(r)
	r.begin(in, tr)
	b.Options = append(b.Options[:0], engine.Option{Action: engine.Hold, Contact: -1})
	v := r.rules()
	v.OpenMinor, v.Currency = max(r.amount, 0), r.currency
	if v.Kind != engine.KindContact {
		return v
	}
	v.Calm = r.calm()
	r.fill(b)
	return v
}

// run is one pass over the rules.
type run struct {
	in       *engine.Input
	q        *engine.Request
	f        *engine.Facts
	c        *engine.CaseFacts
	named    bool // c is the case's own facts, not the rest's
	tr       *engine.Trace
	limits   engine.Limits
	loc      *time.Location
	today    engine.Date
	now      int64 // Unix seconds, rounded up
	micros   int64
	flags    engine.Flags
	amount   int64
	currency string

	holdTill   int64 // of the longest hold found; engine.HoldForever without end
	holdReason string

	lanes    [engine.Channels]lane
	tones    [engine.Tones]bool
	offers   [engine.Offers]bool
	after    int64 // no contact before this instant because of caps
	afterFor string
	windows  []window
	first    int // the open window that starts first
}

func (r *run) begin(in *engine.Input, tr *engine.Trace) {
	*r = run{in: in, q: in.Request, f: in.Facts, tr: tr, windows: r.windows[:0]}
	r.c = r.f.Case(engine.KeyOf(r.q.Case.ID))
	r.named = r.c.Key != 0
	r.limits = in.Tenant.Limits
	if r.limits.QuietFrom == 0 && r.limits.QuietTo == 0 {
		d := engine.DefaultLimits()
		r.limits.QuietFrom, r.limits.QuietTo = d.QuietFrom, d.QuietTo
	}
	if r.loc = in.Zone; r.loc == nil {
		r.loc = time.UTC
	}
	r.micros = in.Now.UnixMicro()
	r.now = seconds(r.micros)
	r.today = engine.DateOf(in.Now.In(r.loc))
	r.flags = r.f.Flags | r.q.Debtor.Flags
	if r.f.Hardship != 0 {
		r.flags |= engine.Hardship
	}
	r.amount, r.currency = r.q.Case.Open.AmountMinor, r.q.Case.Open.Currency
	stated := in.Now
	if !r.q.AsOf.IsZero() {
		stated = r.q.AsOf
	}
	silent := r.currency == "" // null: the caller does not know the amount
	if silent {
		r.amount = unknownAmount
	}
	if r.named && r.c.OpenMinor >= 0 && (silent || r.c.OpenAt > stated.UnixMicro()) {
		r.amount = r.c.OpenMinor
		if string(r.c.Currency[:]) != r.currency && r.c.Currency[0] != 0 {
			r.currency = string(r.c.Currency[:])
		}
	}
}

// rules asks all of them; the first group that settles the decision ends it.
func (r *run) rules() engine.Verdict {
	for _, group := range [...]func(*run) engine.Verdict{(*run).person, (*run).claim, (*run).holds, (*run).channels, (*run).tonality, (*run).caps, (*run).hours} {
		if v := group(r); v.Kind != 0 {
			return v
		}
	}
	return engine.Verdict{Kind: engine.KindContact}
}

// unknownAmount is the open amount that neither request nor history names.
const unknownAmount = -1

// calm reports whether the debtor's situation forbids exploration.
func (r *run) calm() bool {
	if r.flags&(engine.Hardship|engine.Vulnerable|engine.Minor) != 0 || r.f.Rest.Disputes > 0 {
		return true
	}
	for i := range r.f.Cases {
		if r.f.Cases[i].Disputes > 0 {
			return true
		}
	}
	return false
}

// fill writes the options in index order.
func (r *run) fill(b *engine.Ballot) {
	g := &r.in.Tenant.Grid
	for c, channel := range g.Channels {
		lane := &r.lanes[channel]
		if !lane.open {
			continue
		}
		for t, tone := range g.Tones {
			if !r.tones[tone] {
				continue
			}
			for s := range r.windows {
				w := &r.windows[s]
				if !w.open || lane.anyTime && s != r.first {
					continue
				}
				for o, offer := range g.Offers {
					if r.offers[offer] {
						b.Options = append(b.Options, engine.Option{
							Action:    g.Index(engine.Levels{Channel: c, Tone: t, Slot: s, Offer: o}),
							NotBefore: w.from, NotAfter: w.to, Contact: lane.contact, CostMicro: lane.cost,
						})
					}
				}
			}
		}
	}
}

// seconds is the first whole second at or after a time in microseconds.
func seconds(micros int64) int64 {
	s := micros / 1e6
	if micros%1e6 > 0 {
		s++
	}
	return s
}
