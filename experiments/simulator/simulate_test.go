package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

// long leaves a test of statistics out where only races are looked for.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("says nothing about races, and takes minutes under the race detector")
	}
}

func text(t testing.TB, r *Result) []byte {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The same options give the same bytes on any number of cores, also while Takt learns.
func TestSameBytesAtAnyParallelism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	list := []Options{{Policy: "uniform", Cases: 3000}, {Policy: "oracle", Cases: 1000}, {Policy: "bandit", Cases: 100, Days: 3, Learn: 200}}
	if testing.Short() {
		list = list[:2] // training takes minutes under the race detector
	}
	for _, o := range list {
		var first []byte
		for _, cores := range []int{1, 3} {
			runtime.GOMAXPROCS(cores)
			got := text(t, mustRun(t, o, "late_events"))
			if first == nil {
				first = got
			} else if !bytes.Equal(first, got) {
				t.Errorf("%s: %d cores give another result than one", o.Policy, cores)
			}
		}
	}
}

// Twins are the same people with the same luck: who is never contacted by two policies fares alike, and the
// gap between policies is known far better than either level.
func TestTwins(t *testing.T) {
	a := mustRun(t, Options{Policy: "ladder", Cases: 5000}, "base")
	b := mustRun(t, Options{Policy: "uniform", Cases: 5000}, "base")
	none := mustRun(t, Options{Policy: "none", Cases: 5000}, "base")
	alike := 0
	for i := range none.outcomes {
		x, y, z := &a.outcomes[i], &b.outcomes[i], &none.outcomes[i]
		if x.kind != y.kind || x.accounts != y.accounts || x.arrived != y.arrived {
			t.Fatalf("case %d is another person under another policy", i)
		}
		if z.cured != 0 && z.cured < 10 { // before the ladder's first letter
			alike++
			if x.cured != z.cured || x.net != z.net {
				t.Fatalf("case %d pays by itself on day %d without, on day %d with a ladder that has not begun", i, z.cured, x.cured)
			}
		}
	}
	if alike < 200 {
		t.Errorf("only %d cases ended before the ladder", alike)
	}
	gap, apart := Gap(b, a), math.Hypot(a.Net.Hi-a.Net.Lo, b.Net.Hi-b.Net.Lo)
	if d := b.Net.Mean - a.Net.Mean; math.Abs(gap.Mean-d) > 1e-6 {
		t.Errorf("the gap is %g, the difference of the means %g", gap.Mean, d)
	}
	if gap.Hi-gap.Lo > .8*apart {
		t.Errorf("the gap's interval %g is hardly smaller than that of strangers, %g", gap.Hi-gap.Lo, apart)
	}
}

// Cases arrive evenly, 200 a day unless told otherwise.
func TestCasesArriveEvenly(t *testing.T) {
	for _, c := range []struct{ cases, days, want int }{{2000, 0, 200}, {700, 70, 10}} {
		r := mustRun(t, Options{Policy: "none", Cases: c.cases, Days: c.days}, "base")
		per := map[int32]int{}
		for i := range r.outcomes {
			per[r.outcomes[i].arrived]++
		}
		for day, n := range per {
			if n != c.want {
				t.Errorf("%d cases on day %d, want %d", n, day, c.want)
			}
		}
	}
}

// A case is looked at on its first review and then exactly when the last answer said.
func TestReviewsAreKept(t *testing.T) {
	seen := map[int][]int{}
	w := base(t)
	p := &play{w: w, by: byRule{every(func(c *course, day int) (plan, int) {
		seen[c.n] = append(seen[c.n], day)
		return plan{}, day + 7
	})}, seed: 1, cases: 50, days: 1}
	runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(runtime.NumCPU())
	if _, err := p.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, days := range seen {
		for i, d := range days {
			if d != 3+7*i {
				t.Fatalf("case %d was looked at on %v", n, days)
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d cases were looked at", len(seen))
	}
}

// So are Takt's: each decision of a case comes on the day that the one before named as its next review.
func TestTaktsReviewsAreKept(t *testing.T) {
	w := base(t)
	_, in := byUniform(t, "base", 300, 2)
	day := func(at time.Time) engine.Date { return engine.DateOf(at.In(w.loc)) }
	followed := 0
	for _, k := range in.desks {
		for i := 1; i < len(k.log.Decisions); i++ {
			before, d := &k.log.Decisions[i-1], &k.log.Decisions[i]
			if want := max(day(before.Review), day(before.IssuedAt)+1); day(d.IssuedAt) != want {
				t.Fatalf("case %s is decided on %s, its review was %s", d.Case, day(d.IssuedAt), want)
			}
			followed++
		}
	}
	if followed < 500 {
		t.Errorf("only %d reviews", followed)
	}
}

type every func(c *course, day int) (plan, int)

func (f every) decide(_ *world, c *course, day int) (plan, int) { return f(c, day) }

// All policies keep the rules of contact that the scenario sets.
func TestContactRules(t *testing.T) {
	w := base(t)
	for name, r := range map[string]rule{"uniform": uniform{}, "oracle": oracle{w.reward}, "age_rule": believer{}, "fixed": fixed{action(engine.SMS, engine.Firm, 3)}} {
		p := &play{w: w, by: byRule{r}, seed: 3, cases: 500, days: 3}
		p.evening = func(context.Context, int) error {
			for _, c := range p.alive {
				for i := 1; i < len(c.contacts); i++ {
					if c.contacts[i].day-c.contacts[i-1].day < w.gap {
						t.Fatalf("%s: contacts on days %d and %d", name, c.contacts[i-1].day, c.contacts[i].day)
					}
				}
				if len(c.contacts) > w.most || len(c.contacts) > 0 && c.contacts[0].day < w.first {
					t.Fatalf("%s: %d contacts, the first on day %d", name, len(c.contacts), c.contacts[0].day)
				}
			}
			return nil
		}
		if _, err := p.run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Takt in this process, set to the ladder, recovers what the ladder as a rule does, and contacts about as
// often: one policy by two ways.
func TestLadderByBothWays(t *testing.T) {
	s, err := Load("base")
	if err != nil {
		t.Fatal(err)
	}
	w := base(t)
	tenant := s.Tenant("ladder")
	tenant.Policy = engine.LadderName
	in, err := newInside(tenant)
	if err != nil {
		t.Fatal(err)
	}
	p := &play{w: w, by: in, watched: true, prefix: "T", seed: 1, cases: 4000, days: 20}
	done, err := p.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, want := figures(done), mustRun(t, Options{Policy: "ladder", Cases: 4000}, "base").Figures
	// Takt sends no second letter to an address from which one came back: a little less cost.
	if math.Abs(got.Recovered.Mean-want.Recovered.Mean) > .01 || math.Abs(got.Cost.Mean/want.Cost.Mean-1) > .08 || math.Abs(got.Contacts.Mean/want.Contacts.Mean-1) > .06 {
		t.Errorf("Takt's ladder: recovered %.3f, cost %.0f, contacts %.2f; the rule's: %.3f, %.0f, %.2f",
			got.Recovered.Mean, got.Cost.Mean, got.Contacts.Mean, want.Recovered.Mean, want.Cost.Mean, want.Contacts.Mean)
	}
}

// Takt learns: frozen after some thousand decisions of other people it earns clearly more than the status quo
// with the same people, and more than before it learned.
func TestTaktLearns(t *testing.T) {
	long(t)
	o := Options{Policy: "bandit", Cases: 3000}
	o.Learn = 1
	prior := mustRun(t, o, "base")
	o.Learn = 10_000
	learned := mustRun(t, o, "base")
	ladder := mustRun(t, Options{Policy: "ladder", Cases: 3000}, "base")
	if g := Gap(learned, ladder); g.Lo < 1000 {
		t.Errorf("over the ladder it earns %v minor units a case, want 10 euros at least", g)
	}
	if g := Gap(learned, prior); g.Lo <= 0 {
		t.Errorf("over the prior it earns %v minor units a case", g)
	}
}

// byUniform lets Takt decide at random, which needs no training, and keeps all it was told.
func byUniform(t testing.TB, scenario string, cases, days int) ([]outcome, *inside) {
	t.Helper()
	s, err := Load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(s)
	if err != nil {
		t.Fatal(err)
	}
	tenant := s.Tenant("uniform")
	tenant.Policy = "uniform"
	in, err := newInside(tenant)
	if err != nil {
		t.Fatal(err)
	}
	in.learns, in.taking = true, true
	p := &play{w: w, by: in, watched: true, prefix: "T", seed: 1, cases: cases, days: days}
	done, err := p.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return done, in
}

// Every fault on the way of events leaves the cases whole: all end, and money is counted once.
func TestFaultsLoseNoCase(t *testing.T) {
	for _, name := range []string{"late_events", "disobedient", "stale_balance", "complaint_storm"} {
		done, _ := byUniform(t, name, 500, 3)
		for i := range done {
			if o := &done[i]; o.accounts == 0 || o.cured < 0 || o.contacts > 6 {
				t.Fatalf("%s: case %d ended as %+v", name, i, *o)
			}
		}
	}
	plain := mustRun(t, Options{Policy: "ladder", Cases: 5000}, "base")
	stale := mustRun(t, Options{Policy: "ladder", Cases: 5000}, "stale_balance")
	storm := mustRun(t, Options{Policy: "ladder", Cases: 15_000}, "complaint_storm")
	if stale.Contacts.Mean <= plain.Contacts.Mean || stale.Complaints.Mean <= plain.Complaints.Mean {
		t.Error("a stale balance makes no needless contact")
	}
	if storm.Complaints.Mean < 3*plain.Complaints.Mean {
		t.Error("the storm brings no complaints")
	}
}

// Tones do nothing in null_tone, and plans depend on no tone; in base they do.
func TestNullTone(t *testing.T) {
	s, err := Load("null_tone")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(s)
	if err != nil {
		t.Fatal(err)
	}
	for kind := range uint8(types) {
		for _, tone := range tones {
			a := Action{engine.SMS, tone, engine.Instalments, 1}
			b := Action{engine.SMS, engine.Neutral, engine.Instalments, 1}
			tr := trait{kind: kind, prefers: engine.SMS, window: 1}
			if w.pPay(&tr, &a, 5, 1) != w.pPay(&tr, &b, 5, 1) || w.pComplain(&a, 1, 5) != w.pComplain(&b, 1, 5) || w.pPlan(kind, &a) != w.pPlan(kind, &b) {
				t.Errorf("type %d: tone %v has an effect", kind, tone)
			}
		}
	}
}

// Without plans it is the reference's null world: text messages 75.1 %, the rule with history 80.6 %.
func TestNullWorldWithoutPlans(t *testing.T) {
	long(t)
	s, err := Load("null_tone")
	if err != nil {
		t.Fatal(err)
	}
	s.Debtors.Plans.Tone = ByTone[float64]{}
	for policy, want := range map[string]float64{"sms/neutral/17-20": .751, "feature_rule": .806} {
		r, err := Run(t.Context(), Options{Scenario: s, Policy: policy, Cases: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(r.Recovered.Mean-want) > .015 {
			t.Errorf("%s recovers %.4f, the reference %.3f", policy, r.Recovered.Mean, want)
		}
	}
}

// After the day of the drift the rule that keeps the old preferences earns clearly less.
func TestDrift(t *testing.T) {
	long(t)
	o := Options{Policy: "feature_rule", Cases: 12_000, Days: 360}
	drifted := mustRun(t, o, "drift")
	s := drifted
	before, after := figures(s.outcomes[:5000]), s.From(27)
	if loss := 1 - after.Net.Mean/before.Net.Mean; loss < .05 {
		t.Errorf("the flip costs %.3f of the net value, want .05 at least", loss)
	}
}

// The planted groups prefer what they should, and the best of one group is not that of the other.
func TestGroups(t *testing.T) {
	s, err := Load("segments")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(s)
	if err != nil {
		t.Fatal(err)
	}
	net := map[string][3]float64{}
	for _, action := range []string{"email/loss_framed/8-11", "sms/friendly/17-20"} {
		f, err := parseFixed(action)
		if err != nil {
			t.Fatal(err)
		}
		var sum [3]float64
		m := newMaker(w, 9)
		for n := range 4000 {
			c := &course{}
			m.person(&c.person, n, 1)
			tr := c.traits(w, 5)
			sum[c.group] += w.pNotice(&c.person, &f.Action, 5) * w.pPay(&tr, &f.Action, 5, 1)
		}
		net[action] = sum
	}
	a, b := net["email/loss_framed/8-11"], net["sms/friendly/17-20"]
	if a[0] != 0 || b[0] != 0 || a[1] < 1.5*b[1] || b[2] < 1.5*a[2] {
		t.Errorf("by group, e-mail with loss framing has %v, friendly text messages %v", a, b)
	}
}

// The best fixed action comes from other people than it is judged on, and is the same for the same seed.
func TestBestFixed(t *testing.T) {
	r := mustRun(t, Options{Policy: "best_fixed", Cases: 2000}, "base")
	if r.Action != "sms/empathetic/17-20" {
		t.Errorf("best fixed action is %s; the reference found text messages with plans in the evening", r.Action)
	}
	again := mustRun(t, Options{Policy: r.Action, Cases: 2000}, "base")
	again.Policy, again.Action = r.Policy, r.Action
	if !bytes.Equal(text(t, r), text(t, again)) {
		t.Error("the fixed action by name does something else than best_fixed")
	}
}

func TestOptionsAreRefused(t *testing.T) {
	s, err := Load("base")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "no scenario"},
		{Options{Scenario: s, Policy: "magic"}, `"magic" is no policy`},
		{Options{Scenario: s, Policy: "sms/loud/8-11"}, `"loud" is no tone`},
		{Options{Scenario: s, Policy: "sms/firm/9-11"}, `"9-11" is no window`},
		{Options{Scenario: s, Policy: "sms/firm"}, "write CHANNEL/TONE/WINDOW"},
		{Options{Scenario: s, Policy: "none", Cases: -1}, "cases is -1"},
		{Options{Scenario: s, Policy: "none", Days: -1}, "over -1 days"},
		{Options{Scenario: s, Policy: "chat/firm/8-11"}, "no channel of the simulated creditor"},
		{Options{Scenario: s, Policy: "bandit", Learn: 5, Remote: &Remote{}}, "over HTTP Takt learns while it is judged"},
		{Options{Scenario: s, Policy: "ladder", Learn: 10}, "learns nothing"},
		{Options{Scenario: s, Policy: "ladder", Remote: &Remote{}}, "only bandit runs over HTTP"},
	} {
		if _, err := Run(t.Context(), c.o); err == nil || !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.o, err, c.want)
		}
	}
	if _, err := Sweep(t.Context(), Options{Scenario: s, Policy: "ladder"}); !errors.Is(err, ErrOptions) {
		t.Errorf("sweep of the ladder: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(gone, Options{Scenario: s, Policy: "none"}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of its context a run gives %v", err)
	}
}

// A higher weight of keeping customers never does more harm, one of cost never costs more; the front is what it says.
func TestSweep(t *testing.T) {
	long(t)
	s, err := Load("base")
	if err != nil {
		t.Fatal(err)
	}
	points, err := Sweep(t.Context(), Options{Scenario: s, Policy: "oracle", Cases: 4000})
	if err != nil {
		t.Fatal(err)
	}
	at := func(cost, keep float64) Point {
		return points[slices.IndexFunc(points, func(p Point) bool { return p.Cost == cost && p.Keep == keep })]
	}
	if a, b := at(1, .5), at(1, 4); b.Figures.Complaints.Mean > a.Figures.Complaints.Mean {
		t.Errorf("complaints rise with the weight of keeping customers: %v, %v", a.Figures.Complaints, b.Figures.Complaints)
	}
	if a, b := at(.25, 1), at(16, 1); b.Contact.Mean >= a.Contact.Mean || b.Cash.Mean > a.Cash.Mean {
		t.Errorf("the weight of cost: %v to %v a case, cash %v to %v", a.Contact, b.Contact, a.Cash, b.Cash)
	}
	onFront := 0
	for _, a := range points {
		beaten := slices.ContainsFunc(points, func(b Point) bool {
			return b.Cash.Mean > a.Cash.Mean && b.Contact.Mean < a.Contact.Mean && b.Harm.Mean < a.Harm.Mean
		})
		if a.Front && beaten {
			t.Errorf("weights %g %g %g are on the front and beaten in all three", a.Pay, a.Cost, a.Keep)
		}
		onFront += int(one(a.Front))
	}
	if onFront < 3 || onFront == len(points) {
		t.Errorf("%d of %d points are on the front", onFront, len(points))
	}
}

func TestIntervals(t *testing.T) {
	// Wilson for 10 of 100: .0552 to .1744 (Newcombe, Statistics in Medicine 1998, table I has the method).
	if f := share(10, 100); math.Abs(f.Lo-.05523) > 5e-5 || math.Abs(f.Hi-.17437) > 5e-5 {
		t.Errorf("share: %+v", f)
	}
	if f := share(0, 50); f.Lo != 0 || f.Hi < .05 || f.Hi > .1 {
		t.Errorf("none of 50: %+v", f)
	}
	var m ratio
	for i := range 100 {
		m.add(float64(i%10), 1)
	}
	// mean 4.5, standard error sqrt(8.25·100/99)/10
	if f := m.figure(); math.Abs(f.Mean-4.5) > 1e-12 || math.Abs(f.Hi-4.5-1.959964*math.Sqrt(8.25*100/99)/10) > 1e-6 {
		t.Errorf("mean: %+v", f)
	}
	days := make([]int16, 100)
	for i := range days {
		days[i] = int16(i)
	}
	if f := median(days); f.Mean != 50 || f.Lo != 39 || f.Hi != 60 { // ranks 40 and 61 of 100 (Conover 1999, section 3.2)
		t.Errorf("median: %+v", f)
	}
	if a, b, c, d := share(0, 0), (&ratio{}).share(), (&ratio{}).figure(), median(nil); a != (Figure{Hi: 1}) || b != a || c != (Figure{}) || d != c {
		t.Errorf("of nothing: %+v %+v %+v %+v", a, b, c, d)
	}
}

// What Takt is told is a story that could have happened: nothing about a case before it is opened or after it is
// closed but what was on its way, a promise after its call, a letter's answer after the letter, each fact once.
func TestEventsTellTheStory(t *testing.T) {
	for _, name := range []string{"base", "stale_balance", "world-9"} {
		_, in := byUniform(t, name, 2000, 10)
		if len(in.desks) != 2000 {
			t.Fatalf("%s: %d debtors are known", name, len(in.desks))
		}
		for _, k := range in.desks {
			story(t, name, k.log.Events)
		}
	}
}

func story(t *testing.T, scenario string, events []engine.Event) {
	t.Helper()
	slices.SortStableFunc(events, func(a, b engine.Event) int { return a.At.Compare(b.At) })
	seen := map[string]bool{}
	last := map[engine.EventType]int{}
	closed := false
	for i := range events {
		e := &events[i]
		_, opened := last[engine.CaseOpened]
		_, called := last[engine.ContactConnected]
		_, contacted := last[engine.ContactSent]
		_, agreed := last[engine.PlanAgreed]
		_, promised := last[engine.PromiseMade]
		_, complained := last[engine.ComplaintReceived]
		_, given := last[engine.HandedOver]
		bad := ""
		switch {
		case seen[e.ID]:
			bad = "is told twice"
		case e.Data.CaseID != "" && !opened && e.Type != engine.CaseOpened:
			bad = "comes before the case is opened"
		case closed && (e.Type == engine.PaymentReceived || e.Type == engine.PlanPaid || e.Type == engine.PlanMissed || e.Type == engine.HandedOver):
			bad = "comes after the case is closed"
		case e.Type == engine.PromiseKept && !promised:
			bad = "comes before the promise"
		case e.Type == engine.PromiseMade && !called:
			bad = "comes before the call"
		case e.Type == engine.PlanAgreed && !contacted && !called:
			bad = "comes before any contact"
		case e.Type == engine.PlanPaid && !agreed:
			bad = "comes before the plan"
		case e.Type == engine.ContractCancelled && !complained && !given:
			bad = "has no reason"
		}
		if bad != "" {
			t.Fatalf("%s: %s of %s at %s %s", scenario, e.Type, e.Debtor, e.At, bad)
		}
		seen[e.ID], last[e.Type] = true, i
		closed = closed || e.Type == engine.CaseClosed
	}
}

// Odd but valid constants end every case.
func TestOddScenariosEnd(t *testing.T) {
	long(t)
	for name, change := range map[string]func(*Scenario){
		"disputes end at once":     func(s *Scenario) { s.Debtors.Disputes.Days = 0 },
		"plans break at once":      func(s *Scenario) { s.Debtors.Plans.Breaks = 0 },
		"returned at once":         func(s *Scenario) { s.Debtors.Moves = Moves{AYear: 1} },
		"first review on day 1":    func(s *Scenario) { s.Creditor.Rules.First = 1 },
		"daily contacts":           func(s *Scenario) { s.Creditor.Rules.Gap, s.Creditor.Rules.Contacts = 1, 100 },
		"short":                    func(s *Scenario) { s.Creditor.Rules.Handover = 5 },
		"no past":                  func(s *Scenario) { s.Creditor.Past = ByChannel[float64]{} },
		"cents in ten instalments": func(s *Scenario) { s.Debtors.Amount, s.Debtors.Plans.Instalments = Amount{1, 0}, 10 },
		"balance after the end":    func(s *Scenario) { s.Creditor.Caller.BalanceDays = 90 },
		"letters read at once":     func(s *Scenario) { s.Debtors.Channels.Letter.Least, s.Debtors.Channels.Letter.Mean = 1, 1 },
	} {
		s, err := Load("base")
		if err != nil {
			t.Fatal(err)
		}
		change(s)
		for _, policy := range []string{"ladder", "uniform", "oracle", "feature_rule"} {
			if _, err := Run(t.Context(), Options{Scenario: s, Policy: policy, Cases: 300, Days: 2}); err != nil {
				t.Errorf("%s, %s: %v", name, policy, err)
			}
		}
		if _, err := newWorld(s); err != nil {
			t.Error(err)
		}
	}
}

// As many decisions are learned from as were asked for, but for the rest of the last day.
func TestLearnedIsWhatWasAsked(t *testing.T) {
	long(t)
	r := mustRun(t, Options{Policy: "bandit", Cases: 50, Days: 1, Learn: 300}, "base")
	if r.Learned < 300 || r.Learned > 700 {
		t.Errorf("learned from %d decisions, asked for 300", r.Learned)
	}
}
