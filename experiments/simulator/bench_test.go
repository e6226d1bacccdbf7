package simulator

import (
	"testing"

	"takt/engine/cpubench"
)

// BenchmarkCaseDays measures the simulated days of cases per second of CPU, without the engine.
func BenchmarkCaseDays(b *testing.B) {
	w := base(b)
	for name, r := range map[string]rule{"ladder": statusQuo(), "uniform": uniform{}} {
		b.Run(name, func(b *testing.B) {
			days := 0
			cpu := cpubench.Now()
			for b.Loop() {
				p := &play{w: w, by: byRule{r}, seed: 1, cases: 20_000, days: 100}
				done, err := p.run(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				for i := range done {
					days += int(done[i].lived)
				}
			}
			b.ReportMetric(float64(days)/(cpubench.Now()-cpu).Seconds()/1e6, "Mcase-days/cpu-s")
		})
	}
}
