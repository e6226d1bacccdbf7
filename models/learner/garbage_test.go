package learner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
)

// storeOf holds what f says of each of n debtors.
func storeOf(t *testing.T, n int, f func(i int, b *history.Batch)) *memory.Store {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	b := history.Batch{Token: t.Name()}
	for i := range n {
		f(i, &b)
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return s
}

// A log whose rows are all alike, or of which no row is fit to learn from, gives the prior bit for bit, no NaN: whether
// they were paid, are open still, or are garbage.
func TestWithoutContrastThePriorStaysWhateverTheRow(t *testing.T) {
	tn := tenant()
	spec := policy.DefaultPrior()
	want := policy.PriorWeights(policy.NewLayout(&tn.Grid, 4), &spec, 3)
	contact := func(i int, b *history.Batch) *engine.Decision {
		d := decided(tn, i, 2)
		b.Decisions = append(b.Decisions, d)
		b.Events = append(b.Events, reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
		return &b.Decisions[len(b.Decisions)-1]
	}
	for name, f := range map[string]func(i int, b *history.Batch){
		"paid contacts": func(i int, b *history.Batch) {
			d := contact(i, b)
			b.Events = append(b.Events, reported(d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		},
		"unpaid contacts": func(i int, b *history.Batch) { contact(i, b) },
		"open contacts": func(i int, b *history.Batch) {
			contact(i, b).IssuedAt = start().Add(350*day + time.Duration(i)*time.Minute)
		},
		"propensity 0":   func(i int, b *history.Batch) { contact(i, b).Propensity = 0 },
		"NaN":            func(i int, b *history.Batch) { contact(i, b).X[i%4] = float32(math.NaN()) },
		"unknown action": func(i int, b *history.Batch) { contact(i, b).Chosen = 5000 + i },
		"future":         func(i int, b *history.Batch) { contact(i, b).IssuedAt = start().Add((400 + time.Duration(i)) * day) },
	} {
		for _, n := range []int{1, 1000} { // 1,000 make blocks and a review
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				data, report, err := Train(t.Context(), storeOf(t, n, f), options(tn))
				if err != nil {
					t.Fatal(err)
				}
				snap, err := policy.Open(data)
				if err != nil {
					t.Fatal(err)
				}
				again, err := policy.Encode(snap.Header, &spec, want)
				if err != nil || !bytes.Equal(again, data) || !report.Prior || report.Decisions != n {
					t.Errorf("not the prior (%v), report %+v", err, report)
				}
			})
		}
	}
}

// A payment after the as-of instant is not known yet, and one before its decision is not its reward.
func TestPaymentsOutOfTimeAreNotRewards(t *testing.T) {
	tn := tenant()
	paid := func(after time.Duration) float64 {
		d := decided(tn, 1, engine.Hold)
		s := storeOf(t, 1, func(_ int, b *history.Batch) {
			b.Decisions = append(b.Decisions, d)
			b.Events = append(b.Events, reported(&d, engine.PaymentReceived, after, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		})
		o := options(tn)
		if err := o.defaults(); err != nil {
			t.Fatal(err)
		}
		var l Learner
		b, err := l.advance(t.Context(), s, &o)
		if err != nil || len(b.days) > 1 {
			t.Fatal(err)
		}
		for _, d := range b.days {
			return d.rows[0].y[policy.Resolve]
		}
		return math.NaN()
	}
	for after, want := range map[time.Duration]float64{5 * day: 1, -day: 0, 300 * day: 0, 9000 * day: 0} {
		if got := paid(after); got != want {
			t.Errorf("paid after %v: reward %v, want %v", after, got, want)
		}
	}
}

// Contacts without a decision that cannot be learned from are refused by reason, and the others are learned.
func TestGarbageOfThePastIsRefusedAndCounted(t *testing.T) {
	tn := tenant()
	type contact struct {
		channel engine.Channel
		caseID  string
		at      time.Duration
	}
	past := func(i int, c contact, b *history.Batch) {
		d := decided(tn, i, 0)
		b.Events = append(b.Events,
			reported(&d, engine.CaseOpened, -10*day, engine.EventData{CaseID: d.Case, Has: engine.FieldOpen | engine.FieldOldestDue | engine.FieldCaseID,
				Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}, OldestDue: engine.DateOf(d.IssuedAt) - 12}),
			reported(&d, engine.ContactSent, c.at, engine.EventData{CaseID: c.caseID, Has: engine.FieldChannel, Channel: c.channel}))
	}
	list := []contact{
		{tn.Grid.Channels[0], "C0", 0},
		{engine.Chat, "C1", 0},                 // not in the grid
		{tn.Grid.Channels[0], "another", 0},    // whose case?
		{tn.Grid.Channels[0], "", 0},           // no case
		{tn.Grid.Channels[0], "C4", -30 * day}, // not opened yet
		{tn.Grid.Channels[0], "C5", 900 * day},
	}
	o := options(tn)
	o.Past, o.Features = true, len(features.Vector)
	_, report := train(t, storeOf(t, len(list), func(i int, b *history.Batch) { past(i, list[i], b) }), o)
	if report.Past != 1 || report.Contacts != len(list) || report.Refused[RefusedLevel] != 1 || report.Refused[RefusedCase] != 3 || report.Refused[RefusedTime] != 1 {
		t.Errorf("report %+v", report)
	}
}

// Online refuses what it cannot learn and goes on as if it had not been.
func TestOnlineRefuses(t *testing.T) {
	for _, c := range []struct {
		levels   []int
		features int
		scale    float64
	}{{nil, 1, 0}, {[]int{2, 2, 2, 2, 2}, 1, 0}, {[]int{0}, 1, 0}, {[]int{2}, -1, 0}, {[]int{2}, 1, -1}, {[]int{2}, 1, math.NaN()}} {
		if _, err := NewOnline(c.levels, c.features, 1, c.scale); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	made := func() *Online {
		o, err := NewOnline([]int{3, 2}, 2, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	spoilt, clean := made(), made()
	nan, huge := float32(math.NaN()), float32(math.Inf(1))
	for i := range 600 {
		x := []float32{float32(i % 2), 1}
		for _, g := range []struct {
			action int
			x      []float32
			reward float64
		}{{-1, x, 1}, {6, x, 1}, {1, []float32{nan, 0}, 1}, {1, []float32{0, huge}, 1}, {1, x, math.NaN()}, {1, x, math.Inf(-1)}, {1, x, 7}, {1, []float32{1, 1, 1}, 1}} {
			if err := spoilt.Learn(g.action, g.x, g.reward); err == nil {
				t.Fatalf("%+v is learned", g)
			}
		}
		for _, o := range []*Online{spoilt, clean} {
			if err := o.Learn(i%6, x, float64(i%6/5)); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, p := spoilt.Propensities([]float32{1, 1})
	b, q := clean.Propensities([]float32{1, 1})
	sum := 0.
	for i := range p {
		if sum += p[i]; p[i] != q[i] {
			t.Errorf("action %d: %v and %v", i, p[i], q[i])
		}
	}
	if a != b || a != 5 || math.Abs(sum-1) > 1e-12 {
		t.Errorf("greedy %d and %d, propensities sum to %v", a, b, sum)
	}
}
