package historytest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

// everyEventType writes one event of each type with every field it allows.
func everyEventType(t *testing.T, s history.Store) {
	tenant := fresh()
	var want []engine.Event
	for typ := 1; typ < engine.EventTypes; typ++ {
		e := event(tenant, engine.EventType(typ), uint64(typ))
		e.Data = full(e.Type.Allowed())
		want = append(want, e)
	}
	appendBatch(t, s, history.Batch{Events: want})
	got := readLog(t, s, history.Debtor(tenant, "D-1")).Events
	equal(t, "events", got, want)
	for i := range got {
		if got[i].At.Location() != time.UTC || got[i].Received.Location() != time.UTC {
			t.Errorf("event %s: at and received are not in UTC", got[i].ID)
		}
	}
}

// full has every field of has set to a value that is not its zero value.
func full(has engine.Fields) engine.EventData {
	d := engine.EventData{Has: has}
	all := engine.EventData{
		CaseID: "C-1", Portfolio: "telco", Stage: "dunning", Fulfilment: "delivered", Reason: "Kein Geld — später", Open: engine.Money{AmountMinor: 12990, Currency: "EUR"},
		OldestDue: 20000, ContractDate: 19000, DunningLevel: 3, Kind: "person", TZ: "Europe/Berlin", Region: "DE-BE", Language: "de-DE", BirthYear: 1981,
		Flags: engine.Vulnerable | engine.Employee, Channel: engine.Letter, Tone: engine.Firm, AddressRef: "a-1", Purpose: "service", State: "given", Basis: "contract",
		Template: "t-1", Validity: .75, DecisionID: engine.ID{1, 2, 255}, ActedAt: noon.Add(time.Hour), CostMicro: 70_000, Action: "letter/firm", AmountMinor: -5,
		Currency: "CHF", Unmatched: true, EventID: "e-0", Other: "D-2", Name: "scoring", Value: -.5, Expires: noon.AddDate(1, 0, 0), Due: 20500, Instalments: 6,
		MadeTo: "bot", Scope: "case", Reference: "AZ 1/25", Until: noon.AddDate(0, 1, 0), Date: 20400,
		HourFrom: 540, HourTo: 1020, Weekdays: engine.SetOf(engine.Sunday, engine.Saturday),
	}
	for f := engine.Fields(1); f <= engine.FieldWeekdays; f <<= 1 {
		if has&f != 0 {
			take(&d, &all, f)
		}
	}
	return d
}

// event is a plain event of debtor D-1; later Seqs happen later.
func event(tenant string, typ engine.EventType, seq uint64) engine.Event {
	at := noon.Add(time.Duration(seq) * time.Minute)
	return engine.Event{Tenant: tenant, Source: "erp", ID: "e-" + typ.String() + string(rune('a'+seq%26)), Type: typ, Debtor: "D-1",
		At: at, Received: at.Add(time.Microsecond), Seq: seq, Data: engine.EventData{Has: engine.FieldCaseID, CaseID: "C-1"}}
}

// decision is a plain live decision on case C-1 of debtor D-1.
func decision(tenant string, n byte, seq uint64) engine.Decision {
	at := noon.Add(time.Duration(seq) * time.Minute)
	return engine.Decision{ID: engine.ID{n}, Tenant: tenant, Debtor: "D-1", Case: "C-1", Seq: seq, Kind: engine.KindHold,
		IssuedAt: at, Recorded: at, Expires: at.Add(time.Hour), Review: at.Add(24 * time.Hour), Propensity: 1}
}

// examples are how many generated facts or histories a case tries: few enough for a store that syncs every write.
const examples = 15

func generatedEvents(t *testing.T, s history.Store) {
	tenant := fresh()
	var b history.Batch
	var want []history.Log
	gen := Event()
	for i := range 20 * examples {
		e := gen.Example(i)
		e.Tenant, e.Debtor = tenant, fmt.Sprintf("D-%04d", i)
		e.ID += fmt.Sprint("#", i) // generated ids repeat
		b.Events = append(b.Events, e)
		want = append(want, history.Log{Tenant: tenant, Debtor: e.Debtor, Events: []engine.Event{e}})
	}
	appendBatch(t, s, b)
	for _, l := range want[:examples] {
		equal(t, "log", readLog(t, s, history.Debtor(tenant, l.Debtor)), l)
	}
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), want)
}

func wholeDecisions(t *testing.T, s history.Store) {
	var b history.Batch
	gen := Decision()
	for i := range examples {
		d := gen.Example(i)
		d.Tenant = fresh()
		b.Decisions = append(b.Decisions, d)
	}
	appendBatch(t, s, b)
	for _, want := range b.Decisions {
		got, err := s.Decision(ctx, want.Tenant, want.ID)
		if err != nil {
			t.Fatalf("decision: %v", err)
		}
		equal(t, "decision", *got, want)
		equal(t, "log", readLog(t, s, history.Debtor(want.Tenant, want.Debtor)).Decisions, []engine.Decision{want})
		equal(t, "scan", readScan(t, s, history.Range{Tenant: want.Tenant})[0].Decisions, []engine.Decision{want})
		if g, w := got.Action.NotBefore.Format(time.RFC3339), want.Action.NotBefore.Format(time.RFC3339); g != w {
			t.Errorf("send window opens %s, want %s: the debtor's zone is lost", g, w)
		}
	}
}

func emptyAnswers(t *testing.T, s history.Store) {
	tenant := fresh()
	equal(t, "log", readLog(t, s, history.Debtor(tenant, "D-1")), history.Log{Tenant: tenant, Debtor: "D-1"})
	equal(t, "case log", readLog(t, s, history.Case(tenant, "C-1")), history.Log{Tenant: tenant})
	if _, err := s.Decision(ctx, tenant, engine.ID{1}); !errors.Is(err, history.ErrNotFound) {
		t.Errorf("unknown decision: %v, want ErrNotFound", err)
	}
	c, next, err := s.Changes(ctx, tenant, 7, 10)
	if err != nil || len(c) != 0 || next != 7 {
		t.Errorf("changes of nobody: %v, cursor %d, %v; want none and the cursor kept", c, next, err)
	}
	if d, err := s.Due(ctx, tenant, noon, 10); err != nil || len(d) != 0 {
		t.Errorf("due of nobody: %v, %v", d, err)
	}
	equal(t, "scan", readScan(t, s, history.Range{Tenant: tenant}), []history.Log(nil))
	if err := s.Append(ctx, history.Batch{Token: fresh()}); err != nil {
		t.Errorf("append of nothing: %v", err)
	}
}
