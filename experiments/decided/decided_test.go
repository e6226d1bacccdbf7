package decided_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/experiments/decided"
	"takt/experiments/ope"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/models/learner"
)

var start = time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)

// world makes decisions whose truth is known: a debtor pays the open amount a day later with a probability
// that depends on channel, tone and one feature alone.
type world struct {
	t    *engine.Tenant
	rand *rand.Rand
	n    int
	from time.Time
}

const open = 10_000

func newWorld(seed uint64) *world {
	t := engine.DefaultTenant("acme")
	t.Grid.Slots, t.Grid.Offers = t.Grid.Slots[:2], t.Grid.Offers[:1]
	return &world{t: t, rand: rand.New(rand.NewPCG(seed, 0)), from: start}
}

// pays is P(resolve | x, a).
func (w *world) pays(x []float32, a int) float64 {
	p := .15 + .1*float64(x[1])
	if a == engine.Hold {
		return p
	}
	l := w.t.Grid.Levels(a)
	return p + []float64{.02, .2, .1, .15}[l.Channel] + []float64{.05, 0, 0, 0}[l.Tone]
}

// earns is the expected reward of an action, in minor units.
func (w *world) earns(x []float32, a int) float64 {
	r := &w.t.Reward
	cost := 0.
	if a != engine.Hold {
		cost = r.Minor(w.cost(a))
	}
	return r.Value(w.pays(x, a), open*r.Discount(24*time.Hour), cost, 0, 0)
}

func (w *world) cost(a int) int64 {
	s := &w.t.Specs[w.t.Grid.Channels[w.t.Grid.Levels(a).Channel]]
	return s.CostMicro + int64(s.Reach*float64(s.ReachedMicro))
}

// play appends the decisions of debtors, each of a few weeks' distance, and tells the contexts.
func (w *world) play(t testing.TB, s *memory.Store, debtors, each int, change func(i int, d *engine.Decision)) (contexts [][]float32) {
	t.Helper()
	first := w.n
	b := history.Batch{Token: fmt.Sprint("t", w.n)}
	for i := range debtors {
		for j := range each {
			w.n++
			x := make([]float32, len(features.Vector))
			for f := range x {
				x[f] = float32(w.rand.Float64())
			}
			x[0] = 1
			d := w.decision(fmt.Sprintf("D%d-%d", first, i), x, w.from.AddDate(0, 0, 60*j+i%20))
			if change != nil {
				change(w.n, &d)
			}
			b.Decisions = append(b.Decisions, d)
			b.Events = append(b.Events, w.events(&d)...)
			contexts = append(contexts, x)
		}
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return contexts
}

func (w *world) decision(debtor string, x []float32, at time.Time) engine.Decision {
	d := engine.Decision{Tenant: "acme", Debtor: debtor, Case: "C-" + debtor, Seq: uint64(2 * w.n), Kind: engine.KindHold, IssuedAt: at, Recorded: at, Schema: features.Schema, X: x,
		OpenMinor: open, Currency: "EUR", Grid: w.t.Grid.String(), Epsilon: .6, Variant: engine.Variant{Share: 1}, Policy: "bandit"}
	binary.BigEndian.PutUint64(d.ID[:], uint64(at.UnixMilli())<<16)
	binary.BigEndian.PutUint64(d.ID[8:], uint64(w.n))
	for a := range w.t.Grid.Size() {
		if a == engine.Hold || !w.t.Grid.Tones[w.t.Grid.Levels(a).Tone].Presses() {
			d.Eligible = append(d.Eligible, uint16(a))
		}
	}
	for _, i := range []int{0, 3 + w.rand.IntN(8), 14} {
		d.Votes = append(d.Votes, engine.Vote{Action: d.Eligible[i], Weight: float64(1 + w.rand.IntN(5))})
	}
	p, err := d.Propensities(nil)
	if err != nil {
		panic(err)
	}
	at0 := (&engine.Ballot{P: p}).Choose(w.rand.Float64())
	d.Chosen, d.Propensity = int(d.Eligible[at0]), p[at0]
	if d.Chosen != engine.Hold {
		l := w.t.Grid.Levels(d.Chosen)
		d.Kind, d.CostMicro = engine.KindContact, w.cost(d.Chosen)
		d.Action = engine.ContactAction{Channel: w.t.Grid.Channels[l.Channel], Tone: w.t.Grid.Tones[l.Tone], NotBefore: at, NotAfter: at.Add(time.Hour), TZ: "UTC"}
	}
	return d
}

func (w *world) events(d *engine.Decision) (list []engine.Event) {
	add := func(kind engine.EventType, after time.Duration, data engine.EventData) {
		data.CaseID = d.Case
		list = append(list, engine.Event{Tenant: "acme", Source: "erp", ID: fmt.Sprintf("%d-%d", w.n, len(list)), Type: kind, Debtor: d.Debtor, At: d.IssuedAt.Add(after), Received: d.IssuedAt.Add(after), Seq: uint64(2*w.n + 1), Data: data})
	}
	if d.Kind == engine.KindContact {
		add(engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID})
	}
	if w.rand.Float64() < w.pays(d.X, d.Chosen) {
		add(engine.PaymentReceived, 24*time.Hour, engine.EventData{AmountMinor: open, Currency: "EUR"})
	}
	return list
}

// truth is the mean of what a policy earns, in expectation, over the contexts.
func (w *world) truth(contexts [][]float32, action func(x []float32) float64) (v float64) {
	for _, x := range contexts {
		v += action(x) / float64(len(contexts))
	}
	return v
}

func figure(t testing.TB, r *decided.Report, policy, name string) ope.Figure {
	t.Helper()
	for _, v := range r.Policies {
		for _, f := range v.Estimates {
			if v.Policy == policy && f.Estimator == name {
				return f
			}
		}
		if v.Policy == policy && v.NotEstimable != "" {
			t.Fatalf("%s: %s", policy, v.NotEstimable)
		}
	}
	t.Fatalf("no %s of %s", name, policy)
	return ope.Figure{}
}

// near says that the truth lies within four standard errors: the log is one of many.
func near(t testing.TB, name string, f ope.Figure, truth float64) {
	t.Helper()
	if !(math.Abs(f.Value-truth) <= 4*f.StdErr) || f.StdErr == 0 {
		t.Errorf("%s %s: %.1f ± %.1f, true is %.1f", name, f.Estimator, f.Value, f.StdErr, truth)
	}
}

// TestKnownTruth: every kind of policy is valued right, the trained one above the log.
func TestKnownTruth(t *testing.T) {
	w, s := newWorld(1), memory.New()
	train := memory.New()
	w.from = start.AddDate(-1, 0, 0)
	w.play(t, train, 6000, 1, nil)
	w.from = start
	asOf := start.AddDate(1, 0, 0)
	data, _, err := learner.Train(t.Context(), train, learner.Options{Tenant: w.t, Seed: 1, AsOf: start})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := policy.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	contexts := w.play(t, s, 3000, 2, nil)
	l, err := decided.Read(t.Context(), s, decided.Options{Tenant: w.t, AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	sms := "always=sms/friendly/" + w.t.Grid.Slots[0].String() + "/none"
	policies, err := l.Policies([]string{"logged", "uniform", "always=hold", sms, "channel=phone", "snapshot:live/greedy", "snapshot:live"}, func(string) (*engine.Snapshot, error) { return snap, nil })
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(policies, ope.Judge{Draws: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.N != 6000 || r.Decisions != 6000 || len(r.LeftOut) != 0 || r.Holdout != nil {
		t.Fatalf("%d of %d, %v", r.N, r.Decisions, r.LeftOut)
	}
	for _, a := range r.Actions {
		if math.Abs(a.Z) > 4 {
			t.Errorf("%s: z %.1f", a.Action, a.Z)
		}
	}
	if f := figure(t, r, "logged", "IPS"); math.Abs(f.Value-r.Mean) > 1e-6 {
		t.Errorf("the log earned %v, logged %v", r.Mean, f.Value)
	}
	at := func(name string) int {
		for a := 1; a < w.t.Grid.Size(); a++ {
			l := w.t.Grid.Levels(a)
			if l.Channel == 1 && l.Tone == 0 && l.Slot == 0 {
				return a
			}
		}
		return engine.Hold
	}
	hold := w.truth(contexts, func(x []float32) float64 { return w.earns(x, engine.Hold) })
	best := w.truth(contexts, func(x []float32) float64 { return w.earns(x, at(sms)) })
	for _, rule := range []string{"IPS", "SNIPS", "DR", "SNDR"} {
		near(t, "hold", figure(t, r, "always=hold", rule), hold)
		near(t, sms, figure(t, r, sms, rule), best)
	}
	near(t, "uniform", figure(t, r, "uniform", "DR"), w.truth(contexts, func(x []float32) float64 {
		sum, n := 0., 0.
		for a := range w.t.Grid.Size() {
			if a == engine.Hold || !w.t.Grid.Tones[w.t.Grid.Levels(a).Tone].Presses() {
				sum, n = sum+w.earns(x, a), n+1
			}
		}
		return sum / n
	}))
	logged, greedy := figure(t, r, "logged", "DR"), figure(t, r, "snapshot:live/greedy", "DR")
	if !(greedy.Intervals[ope.GaussianName][0] > logged.Value) || !(figure(t, r, "snapshot:live", "DR").Value > logged.Value) {
		t.Errorf("the trained policy earns %+v, the log %+v", greedy, logged)
	}
	if f := figure(t, r, sms, "SNIPS by channel"); !(f.StdErr < figure(t, r, sms, "SNIPS").StdErr) {
		t.Errorf("by channel ±%.1f, by action ±%.1f", f.StdErr, figure(t, r, sms, "SNIPS").StdErr)
	}
	for _, v := range r.Policies {
		if v.Clusters != 3000 {
			t.Errorf("%s: %d debtors", v.Policy, v.Clusters)
		}
		if flattered := strings.Contains(strings.Join(v.Notes, " "), "has learned from"); flattered {
			t.Errorf("%s: %v", v.Policy, v.Notes) // it learned from the year before
		}
	}
}

// TestLeftOut: what cannot be judged is counted by its reason; the hold-out is the ladder's value.
func TestLeftOut(t *testing.T) {
	w, s := newWorld(2), memory.New()
	kinds := []decided.Reason{"", decided.Shadow, decided.Settled, decided.Certain, decided.OtherGrid, decided.BadContext, decided.BadChance, decided.BadAmount, decided.Ladder, decided.OtherTime}
	w.play(t, s, 2000, 1, func(i int, d *engine.Decision) {
		switch kinds[i%len(kinds)] {
		case decided.Shadow:
			d.Mode = engine.Shadow
		case decided.Settled:
			d.Kind = engine.KindNoContact
		case decided.Certain:
			d.Epsilon, d.Propensity, d.Votes = 0, 1, []engine.Vote{{Action: uint16(d.Chosen), Weight: 1}}
		case decided.OtherGrid:
			d.Grid = strings.Replace(d.Grid, "email", "push", 1)
		case decided.BadContext:
			d.X = append([]float32(nil), d.X...)
			d.X[3] = float32(math.NaN())
		case decided.BadChance:
			d.Propensity /= 2
		case decided.BadAmount:
			d.OpenMinor = 0
		case decided.Ladder:
			d.Variant = engine.Variant{Experiment: "holdout", Arm: "holdout", Share: .02}
		case decided.OtherTime:
			d.IssuedAt = start.AddDate(0, 0, -1)
		}
	})
	o := decided.Options{Tenant: w.t, AsOf: start.AddDate(1, 0, 0), From: start}
	l, err := decided.Read(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policies([]string{"logged"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, ope.Judge{})
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range kinds[1:] {
		if r.LeftOut[why] != 200 {
			t.Errorf("%s: %d left out, want 200", why, r.LeftOut[why])
		}
	}
	if r.N != 200 || r.Holdout == nil || r.Holdout.N != 200 || !(r.Holdout.Interval[0] < r.Holdout.Mean) {
		t.Errorf("%d judged, hold-out %+v", r.N, r.Holdout)
	}
	o.AsOf = start.AddDate(0, 0, 10)
	if l, err = decided.Read(t.Context(), s, o); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Evaluate(p, ope.Judge{}); !errors.Is(err, decided.ErrNothing) || !strings.Contains(err.Error(), "label_open") {
		t.Error(err)
	}
	if _, err := decided.Read(t.Context(), s, decided.Options{}); !errors.Is(err, decided.ErrOptions) {
		t.Error(err)
	}
}

// TestFlattered: a snapshot judged on what it learned from says so.
func TestFlattered(t *testing.T) {
	w, s := newWorld(3), memory.New()
	w.play(t, s, 1500, 1, nil)
	asOf := start.AddDate(1, 0, 0)
	data, _, err := learner.Train(t.Context(), s, learner.Options{Tenant: w.t, Seed: 1, AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	l, err := decided.Read(t.Context(), s, decided.Options{Tenant: w.t, AsOf: asOf})
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Policies([]string{"snapshot:x"}, func(string) (*engine.Snapshot, error) { return policy.Open(data) })
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Evaluate(p, ope.Judge{})
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(r.Policies[0].Notes, " "); !strings.Contains(notes, "1500 of these decisions") {
		t.Error(notes)
	}
}

// TestWrongPolicies: each slip is named with what there is.
func TestWrongPolicies(t *testing.T) {
	w, s := newWorld(4), memory.New()
	l, err := decided.Read(t.Context(), s, decided.Options{Tenant: w.t, AsOf: start})
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("no such snapshot")
	for name, part := range map[string]string{
		"best":                              "always=ACTION",
		"always=sms":                        "CHANNEL/TONE/SLOT/OFFER",
		"always=sms/mild/d0.0800-1100/none": "mild",
		"channel=fax":                       "email, sms, letter, phone",
		"mood=good":                         "channel, tone, slot or offer",
		"snapshot:abc":                      "no such snapshot",
	} {
		_, err := l.Policies([]string{name}, func(string) (*engine.Snapshot, error) { return nil, gone })
		if err == nil || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
