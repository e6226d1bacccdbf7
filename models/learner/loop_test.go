package learner

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
)

// world is a creditor's whole loop without the network: requests, the real guard and decider, the
// log, and debtors of whom the truth is known.
type world struct {
	*rand.Rand
	tenant  *engine.Tenant
	decider *engine.Decider
	zone    *time.Location
	n       int // debtors so far
}

func newWorld(t *testing.T, seed uint64) *world {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tn := engine.DefaultTenant("acme")
	g := &tn.Grid
	g.Channels = []engine.Channel{engine.Email, engine.SMS, engine.Phone}
	g.Tones, g.Slots, g.Offers = g.Tones[:2], g.Slots[:2], g.Offers[:1]
	return &world{Rand: rand.New(rand.NewPCG(seed, 11)), tenant: tn, zone: zone,
		decider: engine.NewDecider(guard.New(), policy.NewUniform())}
}

// decide asks for the next debtor's action; now and then a channel or a tone is out of the question.
func (w *world) decide(t *testing.T, name string, s *engine.Snapshot) *engine.Decision {
	t.Helper()
	w.n++
	tn := *w.tenant
	tn.Policy = name
	q := &engine.Request{
		Case: engine.Case{ID: fmt.Sprint("C", w.n), Open: engine.Money{AmountMinor: 2000 + w.Int64N(8000), Currency: "EUR"},
			OldestDue: engine.DateOf(start()) - engine.Date(10+w.IntN(60)), DunningLevel: w.IntN(3)},
		Debtor:      engine.Debtor{ID: fmt.Sprint("D", w.n), TZ: "Europe/Berlin"},
		Constraints: engine.Constraints{MaxCostMinor: -1},
	}
	for _, c := range tn.Grid.Channels {
		if w.Float64() < .9 {
			q.Contacts = append(q.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: .9, Consent: "service"})
		}
	}
	if len(q.Contacts) == 0 {
		q.Contacts = []engine.ContactPoint{{Channel: engine.Email, AddressRef: "a", Validity: .9, Consent: "service"}}
	}
	if w.Float64() < .2 {
		q.Constraints.AllowTones = tn.Grid.Tones[:1]
	}
	p, now := features.New(), start().Add(time.Duration(w.n%3600)*time.Second)
	in := &engine.Input{Tenant: &tn, Request: q, Facts: &p.Facts, Profiled: true, Schema: features.Schema, Now: now, Zone: w.zone,
		X: p.Context(nil, q, now, w.zone), ID: engine.ID{1, byte(w.n >> 16), byte(w.n >> 8), byte(w.n)}, Snapshot: s}
	d := &engine.Decision{Seq: uint64(10 * w.n)}
	if err := w.decider.Decide(d, in); err != nil {
		t.Fatal(err)
	}
	return d
}

// campaign logs n decisions of the policy and what came of them: the best channel settles one claim
// in two, everything else, waiting included, one in five.
func (w *world) campaign(t *testing.T, n int, best engine.Channel) *memory.Store {
	t.Helper()
	b := history.Batch{Token: "campaign"}
	for range n {
		d := w.decide(t, "uniform", nil)
		p := .2
		if d.Kind == engine.KindContact {
			b.Events = append(b.Events, reported(d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
			if d.Action.Channel == best {
				p = .5
			}
		}
		if w.Float64() < p {
			b.Events = append(b.Events, reported(d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: d.OpenMinor, Currency: "EUR"}))
		}
		b.Decisions = append(b.Decisions, *d)
	}
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) options() Options {
	return Options{Tenant: w.tenant, AsOf: start().Add(60 * day), Seed: 1}
}

// What is drawn is drawn as often as the log says: over 20,000 decisions of a trained bandit, for
// every action |Σ(1[chosen] − p)| ≤ 4.5·√Σp(1−p), p rebuilt from the stored row.
func TestChosenAsOftenAsLogged(t *testing.T) {
	w := newWorld(t, 1)
	snap, report := train(t, w.campaign(t, 3000, engine.SMS), w.options())
	if report.Learned < 2900 {
		t.Fatalf("report %+v", report)
	}
	size := w.tenant.Grid.Size()
	excess, variance := make([]float64, size), make([]float64, size)
	var p []float64
	for range 20_000 {
		d := w.decide(t, "bandit", snap)
		var err error
		if p, err = d.Propensities(p); err != nil {
			t.Fatal(err)
		}
		if d.Policy != "bandit" || d.Snapshot != snap.ID || d.Draw != engine.Draw(w.tenant.Secret, d.ID) || p[slices.Index(d.Eligible, uint16(d.Chosen))] != d.Propensity {
			t.Fatalf("decision %+v, propensities %v", d, p)
		}
		for i, a := range d.Eligible {
			excess[a] -= p[i]
			variance[a] += p[i] * (1 - p[i])
		}
		excess[d.Chosen]++
	}
	for a := range size {
		if limit := 4.5 * math.Sqrt(variance[a]); math.Abs(excess[a]) > limit || variance[a] < 20 {
			t.Errorf("action %d was chosen %+.1f times more often than its propensities say; the limit is %.1f", a, excess[a], limit)
		}
	}
}

// Whichever channel works best, the loop finds it, and by how much.
func TestLoopFindsTheBestChannel(t *testing.T) {
	for _, best := range []engine.Channel{engine.Email, engine.SMS, engine.Phone} {
		w := newWorld(t, uint64(best))
		snap, _ := train(t, w.campaign(t, 4000, best), w.options())
		sum, n := 0.0, 0
		var p []float64
		for range 500 {
			d := w.decide(t, "bandit", snap)
			var err error
			if p, err = d.Propensities(p); err != nil {
				t.Fatal(err)
			}
			g, share, open := &w.tenant.Grid, 0.0, false
			for i, a := range d.Eligible {
				if a != engine.Hold && g.Channels[g.Levels(int(a)).Channel] == best {
					share, open = share+p[i], true
				}
			}
			if open {
				sum, n = sum+share, n+1
			}
		}
		if n < 400 || sum/float64(n) < .8 { // after 4,000 rows the floor still has a fifth of all decisions
			t.Errorf("%v works best and is chosen with %v, in %d decisions", best, sum/float64(n), n)
		}
		for _, c := range w.tenant.Grid.Channels {
			want := .2
			if c == best {
				want = .5
			}
			if got := contactValue(w.tenant, snap, c).PResolve; math.Abs(got-want) > .12 {
				t.Errorf("%v is best: %v resolves %v, the truth is %v", best, c, got, want)
			}
		}
	}
}

// The context is the one that was logged: here it comes from nowhere else, and decides.
func TestLearnsFromTheLoggedContext(t *testing.T) {
	tn, r := tenant(), rand.New(rand.NewPCG(1, 12))
	s := memory.New()
	b := history.Batch{Token: "x"}
	for i := range 3000 {
		d := decided(tn, i, engine.Hold)
		d.X[2] = float32(r.IntN(2))
		if r.Float64() < .1+.5*float64(d.X[2]) {
			b.Events = append(b.Events, reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
		b.Decisions = append(b.Decisions, d)
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	snap, _ := train(t, s, options(tn))
	for x, want := range []float64{.1, .6} {
		in := &engine.Input{Tenant: tn, Request: &engine.Request{}, X: []float32{0, 0, float32(x), 0}}
		got := snap.Policy.(engine.Scorer).Scores(&engine.Ballot{OpenMinor: 5000, Options: []engine.Option{{}}}, in, 0)
		if math.Abs(got.PResolve-want) > .05 {
			t.Errorf("at x = %d hold resolves %v, the truth is %v", x, got.PResolve, want)
		}
	}
}

// A snapshot says all that it takes to learn it again from the log, which has grown since.
func TestSnapshotIsLearnedAgainFromItsHeader(t *testing.T) {
	w := newWorld(t, 5)
	s, o := w.campaign(t, 400, engine.SMS), w.options()
	o.Seed, o.Version, o.Past, o.Booking = 77, "v7", true, 3*day
	data, _, err := Train(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	more := decided(w.tenant, 9000, engine.Hold)
	more.Seq, more.X = 1<<20, make([]float32, len(features.Vector))
	if err := s.Append(context.Background(), history.Batch{Token: "more", Decisions: []engine.Decision{more}}); err != nil {
		t.Fatal(err)
	}
	snap, err := policy.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := policy.SpecOf(data)
	if err != nil {
		t.Fatal(err)
	}
	h := snap.Header
	grid, err := engine.ParseGrid(h.Grid)
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := time.Parse(time.RFC3339, h.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Train(context.Background(), s, Options{Tenant: &engine.Tenant{ID: h.Tenant, Grid: *grid, Reward: h.Reward}, AsOf: asOf,
		Seed: h.Seed, Version: h.Version, ToSeq: h.ToSeq, Booking: h.Booking, Past: h.Past, Forced: h.Forced, Prior: &spec, Schema: h.Schema, Features: h.Features})
	if err != nil || engine.SnapshotID(again) != snap.ID {
		t.Errorf("learned again: other bytes, %v", err)
	}
}

// One payment a million times the claim (a slip of the caller's) must not drown what all others say
// of the amount, that claims are settled at half: a share counts up to what the model can express.
func TestOneHugePaymentIsBounded(t *testing.T) {
	tn, s := tenant(), memory.New()
	b := history.Batch{Token: "halves"}
	for i := range 1000 {
		d := decided(tn, i, engine.Hold)
		d.X[0] = float32(i % 2)
		minor := int64(2500)
		if i == 500 {
			minor = 5_000_000_000
		}
		b.Decisions = append(b.Decisions, d)
		b.Events = append(b.Events, reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: minor, Currency: "EUR"}),
			reported(&d, engine.CaseClosed, 6*day, engine.EventData{CaseID: d.Case, Reason: "paid"}))
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	snap, _ := train(t, s, options(tn))
	in := &engine.Input{Tenant: tn, Request: &engine.Request{}, X: make([]float32, 4)}
	got := snap.Policy.(engine.Scorer).Scores(&engine.Ballot{OpenMinor: 5000, Options: []engine.Option{{}}}, in, 0)
	if math.Abs(got.AmountMinor-2500) > 100 {
		t.Errorf("hold brings %v if it resolves, want 2500 of 5000", got.AmountMinor)
	}
}
