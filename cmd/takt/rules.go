package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"takt/cmd/config"
	"takt/engine"
	"takt/engine/rules"
)

// newRules looks at contact rules in files and packs; no server takes part.
func newRules(e *env) *cobra.Command {
	return family("rules", "check, show, compare and test contact rules: packs and tenants' files",
		rulesCheck(e), rulesShow(e), rulesDiff(e), rulesTest(e))
}

// checked is what takt rules check says of a good file.
type checked struct {
	File       string                `json:"file"`
	Version    string                `json:"version"`
	Pack       string                `json:"pack"`
	Rules      int                   `json:"rules"`
	Unverified int                   `json:"unverified"`
	Overrides  []engine.RuleOverride `json:"overrides"`
}

func rulesCheck(e *env) *cobra.Command {
	return &cobra.Command{Use: "check FILE...", Args: cobra.MinimumNArgs(1), Short: "check packs or tenants' files of rules; every mistake with its file and line",
		RunE: func(_ *cobra.Command, args []string) error {
			good := []checked{}
			var errs []error
			for _, path := range args {
				text, err := os.ReadFile(path)
				if err != nil {
					return usage(err)
				}
				r, err := rules.Parse(path, text)
				if err != nil {
					errs = append(errs, err)
					continue
				}
				good = append(good, check(path, r))
			}
			if err := e.print(good, func(w io.Writer) error { return showChecked(w, good) }); err != nil {
				return err
			}
			return errors.Join(errs...)
		}}
}

func check(path string, r *engine.Rules) checked {
	c := checked{File: path, Version: r.Version, Pack: r.Pack, Overrides: append([]engine.RuleOverride{}, r.Overrides()...)}
	var ids []string
	for _, rule := range r.All() {
		ids = append(ids, rule.ID)
		if rule.Unverified {
			c.Unverified++
		}
	}
	c.Rules = len(slices.Compact(ids))
	return c
}

func showChecked(w io.Writer, good []checked) error {
	for _, c := range good {
		over := ""
		if !strings.HasPrefix(c.Version, c.Pack+"-") {
			over = " over pack " + c.Pack
		}
		fmt.Fprintf(w, "%s: %s%s, %d rules, %d unverified, %d overrides\n", c.File, c.Version, over, c.Rules, c.Unverified, len(c.Overrides))
		for _, o := range c.Overrides {
			fmt.Fprintf(w, "  %s: %s, by %s on %s%s\n", o.Rule, o.What, o.By, o.Date, strings.TrimSuffix(": "+o.Reason, ": "))
		}
	}
	return nil
}

// shownRule is a rule as takt rules show prints it.
type shownRule struct {
	ID     string          `json:"id"`
	Kind   engine.RuleKind `json:"kind"`
	Params map[string]any  `json:"params"`
	From   engine.Date     `json:"from"`
	Until  engine.Date     `json:"until,omitzero"`
	Status string          `json:"status"`
	Source string          `json:"source"`
	Text   engine.RuleText `json:"text"`
	Origin string          `json:"origin"` // pack or tenant's file
}

// shownRules are the rules of a day, or of all days if on is none.
type shownRules struct {
	Version   string                `json:"version"`
	Pack      string                `json:"pack"`
	On        engine.Date           `json:"on,omitzero"`
	Rules     []shownRule           `json:"rules"`
	Overrides []engine.RuleOverride `json:"overrides"`
	compiled  []*engine.Rule
}

func rulesShow(e *env) *cobra.Command {
	var pack, tenant, on, lang string
	c := &cobra.Command{Use: "show", Short: "show the rules of a pack or a tenant, of one day or of all",
		Long: "Shows the rules of an embedded pack (" + strings.Join(rules.Names(), ", ") + "), or those that takt.yaml gives a tenant: kind, params, days on which they hold,\nwhether somebody has checked them, and where they stand. --lang adds what each says.",
		RunE: func(_ *cobra.Command, _ []string) error {
			if lang != "" && lang != "en" && lang != "de" {
				return usage(fmt.Errorf("--lang: %q is neither en nor de", lang))
			}
			day, err := dayFlag(on)
			if err != nil {
				return err
			}
			r, err := e.rules(pack, tenant)
			if err != nil {
				return err
			}
			s := shown(r, day)
			return e.print(s, func(w io.Writer) error { return s.show(w, lang) })
		}}
	f := c.Flags()
	f.StringVar(&pack, "pack", "", "an embedded pack, or the path of a file of rules (default de)")
	f.StringVar(&tenant, "tenant", "", "tenant of takt.yaml whose rules are shown")
	f.StringVar(&on, "on", "", "a day such as 2020-05-01, today, or all (default today)")
	f.StringVar(&lang, "lang", "", "en or de: with what each rule says")
	return c
}

// dayFlag reads --on: zero stands for all days.
func dayFlag(on string) (engine.Date, error) {
	switch on {
	case "", "today":
		return engine.DateOf(time.Now()), nil
	case "all":
		return 0, nil
	}
	d, err := engine.ParseDate(on)
	if err != nil {
		return 0, usage(fmt.Errorf("--on: %w", err))
	}
	return d, nil
}

// rules are those of a pack, a file or a tenant.
func (e *env) rules(pack, tenant string) (*engine.Rules, error) {
	switch {
	case tenant == "":
		return readRules(cmp.Or(pack, rules.DefaultPack))
	case pack != "":
		return nil, usage(errors.New("--pack: leave it out with --tenant, whose pack is in takt.yaml"))
	}
	c, err := e.config()
	if err != nil {
		return nil, err
	}
	if err := knownTenant(c, tenant); err != nil {
		return nil, err
	}
	return tenantRules(c, tenant)
}

func tenantRules(c *config.Config, tenant string) (*engine.Rules, error) {
	t, err := c.Tenant(tenant, make([]byte, 32))
	if err != nil {
		return nil, usage(err)
	}
	return t.Rules, nil
}

// readRules reads an embedded pack by its name, or a file by its path.
func readRules(name string) (*engine.Rules, error) {
	if !strings.ContainsAny(name, "./\\") {
		r, err := rules.Load(name)
		return r, usage(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, usage(err)
	}
	return rules.Parse(name, text)
}

func shown(r *engine.Rules, on engine.Date) *shownRules {
	s := &shownRules{Version: r.Version, Pack: r.Pack, On: on, Rules: []shownRule{}, Overrides: append([]engine.RuleOverride{}, r.Overrides()...)}
	if s.compiled = r.All(); !on.IsZero() {
		s.compiled = r.On(on).Rules
	}
	for _, rule := range s.compiled {
		s.Rules = append(s.Rules, shownRule{rule.ID, rule.Kind, rules.Values(rule), rule.From, rule.Until, rules.Status(rule), rule.Source, rule.Text, rule.Origin})
	}
	return s
}

func (s *shownRules) show(w io.Writer, lang string) error {
	when := "on all days"
	if !s.On.IsZero() {
		when = "on " + s.On.String()
	}
	fmt.Fprintf(w, "%s, pack %s, %d rules %s\n\n", s.Version, s.Pack, len(s.Rules), when)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tKIND\tPARAMS\tFROM\tUNTIL\tSTATUS\tSOURCE")
	for _, r := range s.compiled {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Kind, cmp.Or(rules.Params(r), "-"), r.From, cmp.Or(r.Until.String(), "-"), rules.Status(r), r.Source)
		if lang != "" {
			fmt.Fprintf(t, "  %s\n", r.Text.In(lang))
		}
	}
	return t.Flush()
}

func rulesDiff(e *env) *cobra.Command {
	var on string
	c := &cobra.Command{Use: "diff A B", Args: cobra.ExactArgs(2), Short: "compare two packs or files of rules: added, removed, tightened, loosened",
		RunE: func(_ *cobra.Command, args []string) error {
			var sides [2]*engine.Rules
			for i, name := range args {
				var err error
				if sides[i], err = readRules(name); err != nil {
					return err
				}
			}
			list, err := differences(sides[0], sides[1], on)
			if err != nil {
				return err
			}
			return e.print(list, func(w io.Writer) error { return showDifferences(w, list) })
		}}
	c.Flags().StringVar(&on, "on", "", "a day such as 2020-05-01, or today (default all days)")
	return c
}

func differences(a, b *engine.Rules, on string) ([]rules.Difference, error) {
	list := []rules.Difference{}
	day, err := dayFlag(cmp.Or(on, "all"))
	switch {
	case err != nil:
		return nil, err
	case day.IsZero():
		return append(list, rules.Diff(a, b)...), nil
	}
	return append(list, rules.DiffOn(a, b, day)...), nil
}

func showDifferences(w io.Writer, list []rules.Difference) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "the same rules")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "WHAT\tID\tFROM\tUNTIL\tDETAIL")
	for _, d := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", d.What, d.ID, cmp.Or(d.From.String(), "-"), cmp.Or(d.Until.String(), "-"), cmp.Or(d.Detail, "-"))
	}
	return t.Flush()
}
