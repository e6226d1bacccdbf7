package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"takt/experiments/chart"
	"takt/experiments/logged"
	"takt/experiments/ope"
)

// judging are the flags that both forms of evaluate share.
type judging struct {
	policies []string
	level    float64
	draws    int
	seed     uint64
	plot     string
}

func (j *judging) flags(c *cobra.Command, policies string) {
	f := c.Flags()
	f.StringArrayVar(&j.policies, "policy", nil, policies)
	f.Float64Var(&j.level, "level", .95, "of the intervals")
	f.IntVar(&j.draws, "bootstrap", 1000, "resamples of the bootstrap; 0: none")
	f.Uint64Var(&j.seed, "seed", 1, "of folds, bootstrap and row orders")
	f.StringVar(&j.plot, "plot", "", "write the reliability plot of the reward model to this SVG file")
}

func (j *judging) check() error {
	switch {
	case !(j.level > .5 && j.level < 1):
		return usage(fmt.Errorf("--level: %g is no level; use .9, .95 or .99", j.level))
	case j.draws != 0 && j.draws < 100:
		return usage(errors.New("--bootstrap: fewer than 100 resamples say nothing; use 0 for none"))
	case j.plot != "" && !strings.HasSuffix(j.plot, ".svg"):
		return usage(fmt.Errorf("--plot: %q does not end in .svg", j.plot))
	}
	return nil
}

// learners are what --progressive can lead through a log.
func learners() map[string]logged.New {
	return map[string]logged.New{"mean": logged.NewMean, "takt": logged.NewTakt}
}

func newEvaluateLogged(e *env) *cobra.Command {
	var j judging
	var spec, learner string
	var progressive bool
	var orders int
	names := strings.Join(slices.Sorted(maps.Keys(learners())), ", ")
	c := &cobra.Command{Use: "logged --spec SPEC.yaml FILE.csv[.gz]", Args: usageArgs(cobra.ExactArgs(1)),
		Short: "judge policies on any logged data with a propensity",
		Long: "Audits the log, then says what each policy would have earned, by every estimator and with its\n" +
			"intervals. The spec names the columns: experiments/logged/README.md. With --progressive a learner is\n" +
			"led through the log row by row instead.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := j.check(); err != nil {
				return err
			}
			if spec == "" {
				return usage(errors.New("--spec is missing; it names the columns, see experiments/logged/README.md"))
			}
			s, err := logged.LoadSpec(spec)
			if err != nil {
				return usage(err)
			}
			made, known := learners()[learner]
			switch {
			case !known:
				return usage(fmt.Errorf("--learner: %q is not known; use one of %s", learner, names))
			case orders < 1:
				return usage(errors.New("--orders: use 1 or more"))
			case progressive && (len(j.policies) > 0 || j.plot != ""):
				return usage(errors.New("--progressive leads a learner; --policy and --plot are for fixed policies"))
			case !progressive && cmd.Flags().Changed("orders"), !progressive && cmd.Flags().Changed("learner"):
				return usage(errors.New("--orders and --learner are for --progressive"))
			}
			l, err := s.Open(args[0])
			if err != nil {
				return err
			}
			if progressive {
				return e.progressive(cmd.Context(), l, made, orders, j.seed)
			}
			policies, err := l.Policies(j.policies)
			if err != nil {
				return usage(err)
			}
			r, err := l.Evaluate(policies, logged.Options{Level: j.level, Draws: j.draws, Seed: j.seed})
			if err != nil {
				return err
			}
			if err := plotReliability(j.plot, r.Reliability); err != nil {
				return err
			}
			return e.print(r, func(w io.Writer) error { return printReport(w, r) })
		}}
	j.flags(c, "always=LEVEL (always=A/B with several factors), uniform, or [NAME=]FILE.csv or .json of probabilities; repeat it for several (default uniform and every action)")
	f := c.Flags()
	f.StringVar(&spec, "spec", "", "YAML file that names the columns")
	f.BoolVar(&progressive, "progressive", false, "lead a learner through the log; it states its propensities before it learns each row")
	f.IntVar(&orders, "orders", 10, "random row orders to average over")
	f.StringVar(&learner, "learner", "takt", names+": takt is the learner of Takt's own decisions, mean its peer without context")
	return c
}

func (e *env) progressive(ctx context.Context, l *logged.Log, made logged.New, orders int, seed uint64) error {
	bar := progress("orders", int64(orders), false)
	p, err := l.Progressive(ctx, made, orders, seed, func(done int) { _ = bar.Set(done) })
	_ = bar.Finish()
	if err != nil {
		return err
	}
	return e.print(p, func(w io.Writer) error {
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintf(t, "%d rows, %d orders\tIPS\tSNIPS\t95 %% interval\n", p.N, len(p.Orders))
		fmt.Fprintf(t, "log\t%.5f\t\t\n", p.Log.Mean)
		for _, v := range []struct {
			name string
			logged.Value
		}{{"greedy", p.Greedy}, {"thompson", p.Thompson}} {
			fmt.Fprintf(t, "%s\t%.5f\t%.5f\t%.5f … %.5f\n", v.name, v.IPS, v.SNIPS, v.CI95[0], v.CI95[1])
		}
		return t.Flush()
	})
}

func printReport(w io.Writer, r *logged.Report) error {
	fmt.Fprintf(w, "%s: %d of %d rows, %d actions, %d features (%d cells not known), model %s\n\n", r.File, r.N, r.Read, len(r.Actions), r.Features, r.Missing, r.Model)
	fmt.Fprintf(w, "log: %.6g per row; against the uniform policy Σw %.1f of %d (z %s), effective sample size %.1f, largest weight %.4g\n",
		r.Log.Mean, r.Log.WeightSum, r.N, deviations(r.Log.WeightZ), r.Log.ESS, r.Log.MaxWeight)
	if err := printCalibration(w, r.Actions, r.Log.Actions); err != nil {
		return err
	}
	return printVerdicts(w, r.Policies, r.Limits)
}

// deviations is a z of a width that fits a table: an audit's is huge where nothing was random and yet differs.
func deviations(z float64) string {
	if z > 999 || z < -999 {
		return fmt.Sprintf("beyond %+d", int(max(min(z, 999), -999)))
	}
	return fmt.Sprintf("%.1f", z)
}

// mostActions is how many actions the table of the audit shows; of more, those that look wrong.
const mostActions = 20

func printCalibration(w io.Writer, names []string, actions []ope.Calibration) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\naction\tdrawn\tshare\tpropensity\tz\t\t")
	wrong, shown := 0, 0
	for i, c := range actions {
		note := ""
		switch {
		case !c.Supported && c.Z < -4:
			note = "never drawn, unlike its propensity says"
		case c.Z > 4 || c.Z < -4:
			note = "drawn unlike its propensity says"
		}
		if note != "" {
			wrong++
		}
		if note == "" && len(actions) > mostActions || shown >= 2*mostActions {
			continue
		}
		shown++
		fmt.Fprintf(t, "%s\t%d\t%.4f\t%.4f\t%s\t%s\t\n", names[i], c.N, c.Share, c.Propensity, deviations(c.Z), note)
	}
	if shown == 0 {
		fmt.Fprintf(w, "all %d actions were drawn about as often as their propensities say (|z| ≤ 4)\n", len(actions))
		return nil
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if wrong > 0 {
		fmt.Fprintf(w, "%d of %d actions need a look before any figure below is believed\n", wrong, len(actions))
	}
	return nil
}

func printVerdicts(w io.Writer, list []ope.Verdict, limits ope.Limits) error {
	for i := range list {
		v := &list[i]
		a := &v.Audit
		fmt.Fprintf(w, "\n%s: Σw %.1f of %d (z %s), effective sample size %.1f, largest weight %.4g", v.Policy, a.WeightSum, a.N, deviations(a.WeightZ), a.ESS, a.MaxWeight)
		if v.Clusters != a.N {
			fmt.Fprintf(w, ", %d debtors", v.Clusters)
		}
		if v.NotEstimable != "" {
			fmt.Fprintf(w, "\n  %s\n", v.NotEstimable)
			continue
		}
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprint(t, "\n  estimator\tvalue")
		for _, name := range ope.Intervals {
			fmt.Fprintf(t, "\t%s", strings.ReplaceAll(name, "_", "-"))
		}
		fmt.Fprintln(t)
		for _, f := range v.Estimates {
			printFigure(t, &f)
		}
		if v.Gain != nil {
			printFigure(t, v.Gain)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		for _, note := range v.Notes {
			fmt.Fprintf(w, "  %s\n", note)
		}
	}
	_, err := fmt.Fprintf(w, "\nNo figure below an effective sample size of %g, where one row has over %g %% of all weight, or where over %g %% of a policy lacks support.\n"+
		"~ trades bias for variance: its interval holds its own mean, which may lie off the policy's value. Sequence and betting hold however often\n"+
		"one looks, the other intervals at one size fixed before. SLOPE chose by the same rows, so its interval is too narrow.\n",
		limits.ESS, 100*limits.WeightShare, 100*limits.Unsupported)
	return err
}

func printFigure(t io.Writer, f *ope.Figure) {
	mark := " "
	if f.Biased {
		mark = "~"
	}
	fmt.Fprintf(t, " %s%s\t%.6g", mark, f.Estimator, f.Value)
	for _, name := range ope.Intervals {
		if i, ok := f.Intervals[name]; ok {
			fmt.Fprintf(t, "\t%.5g … %.5g", i[0], i[1])
		} else {
			fmt.Fprint(t, "\t-")
		}
	}
	fmt.Fprintln(t)
}

// errNoModel says that there is nothing to plot.
var errNoModel = errors.New("--plot: the spec has model type none; there is no model whose reliability could be drawn")

// plotReliability draws what the model expected against what came; no path draws nothing.
func plotReliability(path string, bins []ope.Bin) (err error) {
	if path == "" {
		return nil
	}
	if len(bins) == 0 {
		return usage(errNoModel)
	}
	var model, ideal chart.Line
	model.Name, ideal.Name = "came, 95 %", "as expected"
	for _, b := range bins {
		model.X, model.Y = append(model.X, b.Expected), append(model.Y, b.Observed)
		model.Lo, model.Hi = append(model.Lo, b.CI95[0]), append(model.Hi, b.CI95[1])
		ideal.X, ideal.Y = append(ideal.X, b.Expected), append(ideal.Y, b.Expected)
	}
	fig := chart.Figure{Title: "Reliability of the reward model", X: "expected reward, tenths of the rows", Y: "reward that came", Lines: []chart.Line{model, ideal}}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("--plot: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return fig.SVG(f)
}
