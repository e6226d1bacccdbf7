package simulator

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// decider makes the decisions of a day: a rule, or Takt, which is told everything before.
type decider interface {
	// report tells of the morning's events of all cases.
	report(ctx context.Context, p *play, cal int) error
	// decide fills plan and review of the cases, whose review has come.
	decide(ctx context.Context, p *play, cases []*course, cal int) error
}

// play runs cases day by day under one policy. What is done in parallel touches one case at a time,
// so the outcome does not depend on the number of cores.
type play struct {
	w        *world
	by       decider
	watched  bool // by wants events
	seed     uint64
	prefix   string // of debtors and cases
	cases    int
	days     int                                      // over which they arrive
	enough   func() bool                              // no more cases arrive once it says so; nil: all do
	evening  func(ctx context.Context, cal int) error // after each day; nil: nothing
	progress func(done, of int)                       // cases; nil: nobody asks
	workers  int

	alive, asks, spare []*course
	done               []outcome
	arrived            int
	makers             []*maker
}

// run plays until every case has ended.
func (p *play) run(ctx context.Context) ([]outcome, error) {
	p.workers = runtime.GOMAXPROCS(0)
	p.done = make([]outcome, p.cases)
	for range p.workers {
		p.makers = append(p.makers, newMaker(p.w, p.seed))
	}
	for cal := 0; p.arrived < p.cases || len(p.alive) > 0; cal++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.day(ctx, cal); err != nil {
			return nil, fmt.Errorf("day %d: %w", cal, err)
		}
		if p.progress != nil {
			p.progress(p.arrived-len(p.alive), p.cases)
		}
	}
	return p.done[:p.arrived], nil
}

func (p *play) day(ctx context.Context, cal int) error {
	p.arrive(cal)
	p.parallel(p.alive, func(_ int, c *course) { c.morning(p.w, cal-c.arrived) })
	if err := p.by.report(ctx, p, cal); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	p.asks = p.asks[:0]
	for _, c := range p.alive {
		if c.plan = (plan{}); c.asks(p.w, cal-c.arrived) {
			p.asks = append(p.asks, c)
		}
	}
	if err := p.by.decide(ctx, p, p.asks, cal); err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	p.parallel(p.alive, func(_ int, c *course) {
		c.execute(p.w, cal-c.arrived)
		c.evening(p.w, cal-c.arrived)
	})
	p.sweep()
	if p.evening != nil {
		return p.evening(ctx, cal)
	}
	return nil
}

// arrive brings the cases that are due on the day; their first day is the next.
func (p *play) arrive(cal int) {
	if p.enough != nil && p.enough() {
		p.cases = p.arrived
	}
	fresh := len(p.alive)
	for ; p.arrived < p.cases && p.arrived*p.days/p.cases <= cal; p.arrived++ {
		c := p.take()
		c.n, c.arrived, c.watched, c.review = p.arrived, cal, p.watched, p.w.first
		p.alive = append(p.alive, c)
	}
	day := p.w.start.AddDate(0, 0, cal).Day()
	p.parallel(p.alive[fresh:], func(worker int, c *course) {
		p.makers[worker].person(&c.person, c.n, day)
		if c.watched {
			c.debtor = fmt.Sprintf("%sD-%08d", p.prefix, c.n)
			c.caseID = fmt.Sprintf("%sC-%08d", p.prefix, c.n)
		}
	})
}

// take is an empty course, one that ended before if there is any.
func (p *play) take() *course {
	n := len(p.spare)
	if n == 0 {
		return &course{}
	}
	c := p.spare[n-1]
	p.spare = p.spare[:n-1]
	*c = course{queue: c.queue[:0], contacts: c.contacts[:0], news: c.news[:0]}
	return c
}

// sweep takes ended cases out.
func (p *play) sweep() {
	keep := p.alive[:0]
	for _, c := range p.alive {
		if !c.ended {
			keep = append(keep, c)
			continue
		}
		p.done[c.n] = p.w.outcome(c)
		p.spare = append(p.spare, c)
	}
	p.alive = keep
}

// parallel does f for every case, each worker a stretch of them.
func (p *play) parallel(cases []*course, f func(worker int, c *course)) {
	var wg sync.WaitGroup
	for k := range p.workers {
		part := cases[len(cases)*k/p.workers : len(cases)*(k+1)/p.workers]
		wg.Go(func() {
			for _, c := range part {
				f(k, c)
			}
		})
	}
	wg.Wait()
}

// byRule lets a rule decide.
type byRule struct{ rule }

func (byRule) report(context.Context, *play, int) error { return nil }

func (r byRule) decide(_ context.Context, p *play, cases []*course, cal int) error {
	p.parallel(cases, func(_ int, c *course) {
		day := cal - c.arrived
		if day < c.held {
			c.review = c.held
			return
		}
		c.plan, c.review = r.rule.decide(p.w, c, day)
	})
	return nil
}
