package simulator

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/experiments/ope"
	"takt/features"
	"takt/features/history"
	"takt/models/learner"
)

// The 95 % interval of DR on Takt's own adaptive log covers the truth in .935 to .975 of 2,000 logs: guard, decider and
// bandit decide for debtors of whom the truth is known, the learner trains between blocks of decisions, propensities are the logged
// ones, and ope judges another policy with debtors, of two decisions each, as clusters.
func TestAcceptCoverageOnOwnLog(t *testing.T) {
	long(t)
	hits, n, list := 0, 0, seeds(t, 2000)
	if !accepting() {
		list = nil
		for s := range uint64(60) {
			list = append(list, s+1)
		}
	}
	followed, weight := 0., 0.
	for _, seed := range list {
		toy := newToy(t, seed)
		for range 4 {
			toy.block(t, 120)
		}
		if v, ok := toy.judge.Gaussian(.95); ok && v.Has(toyTruth()) {
			hits++
		}
		n++
		followed += toy.best / toy.late
		weight = max(weight, toy.weight)
	}
	share := float64(hits) / float64(n)
	t.Logf("%.4f covered in %d logs; in the last blocks the better channel has %.2f of the contacts; the largest weight is %.1f", share, n, followed/float64(n), weight)
	if n >= 2000 && (share < .935 || share > .975) || share < .85 {
		t.Errorf("DR covers %.4f of %d adaptive logs, want .935 to .975", share, n)
	}
	if followed/float64(n) < .6 {
		t.Errorf("the better channel has only %.2f of the contacts: the log hardly adapts, and the check shows nothing", followed/float64(n))
	}
}

// What the toy's debtors do, and the policy in question, by kind of debtor and action: hold, e-mail, text message.
var toyPays, toyPolicy = [2][3]float64{{.15, .25, .5}, {.2, .3, .7}}, [2][3]float64{{.1, .6, .3}, {.1, .3, .6}}

// toyLuck is what a debtor pays more, or less, often than its kind.
const toyLuck = .1

func toyTruth() (v float64) {
	for x := range toyPays {
		for a, p := range toyPolicy[x] {
			v += p * toyPays[x][a] / 2
		}
	}
	return v
}

// toy is a creditor with two channels and its log.
type toy struct {
	*rand.Rand
	seed     uint64
	tenant   *engine.Tenant
	decider  *engine.Decider
	snapshot *engine.Snapshot
	learner  learner.Learner
	zone     *time.Location
	now      time.Time
	logs     []history.Log
	seq      uint64

	judge      ope.Clusters
	sum, count [2][3]float64 // of earlier blocks: the model that DR uses
	weight     float64
	late, best float64 // contacts of the last blocks, and of these by the better channel
	facts      features.Profile
}

func newToy(t *testing.T, seed uint64) *toy {
	t.Helper()
	tn := engine.DefaultTenant("toy")
	tn.Rules = contactRules() // Epiphany is a day like others here
	g := &tn.Grid
	g.Channels, g.Tones, g.Slots, g.Offers = []engine.Channel{engine.Email, engine.SMS}, []engine.Tone{engine.Neutral}, g.Slots[1:2], g.Offers[:1]
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := policy.Prior(tn, nil, features.Schema, 2)
	if err != nil {
		t.Fatal(err)
	}
	return &toy{Rand: rand.New(rand.NewPCG(seed, 77)), seed: seed, tenant: tn, decider: engine.NewDecider(guard.New()), snapshot: snapshot, zone: zone,
		now: time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC), judge: ope.Clusters{Rule: ope.DR{}}, facts: features.New()}
}

// block decides twice for each of so many new debtors, then learns, when all labels are closed.
func (y *toy) block(t *testing.T, debtors int) {
	t.Helper()
	var sum, count [2][3]float64
	for range debtors {
		x, luck := y.IntN(2), toyLuck*float64(2*y.IntN(2)-1)
		log := history.Log{Tenant: y.tenant.ID, Debtor: fmt.Sprintf("D%06d", len(y.logs))}
		for range 2 {
			d := y.decide(t, &log, x)
			paid := one(y.Float64() < toyPays[x][d.Chosen]+luck)
			y.tell(&log, d, paid == 1)
			y.weigh(t, d, x, paid)
			sum[x][d.Chosen] += paid
			count[x][d.Chosen]++
		}
		y.logs = append(y.logs, log)
	}
	for x := range sum {
		for a := range sum[x] {
			y.sum[x][a] += sum[x][a]
			y.count[x][a] += count[x][a]
		}
	}
	y.now = y.now.AddDate(0, 0, 56)
	data, report, err := y.learner.Train(t.Context(), y, learner.Options{Tenant: y.tenant, Seed: y.seed, AsOf: y.now, Features: 2, Version: "bandit-1"})
	if err == nil && report.Closed != 2*len(y.logs) {
		err = fmt.Errorf("%+v of %d decisions", report, 2*len(y.logs))
	}
	if err == nil {
		y.snapshot, err = policy.Open(data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Scan makes the toy's log what the learner reads.
func (y *toy) Scan(_ context.Context, _ history.Range, f func(*history.Log) error) error {
	for i := range y.logs {
		if err := f(&y.logs[i]); err != nil {
			return err
		}
	}
	return nil
}

func (y *toy) decide(t *testing.T, log *history.Log, x int) *engine.Decision {
	t.Helper()
	y.seq++
	q := &engine.Request{Case: engine.Case{ID: fmt.Sprintf("C%06d", y.seq), Open: engine.Money{AmountMinor: 5000, Currency: "EUR"},
		OldestDue: engine.DateOf(y.now) - 20}, Debtor: engine.Debtor{ID: log.Debtor, TZ: "Europe/Berlin"}, Constraints: engine.Constraints{MaxCostMinor: -1}}
	for _, c := range y.tenant.Grid.Channels {
		q.Contacts = append(q.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: .9, Consent: "service"})
	}
	in := &engine.Input{Tenant: y.tenant, Request: q, Facts: &y.facts.Facts, Profiled: true, Schema: features.Schema, Now: y.now, Zone: y.zone,
		X: []float32{float32(x), float32(y.Float64())}, Variant: engine.Variant{Share: 1}, Snapshot: y.snapshot}
	binary.BigEndian.PutUint64(in.ID[:], y.seed)
	binary.BigEndian.PutUint64(in.ID[8:], y.seq)
	d := &engine.Decision{Seq: 10 * y.seq}
	if err := y.decider.Decide(d, in); err != nil {
		t.Fatal(err)
	}
	if len(d.Eligible) != 3 || d.Policy != bandit {
		t.Fatalf("policy %q has the options %v", d.Policy, d.Eligible)
	}
	log.Decisions = append(log.Decisions, *d)
	return d
}

// tell reports the contact and the payment.
func (y *toy) tell(log *history.Log, d *engine.Decision, paid bool) {
	event := func(kind engine.EventType, after time.Duration, data engine.EventData) {
		at := d.IssuedAt.Add(after)
		log.Events = append(log.Events, engine.Event{Tenant: d.Tenant, Source: "toy", ID: d.Case + kind.String(), Type: kind, Debtor: d.Debtor,
			At: at, Received: at, Seq: d.Seq + 1 + uint64(len(log.Events)%8), Data: data})
	}
	if d.Kind == engine.KindContact {
		event(engine.DecisionExecuted, 3*time.Hour, engine.EventData{DecisionID: d.ID})
	}
	if paid {
		event(engine.PaymentReceived, 5*24*time.Hour, engine.EventData{CaseID: d.Case, AmountMinor: d.OpenMinor, Currency: "EUR"})
	}
}

// weigh hands the decision to the judge, with a model of earlier blocks.
func (y *toy) weigh(t *testing.T, d *engine.Decision, x int, paid float64) {
	t.Helper()
	q := func(a int) float64 { return (y.sum[x][a] + 3) / (y.count[x][a] + 10) }
	s := ope.Sample{PLog: d.Propensity, PEval: toyPolicy[x][d.Chosen], Reward: paid, Q: q(d.Chosen), Cluster: uint64(len(y.logs))}
	for a, p := range toyPolicy[x] {
		s.QEval += p * q(a)
	}
	if err := y.judge.Add(s); err != nil {
		t.Fatal(err)
	}
	y.weight = max(y.weight, s.Weight())
	if len(y.logs) > 240 && d.Chosen != engine.Hold {
		y.late++
		y.best += one(d.Chosen == 2)
	}
}
