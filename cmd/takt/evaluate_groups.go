package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/experiments/fairness"
)

func newIntensity(e *env) *cobra.Command {
	g := grouped{e: e}
	c := &cobra.Command{Use: "intensity", Short: "compare how age bands, regions and languages are worked",
		Long: "Contacts, pressing tones, calls, plans offered, complaints and recovery of each group, as they are and at\n" +
			"equal balance and days past due, with intervals by debtor. Nothing is shown of fewer than 50 debtors.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.run(cmd.Context(), func(ctx context.Context, r app.Reader, o fairness.Options) error {
				report, err := fairness.Intensity(ctx, r, o)
				if err != nil {
					return err
				}
				return e.print(report, func(w io.Writer) error { return printIntensity(w, report, g.lang) })
			})
		}}
	g.flags(c)
	return c
}

func newProxies(e *env) *cobra.Command {
	g := grouped{e: e}
	c := &cobra.Command{Use: "proxies", Short: "say how well the features in use tell denied ones, age, region and language",
		Long: "For every feature of features.deny and every group of at least 50 debtors: how well a regression on what the\n" +
			"model uses tells it, and the three features that tell most. AUC .5 and R² 0 are chance.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.run(cmd.Context(), func(ctx context.Context, r app.Reader, o fairness.Options) error {
				o.Seed = 1
				report, err := fairness.Proxies(ctx, r, o)
				if err != nil {
					return err
				}
				return e.print(report, func(w io.Writer) error { return printProxies(w, report, g.lang) })
			})
		}}
	g.flags(c)
	return c
}

// grouped are the flags of both reports.
type grouped struct {
	e                *env
	tenant, by, lang string
	times            [3]string // as-of, from, to
}

func (g *grouped) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&g.tenant, "tenant", "", "tenant whose debtors are compared")
	f.StringVar(&g.by, "by", "age,region,language", "characteristics")
	f.StringVar(&g.lang, "lang", "en", "en or de")
	f.StringVar(&g.times[0], "as-of", "", "results are as known at this RFC 3339 time (default now)")
	f.StringVar(&g.times[1], "from", "", "only what began at this RFC 3339 time or later")
	f.StringVar(&g.times[2], "to", "", "only what began before this RFC 3339 time")
}

func (g *grouped) run(ctx context.Context, f func(context.Context, app.Reader, fairness.Options) error) error {
	if g.lang != "en" && g.lang != "de" {
		return usage(fmt.Errorf("--lang: %q is neither en nor de", g.lang))
	}
	span, err := g.e.span(g.times)
	if err != nil {
		return err
	}
	o := fairness.Options{AsOf: span.AsOf, From: span.From, To: span.To}
	if o.By, err = fairness.ParseBy(g.by); err != nil {
		return usage(fmt.Errorf("--by: %w", err))
	}
	return g.e.beside(ctx, g.tenant, func(ctx context.Context, _ app.Call, r app.Reader) error {
		c, err := g.e.config()
		if err != nil {
			return err
		}
		if o.Tenant, err = c.Tenant(g.tenant, make([]byte, 32)); err != nil { // nothing is drawn with it
			return err
		}
		return f(ctx, r, o)
	})
}

// both picks the language.
func both(lang, en, de string) string {
	if lang == "de" {
		return de
	}
	return en
}

func printIntensity(w io.Writer, r *fairness.Report, lang string) error {
	fmt.Fprintf(w, "%s, %s\n", r.Tenant, r.AsOf.Format(time.RFC3339))
	fmt.Fprintln(w, r.Text[lang])
	for why, n := range r.LeftOut {
		fmt.Fprintf(w, both(lang, "  left out: %d %s\n", "  nicht enthalten: %d %s\n"), n, why)
	}
	for m, whole := range r.Whole {
		fmt.Fprintf(w, "\n%s: %s\n", fairness.Words(whole.Measure, lang), value(whole.Raw))
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, both(lang, "  group\tdebtors\tas it is\tat equal balance and delay\tdifference\tp (Holm)\t", "  Gruppe\tPersonen\twie es ist\tbei gleichem Betrag und Verzug\tUnterschied\tp (Holm)\t"))
		for _, c := range r.By {
			for _, g := range c.Groups {
				f := &g.Figures[m]
				p, mark := "-", ""
				if f.Holm != nil {
					p = fmt.Sprintf("%.3g", *f.Holm)
				}
				if f.Notable {
					mark = both(lang, "differs", "weicht ab")
				}
				fmt.Fprintf(t, "  %s %s\t%d\t%s\t%s\t%s\t%s\t%s\n", c.Text[lang], g.Text[lang], g.Debtors, value(f.Raw), value(f.Adjusted), value(f.Differs), p, mark)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// value is an estimate and its interval; - where it is withheld.
func value(v *fairness.Value) string {
	switch {
	case v == nil:
		return "-"
	case v.Interval == nil:
		return fmt.Sprintf("%.3g", v.Value)
	}
	return fmt.Sprintf("%.3g (%.3g … %.3g)", v.Value, v.Interval[0], v.Interval[1])
}

func printProxies(w io.Writer, r *fairness.ProxyReport, lang string) error {
	fmt.Fprintln(w, r.Text[lang])
	if len(r.Proxies) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, both(lang, "\nof\tR²\tAUC\tmost, by partial correlation", "\nvon\tR²\tAUC\tam meisten, nach partieller Korrelation"))
	for _, p := range r.Proxies {
		if p.Withheld {
			fmt.Fprintf(t, "%s\t-\t-\t\n", p.Of)
			continue
		}
		var top []string
		for _, c := range p.Top {
			top = append(top, c.Name+" "+value(&c.Partial))
		}
		fmt.Fprintf(t, "%s\t%.3f\t%s\t%s\n", p.Of, *p.R2, value(p.AUC), strings.Join(top, ", "))
	}
	return t.Flush()
}
