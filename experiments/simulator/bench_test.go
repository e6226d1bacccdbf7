package simulator

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"takt/engine/cpubench"
	"takt/engine/policy"
	"takt/models/learner"
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

// BenchmarkWorldPrior estimates the prior of drawn worlds from uniform logs and prints the root mean square over
// the worlds of each block's deviation, resolve head first: what policy.DefaultPrior is made of. It takes
// minutes; WORLDS sets how many (default 6).
func BenchmarkWorldPrior(b *testing.B) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("WORLDS"), "6"))
	if err != nil {
		b.Fatal(err)
	}
	var square [policy.Heads][policy.Blocks]float64
	for b.Loop() {
		for world := range n {
			s, err := World(world + 1)
			if err != nil {
				b.Fatal(err)
			}
			spec := worldPrior(b, s)
			for h := range square {
				for block := range square[h] {
					v := *spec.Heads[h].Deviation(block)
					square[h][block] += v * v
				}
			}
		}
	}
	for h := range square {
		var line strings.Builder
		for _, v := range square[h] {
			fmt.Fprintf(&line, " %.5f", math.Sqrt(v/float64(n*b.N)))
		}
		b.Logf("head %d:%s", h, line.String())
	}
}

// worldPrior is the prior that the evidence of 15,000 uniform decisions finds.
func worldPrior(b *testing.B, s *Scenario) policy.PriorSpec {
	b.Helper()
	w, err := newWorld(s)
	if err != nil {
		b.Fatal(err)
	}
	tenant := s.Tenant("prior")
	tenant.Policy = "uniform"
	in, err := newInside(tenant)
	if err != nil {
		b.Fatal(err)
	}
	in.learns, in.taking = true, true
	const decisions = 15_000
	p := &play{w: w, by: in, watched: true, prefix: "T", seed: 77, cases: decisions, days: decisions / 200}
	p.enough = func() bool { return in.chosen >= decisions }
	if _, err := p.run(b.Context()); err != nil {
		b.Fatal(err)
	}
	spec, err := learner.Estimate(b.Context(), in, learner.Options{Tenant: tenant, AsOf: w.at(1000, 0)}, 6)
	if err != nil {
		b.Fatal(err)
	}
	return spec
}
