package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"takt/experiments/chart"
	"takt/experiments/simulator"
)

// simulation is what the commands simulate and demo have in common.
type simulation struct {
	scenario    string
	cases, days int
	seed        uint64
}

func (s *simulation) flags(c *cobra.Command, cases, days int, more string) {
	f := c.Flags()
	f.StringVar(&s.scenario, "scenario", "base", "one of "+strings.Join(simulator.Names(), ", ")+", world-1 to world-30"+more+", or a YAML file")
	f.IntVar(&s.cases, "cases", cases, "cases that arrive")
	f.IntVar(&s.days, "days", days, "days over which they arrive; 0: as many as the scenario's cases a day make")
	f.Uint64Var(&s.seed, "seed", 1, "of the people")
}

// options read the scenario; what is wrong with it or with the flags is a usage error.
func (s *simulation) options(policy string, learn int) (simulator.Options, error) {
	sc, err := simulator.Load(s.scenario)
	if err != nil {
		return simulator.Options{}, usage(err)
	}
	o := simulator.Options{Scenario: sc, Policy: policy, Cases: s.cases, Days: s.days, Seed: s.seed, Learn: learn}
	if s.cases < 1 || s.days < 0 || s.seed == 0 {
		return o, usage(errors.New("--cases and --seed are 1 or more, --days 0 or more"))
	}
	return o, usage(o.Validate())
}

func newSimulate(e *env) *cobra.Command {
	var s simulation
	var policies []string
	var learn int
	var sweep, show, http bool
	c := &cobra.Command{Use: "simulate", Short: "play policies against simulated debtors whose truth is known", RunE: func(cmd *cobra.Command, _ []string) error {
		run := e.run
		if http {
			run = e.overHTTP
		}
		switch {
		case show:
			return e.showScenario(s.scenario)
		case len(policies) == 0:
			return usage(errors.New("--policy is empty; name one or more of " + strings.Join(simulator.Policies, ", ")))
		case sweep && (len(policies) > 1 || http):
			return usage(errors.New("--sweep takes one policy, bandit or oracle, in this process"))
		case learn > 0 && !slices.Contains(policies, "bandit"):
			return usage(errors.New("--learn is for policy bandit; the others learn nothing"))
		case s.scenario == "worlds" && (sweep || http):
			return usage(errors.New("--scenario worlds plays all of them in this process; name one, such as world-7, for --sweep and --http"))
		case sweep:
			o, err := s.options(policies[0], learn)
			if err != nil {
				return err
			}
			return e.sweep(cmd.Context(), o)
		}
		list, err := s.each(policies, learn, http)
		if err != nil {
			return err
		}
		var results []*simulator.Result
		for _, o := range list {
			r, err := run(cmd.Context(), o)
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		return e.results(results)
	}}
	s.flags(c, 20_000, 0, ", worlds for all of these")
	f := c.Flags()
	f.StringSliceVar(&policies, "policy", []string{"bandit"}, strings.Join(simulator.Policies, ", ")+", or a fixed action such as sms/friendly/17-20; several with commas")
	f.IntVar(&learn, "learn", 0, "decisions that bandit learns from, with other people, before it is frozen and judged; 0: it learns while it is judged")
	f.BoolVar(&sweep, "sweep", false, "turn the weights of the three goals and print the Pareto front (bandit or oracle)")
	f.BoolVar(&http, "http", false, "run bandit through a real server's HTTP API on the replay clock instead of in this process")
	f.BoolVar(&show, "show", false, "print the scenario with every constant, ready to be changed, and end")
	return c
}

// each is what there is to play, checked before any of it begins; what is to be learned is for Takt alone.
func (s simulation) each(policies []string, learn int, http bool) (list []simulator.Options, err error) {
	for _, name := range s.names() {
		s.scenario = name
		for _, p := range policies {
			n := learn
			if p != "bandit" {
				n = 0
			}
			o, err := s.options(p, n)
			if err != nil {
				return nil, err
			}
			if http {
				o.Remote = &simulator.Remote{} // until there is a server
			}
			if err := o.Validate(); err != nil {
				return nil, usage(err)
			}
			list = append(list, o)
		}
	}
	return list, nil
}

// names are the scenarios to play: the word worlds stands for all of the drawn ones.
func (s *simulation) names() []string {
	if s.scenario != "worlds" {
		return []string{s.scenario}
	}
	var names []string
	for n := range simulator.Worlds {
		names = append(names, fmt.Sprintf("world-%d", n+1))
	}
	return names
}

// run simulates with a bar.
func (e *env) run(ctx context.Context, o simulator.Options) (*simulator.Result, error) {
	b := &bar{policy: o.Policy}
	o.Progress = b.show
	defer b.end()
	r, err := simulator.Run(ctx, o)
	if errors.Is(err, simulator.ErrOptions) {
		return nil, usage(err)
	}
	return r, err
}

// bar is a progress bar that begins anew with each stage.
type bar struct {
	policy, stage string
	bar           *progressbar.ProgressBar
}

func (b *bar) show(stage string, done, of int) {
	if stage != b.stage {
		b.end()
		b.stage, b.bar = stage, progress(b.policy+": "+stage, int64(of), false)
	}
	_ = b.bar.Set(done)
}

func (b *bar) end() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}

func (e *env) showScenario(name string) error {
	if name == "worlds" {
		return usage(errors.New("--show prints one scenario; name one of the worlds, such as world-7"))
	}
	s, err := simulator.Load(name)
	if err != nil {
		return usage(err)
	}
	text, err := s.YAML()
	if err != nil {
		return err
	}
	_, err = e.cmd.OutOrStdout().Write(text)
	return err
}

// results prints one result as an object and several as a list, or a table.
func (e *env) results(list []*simulator.Result) error {
	if len(list) == 1 {
		return e.print(list[0], func(w io.Writer) error { return printOne(w, list[0]) })
	}
	return e.print(list, func(w io.Writer) error { return printTable(w, rows(list)) })
}

func printOne(w io.Writer, r *simulator.Result) error {
	if err := printTable(w, rows([]*simulator.Result{r})); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range []struct {
		name   string
		levels map[string]simulator.Figure
	}{{"channel", r.By.Channel}, {"tone", r.By.Tone}, {"slot", r.By.Slot}, {"offer", r.By.Offer}} {
		fmt.Fprintf(t, "\n%s\tshare of contacts\n", f.name)
		names := slices.SortedFunc(maps.Keys(f.levels), func(a, b string) int {
			return cmp.Or(cmp.Compare(f.levels[b].Mean, f.levels[a].Mean), cmp.Compare(a, b))
		})
		for _, n := range names {
			fmt.Fprintf(t, "  %s\t%s\n", n, percent(f.levels[n]))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var net []simulator.Figure
	for _, week := range r.Weeks {
		net = append(net, week.Net)
	}
	_, err := fmt.Fprintf(w, "\nnet per case by week of arrival  %s\n", chart.Spark(curve("", r.Weeks, net).Y))
	return err
}

// row is a line of the table.
type row struct {
	name string
	simulator.Figures
}

func rows(list []*simulator.Result) []row {
	several := slices.ContainsFunc(list, func(r *simulator.Result) bool { return r.Scenario != list[0].Scenario })
	var out []row
	for _, r := range list {
		name := r.Policy
		if r.Action != "" {
			name += " " + r.Action
		}
		if several {
			name = r.Scenario + " " + name
		}
		out = append(out, row{name, r.Figures})
	}
	return out
}

func printTable(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\trecovered\tcustomers at agency\tof these forgetful, short\tmedian days\tcost/case\tcomplaints\tchurn\tcontacts/case\tnet/case\t")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f %%\t%.0f\t%s\t%s\t%s\t%.2f\t%s\t\n", r.name, percent(r.Recovered), percent(r.Agency), 100*r.Forgetful.Mean, r.MedianDays.Mean,
			money(r.Cost), percent(r.Complaints), percent(r.Churn), r.Contacts.Mean, money(r.Net))
	}
	return t.Flush()
}

func percent(f simulator.Figure) string {
	return fmt.Sprintf("%.1f ±%.1f %%", 100*f.Mean, 50*(f.Hi-f.Lo))
}

func money(f simulator.Figure) string { return fmt.Sprintf("%.2f ±%.2f", f.Mean/100, (f.Hi-f.Lo)/200) }

func (e *env) sweep(ctx context.Context, o simulator.Options) error {
	b := &bar{policy: o.Policy}
	o.Progress = b.show
	points, err := simulator.Sweep(ctx, o)
	b.end()
	if errors.Is(err, simulator.ErrOptions) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	return e.print(points, func(w io.Writer) error { return printSweep(w, points) })
}

func printSweep(w io.Writer, points []simulator.Point) error {
	slices.SortStableFunc(points, func(a, b simulator.Point) int { return cmp.Compare(b.Cash.Mean, a.Cash.Mean) })
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "front\tweight of money\tof cost\tof keeping\tcash/case\tcontact cost/case\tharm/case\trecovered\tcomplaints\tcontacts/case\t")
	for _, p := range points {
		mark := ""
		if p.Front {
			mark = "*"
		}
		fmt.Fprintf(t, "%s\t%g\t%g\t%g\t%s\t%s\t%s\t%s\t%s\t%.2f\t\n", mark, p.Pay, p.Cost, p.Keep, money(p.Cash), money(p.Contact), money(p.Harm),
			percent(p.Figures.Recovered), percent(p.Figures.Complaints), p.Figures.Contacts.Mean)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\n* on the Pareto front: no other weighting brings more cash at no more cost and harm (customers lost and complaints, at their price)")
	return err
}
