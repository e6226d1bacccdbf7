package clickhouse

import (
	"errors"
	"testing"
	"time"

	"takt/engine"
	"takt/features/history"
)

func sample(tenant string) history.Batch {
	at := time.Now().UTC().Truncate(time.Microsecond)
	e := engine.Event{Tenant: tenant, Source: "erp", ID: "1", Type: engine.HoldSet, Debtor: "D", At: at, Received: at, Seq: 1,
		Data: engine.EventData{Has: engine.FieldCaseID | engine.FieldReason | engine.FieldUntil, CaseID: "C", Reason: "r", Until: at}}
	d := engine.Decision{ID: engine.ID{1}, Tenant: tenant, Debtor: "D", Case: "C", Seq: 2, Kind: engine.KindHold, IssuedAt: at, Recorded: at, Key: "k", Propensity: 1}
	return history.Batch{Token: tenant + "/1-2", Events: []engine.Event{e}, Decisions: []engine.Decision{d}}
}

// count are the rows that a tenant really has in a table, duplicates included.
func count(t *testing.T, s *Store, table, tenant string) (n uint64) {
	t.Helper()
	if err := s.short.QueryRow(t.Context(), "SELECT count() FROM "+table+" WHERE tenant = {tenant:String}", named("tenant", tenant)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAppendAgain: a batch sent again adds no row to any table, not even after a restart of the client; one
// that got into some tables only is completed.
func TestAppendAgain(t *testing.T) {
	url := testURL(t)
	tables := []string{"events", "decisions", "changes", "answers"}
	for crash := range len(tables) + 1 {
		s := openStore(t, url, nil)
		b := sample("again-" + string(rune('a'+crash)) + time.Now().Format("150405.000000000"))
		w := writer{s, t.Context(), t.Context(), b.Token}
		for i, write := range []func() error{
			func() error { return put(w, "events", b.Events, eventColumns(b.Events)) },
			func() error { return put(w, "decisions", b.Decisions, decisionColumns()) },
			func() error { return put(w, "changes", changesOf(&b), changeColumns()) },
			func() error { return put(w, "answers", answersOf(&b), answerColumns()) },
		} {
			if i < crash {
				if err := write(); err != nil {
					t.Fatal(err)
				}
			}
		}
		again := openStore(t, url, nil)
		for range 2 {
			if err := again.Append(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		for _, table := range tables {
			if n := count(t, again, table, b.Events[0].Tenant); n != 1 {
				t.Errorf("crash after %d tables: %s has %d rows, want 1", crash, table, n)
			}
		}
	}
}

// TestAppendClamps: a value beyond what a column can keep must not stop the journal. The column for SQL has the
// nearest one, what Takt reads is exact.
func TestAppendClamps(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	b := sample("clamps-" + time.Now().Format("150405.000000000"))
	e := &b.Events[0]
	e.Type, e.Data.Has = engine.PlanAgreed, engine.FieldUntil|engine.FieldExpires|engine.FieldDue|engine.FieldInstalments|engine.FieldName
	e.Data = engine.EventData{Has: e.Data.Has, Until: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), Expires: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC),
		Due: engine.DateOf(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)), Instalments: 1 << 40, Name: "\xff\x00 not UTF-8"}
	if err := s.Append(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	l, err := s.Log(t.Context(), history.Debtor(e.Tenant, "D"))
	if err != nil || len(l.Events) != 1 {
		t.Fatalf("%d events, %v", len(l.Events), err)
	}
	if got, want := l.Events[0].Data, e.Data; got.Until.Compare(want.Until) != 0 || got.Expires.Compare(want.Expires) != 0 || got.Due != want.Due || got.Instalments != want.Instalments || got.Name != want.Name {
		t.Errorf("read %+v, want %+v", got, want)
	}
	var row string
	if err := s.short.QueryRow(t.Context(), "SELECT concat(until, ' ', expires, ' ', due, ' ', instalments) FROM events WHERE tenant = {tenant:String}", named("tenant", e.Tenant)).Scan(&row); err != nil {
		t.Fatal(err)
	}
	if want := "2262-01-01 00:00:00.000000 1900-01-01 00:00:00.000000 2299-12-31 2147483647"; row != want {
		t.Errorf("columns are %s, want %s", row, want)
	}
}

// TestScanStops: a scan that its caller leaves gives its connections back.
func TestScanStops(t *testing.T) {
	s := openStore(t, testURL(t), nil)
	if err := s.Append(t.Context(), sample("stops")); err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	for range 50 {
		if err := s.Scan(t.Context(), history.Range{Tenant: "stops"}, func(*history.Log) error { return enough }); !errors.Is(err, enough) {
			t.Fatal(err)
		}
	}
	if open := s.long.Stats().Open; open > 0 {
		t.Errorf("%d connections are still in use", open)
	}
}
