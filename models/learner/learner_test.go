package learner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/features/history/memory"
)

const day = oneDay

func start() time.Time { return time.Date(2025, 1, 7, 9, 0, 0, 0, time.UTC) }

func tenant() *engine.Tenant {
	t := engine.DefaultTenant("acme")
	t.Grid = *smallGrid()
	return t
}

func options(t *engine.Tenant) Options {
	return Options{Tenant: t, AsOf: start().Add(365 * day), Seed: 3, Version: "v1", Features: 4}
}

// campaign is a store with n debtors, one decision each: contact by sms resolves more often.
func campaign(tb testing.TB, t *engine.Tenant, n int) *memory.Store {
	s := memory.New()
	tb.Cleanup(func() { s.Close() })
	r := rand.New(rand.NewPCG(1, 4))
	b := history.Batch{Token: "campaign"}
	for i := range n {
		d := decided(t, i, r.IntN(t.Grid.Size()))
		for j := range d.X {
			d.X[j] = float32(r.Float64())
		}
		b.Decisions = append(b.Decisions, d)
		if d.Kind == engine.KindContact {
			b.Events = append(b.Events, reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
		}
		p := .2
		if d.Action.Channel == engine.SMS {
			p = .6
		}
		if r.Float64() < p {
			b.Events = append(b.Events, reported(&d, engine.PaymentReceived, 5*day, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
		}
	}
	if err := s.Append(context.Background(), b); err != nil {
		tb.Fatal(err)
	}
	return s
}

// decided is the decision of debtor i.
func decided(t *engine.Tenant, i, action int) engine.Decision {
	d := engine.Decision{ID: engine.ID{1, byte(i >> 16), byte(i >> 8), byte(i)}, Tenant: t.ID, Debtor: fmt.Sprint("D", i), Case: fmt.Sprint("C", i),
		Seq: uint64(10 + 10*i), Kind: engine.KindHold, IssuedAt: start().Add(time.Duration(i) * time.Minute), Schema: 1, X: make([]float32, 4),
		OpenMinor: 5000, Currency: "EUR", Grid: t.Grid.String(), Eligible: []uint16{0, 1, 2}, Chosen: action, Propensity: .1}
	if action > 0 {
		d.Kind = engine.KindContact
		d.Action.Channel = t.Grid.Channels[t.Grid.Levels(action).Channel]
	}
	return d
}

func reported(d *engine.Decision, t engine.EventType, after time.Duration, data engine.EventData) engine.Event {
	at := d.IssuedAt.Add(after)
	return engine.Event{Tenant: d.Tenant, Source: "erp", ID: fmt.Sprint(d.Debtor, t), Type: t, Debtor: d.Debtor,
		At: at, Received: at, Seq: d.Seq + uint64(t)%10, Data: data}
}

func train(tb testing.TB, src history.Scanner, o Options) (*engine.Snapshot, Report) {
	tb.Helper()
	data, report, err := Train(context.Background(), src, o)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := policy.Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	return s, report
}

func TestTrainLearnsWhatWorks(t *testing.T) {
	tn := tenant()
	snap, report := train(t, campaign(t, tn, 3000), options(tn))
	if report.Closed != 3000 || report.Learned != 3000 || report.Open+report.Missing+len(report.Refused) != 0 || report.FromSeq != 10 {
		t.Errorf("report %+v", report)
	}
	if h := snap.Header; h.Rows != 3000 || h.ToSeq != report.ToSeq || h.Version != "v1" || h.Seed != 3 || h.Reward != tn.Reward {
		t.Errorf("header %+v", h)
	}
	b := &engine.Ballot{OpenMinor: 5000}
	for a := range tn.Grid.Size() {
		b.Options = append(b.Options, engine.Option{Action: a})
	}
	in := &engine.Input{Tenant: tn, Request: &engine.Request{}, X: []float32{.5, .5, .5, .5}}
	snap.Policy.Vote(b, in)
	for a := 1; a < tn.Grid.Size(); a++ {
		want := .2
		if tn.Grid.Channels[tn.Grid.Levels(a).Channel] == engine.SMS {
			want = .6
		} else if b.Votes[a] > 0 {
			t.Errorf("action %d by e-mail got %v votes", a, b.Votes[a])
		}
		if got := snap.Policy.(engine.Scorer).Scores(b, in, a); math.Abs(got.PResolve-want) > .1 || math.Abs(got.AmountMinor-5000) > 100 {
			t.Errorf("action %d: %+v, want %v", a, got, want)
		}
	}
}

func TestSameBytesOnAnyNumberOfCores(t *testing.T) {
	tn := tenant()
	s := campaign(t, tn, 800)
	var first []byte
	for _, cores := range []int{1, 4, 2} {
		was := runtime.GOMAXPROCS(cores)
		data, _, err := Train(context.Background(), s, options(tn))
		runtime.GOMAXPROCS(was)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("%d cores give other bytes", cores)
		}
	}
	o := options(tn)
	o.Seed = 4
	if data, _, _ := Train(context.Background(), s, o); bytes.Equal(first, data) {
		t.Error("another seed gives the same bytes")
	}
}

func TestWithoutContrastThePriorStays(t *testing.T) {
	tn := tenant()
	spec := policy.DefaultPrior()
	want := policy.PriorWeights(policy.NewLayout(&tn.Grid, 4), &spec, 3)
	for _, n := range []int{0, 1, 40} {
		s := memory.New()
		for i := range n {
			d := decided(tn, i, engine.Hold)
			if err := s.Append(context.Background(), history.Batch{Token: d.Debtor, Decisions: []engine.Decision{d}}); err != nil {
				t.Fatal(err)
			}
		}
		data, report, err := Train(context.Background(), s, options(tn))
		if err != nil {
			t.Fatal(err)
		}
		snap, err := policy.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.Encode(snap.Header, &spec, want)
		if err != nil || !bytes.Equal(again, data) || !report.Prior || report.Learned != n {
			t.Errorf("%d equal rows: not the prior (%v), report %+v", n, err, report)
		}
	}
}

func TestGarbageIsRefusedAndCounted(t *testing.T) {
	tn := tenant()
	s := campaign(t, tn, 200)
	clean, _ := train(t, s, options(tn))
	spoil := map[Refusal]func(d *engine.Decision){
		RefusedShadow:     func(d *engine.Decision) { d.Mode = engine.Shadow },
		RefusedForced:     func(d *engine.Decision) { d.Eligible = d.Eligible[:1] },
		RefusedKind:       func(d *engine.Decision) { d.Kind = engine.KindAgentReview },
		RefusedContext:    func(d *engine.Decision) { d.X[1] = float32(math.NaN()) },
		RefusedPropensity: func(d *engine.Decision) { d.Propensity = 0 },
		RefusedGrid:       func(d *engine.Decision) { d.Grid = "nonsense" },
		RefusedLevel: func(d *engine.Decision) {
			g := tn.Grid
			g.Channels = []engine.Channel{engine.Chat}
			d.Grid = g.String()
		},
		RefusedTime:   func(d *engine.Decision) { d.IssuedAt = start().Add(900 * day) },
		RefusedAmount: func(d *engine.Decision) { d.OpenMinor = 0 },
	}
	more := []func(d *engine.Decision){
		func(d *engine.Decision) { d.X = nil },
		func(d *engine.Decision) { d.X = make([]float32, 9) },
		func(d *engine.Decision) { d.X[0] = float32(math.Inf(-1)) },
		func(d *engine.Decision) { d.X[0] = 1e9 },
		func(d *engine.Decision) { d.Propensity = math.NaN() },
		func(d *engine.Decision) { d.Propensity = 1.5 },
		func(d *engine.Decision) { d.Chosen = 30_000 },
		func(d *engine.Decision) { d.Chosen = -1 },
		func(d *engine.Decision) { d.Chosen = engine.Hold },
		func(d *engine.Decision) { d.Schema = 99 },
	}
	i := 1000
	add := func(f func(*engine.Decision)) {
		d := decided(tn, i, 2)
		i++
		f(&d)
		if err := s.Append(context.Background(), history.Batch{Token: d.Debtor, Decisions: []engine.Decision{d}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range spoil {
		add(f)
	}
	_, report := train(t, s, options(tn))
	for why := range spoil {
		if report.Refused[why] != 1 {
			t.Errorf("%s: %d refused, want 1", why, report.Refused[why])
		}
	}
	for _, f := range more {
		add(f)
	}
	snap, report := train(t, s, options(tn))
	refused := 0
	for _, n := range report.Refused {
		refused += n
	}
	if refused != len(spoil)+len(more) || report.Learned != 200 {
		t.Errorf("report %+v", report)
	}
	sameWeights(t, clean, snap)
}

// sameWeights compares two snapshots by what they vote and value.
func sameWeights(t *testing.T, a, b *engine.Snapshot) {
	t.Helper()
	tn := tenant()
	in := &engine.Input{Tenant: tn, Request: &engine.Request{}, X: []float32{.1, .9, .4, .2}}
	var ballots [2]engine.Ballot
	for i, s := range []*engine.Snapshot{a, b} {
		ballots[i].OpenMinor = 100
		for k := range tn.Grid.Size() {
			ballots[i].Options = append(ballots[i].Options, engine.Option{Action: k})
		}
		s.Policy.Vote(&ballots[i], in)
	}
	if !slices.Equal(ballots[0].Votes, ballots[1].Votes) || !slices.Equal(ballots[0].Value, ballots[1].Value) {
		t.Error("refused rows changed the model")
	}
}

func TestOpenAndMissingLabelsAreNotLearned(t *testing.T) {
	tn := tenant()
	s := memory.New()
	silent, hold := decided(tn, 1, 2), decided(tn, 2, engine.Hold)
	late := decided(tn, 3, engine.Hold)
	late.IssuedAt = start().Add(340 * day)
	if err := s.Append(context.Background(), history.Batch{Token: "a", Decisions: []engine.Decision{silent, hold, late}}); err != nil {
		t.Fatal(err)
	}
	_, report := train(t, s, options(tn))
	if report.Missing != 1 || report.MissingBy[silent.Action.Channel.String()] != 1 || report.Open != 1 || report.Closed != 1 {
		t.Errorf("report %+v", report)
	}
}

// Decisions on a grid with other levels in another order are learned by the names of their levels.
func TestLevelsAreJoinedByName(t *testing.T) {
	old, now := tenant(), tenant()
	slices.Reverse(now.Grid.Channels)
	now.Grid.Tones = append([]engine.Tone{engine.Formal}, now.Grid.Tones...)
	s := campaign(t, old, 2000)
	snap, report := train(t, s, options(now))
	if report.Learned != 2000 {
		t.Fatalf("report %+v", report)
	}
	b := &engine.Ballot{OpenMinor: 5000}
	for a := range now.Grid.Size() {
		b.Options = append(b.Options, engine.Option{Action: a})
	}
	in := &engine.Input{Tenant: now, Request: &engine.Request{}, X: []float32{.5, .5, .5, .5}}
	snap.Policy.Vote(b, in)
	votes := map[engine.Channel]float64{}
	for a := 1; a < now.Grid.Size(); a++ {
		votes[now.Grid.Channels[now.Grid.Levels(a).Channel]] += b.Votes[a]
	}
	if votes[engine.SMS] < policy.Lanes-1 {
		t.Errorf("votes %v; text messages work best", votes)
	}
}

// Contacts of an imported history teach without a decision.
func TestPastContactsTeach(t *testing.T) {
	tn := tenant()
	s := memory.New()
	r := rand.New(rand.NewPCG(1, 8))
	b := history.Batch{Token: "import"}
	for i := range 600 {
		d := decided(tn, i, 0)
		event := func(t engine.EventType, after time.Duration, data engine.EventData) {
			data.CaseID = d.Case
			b.Events = append(b.Events, reported(&d, t, after, data))
		}
		event(engine.CaseOpened, -10*day, engine.EventData{Has: engine.FieldOpen | engine.FieldOldestDue | engine.FieldCaseID | engine.FieldPortfolio, Portfolio: "retail",
			Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}, OldestDue: engine.DateOf(d.IssuedAt) - 12})
		channel, p := engine.Email, .15
		if i%2 == 0 {
			channel, p = engine.SMS, .6
		}
		event(engine.ContactSent, 0, engine.EventData{Has: engine.FieldChannel, Channel: channel})
		if r.Float64() < p {
			event(engine.PaymentReceived, 3*day, engine.EventData{AmountMinor: 5000, Currency: "EUR"})
		}
	}
	if err := s.Append(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	o := options(tn)
	o.Features = len(features.Vector)
	if _, report := train(t, s, o); report.Learned != 0 || !report.Prior {
		t.Errorf("without Past: %+v", report)
	}
	o.Past = true
	snap, report := train(t, s, o)
	if report.Past != 600 || report.Contacts != 600 || report.Learned != 600 {
		t.Fatalf("report %+v", report)
	}
	if want := []engine.Group{{Portfolio: "retail", Segment: "new"}}; !slices.Equal(snap.Header.Groups, want) {
		t.Errorf("groups %v, want %v", snap.Header.Groups, want)
	}
	sms, mail := contactValue(tn, snap, engine.SMS), contactValue(tn, snap, engine.Email)
	if sms.PResolve < mail.PResolve+.2 {
		t.Errorf("text messages resolve %v, mails %v", sms.PResolve, mail.PResolve)
	}
}

func contactValue(t *engine.Tenant, s *engine.Snapshot, c engine.Channel) engine.Scores {
	profile := features.New()
	q := &engine.Request{Case: engine.Case{ID: "C", Open: engine.Money{AmountMinor: 5000, Currency: "EUR"}, DunningLevel: -1}}
	in := &engine.Input{Tenant: t, Request: q, X: profile.Context(nil, q, start(), time.UTC)}
	a := t.Grid.Index(engine.Levels{Channel: slices.Index(t.Grid.Channels, c)})
	b := &engine.Ballot{Options: []engine.Option{{Action: 0}, {Action: a}}}
	return s.Policy.(engine.Scorer).Scores(b, in, 1)
}

func TestTrainStops(t *testing.T) {
	tn := tenant()
	s := campaign(t, tn, 20)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Train(ctx, s, options(tn)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled training ends with %v", err)
	}
	for _, o := range []Options{{}, {Tenant: tn}, {AsOf: start()}} {
		if _, _, err := Train(context.Background(), s, o); !errors.Is(err, ErrOptions) {
			t.Errorf("options %+v: %v", o, err)
		}
	}
}

// BenchmarkTrain is a whole training run of 2,000 decisions with 64 features on the default grid.
func BenchmarkTrain(b *testing.B) {
	tn := engine.DefaultTenant("acme")
	s := memory.New()
	batch := history.Batch{Token: "b"}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 2000 {
		d := decided(tn, i, r.IntN(tn.Grid.Size()))
		d.X = make([]float32, 64)
		for j := range d.X {
			d.X[j] = float32(r.Float64())
		}
		batch.Decisions = append(batch.Decisions, d)
		batch.Events = append(batch.Events, reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID}))
	}
	if err := s.Append(context.Background(), batch); err != nil {
		b.Fatal(err)
	}
	o := options(tn)
	o.Features = 64
	for b.Loop() {
		if _, _, err := Train(context.Background(), s, o); err != nil {
			b.Fatal(err)
		}
	}
}
