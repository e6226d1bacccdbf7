package guard_test

import (
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/cpubench"
	"takt/engine/guard"
	"takt/engine/guard/oracle"
	"takt/engine/policy"
)

// For any input: hold is eligible, the chosen action is, the propensity is the one that the stored
// row gives again, the draw picks the chosen action, a contact keeps its window, and the same input
// gives the same decision.
func TestDecideProperties(t *testing.T) {
	w := oracle.NewWorld(5, laws(t)...)
	r, again := engine.NewDecider(guard.New(), policy.NewUniform()), engine.NewDecider(guard.New(), policy.NewUniform())
	var d, e engine.Decision
	var ex engine.Explanation
	contacts := 0
	for i := range 12_000 / slow {
		in := w.Input()
		in.Request.Want.Alternatives = 3
		in.Tenant.Policy = []string{"uniform", "uniform", "ladder"}[w.IntN(3)]
		if err := r.Explain(&d, &ex, in); err != nil {
			t.Fatal(err)
		}
		if err := again.Decide(&e, in); err != nil || !reflect.DeepEqual(d, e) {
			t.Fatalf("world %d: %v; the same input gives\n%+v\n%+v", i, err, d, e)
		}
		p, err := d.Propensities(nil)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(d.Eligible, uint16(d.Chosen))
		if d.Eligible[0] != engine.Hold || at < 0 || p[at] != d.Propensity || !(d.Propensity > 0) {
			t.Fatalf("world %d: chosen %d with %v among %v, p %v", i, d.Chosen, d.Propensity, d.Eligible, p)
		}
		if b := (engine.Ballot{P: p}); d.Policy == "uniform" && b.Choose(engine.Draw(in.Tenant.Secret, in.ID)) != at {
			t.Fatalf("world %d: the draw %v does not pick %d", i, d.Draw, at)
		}
		if (d.Kind == engine.KindContact) != (d.Chosen != engine.Hold) || d.Kind == 0 {
			t.Fatalf("world %d: kind %v, action %d", i, d.Kind, d.Chosen)
		}
		if !d.Expires.After(in.Now) || d.Kind == engine.KindHold && !d.Review.After(in.Now) {
			t.Fatalf("world %d: %v %s expires %v, review %v, now %v", i, d.Kind, d.Reason, d.Expires, d.Review, in.Now)
		}
		if d.Kind == engine.KindContact {
			contacts++
			good := awake(in, d.Action.NotBefore) && awake(in, d.Action.NotAfter.Add(-time.Second))
			if !good || d.Action.Template == "" || d.Action.AddressRef == "" {
				t.Fatalf("world %d: action %+v", i, d.Action)
			}
		}
		for _, a := range ex.Alternatives {
			if j := slices.Index(d.Eligible, uint16(a.Index)); j < 0 || p[j] != a.Propensity || a.Index == d.Chosen {
				t.Fatalf("world %d: alternative %+v", i, a)
			}
		}
	}
	if contacts < 1000/slow {
		t.Errorf("only %d contacts: the worlds do not test them", contacts)
	}
}

// awake reports whether an instant is within the creditor's own hours and not over.
func awake(in *engine.Input, t time.Time) bool {
	l, at := &in.Tenant.Limits, t
	if at = t.UTC(); in.Zone != nil {
		at = t.In(in.Zone)
	}
	minute := at.Hour()*60 + at.Minute()
	return !t.Before(in.Now.Truncate(time.Second)) && minute >= l.QuietTo && minute < l.QuietFrom && (l.Sundays || at.Weekday() != time.Sunday)
}

// A decision keeps what the ledger owns and nothing of the decision before it.
func TestDecideReusesOnlyMemory(t *testing.T) {
	w := oracle.NewWorld(6, laws(t)...)
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	used := engine.Decision{Seq: 7, Key: "k", Reply: []byte("r"), BodyHash: [16]byte{1}, Recorded: time.Unix(1, 0),
		Kind: engine.KindRoute, Reason: "x", Queue: "y", Snapshot: "z", CostMicro: 3, X: make([]float32, 9), Eligible: make([]uint16, 5), Votes: make([]engine.Vote, 5)}
	fresh := engine.Decision{Seq: 7, Key: "k", Reply: []byte("r"), BodyHash: [16]byte{1}, Recorded: time.Unix(1, 0)}
	for range 200 {
		in := w.Input()
		if err := r.Decide(&used, in); err != nil {
			t.Fatal(err)
		}
		f := fresh
		if err := r.Decide(&f, in); err != nil || !reflect.DeepEqual(used, f) {
			t.Fatalf("%v\n%+v\n%+v", err, used, f)
		}
	}
}

// One Decider serves many goroutines; each gets what it gets alone.
func TestDecideConcurrently(t *testing.T) {
	w := oracle.NewWorld(7, laws(t)...)
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	ins := make([]*engine.Input, 100)
	alone := make([]engine.Decision, len(ins))
	for i := range ins {
		ins[i] = w.Plain()
		if err := r.Decide(&alone[i], ins[i]); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, in := range ins {
				var d engine.Decision
				if err := r.Decide(&d, in); err != nil || !reflect.DeepEqual(d, alone[i]) {
					t.Errorf("world %d: %v\n%+v\n%+v", i, err, d, alone[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestDecideDoesNotAllocate(t *testing.T) {
	if slow > 1 {
		t.Skip("the race detector empties pools at random")
	}
	in := wide(t)
	r := engine.NewDecider(guard.New(), policy.NewUniform())
	var d engine.Decision
	var ex engine.Explanation
	in.Request.Want.Alternatives = 3
	for name, f := range map[string]func() error{
		"Decide":  func() error { return r.Decide(&d, in) },
		"Explain": func() error { return r.Explain(&d, &ex, in) },
	} {
		if n := testing.AllocsPerRun(200, func() {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}); n >= 1 { // the pool may be emptied by a collection in between
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// wide is the standard catalogue: 8 channels × 4 tones × 7 slots × 1 offer, all of them eligible.
func wide(t testing.TB) *engine.Input {
	in := plain(t, "de", "Europe/Berlin", "2025-11-21 07:00")
	in.Tenant.Policy, in.Tenant.Grid.Offers = "uniform", []engine.Offer{engine.OfferNone}
	for c := range in.Tenant.Specs {
		in.Tenant.Specs[c].AnyTime = false
	}
	in.Facts.Contacts[0] = engine.ContactFacts{At: in.Now.UnixMicro() - 4*86400e6, Channel: engine.Email, State: engine.ContactDone}
	return in
}

func BenchmarkGuard224(b *testing.B) { benchGuard(b, nil) }

func BenchmarkGuard224Trace(b *testing.B) { benchGuard(b, new(engine.Trace)) }

func benchGuard(b *testing.B, tr *engine.Trace) {
	in, g := wide(b), guard.New()
	var ballot engine.Ballot
	b.ReportAllocs()
	cpubench.Loop(b, 1, "op", func() {
		if tr != nil {
			tr.Reset()
		}
		if v := g.Options(&ballot, in, tr); v.Kind != engine.KindContact || len(ballot.Options) != 225 {
			b.Fatal(v, len(ballot.Options))
		}
	})
}

// BenchmarkTrace is what the trace adds to a decision by the cheapest policy, as a share of its CPU time.
func BenchmarkTrace(b *testing.B) {
	in, g, r := wide(b), guard.New(), engine.NewDecider(guard.New(), policy.NewUniform())
	in.X = make([]float32, 64)
	var d engine.Decision
	var ballot engine.Ballot
	tr := new(engine.Trace)
	each := func(f func()) func(int) {
		return func(n int) {
			for range n {
				f()
			}
		}
	}
	least := cpubench.InTurn(21, 15*time.Millisecond,
		each(func() { _ = r.Decide(&d, in) }),
		each(func() { g.Options(&ballot, in, nil) }),
		each(func() { tr.Reset(); g.Options(&ballot, in, tr) }))
	for b.Loop() {
	}
	b.ReportMetric((least[2]-least[1])/least[0], "of-decision")
	b.ReportMetric(least[0], "decision-ns")
	b.ReportMetric(float64(len(tr.Checks)), "checks")
}

func BenchmarkDecide224(b *testing.B) {
	in, r := wide(b), engine.NewDecider(guard.New(), policy.NewUniform())
	in.X = make([]float32, 64)
	var d engine.Decision
	b.ReportAllocs()
	cpubench.Loop(b, 1, "op", func() {
		if err := r.Decide(&d, in); err != nil {
			b.Fatal(err)
		}
	})
}
