package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"takt/experiments/logged"
	"takt/features/shareddata"
)

const (
	lettersFile = "phl-tax-letters/round_two_analysis_owners.csv.gz"
	specs       = "experiments/logged/testdata/"
)

// estimate is one figure of a JSON report.
func estimate(t *testing.T, r *logged.Report, policy, name string) (float64, map[string][2]float64) {
	t.Helper()
	for _, v := range r.Policies {
		for _, f := range v.Estimates {
			if v.Policy == policy && f.Estimator == name {
				return f.Value, f.Intervals
			}
		}
	}
	t.Fatalf("no estimate %s of %s", name, policy)
	return 0, nil
}

func within(t *testing.T, name string, got, want, half float64) {
	t.Helper()
	if !(math.Abs(got-want) <= half*1.0000001) {
		t.Errorf("%s: %.12g, want %.12g", name, got, want)
	}
}

// Reference cases 15 and 11 (reference/bandits.md section 2) from the command line, and the plot.
func TestEvaluateLoggedGivesTheReferenceValues(t *testing.T) {
	path := shareddata.Path(t, lettersFile)
	plot := filepath.Join(t.TempDir(), "reliability.svg")
	out, errs, code := takt(t, "evaluate", "logged", "--spec", specs+"phl-tax-letters.yaml", "--policy", "always=Lien", "--policy", "always=Sheriff", "--bootstrap", "0", "--plot", plot, "--json", path)
	if code != 0 {
		t.Fatal(errs)
	}
	var r logged.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	ips, i := estimate(t, &r, "always=Lien", "IPS")
	within(t, "IPS", ips, .39684974, .5e-8)
	within(t, "lower", i["gaussian"][0], .37247995, .5e-8)
	within(t, "upper", i["gaussian"][1], .42121954, .5e-8)
	snips, _ := estimate(t, &r, "always=Sheriff", "SNIPS")
	within(t, "SNIPS", snips, .37825548, .5e-8)
	if svg, err := os.ReadFile(plot); err != nil || !strings.Contains(string(svg), "Reliability") {
		t.Error("no reliability plot", err)
	}

	dist := shareddata.Path(t, "open-bandit/reference_bts_action_dist_women.csv")
	out, errs, code = takt(t, "evaluate", "logged", "--spec", specs+"open-bandit.yaml", "--policy", "bts="+dist, "--bootstrap", "0", "--json", shareddata.Path(t, "open-bandit/random_women.csv.gz"))
	if code != 0 {
		t.Fatal(errs)
	}
	r = logged.Report{}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"DR": .006865621183, "SNDR": .006865116207, "DM": .005494194581, "DRos(10)": .005812321510} {
		got, _ := estimate(t, &r, "bts", name)
		within(t, name, got, want, .5e-12)
	}
}

// The keys that the acceptance reads, by name; the learner is Takt's own unless another is named.
func TestEvaluateLoggedProgressiveHasTheFixedKeys(t *testing.T) {
	path := shareddata.Path(t, lettersFile)
	own := progressiveKeys(t, path)
	if again := progressiveKeys(t, path, "--learner", "takt"); again != own {
		t.Error("--learner takt differs from the default")
	}
	if mean := progressiveKeys(t, path, "--learner", "mean"); mean == own {
		t.Error("--learner mean is the default")
	}
}

// progressiveKeys leads a learner through two orders and gives the JSON text.
func progressiveKeys(t *testing.T, path string, args ...string) string {
	t.Helper()
	args = append([]string{"evaluate", "logged", "--spec", specs + "phl-tax-letters.yaml", "--progressive", "--orders", "2", "--seed", "1", "--json"}, args...)
	out, errs, code := takt(t, append(args, path)...)
	if code != 0 {
		t.Fatal(errs)
	}
	type way struct {
		IPS   *float64    `json:"ips"`
		SNIPS *float64    `json:"snips"`
		CI95  *[2]float64 `json:"ci95"`
	}
	var p struct {
		N   int `json:"n"`
		Log struct {
			Mean, ESS *float64
			WeightSum *float64 `json:"weight_sum"`
		} `json:"log"`
		Greedy   way `json:"greedy"`
		Thompson way `json:"thompson"`
		ByOrder  []struct {
			Greedy, Thompson way
		} `json:"by_order"`
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	for _, w := range []way{p.Greedy, p.Thompson} {
		if w.IPS == nil || w.SNIPS == nil || w.CI95 == nil || !(w.CI95[0] < *w.SNIPS && *w.SNIPS < w.CI95[1]) {
			t.Fatalf("%s", out)
		}
	}
	if p.N != 16951 || p.Log.Mean == nil || p.Log.ESS == nil || p.Log.WeightSum == nil || len(p.ByOrder) != 2 {
		t.Errorf("%s", out)
	}
	within(t, "mean of the orders", *p.Greedy.SNIPS, (*p.ByOrder[0].Greedy.SNIPS+*p.ByOrder[1].Greedy.SNIPS)/2, 1e-12)
	return out
}

// Exit code 2 and the way out for slips on the command line, 1 for a bad file.
func TestEvaluateLoggedRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	spec := write("spec.yaml", "actions: {letter: arm}\nreward: paid\npropensity: p\n")
	good := write("good.csv", "arm,paid,p\na,1,0.5\nb,0,0.5\n")
	for _, c := range []struct {
		code  int
		parts string // with | between
		args  []string
	}{
		{2, "--spec", []string{good}},
		{2, "arg", []string{"--spec", spec}},
		{2, "typo.yaml:1|rewards|reward", []string{"--spec", write("typo.yaml", "rewards: x\n"), good}},
		{2, "no level|a, b", []string{"--spec", spec, "--policy", "always=z", good}},
		{2, "not a policy|uniform", []string{"--spec", spec, "--policy", "best", good}},
		{2, "snapshot|--progressive", []string{"--spec", spec, "--policy", "snapshot:live", good}},
		{2, "--learner|mean, takt", []string{"--spec", spec, "--progressive", "--learner", "oracle", good}},
		{2, "--orders", []string{"--spec", spec, "--progressive", "--orders", "0", good}},
		{2, "--progressive", []string{"--spec", spec, "--orders", "3", good}},
		{2, "--plot|.svg", []string{"--spec", spec, "--plot", "x.gif", good}},
		{2, "--level", []string{"--spec", spec, "--level", "95", good}},
		{2, "--bootstrap", []string{"--spec", spec, "--bootstrap", "5", good}},
		{2, "flag", []string{"--spec", spec, "--unknown", good}},
		{1, "zero.csv:3|column p|(0,1]", []string{"--spec", spec, write("zero.csv", "arm,paid,p\na,1,0.5\nb,0,0\n")}},
		{1, "text.csv:2|column paid|no", []string{"--spec", spec, write("text.csv", "arm,paid,p\na,no,0.5\n")}},
		{1, "names.csv:1|no column", []string{"--spec", spec, write("names.csv", "arm,p\na,0.5\n")}},
		{1, "empty.csv|is empty", []string{"--spec", spec, write("empty.csv", "")}},
		{1, "nowhere.csv", []string{"--spec", spec, filepath.Join(dir, "nowhere.csv")}},
	} {
		_, errs, code := takt(t, slices.Concat([]string{"evaluate", "logged"}, c.args)...)
		if code != c.code {
			t.Errorf("%v: exit %d, want %d: %s", c.args, code, c.code, errs)
		}
		for _, p := range strings.Split(c.parts, "|") {
			if !strings.Contains(errs, p) {
				t.Errorf("%v: %q lacks %q", c.args, errs, p)
			}
		}
	}
	out, errs, code := takt(t, "evaluate", "logged", "--spec", spec, good)
	if code != 0 || !strings.Contains(out, "not estimable") {
		t.Errorf("two rows: %d %s %s", code, out, errs)
	}
}
