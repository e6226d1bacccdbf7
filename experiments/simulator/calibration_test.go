package simulator

import (
	"math"
	"strings"
	"testing"
)

func mustRun(t testing.TB, o Options, scenario string) *Result {
	t.Helper()
	s, err := Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	o.Scenario = s
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reference are figures of the reference simulation, each the mean of its three seeds of 20,000 cases: recovered,
// customers at the agency, forgetful and short among these, median days, cost, complaints, churn, net.
var reference = []struct {
	policy                                                      string
	recovered, agency, soft, days, cost, complaints, churn, net float64
}{
	{"none", .305, .118, .730, 24.3, 0, 0, .311, 12.54},
	{"ladder", .605, .067, .630, 20, 2.963, .0146, .182, 37.69},
	{"digital_ladder", .715, .048, .537, 11, 1.340, .0221, .136, 49.58},
	{"uniform", .729, .046, .527, 14, 1.507, .0155, .127, 51.06},
	{"sms/empathetic/17-20", .835, .028, .460, 10, .360, .0047, .077, 64.18},
	{"sms/friendly/17-20", .763, .040, .447, 10, .407, .0064, .108, 55.85},
	{"sms/firm/17-20", .746, .043, .513, 10, .423, .0341, .123, 53.34},
	{"email/friendly/17-20", .725, .047, .500, 10, .200, .0055, .124, 52.26},
	{"letter/neutral/8-11", .673, .056, .583, 14, 4.043, .0121, .151, 43.45},
	{"age_rule", .847, .026, .437, 10, .737, .0046, .070, 65.31},
	{"feature_rule", .885, .020, .313, 10, .877, .0041, .052, 69.08},
	{"oracle", .922, .013, .283, 8, .790, .0085, .037, 72.92},
}

// Every figure of the reference table: shares within 1.5 points, money within 5 %, days within 1. The
// reference was another program with other random numbers, so 100,000 cases leave little to chance here.
func TestReferenceTable(t *testing.T) {
	long(t)
	for _, want := range reference {
		cases := 100_000
		if strings.HasSuffix(want.policy, "_rule") {
			cases = 40_000 // they think longer
		}
		r := mustRun(t, Options{Policy: want.policy, Cases: cases}, "base")
		shares := [][2]float64{{r.Recovered.Mean, want.recovered}, {r.Agency.Mean, want.agency}, {r.Forgetful.Mean, want.soft},
			{r.Complaints.Mean, want.complaints}, {r.Churn.Mean, want.churn}}
		for i, v := range shares {
			if math.Abs(v[0]-v[1]) > .015 {
				t.Errorf("%s: share %d is %.4f, the reference has %.4f", want.policy, i, v[0], v[1])
			}
		}
		for i, v := range [][2]float64{{r.Cost.Mean / 100, want.cost}, {r.Net.Mean / 100, want.net}} {
			if math.Abs(v[0]-v[1]) > .05*v[1] {
				t.Errorf("%s: money %d is %.3f, the reference has %.3f", want.policy, i, v[0], v[1])
			}
		}
		if math.Abs(r.MedianDays.Mean-want.days) > 1 {
			t.Errorf("%s: median days %.0f, the reference has %.1f", want.policy, r.MedianDays.Mean, want.days)
		}
	}
}

// The figures of the articles that the product was conceived from, under the status quo.
func TestSeedFigures(t *testing.T) {
	long(t)
	ladder := mustRun(t, Options{Policy: "ladder", Cases: 100_000}, "base")
	telco := mustRun(t, Options{Policy: "oracle", Cases: 100_000}, "telco")
	text := mustRun(t, Options{Policy: "uniform", Cases: 100_000}, "base")
	for _, c := range []struct {
		what        string
		got, lo, hi float64
	}{
		{"customers at the agency", ladder.Agency.Mean, .02, .08},
		{"forgetful and short of cash at the hand-over", ladder.Forgetful.Mean, .55, .65},
		{"cold calls answered", ladder.Calls.Mean, .08, .15},
		{"purchases with a reminder", ladder.Reminded.Mean, .112, .122},
		{"telco, oracle: recovered before the agency", telco.Recovered.Mean, .93, .96},
		{"text messages read within 3 minutes", text.Read.Mean, .89, .91},
	} {
		if c.got < c.lo || c.got > c.hi {
			t.Errorf("%s: %.4f is outside %g to %g", c.what, c.got, c.lo, c.hi)
		}
	}
}

// One contact on day 10 by an action for everybody who can be reached so, paid until day 24: the probe of
// the reference simulation, within 1.5 points.
func TestProbe(t *testing.T) {
	long(t)
	w := base(t)
	for _, c := range []struct {
		action string
		want   float64
	}{{"", .094}, {"letter/neutral/8-11", .275}, {"letter/formal/8-11", .253}, {"sms/neutral/17-20", .299}, {"sms/friendly/17-20", .321}, {"email/friendly/17-20", .288}, {"phone/friendly/17-20", .153}} {
		p := &play{w: w, by: byRule{once{t, c.action}}, seed: 5, cases: 50_000, days: 250}
		done, err := p.run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		paid, n := 0, 0
		for i := range done {
			if d := done[i].cured; d == 0 || d >= 10 {
				n++
				if d != 0 && d <= 24 {
					paid++
				}
			}
		}
		if got := float64(paid) / float64(n); math.Abs(got-c.want) > .015 {
			t.Errorf("%q: %.4f paid within 14 days, the reference has %.3f", c.action, got, c.want)
		}
	}
}

// once contacts on day 10 and never again.
type once struct {
	t      *testing.T
	action string
}

func (o once) decide(_ *world, c *course, day int) (plan, int) {
	if day < 10 {
		return plan{}, 10
	}
	if day > 10 || o.action == "" {
		return plan{}, never
	}
	f, err := parseFixed(o.action)
	if err != nil {
		o.t.Error(err)
	}
	return plan{Action: f.Action, contact: c.known.Has(f.Channel)}, never
}

func base(t testing.TB) *world {
	t.Helper()
	s, err := Load("base")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Odds multiply on the logit, and nobody pays for a contact that was not noticed.
func TestOddsOnTheLogit(t *testing.T) {
	for _, p := range []float64{.01, .3, .9} {
		for _, odds := range []float64{.5, 1, 2.4} {
			logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
			if got := links["logit"](p, odds); math.Abs(logit(got)-(logit(p)+math.Log(odds))) > 1e-12 {
				t.Errorf("logit %g with odds %g: %g", p, odds, got)
			}
			for name, link := range links {
				if got := link(p, 1); math.Abs(got-p) > 1e-12 {
					t.Errorf("%s: odds of 1 turn %g into %g", name, p, got)
				}
				if !(link(p, 2) > p && link(p, .5) < p && link(p, 100) <= 1) {
					t.Errorf("%s is not monotone at %g", name, p)
				}
			}
		}
	}
	w := base(t)
	c := &course{person: person{kind: forgetful, amount: 1000}} // knows no address, so notices nothing
	for day := 1; day < 60; day += 6 {
		c.carryOut(w, day, &plan{Action: action(2, 1, 0), contact: true})
	}
	if c.fatigue != 0 || len(c.queue) != 0 {
		t.Errorf("unnoticed contacts had an effect: %d noticed, %v to come", c.fatigue, c.queue)
	}
}
