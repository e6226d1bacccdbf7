package clickhouse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	driver "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"takt/engine"
	"takt/engine/cpubench"
	"takt/features/history"
)

// BenchmarkHistory reads a million events of fifty thousand debtors: all as a plain ArrowStream in no order,
// all as logs, one debtor's log, the due cases. cpu-ns is this process's CPU time, store-ns the store's;
// cpu-ratio and wall-ratio are what the plain stream took, both processes together, over what the logs took
// in the same run.
//
//	go test ./features/history/clickhouse -run '^$' -bench History -benchtime 3x
func BenchmarkHistory(b *testing.B) {
	s := openStore(b, testURL(b), nil)
	const debtors, each = 50_000, 20
	const events = debtors * each
	fillHistory(b, s, debtors, each)
	var plain cost
	b.Run("arrow", func(b *testing.B) {
		plain = measure(b, s, events, func() {
			if n := plainArrow(b, s, "bench"); n != events {
				b.Fatalf("%d rows", n)
			}
		})
	})
	for _, slim := range []bool{true, false} {
		b.Run(fmt.Sprintf("scan/slim=%t", slim), func(b *testing.B) {
			took := measure(b, s, events, func() {
				n := 0
				err := s.Scan(b.Context(), history.Range{Tenant: "bench", Slim: slim}, func(l *history.Log) error { n += len(l.Events); return nil })
				if err != nil || n != events {
					b.Fatalf("%d events, %v", n, err)
				}
			})
			b.ReportMetric(plain.cpu.Seconds()/took.cpu.Seconds(), "cpu-ratio")
			b.ReportMetric(plain.wall.Seconds()/took.wall.Seconds(), "wall-ratio")
		})
	}
	b.Run("log", func(b *testing.B) {
		d := 0
		measure(b, s, 1, func() {
			d = (d + 7919) % debtors
			if l, err := s.Log(b.Context(), history.Debtor("bench", fmt.Sprintf("D-%07d", d))); err != nil || len(l.Events) != each {
				b.Fatalf("%d events, %v", len(l.Events), err)
			}
		})
	})
	b.Run("due", func(b *testing.B) {
		measure(b, s, events, func() {
			if due, err := s.Due(b.Context(), "bench", time.Now(), 100); err != nil || len(due) != 100 {
				b.Fatalf("%d due, %v", len(due), err)
			}
		})
	})
}

// cost is what one read took.
type cost struct{ wall, cpu time.Duration }

func measure(b *testing.B, s *Store, events int, read func()) cost {
	own, store := cpubench.Now(), storeCPU(b, s)
	for b.Loop() {
		read()
	}
	n := time.Duration(b.N)
	own, store = (cpubench.Now()-own)/n, (storeCPU(b, s)-store)/n
	b.ReportMetric(float64(events)/(b.Elapsed()/n).Seconds(), "events/s")
	b.ReportMetric(float64(own)/float64(events), "cpu-ns/event")
	b.ReportMetric(float64(store)/float64(events), "store-ns/event")
	return cost{b.Elapsed() / n, own + store}
}

// storeCPU is the CPU time of all queries of the store so far.
func storeCPU(b *testing.B, s *Store) time.Duration {
	var us uint64
	row := s.short.QueryRow(b.Context(), "SELECT sum(value) FROM system.events WHERE event IN ('UserTimeMicroseconds', 'SystemTimeMicroseconds')")
	if err := row.Scan(&us); err != nil {
		b.Fatal(err)
	}
	return time.Duration(us) * time.Microsecond
}

// plainArrow reads the columns that a scan reads and only counts.
func plainArrow(b *testing.B, s *Store, tenant string) (n int64) {
	stream, err := s.long.QueryFormat(context.Background(), "ArrowStream", "SELECT debtor_id, at, seq, record FROM events WHERE tenant = {tenant:String}", driver.Named("tenant", tenant))
	if err != nil {
		b.Fatal(err)
	}
	defer stream.Close()
	r, err := ipc.NewReader(stream)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		n += r.Record().NumRows()
	}
	return n
}

// fillHistory writes debtors with events of the kinds a case has, in Seq order over all debtors.
func fillHistory(b *testing.B, s *Store, debtors, each int) {
	r := rand.New(rand.NewPCG(1, 2))
	types := []engine.EventType{engine.CaseOpened, engine.DebtorUpdated, engine.ConsentChanged, engine.AddressChanged, engine.DecisionExecuted,
		engine.ContactSent, engine.ContactDelivered, engine.ContactOpened, engine.PortalVisited, engine.PromiseMade, engine.PaymentReceived}
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	seq := uint64(0)
	for k := range each {
		batch := history.Batch{Token: fmt.Sprint("bench/", k)}
		for d := range debtors {
			seq++
			at := start.Add(time.Duration(k)*15*24*time.Hour + time.Duration(r.Int64N(int64(24*time.Hour)))).Truncate(time.Microsecond)
			e := engine.Event{Tenant: "bench", Source: "erp", ID: fmt.Sprintf("%016x", r.Uint64()), Type: types[k%len(types)], Debtor: fmt.Sprintf("D-%07d", d),
				At: at, Received: at.Add(time.Second), Seq: seq}
			e.Data = benchData(r, e.Type, d)
			batch.Events = append(batch.Events, e)
		}
		if err := s.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

func benchData(r *rand.Rand, t engine.EventType, debtor int) engine.EventData {
	d := engine.EventData{Has: engine.FieldCaseID, CaseID: fmt.Sprintf("C-%07d", debtor)}
	add := func(f engine.Fields) bool { d.Has |= f & t.Allowed(); return t.Allowed()&f != 0 }
	if add(engine.FieldOpen) {
		d.Open = engine.Money{AmountMinor: r.Int64N(50000), Currency: "EUR"}
	}
	if add(engine.FieldChannel) {
		d.Channel = engine.Channel(1 + r.IntN(4))
	}
	if add(engine.FieldTone) {
		d.Tone = engine.Tone(1 + r.IntN(4))
	}
	if add(engine.FieldAddressRef) {
		d.AddressRef = fmt.Sprintf("a-%d", debtor)
	}
	if add(engine.FieldDecisionID) {
		for i := range d.DecisionID {
			d.DecisionID[i] = byte(r.Uint32())
		}
	}
	if add(engine.FieldAmountMinor) {
		d.AmountMinor, d.Currency = r.Int64N(20000), "EUR"
		d.Has |= engine.FieldCurrency
	}
	if add(engine.FieldDue) {
		d.Due = engine.Date(20000 + r.IntN(300))
	}
	if add(engine.FieldKind | engine.FieldLanguage) {
		d.Kind, d.Language = "person", "de"
	}
	if add(engine.FieldReason) {
		d.Reason = "r" + fmt.Sprint(r.IntN(5))
	}
	return d
}
