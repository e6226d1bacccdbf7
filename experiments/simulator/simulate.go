package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"takt/engine"
)

// Options say what to simulate.
type Options struct {
	Scenario *Scenario
	Policy   string // one of Policies, or CHANNEL/TONE/WINDOW: a fixed action
	Cases    int    // defaults to 20,000
	Days     int    // over which they arrive; defaults to what the scenario's cases a day make
	Seed     uint64 // of the people; defaults to 1

	// Learn is how many decisions the policy bandit learns from, with other people, before its snapshot is
	// frozen and judged. With 0 it learns from the cases themselves, once a simulated week.
	Learn int

	Remote   *Remote                          // Takt over HTTP; nil: in this process
	Tenant   *engine.Tenant                   // how Takt in this process is configured; nil: as Scenario.Tenant says
	Progress func(stage string, done, of int) // nil: nobody asks
}

// Policies are the names that can be compared.
var Policies = []string{"none", "ladder", "digital_ladder", "uniform", "best_fixed", "age_rule", "feature_rule", "oracle", "bandit"}

// ErrOptions is wrapped by every error about options.
var ErrOptions = errors.New("cannot simulate")

// Validate reports what is wrong with the options; the error wraps ErrOptions.
func (o Options) Validate() error { return o.defaults() }

func (o *Options) defaults() error {
	if o.Scenario == nil {
		return fmt.Errorf("%w: no scenario", ErrOptions)
	}
	o.Cases, o.Seed = cmp.Or(o.Cases, 20_000), cmp.Or(o.Seed, 1)
	if o.Days == 0 {
		o.Days = int(min(math.Ceil(float64(o.Cases)/o.Scenario.Creditor.CasesADay), mostDays+1))
	}
	switch {
	case o.Cases < 1 || o.Cases > 10_000_000:
		return fmt.Errorf("%w: cases is %d; use 1 to 10,000,000", ErrOptions, o.Cases)
	case o.Days < 1 || o.Days > mostDays:
		return fmt.Errorf("%w: the cases arrive over %d days; use 1 to %d, or another number of cases or of cases a day", ErrOptions, o.Days, mostDays)
	case o.Learn < 0 || o.Learn > 5_000_000:
		return fmt.Errorf("%w: learn is %d; use 0 to 5,000,000 decisions", ErrOptions, o.Learn)
	case o.Learn > 0 && o.Policy != bandit:
		return fmt.Errorf("%w: policy %s learns nothing; leave learn out or take bandit", ErrOptions, o.Policy)
	case o.Remote != nil && o.Policy != bandit:
		return fmt.Errorf("%w: policy %s is not Takt's; only bandit runs over HTTP", ErrOptions, o.Policy)
	case o.Remote != nil && o.Learn > 0:
		return fmt.Errorf("%w: over HTTP Takt learns while it is judged, for a replay clock never goes back; leave learn out", ErrOptions)
	}
	return o.known()
}

// known reports a policy that there is not.
func (o *Options) known() error {
	if strings.Contains(o.Policy, "/") {
		_, err := parseFixed(o.Policy)
		return err
	}
	if !slices.Contains(Policies, o.Policy) {
		return fmt.Errorf("%w: %q is no policy; use one of %s, or a fixed action such as sms/friendly/17-20", ErrOptions, o.Policy, strings.Join(Policies, ", "))
	}
	return nil
}

const (
	bandit   = "bandit"
	mostDays = 10_000
)

// Run simulates. The same options give the same result to the byte, on any number of cores.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	w, err := newWorld(o.Scenario)
	if err != nil {
		return nil, err
	}
	r := &Result{Scenario: o.Scenario.Name, Policy: o.Policy, Seed: o.Seed, Cases: o.Cases, Days: o.Days}
	p := o.play(w)
	if o.Policy == bandit {
		r.Learned, err = o.takt(ctx, w, p, r)
	} else {
		p.by, err = o.rule(ctx, w, r)
	}
	if err != nil {
		return nil, err
	}
	if r.outcomes, err = p.run(ctx); err != nil {
		return nil, fmt.Errorf("simulate %s under %s: %w", r.Scenario, r.Policy, err)
	}
	if t, ok := p.by.(*inside); ok {
		r.Drift = t.drift
	}
	r.Figures, r.By, r.Weeks = figures(r.outcomes), breakdown(r.outcomes), weeks(r.outcomes)
	return r, nil
}

func (o *Options) play(w *world) *play {
	return &play{w: w, seed: o.Seed, cases: o.Cases, days: o.Days, progress: o.stage("cases")}
}

func (o *Options) stage(name string) func(done, of int) {
	if o.Progress == nil {
		return nil
	}
	return func(done, of int) { o.Progress(name, done, of) }
}

// rule is the rule that a policy's name stands for.
func (o *Options) rule(ctx context.Context, w *world, r *Result) (decider, error) {
	switch o.Policy {
	case "none":
		return byRule{none{}}, nil
	case "ladder":
		return byRule{statusQuo()}, nil
	case "digital_ladder":
		return byRule{digitalLadder}, nil
	case "uniform":
		return byRule{uniform{}}, nil
	case "age_rule":
		return byRule{believer{}}, nil
	case "feature_rule":
		return byRule{believer{history: true}}, nil
	case "oracle":
		return byRule{oracle{w.reward}}, nil
	case "best_fixed":
		best, err := bestFixed(ctx, w, o.Seed, o.stage("search"))
		r.Action = best.String()
		return byRule{best}, err
	}
	f, err := parseFixed(o.Policy)
	return byRule{f}, err
}

// takt lets Takt decide in p, after it has learned what it is to learn.
func (o *Options) takt(ctx context.Context, w *world, p *play, r *Result) (learned int, err error) {
	p.watched, p.prefix = true, "T"
	if o.Remote != nil {
		t := &remote{Remote: o.Remote}
		p.by, p.evening = t, weekly(w, t)
		return 0, nil
	}
	t, err := newInside(o.tenant())
	if err != nil {
		return 0, err
	}
	p.by = t
	if o.Learn > 0 {
		return o.teach(ctx, w, t, r)
	}
	t.learns, t.taking = true, true
	p.evening = weekly(w, t)
	return 0, nil
}

func (o *Options) tenant() *engine.Tenant {
	if o.Tenant != nil {
		return o.Tenant
	}
	return o.Scenario.Tenant("simulator")
}

// taught makes its next snapshot as of the evening of a calendar day.
type taught interface {
	learn(ctx context.Context, w *world, cal int) error
}

// learnEvery is how often Takt learns, in simulated days.
const learnEvery = 7

func weekly(w *world, t taught) func(context.Context, int) error {
	return func(ctx context.Context, cal int) error {
		if cal%learnEvery != learnEvery-1 {
			return nil
		}
		return t.learn(ctx, w, cal)
	}
}

// teach lets Takt learn from so many decisions about other people than those it is judged on, until all
// their labels are closed; learned is how many they were, a day's more than asked for at most.
func (o *Options) teach(ctx context.Context, w *world, t *inside, r *Result) (learned int, err error) {
	t.learns, t.taking = true, true
	p := &play{w: w, by: t, watched: true, prefix: "L", seed: mix(o.Seed), cases: 2 * o.Learn}
	p.days = int(math.Ceil(float64(p.cases) / w.s.Creditor.CasesADay))
	p.enough = func() bool { return t.chosen >= o.Learn }
	end, half, week := 0, 0, weekly(w, t)
	p.evening = func(ctx context.Context, cal int) error {
		if end = cal; p.enough() {
			t.full()
		}
		if half == 0 && 2*t.chosen >= o.Learn {
			half = cal
		}
		if o.Progress != nil {
			o.Progress("learning", min(t.chosen, o.Learn), o.Learn)
		}
		return week(ctx, cal)
	}
	done, err := p.run(ctx)
	if err == nil {
		r.Learning, err = o.lessons(ctx, p, done, half)
	}
	if err != nil {
		return 0, fmt.Errorf("learn from %d decisions: %w", o.Learn, err)
	}
	if err := t.learn(ctx, w, end+closeDays); err != nil {
		return 0, fmt.Errorf("learn from %d decisions: %w", o.Learn, err)
	}
	t.forget()
	return t.chosen, nil
}

// lessons is what the second half of the learning earned: the cases that arrived from day half on, and what
// ladder and oracle earn with the same people.
func (o *Options) lessons(ctx context.Context, p *play, done []outcome, half int) (*Learning, error) {
	from, _ := slices.BinarySearchFunc(done, int32(half), func(o outcome, day int32) int { return cmp.Compare(o.arrived, day) })
	l := &Learning{Cases: len(done) - from, Net: meanNet(done[from:])}
	for net, rule := range map[*Figure]rule{&l.Ladder: statusQuo(), &l.Oracle: oracle{p.w.reward}} {
		q := &play{w: p.w, by: byRule{rule}, prefix: p.prefix, seed: p.seed, cases: 2 * o.Learn, days: p.days}
		q.enough = func() bool { return q.arrived >= len(done) }
		same, err := q.run(ctx)
		if err != nil {
			return nil, err
		}
		*net = meanNet(same[min(from, len(same)):])
	}
	return l, nil
}

func meanNet(list []outcome) Figure {
	var net ratio
	for i := range list {
		net.add(list[i].net, 1)
	}
	return net.figure()
}

// closeDays is longer than horizon and booking: after it every label is closed.
const closeDays = 40
