// Package export hands the decision log over as a table: one row per decision with what it was decided on,
// every eligible action with its exact propensity, what was chosen, and what came of it.
//
//	sink := export.Parquet(file) // or Arrow, CSV, NPY
//	sum, err := export.Write(ctx, store, export.Options{Tenant: tenant, AsOf: now}, sink)
//	fmt.Println(sum.Rows, sum.Closed, sum.Refused)
//
// Labels are read off the log by package outcome, propensities rebuilt from the row by
// [engine.Decision.Propensities]: nothing is estimated. The log is read twice, up to the same position: once
// for the actions that it knows, once for the rows. Memory holds one debtor's log and one part of the table.
package export

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takt/engine"
	"takt/features/columnar"
	"takt/features/history"
	"takt/features/outcome"
)

// Options say what is exported.
type Options struct {
	Tenant   *engine.Tenant // its reward prices outcomes; required
	AsOf     time.Time      // labels are as known at this instant; required
	From, To time.Time      // decisions issued in [From, To); zero: no bound
	// Progress is told now and then how many of the decisions are done. Defaults to nobody.
	Progress func(done, of int)
}

// Sink makes the file of a plan.
type Sink func(p *Plan) (columnar.Writer, error)

// ErrOptions is returned for options that nothing can be exported with.
var ErrOptions = errors.New("an export needs a tenant, an as-of instant, and a from that is before its to")

// partRows bounds a part of the table: with all 337 actions of the default grid eligible about 40 MB.
const partRows = 1 << 13

// Summary says what an export wrote and what it left out.
type Summary struct {
	Tenant   string          `json:"tenant"`
	AsOf     time.Time       `json:"as_of"`
	ToSeq    uint64          `json:"to_seq"` // journal position up to which facts count
	Rows     int             `json:"rows"`
	Debtors  int             `json:"debtors"`
	Closed   int             `json:"closed"` // rows by label state
	Open     int             `json:"open"`
	Missing  int             `json:"missing"`
	Refused  map[Refusal]int `json:"refused,omitempty"` // rows left out, by reason
	First    *time.Time      `json:"first_issued_at"`   // null without rows
	Last     *time.Time      `json:"last_issued_at"`
	Features []string        `json:"features"` // names of the context's values, in order
	Actions  []string        `json:"actions"`  // names of the actions, by index
}

// Write exports the tenant's decisions in the order of debtor and time. On an error the summary says how
// far it came, and the file is of no use.
func Write(ctx context.Context, src history.Scanner, o Options, sink Sink) (Summary, error) {
	if o.Tenant == nil || o.AsOf.IsZero() || !o.To.IsZero() && !o.From.Before(o.To) {
		return Summary{}, ErrOptions
	}
	p, err := survey(ctx, src, &o)
	if err != nil {
		return Summary{}, fmt.Errorf("read the log of tenant %s: %w", o.Tenant.ID, err)
	}
	w, err := sink(p)
	if err != nil {
		return Summary{}, err
	}
	e := &exporter{o: &o, plan: p, w: w, rules: outcome.Of(&o.Tenant.Reward), cells: cells(), sum: p.summary(&o)}
	e.table = columnar.Table{Columns: p.Columns()}
	r := history.Range{Tenant: o.Tenant.ID, ToSeq: p.ToSeq, Decided: true, Slim: true}
	err = src.Scan(ctx, r, func(l *history.Log) error { return e.log(ctx, l) })
	if err == nil {
		err = e.flush()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return e.sum, fmt.Errorf("export the decisions of tenant %s: %w", o.Tenant.ID, err)
	}
	return e.sum, nil
}

// has reports whether a decision is asked for.
func (o *Options) has(d *engine.Decision) bool {
	return !d.IssuedAt.Before(o.From) && (o.To.IsZero() || d.IssuedAt.Before(o.To))
}

// exporter turns logs into parts of the table.
type exporter struct {
	o     *Options
	plan  *Plan
	w     columnar.Writer
	rules outcome.Rules
	cells []cell
	table columnar.Table
	row   row
	done  int
	sum   Summary
}

func (e *exporter) log(ctx context.Context, l *history.Log) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	before := e.sum.Rows
	for i := range l.Decisions {
		d := &l.Decisions[i]
		if !e.o.has(d) {
			continue
		}
		e.done++
		if why := e.row.read(e.plan, d, e.o.AsOf); why != "" {
			e.sum.refuse(why)
			continue
		}
		e.row.o = e.rules.Label(l, d, e.o.AsOf)
		e.row.price(&e.o.Tenant.Reward)
		e.sum.count(&e.row)
		for j := range e.cells {
			e.cells[j].fill(&e.table.Columns[j], &e.row)
		}
		if e.table.Rows() == partRows {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	if e.sum.Rows > before {
		e.sum.Debtors++
	}
	return nil
}

func (e *exporter) flush() error {
	if e.o.Progress != nil {
		e.o.Progress(e.done, e.plan.Decisions)
	}
	if e.table.Rows() == 0 {
		return nil
	}
	err := e.w.Write(&e.table)
	e.table.Clear()
	return err
}

func (s *Summary) refuse(why Refusal) {
	if s.Refused == nil {
		s.Refused = map[Refusal]int{}
	}
	s.Refused[why]++
}

func (s *Summary) count(r *row) {
	s.Rows++
	switch r.o.State {
	case engine.LabelClosed:
		s.Closed++
	case engine.LabelOpen:
		s.Open++
	case engine.LabelMissing:
		s.Missing++
	}
	at := r.d.IssuedAt.UTC()
	if s.First == nil || at.Before(*s.First) {
		s.First = &at
	}
	if s.Last == nil || at.After(*s.Last) {
		s.Last = &at
	}
}
