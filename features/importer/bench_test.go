package importer_test

import (
	"io"
	"testing"

	"takt/engine/cpubench"
	"takt/features/importer"
	"takt/features/shareddata"
)

// BenchmarkPhiladelphia imports the whole letter experiment; cpu-ns/event is process CPU time, GC included.
func BenchmarkPhiladelphia(b *testing.B) {
	path := shareddata.Path(b, "phl-tax-letters/round_two_analysis_owners.csv.gz")
	m, err := importer.LoadMapping("phl-tax-letters")
	if err != nil {
		b.Fatal(err)
	}
	var events int64
	start := cpubench.Now()
	b.ReportAllocs()
	for b.Loop() {
		r, err := importer.Open(path, m, nil)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		events += r.Report().Events
		r.Close()
	}
	b.ReportMetric(float64(cpubench.Now()-start)/float64(events), "cpu-ns/event")
}
