// Package guard holds the hard rules that act before any policy. It decides by the tenant's rules (package rules) of
// the day: stops, holds, the claim's state, channels with consent and address, caps, hours, tones, texts and offers. What
// it removes no model can choose, and what stays has its send time fixed, so propensities are honest.
//
// Rules are asked in the order of their kinds, see [engine.RuleKind]. Request and history unite: either may forbid, only
// a later event lifts; for the open amount the newer statement counts. What is unknown forbids. A tenant's own
// [engine.Limits] come on top: the stricter counts, so they never loosen a pack.
//
//	g := guard.New()
//	v := g.Options(&ballot, &input, &trace)   // trace may be nil
//	if v.Kind == engine.KindContact {
//		// ballot.Options are the eligible actions, hold first; v.Terms is what their texts must keep to
//	}
package guard

import (
	"sync"
	"time"

	"takt/engine"
	"takt/engine/holiday"
	"takt/engine/rules"
)

// Guard applies the rules. It is safe for concurrent use.
type Guard struct {
	pool sync.Pool
}

var _ engine.Guard = (*Guard)(nil)

// New is a guard ready to use.
func New() *Guard {
	return &Guard{pool: sync.Pool{New: func() any { return new(run) }}}
}

// Version is the version of the tenant's rules.
func (*Guard) Version(t *engine.Tenant) string { return rulesOf(t).Version }

// rulesOf are the tenant's rules, or those of the default pack.
func rulesOf(t *engine.Tenant) *engine.Rules {
	if t.Rules != nil {
		return t.Rules
	}
	return rules.Default()
}

// Options fills b.Options with the eligible actions of the input, ascending, Hold first; see
// engine.Guard. It allocates only to grow b and tr.
func (g *Guard) Options(b *engine.Ballot, in *engine.Input, tr *engine.Trace) engine.Verdict {
	r := g.pool.Get().(*run)
	defer g.pool.Put(r)
	r.begin(in, tr)
	b.Options = append(b.Options[:0], engine.Option{Action: engine.Hold, Contact: -1})
	v := r.decide()
	if v.Kind == engine.KindContact && !r.fill(b) {
		v = engine.Verdict{Kind: engine.KindAgentReview, Reason: engine.ReasonNoText, Queue: queueContent}
	}
	r.close(&v)
	return v
}

// run is one pass over the rules.
type run struct {
	in    *engine.Input
	q     *engine.Request
	f     *engine.Facts
	c     *engine.CaseFacts
	key   uint64
	named bool // c is the case's own facts, not the rest's
	tr    *engine.Trace

	rules  *engine.Rules
	span   *engine.RuleSpan // the rules of today
	limits engine.Limits
	loc    *time.Location
	today  engine.Date
	now    int64 // Unix seconds, rounded up
	micros int64
	again  bool // a decided contact: what only its request said was asked when it was decided

	flags    engine.Flags
	party    engine.Party // zero: unknown
	amount   int64
	stated   bool // the amount is the history's, no part of it taken off yet
	currency string
	holdings // what stops contacts for a time

	points   []point
	lanes    [engine.Channels]lane
	tones    engine.Set[engine.Tone]
	offers   engine.Set[engine.Offer]
	terms    engine.Terms
	made     [16]made // contacts that count, newest first
	contacts int
	days     holiday.Set // public holidays that count
	daysOf   bool        // days is known
	decided  engine.Date // whose holidays were looked up when the contact was decided
	windows  []window
}

func (r *run) begin(in *engine.Input, tr *engine.Trace) {
	*r = run{in: in, q: in.Request, f: in.Facts, tr: tr, windows: r.windows[:0], points: r.points[:0]}
	r.key = engine.KeyOf(r.q.Case.ID)
	r.c = r.f.Case(r.key)
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
	r.rules = rulesOf(in.Tenant)
	r.span = r.rules.On(r.today)
	r.flags = r.f.Flags | r.q.Debtor.Flags
	if r.f.Hardship != 0 {
		r.flags |= engine.Hardship
	}
	r.party = partyOf(r.q.Debtor.Kind)
	if r.party == 0 {
		r.party = r.f.Kind
	}
	r.open()
}

// open finds the open amount: the newer statement counts.
func (r *run) open() {
	r.amount, r.currency = r.q.Case.Open.AmountMinor, r.q.Case.Open.Currency
	stated := r.in.Now
	if !r.q.AsOf.IsZero() {
		stated = r.q.AsOf
	}
	silent := r.currency == "" // null: the caller does not know the amount
	if silent {
		r.amount = unknownAmount
	}
	if r.named && r.c.OpenMinor >= 0 && (silent || r.c.OpenAt > stated.UnixMicro()) {
		r.amount, r.stated = r.c.OpenMinor, true
		if string(r.c.Currency[:]) != r.currency && r.c.Currency[0] != 0 {
			r.currency = string(r.c.Currency[:])
		}
	}
}

// unknownAmount is what is open where neither request nor history says it.
const unknownAmount = -1

func partyOf(kind string) engine.Party {
	switch kind {
	case "person":
		return engine.Consumer
	case "micro_business":
		return engine.MicroBusiness
	case "business":
		return engine.Business
	}
	return 0
}

// about reports whether a rule about such parties is about the debtor; an unknown one is meant too.
func (r *run) about(who engine.Set[engine.Party]) bool { return r.party == 0 || who.Has(r.party) }

// decide asks all rules; the first group that settles the decision ends it.
func (r *run) decide() engine.Verdict {
	for _, group := range [...]func(*run) engine.Verdict{(*run).claims, (*run).channels, (*run).times, (*run).tonality, (*run).offering} {
		if v := group(r); v.Kind != 0 {
			return v
		}
	}
	r.texts()
	return engine.Verdict{Kind: engine.KindContact}
}

// claims asks what lies in the person and the claim: stops, holds, the claim's state.
func (r *run) claims() engine.Verdict {
	r.terms.Wording = engine.ConditionalTags
	if v := r.stops(); v.Kind != 0 {
		return v
	}
	hold := r.holds()
	state := r.state()
	if state.Kind == engine.KindNoContact || hold.Kind == 0 { // what has ended does not wait
		return state
	}
	return hold
}

// close adds what every verdict says.
func (r *run) close(v *engine.Verdict) {
	r.acts()
	v.OpenMinor, v.Currency, v.Terms = max(r.amount, 0), r.currency, r.terms
	v.Calm = v.Kind == engine.KindContact && r.calm()
}

// calm reports whether the debtor's situation forbids exploration.
func (r *run) calm() bool {
	if r.flags&(engine.Hardship|engine.Vulnerable|engine.Minor) != 0 || disputed(&r.f.Rest) {
		return true
	}
	for i := range r.f.Cases {
		if disputed(&r.f.Cases[i]) {
			return true
		}
	}
	return r.q.Case.Disputed
}

func disputed(c *engine.CaseFacts) bool {
	return c.Disputes > 0 || c.Parts[0].For == engine.HoldDispute || c.Parts[1].For == engine.HoldDispute
}

// fill writes the options in index order; false if no text is left for any of them.
func (r *run) fill(b *engine.Ballot) bool {
	g := &r.in.Tenant.Grid
	texts := newShelf(r)
	for c, channel := range g.Channels {
		lane := &r.lanes[channel]
		if lane.first < 0 || !lane.open {
			continue
		}
		for t, tone := range g.Tones {
			if !r.tones.Has(tone) {
				continue
			}
			for s := range g.Slots {
				w := &r.windows[lane.at+s]
				if !w.open || lane.anyTime && s != lane.first || !texts.has(channel, tone, w) {
					continue
				}
				for o, offer := range g.Offers {
					if r.offers.Has(offer) {
						b.Options = append(b.Options, engine.Option{
							Action:    g.Index(engine.Levels{Channel: c, Tone: t, Slot: s, Offer: o}),
							NotBefore: w.from, NotAfter: w.to, Contact: lane.contact, CostMicro: lane.cost,
						})
					}
				}
			}
		}
	}
	texts.note()
	return len(b.Options) > 1
}

// seconds is the first whole second at or after a time in microseconds.
func seconds(micros int64) int64 {
	s := micros / 1e6
	if micros%1e6 > 0 {
		s++
	}
	return s
}
