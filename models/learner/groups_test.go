package learner

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/memory"
)

// Segments that pay otherwise get weights of their own; one that the model has not met reads as the tenant.
func TestSegmentsAreLearned(t *testing.T) {
	tn, s, r := tenant(), memory.New(), rand.New(rand.NewPCG(5, 4))
	b := history.Batch{Token: "segments"}
	rates := map[string]float64{"prompt": .7, "late": .2}
	for i := range 2000 {
		d := decided(tn, i, engine.Hold)
		d.Portfolio, d.Segment = "retail", []string{"prompt", "late"}[i%2]
		b.Decisions = append(b.Decisions, d)
		if r.Float64() < rates[d.Segment] {
			b.Events = append(b.Events, reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	snap, _ := train(t, s, options(tn))
	if want := []engine.Group{{Portfolio: "retail", Segment: "prompt"}, {Portfolio: "retail", Segment: "late"}}; !slices.Equal(snap.Header.Groups, want) {
		t.Fatalf("groups %v, want %v", snap.Header.Groups, want)
	}
	resolve := func(segment string) float64 {
		in := &engine.Input{Tenant: tn, Segment: segment, X: make([]float32, 4),
			Request: &engine.Request{Case: engine.Case{Portfolio: "retail", Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}}}}
		return snap.Policy.(engine.Scorer).Scores(&engine.Ballot{Options: []engine.Option{{Action: engine.Hold}}}, in, 0).PResolve
	}
	for segment, rate := range rates {
		if got := resolve(segment); got < rate-.05 || got > rate+.05 {
			t.Errorf("%s resolves with %.3f, want %.2f", segment, got, rate)
		}
	}
	if got := resolve("vip"); got < .25 || got > .65 {
		t.Errorf("a segment not met resolves with %.3f, want the tenant's average", got)
	}
}
