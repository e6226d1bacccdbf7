package logged_test

import (
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"takt/experiments/logged"
	"takt/experiments/ope"
	"takt/features/shareddata"
)

func open(t testing.TB, spec, data string) *logged.Log {
	t.Helper()
	path := shareddata.Path(t, data)
	s, err := logged.LoadSpec(filepath.Join("testdata", spec))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const letters = "phl-tax-letters/round_two_analysis_owners.csv.gz"

func evaluate(t testing.TB, l *logged.Log, o logged.Options, names ...string) *logged.Report {
	t.Helper()
	p, err := l.Policies(names)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func figure(t testing.TB, v *ope.Verdict, name string) *ope.Figure {
	t.Helper()
	for i := range v.Estimates {
		if v.Estimates[i].Estimator == name {
			return &v.Estimates[i]
		}
	}
	t.Fatalf("policy %s has no estimate %s", v.Policy, name)
	return nil
}

// printed says that got, rounded to the digits of want, reads as want: half a unit of the last digit.
func printed(t testing.TB, name string, got float64, want string) {
	t.Helper()
	_, decimals, _ := strings.Cut(want, ".")
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	if !(math.Abs(got-w) <= .5000001*math.Pow10(-len(decimals))) {
		t.Errorf("%s: %.12g, want %s", name, got, want)
	}
}

// TestPhiladelphia: reference/bandits.md case 15, and the widths of section 3b for the cross-fitted AIPW.
func TestPhiladelphia(t *testing.T) {
	t.Parallel()
	l := open(t, "phl-tax-letters.yaml", letters)
	r := evaluate(t, l, logged.Options{Draws: 200, Seed: 1}, "always=Lien", "always=Sheriff", "always=Reminder", "always=Neighborhood", "uniform")
	if r.N != 16951 || r.Read != 21468 || r.Missing != 4 {
		t.Errorf("%d of %d rows, %d missing", r.N, r.Read, r.Missing)
	}
	for i, want := range []string{".39514803", ".37825548", ".34256198", ".32189201"} {
		printed(t, r.Policies[i].Policy, figure(t, &r.Policies[i], "SNIPS").Value, want)
	}
	lien := &r.Policies[0]
	ips := figure(t, lien, "IPS")
	printed(t, "IPS", ips.Value, ".39684974")
	printed(t, "lower", ips.Intervals[ope.GaussianName][0], ".37247995")
	printed(t, "upper", ips.Intervals[ope.GaussianName][1], ".42121954")
	for name, want := range map[string]float64{ope.GaussianName: .0192, ope.SequenceName: .0334} {
		i := figure(t, lien, "DR").Intervals[name]
		if got := (i[1] - i[0]) / 2; math.Abs(got-want) > .0006 {
			t.Errorf("AIPW %s half width %.4f, want %.4f", name, got, want)
		}
	}
	if g := lien.Gain; g == nil || g.Value < .02 || g.Intervals[ope.GaussianName][0] < 0 {
		t.Errorf("gain over the log: %+v", g)
	}
	if u := figure(t, &r.Policies[4], "DR").Value; math.Abs(u-r.Log.Mean) > 1e-3 {
		t.Errorf("uniform earns %v, the uniform log %v", u, r.Log.Mean)
	}
	for _, c := range r.Log.Actions {
		if math.Abs(c.Z) > 4 || !c.Supported {
			t.Errorf("%+v", c)
		}
	}
	expected := 0.
	for _, b := range r.Reliability {
		expected += b.Expected / float64(len(r.Reliability))
	}
	if len(r.Reliability) != 10 || math.Abs(expected-r.Log.Mean) > .002 {
		t.Errorf("the model expects %.4f, the log has %.4f", expected, r.Log.Mean)
	}
}

// TestOpenBandit: case 11 through spec and policy file.
func TestOpenBandit(t *testing.T) {
	t.Parallel()
	want := map[string][2]string{
		"IPS": {".00453356", ".006813474"}, "SNIPS": {".004604232164", ".006810965195"}, "DM": {".004877327789", ".005494194581"},
		"DR": {".004622108431", ".006865621183"}, "SNDR": {".004618129901", ".006865116207"},
		"clipped IPS(2)": {".003310764", ".003496878"}, "clipped DR(2)": {".004817999151", ".006000256143"},
		"SWITCH-DR(1)": {".004905054158", ".005369598939"}, "SWITCH-DR(2)": {".004796895718", ".005325167239"},
		"DRos(1)": {".004822798962", ".005451281430"}, "DRos(10)": {".004858648254", ".005812321510"},
		"SG-IPS(0.1)": {".003896749270", ".005050234286"}, "SG-DR(0.1)": {".004772139628", ".006422636446"},
	}
	weights := [][3]string{{"9846.50608", "2467.402418", "10.68858"}, {"10003.68348", "1954.267834", "12.56398"}}
	slope := [][]string{{"clipped IPS(1)", "clipped DR(1)", "SWITCH-DR(1)", "DRos(0)"}, {"clipped IPS(2)", "clipped DR(1)", "SWITCH-DR(1)", "DRos(0)"}}
	for i, campaign := range []string{"men", "women"} {
		l := open(t, "open-bandit.yaml", "open-bandit/random_"+campaign+".csv.gz")
		r := evaluate(t, l, logged.Options{}, "bts="+shareddata.Path(t, "open-bandit/reference_bts_action_dist_"+campaign+".csv"))
		v := &r.Policies[0]
		for name, w := range want {
			printed(t, campaign+" "+name, figure(t, v, name).Value, w[i])
		}
		printed(t, "sum of weights", v.Audit.WeightSum, weights[i][0])
		printed(t, "effective sample size", v.Audit.ESS, weights[i][1])
		printed(t, "largest weight", v.Audit.MaxWeight, weights[i][2])
		for _, name := range slope[i] {
			figure(t, v, name+" by SLOPE")
		}
	}
}

// TestProgressiveMean: the context-free peer on the letters; reference/bandits.md has its figures from
// another program.
func TestProgressiveMean(t *testing.T) {
	t.Parallel()
	const orders = 10 // of 50, see README: half a minute
	for spec, want := range map[string]float64{"phl-tax-letters.yaml": .389, "phl-tax-letters-sep.yaml": .597} {
		l := open(t, spec, letters)
		p, err := l.Progressive(t.Context(), logged.NewMean, orders, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: greedy %.4f [%.4f, %.4f], thompson %.4f, log %.4f", spec, p.Greedy.SNIPS, p.Greedy.CI95[0], p.Greedy.CI95[1], p.Thompson.SNIPS, p.Log.Mean)
		if math.Abs(p.Greedy.SNIPS-want) > .003 {
			t.Errorf("%s: greedy %.4f, want about %.3f", spec, p.Greedy.SNIPS, want)
		}
		if p.Thompson.SNIPS < p.Log.Mean+.02 || math.Abs(p.Log.WeightSum-float64(p.N)) > 1e-6 || len(p.Orders) != orders {
			t.Errorf("%s: %+v", spec, p)
		}
	}
}
