package features

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/memory"
	"takt/features/journal"
)

// away is a store that can be out of reach, and counts reads.
type away struct {
	history.Store
	down atomic.Bool
	logs atomic.Int64
}

func (s *away) Append(ctx context.Context, b history.Batch) error {
	if s.down.Load() {
		return history.ErrUnavailable
	}
	return s.Store.Append(ctx, b)
}

func (s *away) Log(ctx context.Context, k history.Key) (history.Log, error) {
	s.logs.Add(1)
	if s.down.Load() {
		return history.Log{}, history.ErrUnavailable
	}
	return s.Store.Log(ctx, k)
}

// house is a ledger with its journal, store and clock.
type house struct {
	t     testing.TB
	dir   string
	store *away
	o     journal.Options
	*Ledger
	bytes int64
	now   atomic.Int64 // Unix microseconds
	stop  func()
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, dir: t.TempDir(), store: &away{Store: memory.New()}, bytes: 64 << 20, stop: func() {}}
	h.o = journal.Options{BatchDelay: -1, BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond, SegmentBytes: 1 << 20}
	h.now.Store(at(500, 0).UnixMicro())
	h.open()
	t.Cleanup(func() { h.stop(); h.Close() })
	return h
}

func (h *house) open() {
	h.t.Helper()
	log, err := journal.Open(h.dir, &h.o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Ledger, err = Open(h.t.Context(), Options{Journal: log, Store: h.store, MaxProfileBytes: h.bytes, LoadTimeout: 200 * time.Millisecond,
		Now: func() time.Time { return time.UnixMicro(h.now.Load()).UTC() }})
	if err != nil {
		h.t.Fatal(err)
	}
}

// ship runs the shipper until the next reopen.
func (h *house) ship() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	l := h.Ledger
	go func() { done <- l.Run(ctx) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		h.stop = func() {}
	}
}

func (h *house) reopen() {
	h.t.Helper()
	h.stop()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

func (h *house) events(es ...engine.Event) []Receipt {
	h.t.Helper()
	r, err := h.Events(context.Background(), "acme", es)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *house) profile(debtor string) Profile {
	h.t.Helper()
	p, _, err := h.Profile(context.Background(), "acme", debtor)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// accept hands events in and gives back those that were taken, as they were.
func (h *house) accept(es []engine.Event) (taken []engine.Event) {
	h.t.Helper()
	es = slices.Clone(es)
	for i, r := range h.events(es...) {
		if !r.Duplicate {
			taken = append(taken, es[i])
		}
	}
	return taken
}

// decide makes and waits for a decision, and gives it as accepted.
func (h *house) decide(d engine.Decision) engine.Decision {
	h.t.Helper()
	c, err := h.Turn(context.Background(), "acme", d.Debtor, func(*View) (*engine.Decision, error) { return &d, nil })
	if err == nil {
		err = c.Wait(context.Background())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func complaint(debtor, id string, when time.Time) engine.Event {
	return engine.Event{Source: "erp", ID: id, Type: engine.ComplaintReceived, Debtor: debtor, At: when}
}

// random is a long history of a few debtors without merges, each identity once.
func random(seed uint64, n int) (es []engine.Event, ds []engine.Decision) {
	r := rand.New(rand.NewPCG(seed, 1))
	types := []engine.EventType{engine.CaseOpened, engine.PaymentReceived, engine.ContactSent, engine.ContactDelivered, engine.ContactReplied,
		engine.PromiseMade, engine.PromiseBroken, engine.DisputeOpened, engine.DisputeResolved, engine.HoldSet, engine.HoldLifted, engine.EventRetracted,
		engine.DecisionExecuted, engine.DecisionSkipped, engine.DebtorUpdated, engine.ConsentChanged, engine.AddressChanged, engine.AddressReturned}
	for i := range n {
		es = append(es, engine.Event{Source: "erp", ID: fmt.Sprintf("e-%d", i), Type: types[r.IntN(len(types))], Debtor: fmt.Sprintf("D-%d", r.IntN(5)),
			At: at(r.IntN(300), r.IntN(24)), Data: engine.EventData{Has: engine.FieldOpen | engine.FieldTZ, CaseID: fmt.Sprintf("C-%d", r.IntN(9)),
				Open: engine.Money{AmountMinor: r.Int64N(9000), Currency: "EUR"}, AmountMinor: r.Int64N(5000), Currency: "EUR", TZ: "Europe/Berlin",
				Channel: engine.Channel(1 + r.IntN(6)), AddressRef: fmt.Sprint(r.IntN(3)), State: "given", Due: engine.DateOf(t0) + 30,
				EventID: fmt.Sprintf("e-%d", r.IntN(n)), DecisionID: idOf(uint64(1 + r.IntN(n/4)))}})
	}
	for i := range n / 8 {
		d := contactDecision(uint64(i+1), fmt.Sprintf("C-%d", r.IntN(9)), at(r.IntN(300), r.IntN(24)), engine.Channel(1+r.IntN(6)))
		d.Debtor = fmt.Sprintf("D-%d", r.IntN(5))
		ds = append(ds, d)
	}
	return es, ds
}

// replayed folds the facts of one debtor at once.
func replayed(es []engine.Event, ds []engine.Decision, debtor string) Profile {
	var l history.Log
	for _, e := range es {
		if e.Debtor == debtor {
			l.Events = append(l.Events, e)
		}
	}
	for _, d := range ds {
		if d.Debtor == debtor {
			l.Decisions = append(l.Decisions, d)
		}
	}
	Tidy(&l)
	p := New()
	p.Replay(&l, nil)
	return p
}

func (h *house) clock() time.Time { return time.UnixMicro(h.now.Load()) }
