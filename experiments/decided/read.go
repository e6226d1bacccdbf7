package decided

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// Options say which decisions are judged.
type Options struct {
	Tenant   *engine.Tenant // its grid and reward; required
	AsOf     time.Time      // labels are as known at this instant; required
	From, To time.Time      // only decisions issued from From on and before To; zero: no bound
	Booking  time.Duration  // see outcome.Rules. Defaults to outcome.Booking
}

// Reason says why a decision is left out.
type Reason string

// The reasons. Of hold-out and open labels more may be known later or elsewhere; the others never count.
const (
	Shadow     Reason = "shadow"        // the caller's own ladder was executed
	Settled    Reason = "rules_decided" // the rules left one action or none
	Certain    Reason = "no_chance"     // drawn with certainty: nobody is tried out on, or a ladder decided
	Open       Reason = "label_open"
	Missing    Reason = "report_missing"
	OtherGrid  Reason = "other_actions" // decided among other actions than the tenant has today
	OtherTime  Reason = "other_time"    // outside From and To, or later than AsOf
	BadContext Reason = "bad_context"   // of another schema, or not finite
	BadChance  Reason = "bad_propensity"
	BadAmount  Reason = "bad_amount" // no open amount
	Ladder     Reason = "holdout"    // kept on the ladder; counted in Report.Holdout
)

// Log is the judged decisions of a tenant, in the order of debtor and time.
type Log struct {
	options Options
	rules   outcome.Rules
	rows    []row
	holdout []kept
	left    map[Reason]int
	total   int
	open    float64 // mean open amount
}

// row is a judged decision and what it earned.
type row struct {
	d       engine.Decision // what a policy may ask for only
	reward  float64         // minor units
	cluster uint64
}

// kept is a decision for a debtor of the hold-out.
type kept struct {
	reward  float64
	cluster uint64
}

// ErrOptions is returned for options that nothing can be judged with.
var ErrOptions = errors.New("evaluation needs a tenant and an as-of instant")

// ErrNothing says that no decision could be judged.
var ErrNothing = errors.New("no decision to judge")

// Read reads the tenant's log once. Memory grows with the decisions that are judged, about 1 kB each.
func Read(ctx context.Context, src history.Scanner, o Options) (*Log, error) {
	if o.Tenant == nil || o.AsOf.IsZero() {
		return nil, ErrOptions
	}
	if o.Booking == 0 {
		o.Booking = outcome.Booking
	}
	l := &Log{options: o, rules: outcome.Rules{Reward: &o.Tenant.Reward, Booking: o.Booking}, left: map[Reason]int{}}
	grid := o.Tenant.Grid.String()
	err := src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, Decided: true, Slim: true}, func(log *history.Log) error {
		for i := range log.Decisions {
			l.add(log, &log.Decisions[i], grid)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the decisions of tenant %s: %w", o.Tenant.ID, err)
	}
	for i := range l.rows {
		l.open += float64(l.rows[i].d.OpenMinor) / float64(len(l.rows))
	}
	return l, nil
}

func (l *Log) add(log *history.Log, d *engine.Decision, grid string) {
	l.total++
	if why := l.check(d, grid); why != "" {
		l.left[why]++
		return
	}
	o := l.rules.Label(log, d, l.options.AsOf)
	switch o.State {
	case engine.LabelOpen:
		l.left[Open]++
		return
	case engine.LabelMissing:
		l.left[Missing]++
		return
	}
	reward, cluster := l.options.Tenant.Reward.Earned(&o), engine.FNV1a(log.Debtor)
	if d.Variant.Holdout() {
		l.left[Ladder]++
		l.holdout = append(l.holdout, kept{reward, cluster})
		return
	}
	if l.certain(d) {
		l.left[Certain]++
		return
	}
	l.rows = append(l.rows, row{cluster: cluster, reward: reward, d: engine.Decision{
		Eligible: append([]uint16(nil), d.Eligible...), Votes: append([]engine.Vote(nil), d.Votes...), X: append([]float32(nil), d.X...),
		Epsilon: d.Epsilon, Chosen: d.Chosen, Propensity: d.Propensity, OpenMinor: d.OpenMinor, IssuedAt: d.IssuedAt, Grid: d.Grid,
		Portfolio: d.Portfolio, Segment: d.Segment}})
}

// certain says that one action had all the votes and there was no floor.
func (l *Log) certain(d *engine.Decision) bool { return d.Epsilon == 0 && len(d.Votes) < 2 }

// check gives the reason to leave a decision out that needs no label, or "".
func (l *Log) check(d *engine.Decision, grid string) Reason {
	o := &l.options
	switch {
	case d.Mode != engine.Live:
		return Shadow
	case d.IssuedAt.After(o.AsOf), d.IssuedAt.Before(o.From), !o.To.IsZero() && !d.IssuedAt.Before(o.To):
		return OtherTime
	case d.Kind != engine.KindContact && d.Kind != engine.KindHold, len(d.Eligible) < 2:
		return Settled
	case d.Grid != grid:
		return OtherGrid
	case d.Variant.Holdout():
		return ""
	case d.Schema != features.Schema || len(d.X) != len(features.Vector) || !finite(d.X):
		return BadContext
	case !(d.Propensity > 0 && d.Propensity <= 1) || !l.sound(d):
		return BadChance
	case d.OpenMinor <= 0:
		return BadAmount
	}
	return ""
}

// sound says that the stored votes give the stored propensity.
func (l *Log) sound(d *engine.Decision) bool {
	p, err := d.Propensities(nil)
	if err != nil {
		return false
	}
	for i, a := range d.Eligible {
		if int(a) == d.Chosen {
			return math.Abs(p[i]-d.Propensity) <= 1e-12
		}
	}
	return false
}

// maxContext bounds a feature, as in models/learner.
const maxContext = 1e4

func finite(x []float32) bool {
	for _, v := range x {
		if !(math.Abs(float64(v)) <= maxContext) {
			return false
		}
	}
	return true
}
