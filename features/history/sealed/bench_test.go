package sealed_test

import (
	"fmt"
	"testing"

	"takt/engine"
	"takt/engine/cpubench"
	"takt/features/embedded/embeddedtest"
	"takt/features/history"
	"takt/features/history/clickhouse"
	"takt/features/history/historytest"
	"takt/features/history/sealed"
)

// BenchmarkScan compares a scan that opens what it reads with one that leaves it sealed: this process's CPU, the
// least of some rounds in turn, 200,000 events of 10,000 debtors.
func BenchmarkScan(b *testing.B) {
	s, err := clickhouse.Open(b.Context(), embeddedtest.DSN(b), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	x := sealed.New(s, open(b))
	gen := historytest.Event()
	for part := range 4 {
		batch := history.Batch{Token: fmt.Sprint(part)}
		for i := range 50_000 {
			e := gen.Example(i % 500)
			if e.Type > engine.WrittenOff {
				e.Type = engine.PaymentReceived
			}
			e.Tenant, e.ID, e.Debtor, e.Seq = "acme", fmt.Sprint("e-", part, "-", i), fmt.Sprint("D-", i%10_000), uint64(part*50_000+i+1)
			batch.Events = append(batch.Events, e)
		}
		if err := x.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	measure := func(s history.Store) float64 {
		from := cpubench.Now()
		if err := s.Scan(b.Context(), history.Range{Tenant: "acme", Slim: true}, func(l *history.Log) error { n += len(l.Events); return nil }); err != nil {
			b.Fatal(err)
		}
		return float64(cpubench.Now()-from) / 200_000
	}
	masked, opened := measure(s), measure(x)
	for range max(b.N, 7) {
		masked, opened = min(masked, measure(s)), min(opened, measure(x))
	}
	b.ReportMetric(masked, "masked-cpu-ns/event")
	b.ReportMetric(opened, "opened-cpu-ns/event")
	b.ReportMetric(masked/opened, "masked/opened")
	b.ReportMetric(0, "ns/op")
}
