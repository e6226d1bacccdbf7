package historytest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
	"takt/features/history/memory"
)

// Batch generates a small history of a tenant with duplicates of every kind.
func Batch(tenant string) *rapid.Generator[history.Batch] {
	return rapid.Custom(func(t *rapid.T) history.Batch {
		b := history.Batch{Token: fresh(), Events: rapid.SliceOfN(Event(), 0, 30).Draw(t, "events"), Decisions: rapid.SliceOfN(Decision(), 0, 8).Draw(t, "decisions")}
		for i := range b.Events {
			e := &b.Events[i]
			e.Tenant, e.ID = tenant, rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"}).Draw(t, "identity")
			e.Seq = uint64(100*rapid.IntRange(0, 15).Draw(t, "seq") + 2*i + 1) // Seqs of one log are unique
			if len(b.Decisions) > 0 && e.Data.Has&engine.FieldDecisionID != 0 {
				e.Data.DecisionID = b.Decisions[i%len(b.Decisions)].ID
			}
		}
		for i := range b.Decisions {
			b.Decisions[i].Tenant, b.Decisions[i].Seq = tenant, uint64(200*i+2)
		}
		return b
	})
}

// agrees compares every read with the plain store in memory on random histories, written at once.
func agrees(t *testing.T, s history.Store) {
	plain := memory.New()
	var all history.Batch
	var tenants []string
	for i := range examples {
		tenant := fresh()
		b := Batch(tenant).Example(i)
		all.Events, all.Decisions, tenants = append(all.Events, b.Events...), append(all.Decisions, b.Decisions...), append(tenants, tenant)
	}
	appendBatch(t, plain, all)
	appendBatch(t, s, all)
	for i, tenant := range tenants {
		for _, k := range []history.Key{history.Debtor(tenant, "D-1"), history.Debtor(tenant, "d"), history.Case(tenant, "C-1"), history.Case(tenant, "C-2")} {
			equal(t, "log", readLog(t, s, k), readLog(t, plain, k))
		}
		r := history.Range{Tenant: tenant, Source: []string{"", "erp"}[i%2], ToSeq: uint64(i % 3 * 300), Decided: i%5 == 0, Slim: i%4 == 0}
		equal(t, "scan", readScan(t, s, r), readScan(t, plain, r))
		got, gotNext, err := s.Changes(ctx, tenant, 0, 3)
		want, wantNext, _ := plain.Changes(ctx, tenant, 0, 3)
		equal(t, "changes", got, want)
		if err != nil || gotNext != wantNext {
			t.Errorf("changes: cursor %d, %v; want %d", gotNext, err, wantNext)
		}
		at := noon.AddDate(0, 0, 3*i)
		gotDue, err := s.Due(ctx, tenant, at, 10)
		if err != nil {
			t.Fatalf("due: %v", err)
		}
		wantDue, _ := plain.Due(ctx, tenant, at, 10)
		equal(t, "due", gotDue, wantDue)
	}
}

func scanIsLogs(t *testing.T, s history.Store) {
	tenant := fresh()
	var b history.Batch
	debtors := map[string]bool{}
	gen := Batch(tenant)
	for i := range 20 {
		part := gen.Example(i)
		for j := range part.Events {
			part.Events[j].Debtor += strings.Repeat("x", i%7)
			part.Events[j].Seq += uint64(i) * 10_000
			debtors[part.Events[j].Debtor] = true
		}
		for j := range part.Decisions {
			debtors[part.Decisions[j].Debtor] = true
		}
		b.Events, b.Decisions = append(b.Events, part.Events...), append(b.Decisions, part.Decisions...)
	}
	appendBatch(t, s, b)
	var want []history.Log
	for d := range debtors {
		if l := readLog(t, s, history.Debtor(tenant, d)); len(l.Events)+len(l.Decisions) > 0 {
			want = append(want, l)
		}
	}
	slices.SortFunc(want, func(a, b history.Log) int { return strings.Compare(a.Debtor, b.Debtor) })
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), want)

	var all []history.Log // a scan of every tenant meets these too
	for _, l := range readScan(t, s, history.Range{}) {
		if l.Tenant == tenant {
			all = append(all, l)
		}
	}
	equal(t, "scan of all tenants", all, want)
}

func scanRanges(t *testing.T, s history.Store) {
	tenant := fresh()
	e1, e2, e3 := event(tenant, engine.CaseOpened, 1), event(tenant, engine.ContactSent, 2), event(tenant, engine.CaseOpened, 3)
	e1.Data, e2.Data = full(e1.Type.Allowed()), full(e2.Type.Allowed())
	e2.Source, e3.Debtor = "crm", "D-2"
	d := decision(tenant, 1, 4)
	d.Reply, d.X = []byte(`{"kind":"hold"}`), []float32{1, 2}
	appendBatch(t, s, history.Batch{Events: []engine.Event{e1, e2, e3}, Decisions: []engine.Decision{d}})
	log := func(debtor string, ds []engine.Decision, es ...engine.Event) history.Log {
		return history.Log{Tenant: tenant, Debtor: debtor, Events: es, Decisions: ds}
	}
	ds := []engine.Decision{d}
	equal(t, "source", readScan(t, s, history.Range{Tenant: tenant, Source: "crm"}), []history.Log{log("D-1", ds, e2)})
	equal(t, "to seq 3", readScan(t, s, history.Range{Tenant: tenant, ToSeq: 3}), []history.Log{log("D-1", nil, e1, e2), log("D-2", nil, e3)})
	equal(t, "decided", readScan(t, s, history.Range{Tenant: tenant, Decided: true}), []history.Log{log("D-1", ds, e1, e2)})
	equal(t, "decided to seq 3", readScan(t, s, history.Range{Tenant: tenant, Decided: true, ToSeq: 3}), []history.Log(nil))
	slim, sd := e2, d
	facts.SlimEvent(&slim)
	facts.SlimDecision(&sd)
	equal(t, "slim", readScan(t, s, history.Range{Tenant: tenant, Slim: true, Decided: true, Source: "crm"}), []history.Log{log("D-1", []engine.Decision{sd}, slim)})
}

// scanEnds: an error of the callback and the end of the context end a scan at once.
func scanEnds(t *testing.T, s history.Store) {
	tenant := fresh()
	var b history.Batch
	for i := range 50 {
		e := event(tenant, engine.CaseOpened, uint64(i+1))
		e.ID, e.Debtor = "e-"+time.Duration(i).String(), "D-"+time.Duration(i).String()
		b.Events = append(b.Events, e)
	}
	appendBatch(t, s, b)
	stop, n := errors.New("enough"), 0
	if err := s.Scan(ctx, history.Range{Tenant: tenant}, func(*history.Log) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("scan gave %d logs and %v; want 1 and the callback's error", n, err)
	}
	c, cancel := context.WithCancel(ctx)
	err := s.Scan(c, history.Range{Tenant: tenant}, func(*history.Log) error { cancel(); return c.Err() })
	if !errors.Is(err, context.Canceled) || errors.Is(err, history.ErrUnavailable) {
		t.Errorf("cancelled scan: %v, want context.Canceled", err)
	}
}
