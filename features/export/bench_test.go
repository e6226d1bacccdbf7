package export

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"

	"takt/features/history"
)

// repeated is a log of many debtors who all lived through the same.
type repeated struct {
	log   history.Log
	times int
}

// Scan hands the log over as many times, under other names.
func (r *repeated) Scan(_ context.Context, _ history.Range, f func(*history.Log) error) error {
	for i := range r.times {
		r.log.Debtor = fmt.Sprint("D", i)
		if err := f(&r.log); err != nil {
			return err
		}
	}
	return nil
}

// Memory holds a part of the table, however many rows there are: five times the rows take the heap no
// further than one and a half times.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("exports 100,000 decisions")
	}
	w := newWorld(t)
	w.fill(20)
	src := &repeated{log: history.Log{Tenant: "acme", Events: w.batch.Events, Decisions: w.batch.Decisions}}
	peak := func(times int) uint64 {
		var most uint64
		var m runtime.MemStats
		o := w.options()
		o.Progress = func(int, int) {
			runtime.GC() // what is garbage already depends on the machine's load
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		src.times = times
		for _, sink := range []Sink{Parquet(io.Discard), NPZ(io.Discard, t.TempDir())} {
			if sum, err := Write(context.Background(), src, o, sink); err != nil || sum.Rows+sum.Refused[RefusedTime] != 20*times {
				t.Fatalf("%+v, %v", sum.Rows, err)
			}
		}
		return most
	}
	small, large := peak(500), peak(2500)
	t.Logf("live heap %d MB of 10,000 rows, %d MB of 50,000", small>>20, large>>20)
	if float64(large) > 1.5*float64(small) {
		t.Errorf("5 times the rows take the heap from %d to %d MB", small>>20, large>>20)
	}
}

func BenchmarkWrite(b *testing.B) {
	w := newWorld(&testing.T{})
	w.fill(400)
	for _, format := range Formats {
		b.Run(format, func(b *testing.B) {
			src := &repeated{history.Log{Tenant: "acme", Events: slices.Clip(w.batch.Events)[:20], Decisions: w.batch.Decisions[:20]}, 1000}
			sink := map[string]Sink{"parquet": Parquet(io.Discard), "arrow": Arrow(io.Discard), "csv": CSV(io.Discard), "npy": NPZ(io.Discard, b.TempDir())}[format]
			for b.Loop() {
				if _, err := Write(context.Background(), src, w.options(), sink); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
