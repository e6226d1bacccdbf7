// Package learner turns the log of decisions into the next snapshot of the bandit.
//
// One pass over the store labels every decision (room features, package outcome) and adds closed
// labels to sufficient statistics per action; Bayesian linear regression per head then gives
// posterior means and the resolve head's joint draws. Regression is unweighted: propensities are
// for evaluation. Contacts reported without a decision teach too, as examples of their own. The
// same log, options and seed give the same bytes on any number of cores.
//
//	data, report, err := learner.Train(ctx, store, learner.Options{Tenant: tenant, Seed: 1, AsOf: now})
//	if err == nil {
//		snap, err := policy.Open(data)               // what the server does with it
//		fmt.Println(report.Closed, report.Refused)   // rows learned, rows left out by reason
//	}
package learner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// Source is what the learner reads; history.Store is one. Logs must come in an order that depends
// on the facts alone, such as by debtor.
type Source interface {
	Scan(ctx context.Context, r history.Range, f func(*history.Log) error) error
}

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

// Train reads the tenant's log once, in memory that does not grow with it, and gives the bytes of
// the next snapshot for [policy.Open]. A log without any contrast (empty, one row, all rows equal)
// gives the prior. On an error the report says how far it came.
func Train(ctx context.Context, src Source, o Options) ([]byte, Report, error) {
	if err := o.defaults(); err != nil {
		return nil, Report{}, err
	}
	st, report, err := gatherLog(ctx, src, &o)
	if err != nil {
		return nil, report, fmt.Errorf("train tenant %s: %w", o.Tenant.ID, err)
	}
	if !st.contrast() {
		report.Prior = true
		st = newStats(st.layout)
	}
	w, err := posterior(st.layout, o.Prior, st, o.Seed)
	if err != nil {
		return nil, report, fmt.Errorf("train tenant %s: %w", o.Tenant.ID, err)
	}
	h := engine.Header{Tenant: o.Tenant.ID, Version: o.Version, Grid: o.Tenant.Grid.String(), Schema: o.Schema,
		Features: o.Features, Seed: o.Seed, FromSeq: report.FromSeq, ToSeq: report.ToSeq,
		AsOf: o.AsOf.UTC().Format(time.RFC3339Nano), Rows: report.Learned, Reward: o.Tenant.Reward,
		Booking: o.Booking, Past: o.Past, Forced: o.Forced}
	data, err := policy.Encode(h, o.Prior, w)
	return data, report, err
}

// gatherLog reads the tenant's log once.
func gatherLog(ctx context.Context, src Source, o *Options) (*stats, Report, error) {
	r := newReader(o)
	p := startShards(policy.NewLayout(&o.Tenant.Grid, o.Features))
	err := src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, ToSeq: o.ToSeq, Decided: !o.Past, Slim: true}, func(log *history.Log) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.add(engine.FNV1a(log.Debtor), r.past(log, r.rows(log)))
		return nil
	})
	st := p.finish()
	r.report.Learned = st.rows()
	return st, r.report, err
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
