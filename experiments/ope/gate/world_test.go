package gate_test

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
	"takt/models/learner"
	"takt/models/promotion"
)

const day = 24 * time.Hour

func start() time.Time { return time.Date(2025, 11, 21, 7, 5, 0, 0, time.UTC) }

// world is a creditor of whom the truth is known: a claim of 50.00 is settled in full with a probability
// that the channel alone decides. The guard, the decider, the log and the labels are the real ones.
type world struct {
	*rand.Rand
	tenant  *engine.Tenant
	decider *engine.Decider
	zone    *time.Location
	store   *memory.Store
	form    map[string]*engine.Tenant // the tenant with another policy, by its word
	n       int                       // debtors so far
}

// pays is the probability to settle, by channel and for waiting (0).
type pays map[engine.Channel]float64

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tn := engine.DefaultTenant("acme")
	g := &tn.Grid
	g.Channels = []engine.Channel{engine.Email, engine.SMS}
	g.Tones, g.Slots, g.Offers = []engine.Tone{engine.Friendly}, g.Slots[:1], g.Offers[:1]
	tn.Reward.DiscountYear, tn.Epsilon, tn.Specs[engine.SMS].CostMicro = 0, .5, 0
	s := memory.New()
	t.Cleanup(func() { s.Close() })
	return &world{Rand: rand.New(rand.NewPCG(seed, 5)), tenant: tn, zone: zone, store: s, form: map[string]*engine.Tenant{}, decider: engine.NewDecider(guard.New(), policy.NewUniform())}
}

// play logs n decisions of debtors of their own, from a day on, and what came of them.
func (w *world) play(t *testing.T, n int, from time.Time, truth pays, name string, s *engine.Snapshot) {
	t.Helper()
	b := history.Batch{Token: fmt.Sprint("b", w.n)}
	for range n {
		d := w.decide(t, from, name, s, engine.Live)
		p := truth[0]
		if d.Kind == engine.KindContact {
			p = truth[d.Action.Channel]
			b.Events = append(b.Events, w.event(d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
		}
		if w.Float64() < p {
			b.Events = append(b.Events, w.event(d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: d.OpenMinor, Currency: "EUR"}))
		}
		b.Decisions = append(b.Decisions, *d)
	}
	if err := w.store.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

func (w *world) decide(t *testing.T, from time.Time, name string, s *engine.Snapshot, mode engine.Mode) *engine.Decision {
	t.Helper()
	w.n++
	tn := w.as(name)
	q := &engine.Request{Case: engine.Case{ID: fmt.Sprint("C", w.n), Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}, OldestDue: engine.DateOf(from) - 20, DunningLevel: 1},
		Debtor: engine.Debtor{ID: fmt.Sprint("D", w.n), TZ: "Europe/Berlin"}, Constraints: engine.Constraints{MaxCostMinor: -1}, Want: engine.Want{Mode: mode}}
	for _, c := range tn.Grid.Channels {
		q.Contacts = append(q.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: .9, Consent: "service"})
	}
	p, now := features.New(), from.Add(time.Duration(w.n%1800)*time.Second)
	in := &engine.Input{Tenant: tn, Request: q, Facts: &p.Facts, Profiled: true, Schema: features.Schema, Now: now, Zone: w.zone,
		X: p.Context(nil, q, now, w.zone), ID: engine.ID{1, byte(w.n >> 16), byte(w.n >> 8), byte(w.n)}, Snapshot: s, Variant: engine.Variant{Share: 1}}
	d := &engine.Decision{Seq: uint64(10 * w.n)}
	if err := w.decider.Decide(d, in); err != nil {
		t.Fatal(err)
	}
	return d
}

// as is the tenant with the policy of the word, the same one each time: a snapshot joins a grid once per tenant.
func (w *world) as(name string) *engine.Tenant {
	t := w.form[name]
	if t == nil {
		c := *w.tenant
		c.Policy = name
		t = &c
		w.form[name] = t
	}
	return t
}

func (w *world) event(d *engine.Decision, typ engine.EventType, after time.Duration, data engine.EventData) engine.Event {
	return engine.Event{Tenant: d.Tenant, Source: "erp", ID: fmt.Sprint(typ, d.Case), Type: typ, Debtor: d.Debtor, Seq: d.Seq + 1, At: d.IssuedAt.Add(after), Data: data}
}

// train is a snapshot of the policy version, from all the world's log.
func (w *world) train(t *testing.T, version string, asOf time.Time) *engine.Snapshot {
	t.Helper()
	b, _, err := learner.Train(t.Context(), w.store, learner.Options{Tenant: w.tenant, AsOf: asOf, Seed: 1, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	s, err := policy.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// truth is the true mean difference in value, candidate less live, on the logged decisions from a position on.
func (w *world) truth(t *testing.T, c *engine.Snapshot, from uint64, of pays) (diff, live float64) {
	t.Helper()
	r, n := promotion.NewReplay(promotion.Arm{Tenant: w.tenant, Snapshot: c}), 0.
	var logged []float64
	err := w.store.Scan(t.Context(), history.Range{Tenant: "acme"}, func(l *history.Log) error {
		for i := range l.Decisions {
			d := &l.Decisions[i]
			if d.Seq < from {
				continue
			}
			p, _, err := r.Vote(d)
			if err != nil {
				return err
			}
			if logged, err = d.Propensities(logged[:0]); err != nil {
				return err
			}
			n++
			for j, a := range d.Eligible {
				v := w.worth(int(a), of)
				diff += (p[j] - logged[j]) * v
				live += logged[j] * v
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return diff / n, live / n
}

func (w *world) worth(action int, of pays) float64 {
	if action == engine.Hold {
		return 5000 * of[0]
	}
	c := w.tenant.Grid.Channels[w.tenant.Grid.Levels(action).Channel]
	return 5000*of[c] - w.tenant.Reward.Minor(promotion.Cost(w.tenant, action))
}
