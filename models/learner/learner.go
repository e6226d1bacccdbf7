// Package learner turns the log of decisions into the next snapshot of the bandit.
//
// Learning is a fold over days. A day whose labels are final is folded in once, in order; days whose
// horizons still run lie on a copy, weighted by how much of its settlements a day has seen. The heads are
// Bayesian regressions, logistic for the resolve head, with the precisions of the prior's blocks and the forgetting of old
// examples set by the evidence at fixed numbers of rows. Regression is unweighted: propensities are for evaluation.
// Contacts reported without a decision teach too, as examples of their own. The same log, options and
// seed give the same bytes, on any number of cores and whether learned day by day or from scratch.
//
//	l := learner.New(learner.Options{Tenant: tenant, Seed: 1})
//	data, report, err := l.Train(ctx, store, now)     // again tomorrow: only what is new is learned
//	if err == nil {
//		snap, err := policy.Open(data)               // what the server does with it
//		fmt.Println(report.Closed, report.Refused)   // rows learned, rows left out by reason
//	}
package learner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// Options say what to learn.
type Options struct {
	Tenant   *engine.Tenant    // its grid and reward; required
	AsOf     time.Time         // labels are as known at this instant; required
	Seed     uint64            // of the posterior draws
	Version  string            // of the policy that the snapshot refreshes
	ToSeq    uint64            // only facts up to this journal position; 0 is all
	Booking  time.Duration     // see outcome.Rules. Defaults to outcome.Booking.
	Past     bool              // read also debtors without a decision: what an import brought
	Forced   bool              // learn also from decisions in which the rules left no choice
	Prior    *policy.PriorSpec // Defaults to policy.DefaultPrior.
	Schema   int               // Defaults to features.Schema.
	Features int               // Defaults to len(features.Vector).
}

// ErrOptions is returned for options that cannot be trained with.
var ErrOptions = errors.New("training needs a tenant with a grid, an as-of instant and a proper prior")

// Learner remembers the days that it has folded in, so that a training costs what is new. It is safe for concurrent
// use. Where facts about folded days came in since, or a training looks further back, it starts anew. A fact that is
// reported later than the days of booking counts from the next start on.
type Learner struct {
	mu     sync.Mutex
	made   Options // what the state was folded with
	state  *state
	blocks blocks // its frontier and fingerprint
	report Report // of the folded days
	room   int    // examples that a scan keeps at most; 0: roomFor
}

// Train is the training of a new Learner.
func Train(ctx context.Context, src history.Scanner, o Options) ([]byte, Report, error) {
	var l Learner
	return l.Train(ctx, src, o)
}

// Train reads the tenant's log, in memory that does not grow with it, folds in the days that have become
// final, and gives the bytes of the next snapshot for [policy.Open]. A log without any contrast (empty, one row, all
// rows equal) gives the prior. On an error the report is that of the days folded so far.
func (l *Learner) Train(ctx context.Context, src history.Scanner, o Options) ([]byte, Report, error) {
	if err := o.defaults(); err != nil {
		return nil, Report{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	open, err := l.advance(ctx, src, &o)
	if err != nil {
		return nil, l.report, fmt.Errorf("train tenant %s: %w", o.Tenant.ID, err)
	}
	s, report := l.state.clone(), l.report.clone()
	var rows []row
	for _, d := range open.ordered() {
		rows = append(rows, open.days[d].rows...)
		report.add(&open.days[d].report)
	}
	if err := s.preview(rows); err != nil {
		return nil, report, fmt.Errorf("train tenant %s: %w", o.Tenant.ID, err)
	}
	report.FromSeq, report.ToSeq = open.fromSeq, open.toSeq
	report.Learned = report.Closed + report.Past
	report.Prior, report.Drift, report.Forgot = !s.differ, s.alarm.Raised, s.forgot
	data, err := s.snapshot(&o, &report)
	if err != nil {
		return nil, report, fmt.Errorf("train tenant %s: %w", o.Tenant.ID, err)
	}
	return data, report, nil
}

// roomFor is how many examples a scan keeps at most: some 500 bytes each.
const roomFor = 1_000_000

// advance folds in all days that are final and gives the rest.
func (l *Learner) advance(ctx context.Context, src history.Scanner, o *Options) (*blocks, error) {
	closed := dayOf(o.AsOf.Add(-o.Tenant.Reward.Horizon - o.Booking)) // a day before is over by then
	if l.state == nil || !l.made.alike(o) || l.blocks.from > closed {
		l.restart(o)
	}
	for restarts := 0; ; {
		b := &blocks{from: l.blocks.from, until: math.MaxInt32, closed: closed, room: max(cmp.Or(l.room, roomFor), 2*l.state.blockRows()), days: map[int32]*block{}}
		if err := l.scan(ctx, src, o, b); err != nil {
			return nil, err
		}
		if b.print != l.blocks.print {
			if restarts++; restarts > 3 {
				return nil, errors.New("the log's past keeps changing while it is read; try again")
			}
			l.restart(o)
			continue
		}
		if err := l.foldDays(b); err != nil {
			l.state = nil
			return nil, err
		}
		if l.made = *o; b.until == math.MaxInt32 {
			return b, nil
		}
	}
}

func (l *Learner) restart(o *Options) {
	delays := newDelays(len(o.Tenant.Grid.Channels), o.Tenant.Reward.Horizon)
	l.state = newState(shapeOf(&o.Tenant.Grid, o.Features), *o.Prior, delays)
	l.state.tenant = o.Tenant
	l.made, l.blocks, l.report = *o, blocks{from: math.MinInt32}, Report{}
}

func (l *Learner) scan(ctx context.Context, src history.Scanner, o *Options, b *blocks) error {
	r := newReader(o, l.state.delays.days)
	r.from = b.from
	return src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, ToSeq: o.ToSeq, Decided: !o.Past, Slim: true}, func(log *history.Log) error {
		if err := ctx.Err(); err != nil || r.objected(log) {
			return err
		}
		r.read(log, b)
		r.past(log, b)
		return nil
	})
}

// foldDays folds the closed days of b, as many at once as make a block, and leaves the others in it.
func (l *Learner) foldDays(b *blocks) error {
	var rows []row
	var taken []int32
	for _, d := range b.ordered() {
		if d >= b.closed {
			break
		}
		taken = append(taken, d)
		if rows = append(rows, b.days[d].rows...); len(rows) < l.state.blockRows() {
			continue
		}
		if err := l.state.fold(rows); err != nil {
			return err
		}
		for _, d := range taken {
			l.report.add(&b.days[d].report)
			l.blocks.print ^= b.days[d].print
			delete(b.days, d)
		}
		l.blocks.from, b.from = d+1, d+1
		rows, taken = nil, taken[:0]
	}
	return nil
}

// alike reports whether a state made with o goes on under p.
func (o *Options) alike(p *Options) bool {
	a, b := *o, *p
	a.AsOf, b.AsOf, a.ToSeq, b.ToSeq, a.Seed, b.Seed, a.Version, b.Version = time.Time{}, time.Time{}, 0, 0, 0, 0, "", ""
	same := a.Tenant.ID == b.Tenant.ID && a.Tenant.Grid.String() == b.Tenant.Grid.String() && a.Tenant.Reward == b.Tenant.Reward && *a.Prior == *b.Prior &&
		slices.Equal(a.Tenant.Denied.At, b.Tenant.Denied.At)
	a.Tenant, b.Tenant, a.Prior, b.Prior = nil, nil, nil, nil
	return same && a == b && (p.ToSeq == 0 || o.ToSeq != 0 && o.ToSeq <= p.ToSeq) // facts beyond were folded in
}

func (o *Options) defaults() error {
	if o.Tenant == nil || o.AsOf.IsZero() {
		return ErrOptions
	}
	if o.Booking == 0 {
		o.Booking = outcome.Booking
	}
	if o.Schema == 0 {
		o.Schema = features.Schema
	}
	if o.Features == 0 {
		o.Features = len(features.Vector)
	}
	if o.Prior == nil {
		p := policy.DefaultPrior()
		o.Prior = &p
	}
	if o.Tenant.Grid.Size() < 2 || o.Features < 0 {
		return ErrOptions
	}
	if err := o.Prior.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
