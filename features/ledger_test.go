package features

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/history"
	"takt/features/journal"
)

// TestLedgerFoldsLikeOneReplay: facts arrive in any order, some twice, between shipping, eviction,
// looks and restarts; the profiles are those of one replay.
func TestLedgerFoldsLikeOneReplay(t *testing.T) {
	for seed := range uint64(6) {
		es, ds := random(seed, 200)
		r := rand.New(rand.NewPCG(seed, 2))
		h := newHouse(t)
		if seed%2 == 0 {
			h.bytes = 1 // one profile in memory: constant eviction
		}
		h.reopen()
		order := slices.Clone(es)
		order = append(order, es[:20]...)
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rest := ds
		var accepted []engine.Event
		var decided []engine.Decision
		for len(order) > 0 {
			n := min(1+r.IntN(8), len(order))
			accepted = append(accepted, h.accept(order[:n])...)
			order = order[n:]
			if len(rest) > 0 && r.IntN(3) == 0 {
				decided = append(decided, h.decide(rest[0]))
				rest = rest[1:]
			}
			switch r.IntN(12) {
			case 0:
				h.stop()
				h.ship()
			case 1:
				h.reopen()
			case 2:
				h.profile(fmt.Sprintf("D-%d", r.IntN(5)))
			}
		}
		for _, d := range rest {
			decided = append(decided, h.decide(d))
		}
		for i := range 5 {
			debtor := fmt.Sprintf("D-%d", i)
			if want, got := replayed(accepted, decided, debtor), h.profile(debtor); want != got {
				t.Fatalf("seed %d, %s: %s", seed, debtor, cmp.Diff(want, got))
			}
		}
	}
}

func TestEventIsVisibleToTheNextDecision(t *testing.T) {
	h := newHouse(t)
	look := func() (n uint16, asOf time.Time) {
		_, err := h.Turn(t.Context(), "acme", "D-9", func(v *View) (*engine.Decision, error) {
			n, asOf = v.Profile.Complaints, v.AsOf
			if !v.Known {
				t.Error("the profile is unknown")
			}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n, asOf
	}
	if n, asOf := look(); n != 0 || !asOf.IsZero() {
		t.Errorf("%d complaints as of %v without history", n, asOf)
	}
	for i, when := range []int{3, 9, 1, 9} { // in place, newer, late, another at the same time
		h.events(complaint("D-9", fmt.Sprintf("e-%d", i), at(when, 0)))
		if n, asOf := look(); int(n) != i+1 || !asOf.Equal(at(max(when, 3*min(i+1, 2)+(i+1)/2*3), 0)) && !asOf.Equal(at(9, 0)) && i > 0 {
			t.Errorf("after event %d: %d complaints as of %v", i, n, asOf)
		}
	}
}

func TestDuplicatesChangeNothing(t *testing.T) {
	h := newHouse(t)
	e := complaint("D-9", "e-1", at(1, 0))
	if r := h.events(e, e, complaint("D-9", "e-2", at(1, 0))); r[0].Duplicate || !r[1].Duplicate || r[2].Duplicate {
		t.Errorf("receipts %v of a call that repeats itself", r)
	}
	if r := h.events(e); !r[0].Duplicate {
		t.Error("a repeated call is not seen")
	}
	h.reopen() // the journal still has it
	if r := h.events(e); !r[0].Duplicate {
		t.Error("a repeated call is not seen after a restart")
	}
	h.ship()
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.reopen() // only the store has it: taken again, dropped by the fold
	h.events(e)
	if p := h.profile("D-9"); p.Complaints != 2 {
		t.Errorf("%d complaints, want 2", p.Complaints)
	}
}

func TestMergedDebtorsShareOneHistory(t *testing.T) {
	h := newHouse(t)
	h.ship()
	h.events(complaint("old", "e-1", at(1, 0)), complaint("D-9", "e-2", at(2, 0)))
	h.profile("D-9")
	h.events(engine.Event{Source: "erp", ID: "e-3", Type: engine.DebtorMerged, Debtor: "D-9", At: at(3, 0), Data: engine.EventData{Other: "old"}},
		engine.Event{Source: "erp", ID: "e-4", Type: engine.DebtorMerged, Debtor: "old", At: at(3, 0), Data: engine.EventData{Other: "D-9"}}) // a ring must end
	if p := h.profile("D-9"); p.Complaints != 2 {
		t.Fatalf("%d complaints after the merge, want 2", p.Complaints)
	}
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.events(complaint("old", "e-5", at(4, 0))) // still under the old name
	if p := h.profile("D-9"); p.Complaints != 3 {
		t.Errorf("%d complaints after one more under the old name, want 3", p.Complaints)
	}
	h.events(engine.Event{Source: "erp", ID: "e-6", Type: engine.EventRetracted, Debtor: "D-9", At: at(5, 0), Data: engine.EventData{EventID: "e-3"}})
	if p := h.profile("D-9"); p.Complaints != 1 {
		t.Errorf("%d complaints after the merge was taken back, want 1", p.Complaints)
	}
}

func TestRestartKeepsProfilesAndAnswers(t *testing.T) {
	h := newHouse(t)
	d := contactDecision(1, "C-1", at(20, 0), engine.Email)
	d.Key, d.BodyHash, d.Reply, d.X = "key-1", [16]byte{1, 2}, []byte(`{"a":1}`), []float32{1, 2}
	h.events(complaint("D-9", "e-1", at(1, 0)))
	h.decide(d)
	second := history.Answer{Tenant: "acme", Key: "key-2", BodyHash: [16]byte{3}, Decision: d.ID}
	c, err := h.RecordAnswer(t.Context(), second)
	if err != nil || c.Wait(t.Context()) != nil {
		t.Fatal(err)
	}
	want := h.profile("D-9")
	check := func(when string) {
		t.Helper()
		if got := h.profile("D-9"); got != want {
			t.Errorf("%s: %s", when, cmp.Diff(want, got))
		}
		for key, body := range map[string]byte{"key-1": 1, "key-2": 3} {
			if a, ok := h.Answer("acme", key); !ok || a.Decision != d.ID || a.BodyHash[0] != body {
				t.Errorf("%s: answer of %s is %+v, %v", when, key, a, ok)
			}
		}
		if _, ok := h.Answer("other", "key-1"); ok {
			t.Errorf("%s: another tenant sees the answer", when)
		}
		got, err := h.Decision(t.Context(), "acme", d.ID)
		if err != nil || string(got.Reply) != `{"a":1}` || got.Seq != 2 || got.Recorded.IsZero() {
			t.Errorf("%s: decision %+v, %v", when, got, err)
		}
		if _, err := h.Decision(t.Context(), "other", d.ID); !errors.Is(err, history.ErrNotFound) {
			t.Errorf("%s: another tenant gets %v", when, err)
		}
		log, err := h.Log(t.Context(), history.Debtor("acme", "D-9"))
		if err != nil || len(log.Events) != 1 || len(log.Decisions) != 1 {
			t.Errorf("%s: log of %d events and %d decisions, %v", when, len(log.Events), len(log.Decisions), err)
		}
	}
	check("before")
	h.reopen()
	check("from the journal")
	h.ship()
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := h.Stats(); st.TailRecords != 0 || st.TailBytes != 0 || len(h.tail.debtors)+len(h.tail.decisions) != 0 {
		t.Errorf("the tail holds %+v after everything was shipped", st)
	}
	check("shipped")
	h.reopen()
	check("from the store")
	h.now.Add(AnswersKept.Microseconds())
	if _, ok := h.Answer("acme", "key-1"); ok {
		t.Error("an answer outlives 7 days")
	}
	h.answers.expire(h.clock())
	if n := h.answers.len(); n != 0 {
		t.Errorf("%d answers are kept after 7 days", n)
	}
}

func TestStoreDown(t *testing.T) {
	h := newHouse(t)
	h.events(complaint("warm", "e-1", at(1, 0)))
	h.profile("warm")
	h.store.down.Store(true)
	known := func(debtor string) (known bool, complaints uint16) {
		d := contactDecision(uint64(h.now.Add(1)), "C-1", at(30, 0), engine.Email)
		d.Debtor = debtor
		_, err := h.Turn(t.Context(), "acme", debtor, func(v *View) (*engine.Decision, error) {
			known, complaints = v.Known, v.Profile.Complaints
			return &d, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return known, complaints
	}
	if ok, n := known("warm"); !ok || n != 1 {
		t.Errorf("known %v with %d complaints from memory, want true, 1", ok, n)
	}
	h.events(complaint("warm", "e-2", at(40, 0)), complaint("cold", "e-3", at(40, 0)))
	if ok, n := known("cold"); ok || n != 0 {
		t.Error("a profile that cannot be folded is called known")
	}
	h.events(complaint("warm", "e-4", at(50, 0)))
	h.profile("warm") // a decision at day 30 came after an event of day 40: folded anew when the store is back
	h.store.down.Store(false)
	h.ship()
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := h.profile("warm"); p.Complaints != 3 || p.Decided != 1 {
		t.Errorf("%d complaints and %d decisions, want 3 and 1", p.Complaints, p.Decided)
	}
	if ok, n := known("cold"); !ok || n != 1 {
		t.Errorf("known %v with %d complaints after the store came back", ok, n)
	}
}

func TestFullJournalTakesNothing(t *testing.T) {
	h := newHouse(t)
	h.o.MaxBytes = 200
	h.reopen()
	h.events(complaint("D-9", "e-1", at(1, 0)))
	want := h.profile("D-9")
	es := []engine.Event{complaint("D-9", "e-2", at(2, 0)), complaint("D-9", "e-3", at(2, 1)), complaint("D-9", "e-4", at(2, 2)), complaint("D-9", "e-5", at(2, 3))}
	if _, err := h.Events(t.Context(), "acme", es); !errors.Is(err, journal.ErrFull) {
		t.Fatalf("%v, want ErrFull", err)
	}
	d := contactDecision(1, "C-1", at(20, 0), engine.Email)
	d.Key, d.Reply = "k", make([]byte, 500)
	_, err := h.Turn(t.Context(), "acme", "D-9", func(*View) (*engine.Decision, error) { return &d, nil })
	if !errors.Is(err, journal.ErrFull) {
		t.Fatalf("%v, want ErrFull", err)
	}
	if _, ok := h.Answer("acme", "k"); ok || h.profile("D-9") != want {
		t.Error("something was folded that the journal did not take")
	}
	if r := h.events(complaint("D-9", "e-2", at(2, 0))); r[0].Duplicate {
		t.Error("a refused event is called a duplicate")
	}
}

func TestFailingDecisionLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	h.events(complaint("D-9", "e-1", at(1, 0)))
	want, no := h.profile("D-9"), errors.New("no")
	_, err := h.Turn(t.Context(), "acme", "D-9", func(v *View) (*engine.Decision, error) {
		v.Profile.Complaints = 99
		return nil, no
	})
	if !errors.Is(err, no) || h.profile("D-9") != want {
		t.Errorf("%v; %s", err, cmp.Diff(want, h.profile("D-9")))
	}
	other := contactDecision(1, "C-1", at(20, 0), engine.Email)
	if _, err := h.Turn(t.Context(), "acme", "D-1", func(*View) (*engine.Decision, error) { return &other, nil }); err == nil {
		t.Error("a decision about another debtor was taken")
	}
}

// TestManyAtOnce: decisions of one debtor see each other, whatever else goes on. Run with -race.
func TestManyAtOnce(t *testing.T) {
	h := newHouse(t)
	h.bytes = 8 * int64(4<<10)
	h.reopen()
	h.ship()
	const debtors, workers, rounds = 7, 8, 25
	var ids atomic.Uint64
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				debtor := fmt.Sprintf("D-%d", (w+i)%debtors)
				c, err := h.Turn(t.Context(), "acme", debtor, func(v *View) (*engine.Decision, error) {
					n := ids.Add(1)
					d := contactDecision(n, "C-1", t0.Add(time.Duration(n)*time.Minute), engine.Email)
					d.Debtor, d.OpenMinor = debtor, int64(v.Profile.Decided)
					return &d, nil
				})
				if err != nil {
					t.Error(err)
				} else if err := c.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				var es []engine.Event
				for j := range debtors {
					es = append(es, complaint(fmt.Sprintf("D-%d", j), fmt.Sprintf("e-%d-%d-%d", w, i, j), t0.Add(time.Duration(i)*time.Minute)))
				}
				if _, err := h.Events(t.Context(), "acme", es); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for j := range debtors {
		debtor := fmt.Sprintf("D-%d", j)
		p := h.profile(debtor)
		log, err := h.Log(t.Context(), history.Debtor("acme", debtor))
		if err != nil || p.Complaints != workers*rounds || len(log.Events) != workers*rounds {
			t.Fatalf("%s: %d complaints, %d events in the log, %v; want %d", debtor, p.Complaints, len(log.Events), err, workers*rounds)
		}
		slices.SortFunc(log.Decisions, func(a, b engine.Decision) int { return int(a.Seq) - int(b.Seq) })
		for i, d := range log.Decisions {
			if d.OpenMinor != int64(i) {
				t.Fatalf("%s: decision %d in the journal saw %d before it", debtor, i, d.OpenMinor)
			}
		}
	}
}

// The newest fact is found where only the journal has it.
func TestWarmKnowsTheJournal(t *testing.T) {
	h := newHouse(t)
	h.accept([]engine.Event{complaint("D-1", "a", at(7, 0)), complaint("D-2", "b", at(3, 0))})
	h.reopen()
	if w, err := h.Warm(t.Context(), "acme"); err != nil || !w.Newest.Equal(at(7, 0)) {
		t.Errorf("warmed %+v, %v", w, err)
	}
	if w, err := h.Warm(t.Context(), "other"); err != nil || !w.Newest.IsZero() {
		t.Errorf("warmed %+v of a tenant without facts, %v", w, err)
	}
}

func TestWarmAndBackfill(t *testing.T) {
	h := newHouse(t)
	es, ds := random(3, 200)
	es = h.accept(es)
	for i := range ds {
		ds[i] = h.decide(ds[i])
	}
	h.ship()
	if err := h.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	late := complaint("D-1", "late", at(400, 0))
	late = h.accept([]engine.Event{late})[0] // in the tail only
	newest := time.Time{}
	for _, e := range es {
		newest = later(newest, e.At)
	}
	for _, d := range ds {
		newest = later(newest, d.IssuedAt)
	}
	if w, err := h.Warm(t.Context(), "acme"); err != nil || w.Profiles != 5 || !w.Newest.Equal(newest) {
		t.Fatalf("warmed %+v, %v; the newest fact is of %v", w, err, newest)
	}
	reads := h.store.logs.Load()
	for i := range 5 {
		debtor := fmt.Sprintf("D-%d", i)
		if want, got := replayed(append(es, late), ds, debtor), h.profile(debtor); want != got {
			t.Errorf("warm %s: %s", debtor, cmp.Diff(want, got))
		}
	}
	if p := h.profile("D-new"); p.HasHistory() {
		t.Error("a stranger has a history")
	}
	h.accept([]engine.Event{complaint("D-new", "first", at(401, 0))})
	if p := h.profile("D-new"); p.Complaints != 1 {
		t.Errorf("a stranger's first fact is not seen: %d complaints", p.Complaints)
	}
	h.accept([]engine.Event{complaint("D-newer", "second", at(402, 0))}) // nobody asked about this one before
	if p := h.profile("D-newer"); p.Complaints != 1 {
		t.Errorf("a stranger's first fact is not seen: %d complaints", p.Complaints)
	}
	if h.store.logs.Load() != reads {
		t.Error("a warm profile or a stranger was read from the store")
	}
	ps, p := NewProfiles(1<<24), Profile{}
	if n, err := Backfill(t.Context(), h.store, "acme", ps); err != nil || n != 5 {
		t.Fatalf("backfilled %d, %v", n, err)
	}
	for i := range 5 {
		debtor := fmt.Sprintf("D-%d", i)
		if want := replayed(es, ds, debtor); !ps.Get(ps.Key("acme", debtor), &p) || p != want {
			t.Errorf("backfilled %s: %s", debtor, cmp.Diff(want, p))
		}
	}
}

func TestOpenNeedsTheAnswers(t *testing.T) {
	h := newHouse(t)
	h.store.Store.Close()
	_, err := Open(t.Context(), Options{Journal: h.Ledger.o.Journal, Store: h.store})
	if !errors.Is(err, history.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
	if _, err := Open(t.Context(), Options{}); err == nil {
		t.Error("a ledger without journal and store opened")
	}
}

// TestRefusedFactsAreTakenBack takes the journal's directory away, so that it cannot begin a segment.
func TestRefusedFactsAreTakenBack(t *testing.T) {
	h := newHouse(t)
	h.o.SegmentBytes = 4 << 10
	h.reopen()
	h.events(complaint("D-9", "e-1", at(1, 0)))
	want := h.profile("D-9")
	if err := os.Rename(h.dir, h.dir+".away"); err != nil {
		t.Fatal(err)
	}
	d := contactDecision(1, "C-1", at(20, 0), engine.Email)
	d.Key, d.Reply = "k", make([]byte, 5000)
	c, err := h.Turn(t.Context(), "acme", "D-9", func(*View) (*engine.Decision, error) { return &d, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(t.Context()); err == nil {
		t.Fatal("a decision is durable without a journal")
	}
	if got := h.profile("D-9"); got != want {
		t.Errorf("the refused decision stayed: %s", cmp.Diff(want, got))
	}
	if _, ok := h.Answer("acme", "k"); ok {
		t.Error("the refused answer stayed")
	}
	if _, err := h.Decision(t.Context(), "acme", d.ID); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("the refused decision is found: %v", err)
	}
	if err := os.Rename(h.dir+".away", h.dir); err != nil {
		t.Fatal(err)
	}
	h.decide(d)
	h.reopen()
	if p := h.profile("D-9"); p.Decided != 1 || p.Complaints != 1 {
		t.Errorf("%d decisions and %d complaints after the journal came back, want 1 and 1", p.Decided, p.Complaints)
	}
}
