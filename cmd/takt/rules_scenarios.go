package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"takt/cmd/scenario"
	"takt/engine"
)

// tested is what takt rules test says.
type tested struct {
	Scenarios int               `json:"scenarios"`
	Failed    int               `json:"failed"`
	Results   []scenario.Result `json:"results"`
}

func rulesTest(e *env) *cobra.Command {
	var pack, file, tenant string
	c := &cobra.Command{Use: "test [FILE or DIR...]", Args: cobra.ArbitraryArgs, Short: "run scenarios: given events, when a decision at a time, expect actions and trace",
		Long: "Runs files of scenarios, and all files that end in .yaml of directories: given events, when a decision is asked for, what it must be.\n" +
			"Without arguments it runs the embedded scenarios of the rules, which hold every rule at its edge, on both sides.\n" +
			"The rules are those of --pack, --file or --tenant, or else of the pack that each file names.\n" +
			"The exit code is 1 if a scenario fails.",
		RunE: func(_ *cobra.Command, args []string) error {
			law, err := e.lawOf(pack, file, tenant)
			if err != nil {
				return err
			}
			files, err := scenarioFiles(law, args)
			if err != nil {
				return err
			}
			t, err := test(files, law)
			if err != nil {
				return err
			}
			if err := e.print(t, t.show); err != nil {
				return err
			}
			if t.Failed > 0 {
				return fmt.Errorf("%d of %d scenarios fail", t.Failed, t.Scenarios)
			}
			return nil
		}}
	f := c.Flags()
	f.StringVar(&pack, "pack", "", "an embedded pack whose rules are asked (default: the one each file names)")
	f.StringVar(&file, "file", "", "path of a file of rules that are asked")
	f.StringVar(&tenant, "tenant", "", "tenant of takt.yaml whose rules are asked")
	return c
}

// lawOf are the rules that the flags name; nil if none does.
func (e *env) lawOf(pack, file, tenant string) (*engine.Rules, error) {
	switch {
	case pack == "" && file == "" && tenant == "":
		return nil, nil
	case pack != "" && file != "":
		return nil, usage(errors.New("--pack: leave it out with --file, which names its pack"))
	}
	return e.rules(cmp.Or(file, pack), tenant)
}

// scenarioFiles are those that the arguments name, or the embedded ones: of the rules, or all.
func scenarioFiles(law *engine.Rules, args []string) (files []*scenario.File, err error) {
	switch {
	case len(args) > 0:
		files, err = scenario.Read(args...)
	case law != nil:
		files, err = scenario.Of(law)
	default:
		files, err = scenario.Embedded()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage(err)
	}
	return files, err
}

// test runs files; law nil stands for the pack of each.
func test(files []*scenario.File, law *engine.Rules) (*tested, error) {
	t := &tested{Results: []scenario.Result{}}
	for _, f := range files {
		r := law
		if r == nil {
			if f.Pack == "" {
				return nil, usage(fmt.Errorf("%s: names no pack; write pack: de at its top, or use --pack, --file or --tenant", f.Path))
			}
			var err error
			if r, err = readRules(f.Pack); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Path, err)
			}
		}
		t.Results = append(t.Results, f.Run(r)...)
	}
	t.Scenarios = len(t.Results)
	for i := range t.Results {
		if !t.Results[i].Pass {
			t.Failed++
		}
	}
	return t, nil
}

func (t *tested) show(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for i := range t.Results {
		r := &t.Results[i]
		word := "pass"
		if !r.Pass {
			word = "FAIL"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", word, cmp.Or(r.Rule, "-"), cmp.Or(r.Sort, "-"), r.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range t.Results {
		if r := &t.Results[i]; !r.Pass {
			explainFailure(w, r)
		}
	}
	_, err := fmt.Fprintf(w, "\n%d scenarios, %d fail\n", t.Scenarios, t.Failed)
	return err
}

// explainFailure tells what differs and what the rules found, those that let go on only as a number.
func explainFailure(w io.Writer, r *scenario.Result) {
	fmt.Fprintf(w, "\n%s:%d: %s, by %s\n", r.File, r.Line, r.Name, r.Ruleset)
	for _, d := range r.Differences {
		fmt.Fprintf(w, "  line %d: %s: expected %s, got %s\n", d.Line, d.What, d.Expected, d.Got)
	}
	passed := 0
	for i := range r.Trace {
		if c := &r.Trace[i]; c.Result == engine.Pass && c.Rule != r.Rule {
			passed++
		} else {
			fmt.Fprintf(w, "  trace: %s\n", c)
		}
	}
	fmt.Fprintf(w, "  trace: %d more pass\n", passed)
}
