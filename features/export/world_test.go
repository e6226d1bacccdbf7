package export

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
)

const day = 24 * time.Hour

func start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// world is a creditor's log without the network: requests, the real guard and decider with the real
// policies, and what debtors did.
type world struct {
	*rand.Rand
	t       *testing.T
	tenant  *engine.Tenant
	decider *engine.Decider
	prior   *engine.Snapshot
	zone    *time.Location
	n       int
	batch   history.Batch
}

func newWorld(t *testing.T) *world {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Rand: rand.New(rand.NewPCG(1, 5)), t: t, tenant: engine.DefaultTenant("acme"), decider: engine.NewDecider(guard.New(), policy.NewUniform()), zone: zone}
	g := &w.tenant.Grid
	g.Channels, g.Slots = []engine.Channel{engine.Email, engine.SMS, engine.Letter}, g.Slots[:3]
	w.snapshot()
	return w
}

func (w *world) snapshot() {
	w.t.Helper()
	var err error
	if w.prior, err = policy.Prior(w.tenant, nil, features.Schema, len(features.Vector)); err != nil {
		w.t.Fatal(err)
	}
}

// decide lets a policy decide for a debtor, and reports it and what it earned for two of three.
func (w *world) decide(policyName, debtor string, at time.Time) *engine.Decision {
	w.t.Helper()
	w.n++
	tn := *w.tenant
	tn.Policy = policyName
	q := &engine.Request{
		Case: engine.Case{ID: fmt.Sprint("C", w.n), Portfolio: "süd", Open: engine.Money{AmountMinor: 2000 + w.Int64N(8000), Currency: "EUR"},
			OldestDue: engine.DateOf(at) - engine.Date(10+w.IntN(60)), DunningLevel: w.IntN(3)},
		Debtor:      engine.Debtor{ID: debtor, TZ: "Europe/Berlin"},
		Constraints: engine.Constraints{MaxCostMinor: -1}, Want: engine.Want{Mode: engine.Live},
	}
	if w.n%11 == 0 {
		q.Want.Mode = engine.Shadow
	}
	for _, c := range tn.Grid.Channels[w.IntN(2):] {
		q.Contacts = append(q.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: .9, Consent: "service"})
	}
	variant := engine.Variant{Experiment: "holdout", Arm: "policy", Share: .98}
	if w.n%7 == 0 {
		variant = engine.Variant{Experiment: "holdout", Arm: "holdout", Share: .02}
	}
	p := features.New()
	in := &engine.Input{Tenant: &tn, Request: q, Facts: &p.Facts, Profiled: w.n%13 != 0, Schema: features.Schema, Now: at, Zone: w.zone, Variant: variant,
		X: p.Context(nil, q, at, w.zone), ID: engine.ID{1, byte(w.n >> 16), byte(w.n >> 8), byte(w.n)}, Snapshot: w.prior}
	d := &engine.Decision{Seq: uint64(10 * w.n)}
	if err := w.decider.Decide(d, in); err != nil {
		w.t.Fatal(err)
	}
	w.batch.Decisions = append(w.batch.Decisions, *d)
	if d.Kind == engine.KindContact && w.n%3 != 0 {
		w.report(d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID})
	}
	if w.Float64() < .4 {
		w.report(d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: d.OpenMinor, Currency: "EUR"})
	}
	if w.Float64() < .1 {
		w.report(d, engine.ComplaintReceived, 3*day, engine.EventData{CaseID: d.Case})
	}
	return &w.batch.Decisions[len(w.batch.Decisions)-1]
}

func (w *world) report(d *engine.Decision, typ engine.EventType, after time.Duration, data engine.EventData) {
	w.n++
	w.batch.Events = append(w.batch.Events, engine.Event{Tenant: d.Tenant, Source: "t", ID: fmt.Sprint("e", w.n), Seq: uint64(10*w.n + 1),
		Type: typ, Debtor: d.Debtor, At: d.IssuedAt.Add(after), Data: data})
}

// store is the log so far.
func (w *world) store() *memory.Store {
	w.t.Helper()
	s := memory.New()
	w.t.Cleanup(func() { s.Close() })
	if err := s.Append(context.Background(), w.batch); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// fill makes a log of n decisions by bandit, uniform policy and ladder, over 80 days.
func (w *world) fill(n int) {
	for i := range n {
		w.decide([]string{"bandit", "uniform", "squarecb", "ladder"}[i%4], fmt.Sprint("D", i%(n/2+1)), start().Add(time.Duration(i)*80*day/time.Duration(n)))
	}
}

func (w *world) options() Options { return Options{Tenant: w.tenant, AsOf: start().Add(90 * day)} }
