package api_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkFloor measures the API against its floor F over HTTP on loopback: server CPU per request
// and requests per second, as the medians of ratios to F in the same round. The servers are child
// processes; rounds are interleaved, because on a busy machine only neighbours in time compare.
//
//	go test ./api -run xxx -bench Floor -benchtime 1x        7 rounds of 2 s per cell
//	go test ./api -run xxx -bench Floor -benchtime 1x -short 5 rounds of .5 s
func BenchmarkFloor(b *testing.B) {
	rounds, each := 7, 2*time.Second
	if testing.Short() {
		rounds, each = 5, 500*time.Millisecond
	}
	b.Run("decide", func(b *testing.B) {
		compare(b, []string{"floor", "hasty", "durable"}, rounds, each, &load{path: "/v1/decisions", conns: 64, status: " 200 ", body: benchDecisions})
	})
	b.Run("events100", func(b *testing.B) {
		compare(b, []string{"floor", "durable"}, rounds, each, &load{path: "/v1/events", conns: 32, status: " 202 ", body: benchEvents})
	})
}

// compare drives the servers in turn; the first one is the floor.
func compare(b *testing.B, kinds []string, rounds int, each time.Duration, l *load) {
	var servers []*child
	for _, kind := range kinds {
		c, err := newChild(kind)
		if err != nil {
			b.Fatal(err)
		}
		defer c.stop()
		servers = append(servers, c)
		if _, err := l.round(c, each/2); err != nil { // warm-up
			b.Fatal(err)
		}
	}
	before := pressure()
	rates := make([][]rate, len(servers))
	for b.Loop() {
		for range rounds {
			for i, c := range servers {
				r, err := l.round(c, each)
				if err != nil {
					b.Fatal(err)
				}
				rates[i] = append(rates[i], r)
			}
		}
	}
	fmt.Fprintf(os.Stderr, "\n%s, %d connections, %d rounds of %v; cpu pressure %s before, %s after (above 50 wall time says little)\n", l.path, l.conns, len(rates[0]), each, before, pressure())
	for i, kind := range kinds {
		var cpu, rps, cpus, rpss []float64
		var p50, p99 []time.Duration
		for k, r := range rates[i] {
			f := rates[0][k]
			cpus, rpss = append(cpus, r.cpu), append(rpss, r.perSecond)
			cpu, rps = append(cpu, r.cpu/f.cpu), append(rps, r.perSecond/f.perSecond)
			p50, p99 = append(p50, r.p50), append(p99, r.p99)
		}
		fmt.Fprintf(os.Stderr, "  %-8s cpu min %7.1f us/req, %8.0f req/s, p50 %8v p99 %8v | to F: cpu %.2f, req/s %.2f\n",
			kind, slices.Min(cpus), median(rpss), median(p50).Round(time.Microsecond), median(p99).Round(time.Microsecond), median(cpu), median(rps))
		if i > 0 {
			b.ReportMetric(median(cpu), kind+"-cpu/F")
			b.ReportMetric(median(rps), kind+"-rps/F")
		}
	}
	b.ReportMetric(0, "ns/op")
}

func median[T int64 | float64 | time.Duration](v []T) T {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// pressure is the share of time in which somebody waited for a CPU, percent over 10 s.
func pressure() string {
	b, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil {
		return "?"
	}
	_, rest, _ := strings.Cut(string(b), "avg10=")
	v, _, _ := strings.Cut(rest, " ")
	return v
}
