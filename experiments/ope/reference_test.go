package ope_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"takt/experiments/ope"
)

var inf = math.Inf(1)

// printed says that got, rounded to the digits of want, reads as want: half a unit of the last digit.
func printed(t testing.TB, name string, got float64, want string) {
	t.Helper()
	_, decimals, _ := strings.Cut(want, ".")
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatal(err)
	}
	// a hair above one half: a reference that was cut in the middle of a digit still counts
	if d := math.Abs(got - w); !(d <= .5000001*math.Pow10(-len(decimals))) {
		t.Errorf("%s: %.12g, want %s", name, got, want)
	}
}

// bounds checks an interval against the printed one.
func bounds(t testing.TB, name string, got ope.Interval, ok bool, lower, upper string) {
	t.Helper()
	if !ok {
		t.Errorf("%s: no interval", name)
	}
	printed(t, name+" lower", got.Lower, lower)
	printed(t, name+" upper", got.Upper, upper)
}

func run(t testing.TB, r ope.Rule, log []ope.Sample) *ope.Estimate {
	t.Helper()
	e := &ope.Estimate{Rule: r}
	for _, s := range log {
		if err := e.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func value(t testing.TB, e interface{ Value() (float64, bool) }) float64 {
	t.Helper()
	v, ok := e.Value()
	if !ok {
		t.Fatalf("%T has no value", e)
	}
	return v
}

// TestSingleRow: bandits.md section 2, case 1 (VowpalWabbit/estimators test_bandits_ips, _snips).
func TestSingleRow(t *testing.T) {
	log := []ope.Sample{{PLog: .3, PEval: .6, Reward: 1}}
	printed(t, "IPS", value(t, run(t, ope.IPS{}, log)), "2.0")
	printed(t, "SNIPS", value(t, run(t, ope.SNIPS{}, log)), "1.0")
}

// TestOneSlot: case 2 (test_slates_pseudo_inverse): with one slot the pseudo-inverse is IPS.
func TestOneSlot(t *testing.T) {
	pLog, pEval, rewards := []float64{.8, .25, .5, .2}, []float64{.6, .4, .3, .9}, []float64{.1, .2, 0, 1}
	var pi ope.PseudoInverse
	var ips ope.Estimate
	for i, r := range rewards {
		if err := pi.Add(pLog[i:i+1], pEval[i:i+1], r); err != nil {
			t.Fatal(err)
		}
		if err := ips.Add(ope.Sample{PLog: pLog[i], PEval: pEval[i], Reward: r}); err != nil {
			t.Fatal(err)
		}
	}
	printed(t, "PI", value(t, &pi), "1.22375")
	printed(t, "IPS", value(t, &ips), "1.22375")
}

// TestAlternatingLog: case 3 (the generator of test_bandits, values computed from that library).
func TestAlternatingLog(t *testing.T) {
	var log []ope.Sample
	for range 500 {
		log = append(log, ope.Sample{PLog: .5, PEval: .2, Reward: 1}, ope.Sample{PLog: .5, PEval: .8})
	}
	ips := run(t, ope.IPS{}, log)
	printed(t, "IPS", value(t, ips), ".2")
	printed(t, "SNIPS", value(t, run(t, ope.SNIPS{}, log)), ".2")
	i, ok := ips.Gaussian(.95)
	bounds(t, "Gaussian", i, ok, ".1875979", ".2124021")
	var binomial ope.Binomial
	var cr ope.CressieRead
	var mixture ope.Mixture
	for _, s := range log {
		if err := mixture.Add(s); err != nil {
			t.Fatal(err)
		}
		if err := binomial.Add(s); err != nil {
			t.Fatal(err)
		}
		if err := cr.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	i, ok = binomial.ClopperPearson(.95)
	bounds(t, "Clopper-Pearson", i, ok, ".16931896", ".23354558")
	printed(t, "Cressie-Read", value(t, &cr), ".19946867")
	i, ok = cr.Interval(.95)
	bounds(t, "Cressie-Read", i, ok, ".18932883", ".24268469")
	i, ok = mixture.Interval(.95)
	bounds(t, "confidence sequence", i, ok, ".1757245", ".29635523")
}

// TestOpenBandit: case 11 (zr-obp 0.5.5 and a second derivation), and the weights of the data's README.
func TestOpenBandit(t *testing.T) {
	want := []struct {
		name       string
		rule       ope.Rule
		men, women string
	}{
		{"IPS", ope.IPS{}, ".00453356", ".006813474"},
		{"SNIPS", ope.SNIPS{}, ".004604232164", ".006810965195"},
		{"DM", ope.DM{}, ".004877327789", ".005494194581"},
		{"DR", ope.DR{}, ".004622108431", ".006865621183"},
		{"SNDR", ope.SNDR{}, ".004618129901", ".006865116207"},
		{"clip-2 IPS", ope.ClippedIPS{Lambda: 2}, ".003310764", ".003496878"},
		{"clip-2 DR", ope.ClippedDR{Lambda: 2}, ".004817999151", ".006000256143"},
		{"SWITCH 1", ope.Switch{Tau: 1}, ".004905054158", ".005369598939"},
		{"SWITCH 2", ope.Switch{Tau: 2}, ".004796895718", ".005325167239"},
		{"DRos 1", ope.DRos{Lambda: 1}, ".004822798962", ".005451281430"},
		{"DRos 10", ope.DRos{Lambda: 10}, ".004858648254", ".005812321510"},
		{"SG-IPS .1", ope.SGIPS{Lambda: .1}, ".003896749270", ".005050234286"},
		{"SG-DR .1", ope.SGDR{Lambda: .1}, ".004772139628", ".006422636446"},
	}
	weights := map[string][3]string{
		"men":   {"9846.50608", "2467.402418", "10.68858"},
		"women": {"10003.68348", "1954.267834", "12.56398"},
	}
	for campaign, w := range weights {
		rows := openBandit(t, campaign)
		var audit ope.Audit
		log := make([]ope.Sample, len(rows))
		for i, r := range rows {
			log[i] = r.Sample
			if err := audit.Add(r.Sample, r.Choice); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range want {
			figure := c.men
			if campaign == "women" {
				figure = c.women
			}
			printed(t, campaign+" "+c.name, value(t, run(t, c.rule, log)), figure)
		}
		r := audit.Value()
		printed(t, campaign+" sum of weights", r.WeightSum, w[0])
		printed(t, campaign+" effective sample size", r.ESS, w[1])
		printed(t, campaign+" largest weight", r.MaxWeight, w[2])
		if err := r.Estimable(ope.Limits{}); err != nil {
			t.Error(campaign, err)
		}
		for item, c := range r.Actions {
			if !c.Supported || math.Abs(c.Z) > 4 {
				t.Errorf("%s: item %d is drawn %d times, z %.1f", campaign, item, c.N, c.Z)
			}
		}
	}
}

// TestBernsteinOnOpenBandit: case 12, zr-obp's lower bound at δ = .05, which is one side of level .9. Ours
// stops at 0, so the half width is read off the other end.
func TestBernsteinOnOpenBandit(t *testing.T) {
	var e ope.Estimate
	for _, r := range openBandit(t, "men") {
		if err := e.Add(r.Sample); err != nil {
			t.Fatal(err)
		}
	}
	i, ok := e.Bernstein(.9, 0, 10.68858)
	if !ok || i.Lower != 0 {
		t.Errorf("%v, %t", i, ok)
	}
	printed(t, "lower bound", 2*value(t, &e)-i.Upper, "-.00787669")
}

// TestGridOnOpenBandit: case 13 (zr-obp 0.5.5). The case tells what its MSE rule chooses for DRos only.
func TestGridOnOpenBandit(t *testing.T) {
	lambdas, zero := []float64{1, 2, 5, 10, 50, inf}, []float64{0, 1, 10, 100, 1000, inf}
	grids := []struct {
		name    string
		lambdas []float64
		rule    func(float64) ope.Rule
		slope   map[string]float64
	}{
		{"IPS", lambdas, func(l float64) ope.Rule { return ope.ClippedIPS{Lambda: l} }, map[string]float64{"men": 1, "women": 2}},
		{"DR", lambdas, func(l float64) ope.Rule { return ope.ClippedDR{Lambda: l} }, map[string]float64{"men": 1, "women": 1}},
		{"SWITCH", lambdas, func(l float64) ope.Rule { return ope.Switch{Tau: l} }, map[string]float64{"men": 1, "women": 1}},
		{"DRos", zero, func(l float64) ope.Rule { return ope.DRos{Lambda: l} }, map[string]float64{"men": 0, "women": 0}},
	}
	for _, campaign := range []string{"men", "women"} {
		rows := openBandit(t, campaign)
		for _, c := range grids {
			var g ope.Grid
			for _, l := range c.lambdas {
				g.Rules = append(g.Rules, c.rule(l))
			}
			for _, r := range rows {
				if err := g.Add(r.Sample); err != nil {
					t.Fatal(err)
				}
			}
			if i, ok := g.Slope(.95); !ok || c.lambdas[i] != c.slope[campaign] {
				t.Errorf("%s %s: SLOPE chooses %v, want %v", campaign, c.name, c.lambdas[i], c.slope[campaign])
			}
			if i, ok := g.MSE(.95); c.name == "DRos" && (!ok || c.lambdas[i] != inf) {
				t.Errorf("%s DRos: MSE chooses %v, want +Inf", campaign, c.lambdas[i])
			}
		}
	}
}

// TestPhiladelphia: case 15; the confidence sequence in the order of the file.
func TestPhiladelphia(t *testing.T) {
	snips := map[string]string{"Lien": ".39514803", "Sheriff": ".37825548", "Reminder": ".34256198", "Neighborhood": ".32189201"}
	for letter, want := range snips {
		log := philadelphia(t, "ever_paid_jul", letter)
		if len(log) != 16951 {
			t.Fatalf("%d owners", len(log))
		}
		printed(t, letter, value(t, run(t, ope.SNIPS{}, log)), want)
	}
	ips := run(t, ope.IPS{}, philadelphia(t, "ever_paid_jul", "Lien"))
	printed(t, "IPS", value(t, ips), ".39684974")
	i, ok := ips.Gaussian(.95)
	bounds(t, "Gaussian", i, ok, ".37247995", ".42121954")
	var mixture ope.Mixture
	for _, s := range philadelphia(t, "ever_paid_jul", "Lien") {
		if err := mixture.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	i, ok = mixture.Interval(.95)
	bounds(t, "confidence sequence", i, ok, ".34475519", ".45660346")
	printed(t, "mean of the sequence", value(t, &mixture), ".39684974")
}

// TestWidthsOnPhiladelphia: bandits.md section 3b. Betting depends on the order of rows, and the file
// is sorted, so ours is the mean over ten orders; tolerance 10 %, about what one order differs from another.
// The asymptotic sequence there is of AIPW: its ratio to the Gaussian depends on n alone.
func TestWidthsOnPhiladelphia(t *testing.T) {
	for reward, want := range map[string]struct {
		gaussian   string
		ratio      float64
		betting, o float64
	}{
		"ever_paid_jul": {".0244", .0334 / .0192, .0543, .0448},
		"ever_paid_sep": {".0297", .0336 / .0193, .0700, .0430},
	} {
		log := philadelphia(t, reward, "Lien")
		ips := run(t, ope.IPS{}, log)
		gaussian, _ := ips.Gaussian(.95)
		printed(t, reward+" Gaussian half width", gaussian.Width()/2, want.gaussian)
		sequence, _ := ips.Sequence(.95, 500)
		near(t, reward+" sequence against Gaussian", sequence.Width()/gaussian.Width(), want.ratio, .01)
		var all, own float64
		for seed := uint64(1); seed <= 10; seed++ {
			shuffle(log, seed)
			b, o := ope.Betting{Upper: 7}, ope.Betting{}
			for _, s := range log {
				if err := b.Add(s); err != nil {
					t.Fatal(err)
				}
				if s.PLog = 1; s.PEval == 1 {
					if err := o.Add(s); err != nil {
						t.Fatal(err)
					}
				}
			}
			i, _ := b.Interval(.95)
			j, _ := o.Interval(.95)
			all, own = all+i.Width()/20, own+j.Width()/20
		}
		near(t, reward+" betting half width", all, want.betting, .1*want.betting)
		near(t, reward+" betting half width, own rows", own, want.o, .1*want.o)
	}
}

func near(t testing.TB, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.15g, want %.15g ± %.2g", name, got, want, tolerance)
	}
}

func shuffle(log []ope.Sample, seed uint64) {
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(log), func(i, j int) { log[i], log[j] = log[j], log[i] })
}
