package learner

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/memory"
)

// season is a campaign of some months in two portfolios, whose decisions come one by one.
func season(t *testing.T, tn *engine.Tenant, n int) *memory.Store {
	t.Helper()
	s := memory.New()
	r := rand.New(rand.NewPCG(9, 4))
	b := history.Batch{Token: "season"}
	for i := range n {
		d := decided(tn, i, r.IntN(tn.Grid.Size()))
		d.IssuedAt = start().Add(time.Duration(i) * 90 * time.Minute)
		d.Portfolio = []string{"shop", "energy"}[i/(n/3)%2]
		for j := range d.X {
			d.X[j] = float32(r.Float64())
		}
		b.Decisions = append(b.Decisions, d)
		if d.Kind == engine.KindContact {
			b.Events = append(b.Events, reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
		}
		if r.Float64() < .3 {
			b.Events = append(b.Events, reported(&d, engine.PaymentReceived, time.Duration(1+r.IntN(20))*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return s
}

// Learned week by week, or from scratch at the end: the same bytes, open labels, reviews and portfolios included.
// Whoever then looks further back, or finds another past, starts anew and agrees as well.
func TestDayByDayIsFromScratch(t *testing.T) {
	tn := tenant()
	s := season(t, tn, 2400)
	o := options(tn)
	train := func(l *Learner, after time.Duration) []byte {
		o.AsOf = start().Add(after)
		data, report, err := l.Train(t.Context(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		if after > 60*day && (report.Open == 0 || report.Closed == 0) {
			t.Fatalf("report %+v", report)
		}
		return data
	}
	var l Learner
	for after := 20 * day; after <= 140*day; after += 7 * day {
		train(&l, after)
	}
	for _, after := range []time.Duration{146 * day, 90 * day, 147 * day} {
		if !bytes.Equal(train(&l, after), train(&Learner{}, after)) {
			t.Errorf("as of day %v other bytes than from scratch", after/day)
		}
	}
	late := decided(tn, 5000, 3)
	late.IssuedAt = start().Add(3 * day)
	if err := s.Append(t.Context(), history.Batch{Token: "late", Decisions: []engine.Decision{late}}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(train(&l, 147*day), train(&Learner{}, 147*day)) {
		t.Error("a decision of a folded day that came in late is not learned")
	}
}

// A scan that has no room for all days takes them in turns, to the same bytes.
func TestBoundedScansAreTheSame(t *testing.T) {
	tn := tenant()
	s := season(t, tn, 1500)
	o := options(tn)
	whole, _, err := Train(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	l := Learner{room: 200}
	parts, report, err := l.Train(t.Context(), s, o)
	if err != nil || !bytes.Equal(whole, parts) || report.Decisions != 1500 {
		t.Errorf("in parts other bytes: %v, report %+v", err, report)
	}
}
