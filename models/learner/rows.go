package learner

import (
	"math"
	"slices"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// row is one learning example.
type row struct {
	key                key
	debtor             uint64 // hash of the id; 0: nobody else's example hangs together with it
	x                  []float32
	portfolio, segment string
	y                  [policy.Heads]float64 // of a closed label; Amount counts only if Resolve is 1 and it is above 0

	day     int32 // of the decision, days since 1970, UTC
	closed  bool  // the label is final
	age     int16 // days of the horizon that are known for sure
	settled int16 // the day after the decision on which the case was settled, counted from 0; below age, else -1

	next []float32 // context of the case's next contact, if it was decided within the horizon and before a settlement
	left int16     // days of the horizon that were left then

	until int16 // days until the case's next decision, at most the horizon
}

// key is what was done, in levels of today's grid; policy.None for a level that is not known.
type key struct {
	hold       bool
	c, t, s, o int16
}

// reader turns logs into rows.
type reader struct {
	options *Options
	rules   outcome.Rules
	horizon int16 // days
	grids   map[string]*mapping
	zones   features.Zones
	from    int32 // days before are folded: only counted
}

func newReader(o *Options, horizon int) *reader {
	return &reader{options: o, rules: outcome.Rules{Reward: &o.Tenant.Reward, Booking: o.Booking}, horizon: int16(horizon), grids: map[string]*mapping{}}
}

// dayOf is the day of an instant, since 1970 in UTC.
func dayOf(t time.Time) int32 { return int32(t.UnixMilli() / oneDay.Milliseconds()) }

// read hands the learning examples of one debtor's decisions to b.
func (r *reader) read(l *history.Log, b *blocks) {
	for i := range l.Events {
		b.saw(l.Events[i].Seq)
	}
	for i := range l.Decisions {
		d := &l.Decisions[i]
		b.saw(d.Seq)
		day := dayOf(d.IssuedAt)
		if day < r.from {
			b.old(string(d.ID[:]))
			continue
		}
		t := b.day(day)
		if t == nil {
			continue
		}
		t.print ^= engine.FNV1a(string(d.ID[:]))
		t.report.Decisions++
		k, why := r.check(d)
		if why != "" {
			t.report.refuse(why)
			continue
		}
		o := r.rules.Label(l, d, r.options.AsOf)
		if o.State == engine.LabelMissing {
			t.report.miss(d.Action.Channel)
			continue
		}
		if o.State == engine.LabelClosed {
			t.report.Closed++
		} else {
			t.report.Open++
		}
		if e, ok := r.row(k, d, &o); ok {
			r.follow(&e, l, i, &o)
			b.take(t, e)
		}
	}
}

// follow notes the next decision and the next contact of the case after decision i, labelled o.
func (r *reader) follow(e *row, l *history.Log, i int, o *engine.Outcome) {
	d := &l.Decisions[i]
	e.until = r.horizon
	for j := i + 1; j < len(l.Decisions); j++ {
		n := &l.Decisions[j]
		gap := n.IssuedAt.Sub(d.IssuedAt)
		if gap >= r.rules.Reward.Horizon || o.Resolved && o.ResolveIn <= gap {
			return
		}
		if n.Case != d.Case {
			continue
		}
		e.until = min(e.until, int16(gap/oneDay))
		if n.Kind != engine.KindContact {
			continue
		}
		if _, why := r.check(n); why == "" {
			e.next, e.left = r.masked(n.X), int16((r.rules.Reward.Horizon-gap)/oneDay)
			return
		}
	}
}

// row is false for a label that says nothing yet.
func (r *reader) row(k key, d *engine.Decision, o *engine.Outcome) (row, bool) {
	e := row{key: k, debtor: engine.FNV1a(d.Debtor), x: r.masked(d.X), portfolio: d.Portfolio, segment: d.Segment, day: dayOf(d.IssuedAt), age: r.horizon, settled: -1}
	if !features.Segmented(&r.options.Tenant.Denied) {
		e.segment = ""
	}
	e.closed = o.State == engine.LabelClosed
	if !e.closed { // what is booked late is still to come
		known := r.options.AsOf.Sub(d.IssuedAt) - r.options.Booking
		if e.age = min(int16(known/oneDay), r.horizon); known < oneDay {
			return e, false
		}
	}
	if day := int16(min(o.ResolveIn/oneDay, math.MaxInt16)); o.Resolved && (day < e.age || e.closed) {
		e.settled = min(day, e.age-1)
	}
	if e.closed {
		e.y[policy.Resolve], e.y[policy.Complaint], e.y[policy.Churn] = one(o.Resolved), one(o.Complaint), one(o.Churn)
		e.y[policy.Amount] = min(o.CashMinor/float64(d.OpenMinor), policy.MaxShare)
	}
	return e, true
}

// masked is a copy of a context without what is denied: the log may be older than the denial.
func (r *reader) masked(x []float32) []float32 {
	x = slices.Clone(x)
	r.options.Tenant.Denied.Mask(x)
	return x
}

// check gives the action of a decision that may be learned, or why it may not.
func (r *reader) check(d *engine.Decision) (key, Refusal) {
	switch {
	case d.Mode != engine.Live:
		return key{}, RefusedShadow
	case d.Kind != engine.KindContact && d.Kind != engine.KindHold:
		return key{}, RefusedKind
	case len(d.Eligible) < 2 && !r.options.Forced:
		return key{}, RefusedForced
	case d.IssuedAt.After(r.options.AsOf):
		return key{}, RefusedTime
	case d.Schema > r.options.Schema || len(d.X) == 0 || len(d.X) > r.options.Features || !finite(d.X):
		return key{}, RefusedContext
	case !(d.Propensity > 0 && d.Propensity <= 1):
		return key{}, RefusedPropensity
	case d.OpenMinor <= 0:
		return key{}, RefusedAmount
	case (d.Kind == engine.KindHold) != (d.Chosen == engine.Hold):
		return key{}, RefusedKind
	}
	return r.mapping(d.Grid).key(d.Chosen)
}

func finite(x []float32) bool {
	for _, v := range x {
		if math.IsNaN(float64(v)) || math.Abs(float64(v)) > maxContext {
			return false
		}
	}
	return true
}

// maxContext bounds a feature: features are of order one, so more is a defect.
const maxContext = 1e4

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
