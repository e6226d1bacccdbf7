package historytest

import (
	"errors"
	"testing"

	"takt/engine"
	"takt/features/history"
)

// duplicates: of equal identities the lowest Seq counts, whatever else differs and whichever came first.
func duplicates(t *testing.T, s history.Store) {
	tenant := fresh()
	first, again := event(tenant, engine.CaseOpened, 5), event(tenant, engine.CaseUpdated, 9)
	again.ID = first.ID // another time, another type
	other := event(tenant, engine.CaseOpened, 9)
	other.ID, other.Source = first.ID, "crm" // another source is another fact
	d, d2 := decision(tenant, 1, 6), decision(tenant, 1, 10)
	appendBatch(t, s, history.Batch{Events: []engine.Event{again, other}, Decisions: []engine.Decision{d2}})
	appendBatch(t, s, history.Batch{Events: []engine.Event{first}, Decisions: []engine.Decision{d}})
	appendBatch(t, s, history.Batch{Events: []engine.Event{first, again}, Decisions: []engine.Decision{d, d2}})

	want := history.Log{Tenant: tenant, Debtor: "D-1", Events: []engine.Event{first, other}, Decisions: []engine.Decision{d}}
	equal(t, "log", readLog(t, s, history.Debtor(tenant, "D-1")), want)
	equal(t, "case log", readLog(t, s, history.Case(tenant, "C-1")), want)
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), []history.Log{want})
	got, err := s.Decision(ctx, tenant, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "decision", *got, d)
}

// strayDuplicates: an identity that was taken by one debtor's event is a duplicate under another debtor too.
func strayDuplicates(t *testing.T, s history.Store) {
	tenant := fresh()
	first, stray := event(tenant, engine.PaymentReceived, 5), event(tenant, engine.PaymentReceived, 9)
	stray.ID, stray.Debtor = first.ID, "D-2"
	low, high := event(tenant, engine.PortalVisited, 3), event(tenant, engine.PortalVisited, 11)
	high.ID, low.Debtor = low.ID, "D-2"
	appendBatch(t, s, history.Batch{Events: []engine.Event{high, stray}})
	appendBatch(t, s, history.Batch{Events: []engine.Event{first, low}})

	one := history.Log{Tenant: tenant, Debtor: "D-1", Events: []engine.Event{first}}
	two := history.Log{Tenant: tenant, Debtor: "D-2", Events: []engine.Event{low}}
	equal(t, "log of D-1", readLog(t, s, history.Debtor(tenant, "D-1")), one)
	equal(t, "log of D-2", readLog(t, s, history.Debtor(tenant, "D-2")), two)
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), []history.Log{one, two})
	equal(t, "scan to 4", readScan(t, s, history.Range{Tenant: tenant, ToSeq: 4}), []history.Log{two})
}

// tokens: a batch whose token is known adds nothing; one that got in half is completed.
func tokens(t *testing.T, s history.Store) {
	tenant, token := fresh(), fresh()
	e, d := event(tenant, engine.CaseOpened, 1), decision(tenant, 1, 2)
	b := history.Batch{Token: token, Events: []engine.Event{e}, Decisions: []engine.Decision{d},
		Answers: []history.Answer{{Tenant: tenant, Key: "k", Decision: d.ID, At: noon, Seq: 3}}}
	appendBatch(t, s, b)
	appendBatch(t, s, b)

	late := event(tenant, engine.CaseUpdated, 4)
	appendBatch(t, s, history.Batch{Token: token, Events: []engine.Event{late}})
	want := history.Log{Tenant: tenant, Debtor: "D-1", Events: []engine.Event{e}, Decisions: []engine.Decision{d}}
	equal(t, "log", readLog(t, s, history.Debtor(tenant, "D-1")), want)
}

// foldOrder: events by (at, id, source), decisions by (issued at, id), ids compared as bytes.
func foldOrder(t *testing.T, s history.Store) {
	tenant := fresh()
	var want []engine.Event
	for i, k := range []struct{ id, source string }{{"", "a"}, {"A", "b"}, {"a", "a"}, {"a", "b"}, {"b", "a"}, {"ä", "a"}} {
		e := event(tenant, engine.CaseUpdated, 1)
		e.ID, e.Source, e.Seq = k.id, k.source, uint64(100-i)
		want = append(want, e)
	}
	later := event(tenant, engine.CaseUpdated, 2)
	later.ID, later.Seq = "0", 1
	want = append(want, later)
	decisions := []engine.Decision{decision(tenant, 200, 1), decision(tenant, 1, 2), decision(tenant, 2, 2)}
	for i := range want {
		appendBatch(t, s, history.Batch{Events: want[len(want)-1-i : len(want)-i]})
	}
	appendBatch(t, s, history.Batch{Decisions: []engine.Decision{decisions[2], decisions[1], decisions[0]}})

	log := history.Log{Tenant: tenant, Debtor: "D-1", Events: want, Decisions: decisions}
	equal(t, "log", readLog(t, s, history.Debtor(tenant, "D-1")), log)
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), []history.Log{log})
}

// tenantsApart: the same ids in two tenants are different facts on every read.
func tenantsApart(t *testing.T, s history.Store) {
	a, b := fresh(), fresh()
	for i, tenant := range []string{a, b} {
		open, d := event(tenant, engine.CaseOpened, 1), decision(tenant, 1, 2)
		open.Data = full(open.Type.Allowed())
		open.Data.Portfolio = tenant
		d.Portfolio = tenant
		done := event(tenant, engine.DecisionExecuted, uint64(3+i))
		done.Data.Has, done.Data.DecisionID = engine.FieldDecisionID, d.ID
		appendBatch(t, s, history.Batch{Events: []engine.Event{open, done}, Decisions: []engine.Decision{d}})
	}
	onlyA := decision(a, 7, 9)
	onlyA.Case = "C-2"
	appendBatch(t, s, history.Batch{Decisions: []engine.Decision{onlyA}})
	if _, err := s.Decision(ctx, b, onlyA.ID); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("decision of another tenant: %v, want ErrNotFound", err)
	}
	logs := []history.Log{readLog(t, s, history.Debtor(b, "D-1")), readLog(t, s, history.Case(b, "C-1"))}
	for _, l := range append(logs, readScan(t, s, history.Range{Tenant: b})...) {
		if len(l.Events) != 2 || len(l.Decisions) != 1 || l.Events[0].Data.Portfolio != b || l.Decisions[0].Portfolio != b {
			t.Errorf("tenant %s reads %d events and %d decisions; want its own 2 and 1", b, len(l.Events), len(l.Decisions))
		}
	}
	c, next, err := s.Changes(ctx, b, 0, 10)
	if err != nil || len(c) != 1 || c[0].Decision.Portfolio != b || next != 4 {
		t.Errorf("changes: %d, cursor %d, %v; want 1 and 4", len(c), next, err)
	}
	cases, err := s.Due(ctx, b, noon.AddDate(1, 0, 0), 10)
	if err != nil || len(cases) != 1 || cases[0].Portfolio != b {
		t.Errorf("due: %+v, %v; want the one case of %s", cases, err, b)
	}
}

// caseLog: the facts that name the case and the debtor's facts on no case.
func caseLog(t *testing.T, s history.Store) {
	tenant := fresh()
	mine, other := event(tenant, engine.CaseOpened, 1), event(tenant, engine.CaseOpened, 2)
	other.ID, other.Data.CaseID = "e-other", "C-2"
	wide := event(tenant, engine.StopReceived, 3)
	wide.Data = engine.EventData{Has: engine.FieldChannel, Channel: engine.Email}
	stranger := wide
	stranger.ID, stranger.Debtor = "e-stranger", "D-2"
	d, od := decision(tenant, 1, 4), decision(tenant, 2, 5)
	od.Case = "C-2"
	appendBatch(t, s, history.Batch{Events: []engine.Event{mine, other, wide, stranger}, Decisions: []engine.Decision{d, od}})
	equal(t, "case log", readLog(t, s, history.Case(tenant, "C-1")),
		history.Log{Tenant: tenant, Debtor: "D-1", Events: []engine.Event{mine, wide}, Decisions: []engine.Decision{d}})

	alone := decision(tenant, 3, 6) // a case known by its decision only
	alone.Debtor, alone.Case = "D-2", "C-3"
	appendBatch(t, s, history.Batch{Decisions: []engine.Decision{alone}})
	equal(t, "case without events", readLog(t, s, history.Case(tenant, "C-3")),
		history.Log{Tenant: tenant, Debtor: "D-2", Events: []engine.Event{stranger}, Decisions: []engine.Decision{alone}})
}
