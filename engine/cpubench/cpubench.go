//go:build unix

// Package cpubench measures in CPU time of the process, all threads and the garbage collector
// included. On a shared machine wall time tells of the neighbours: the same binary differs by
// 20 to 85 %, while the least CPU time over 21 batches of 15 ms comes again within 2 %. What is
// to be judged is a ratio to a floor that took its turns in the same run:
//
//	func BenchmarkSum(b *testing.B) {
//		x := make([]byte, 1<<16)
//		sum := func(n int) {
//			for range n {
//				crc32.ChecksumIEEE(x)
//			}
//		}
//		read := func(n int) {
//			for range n {
//				bytes.IndexByte(x, 1)
//			}
//		}
//		least := cpubench.InTurn(21, 15*time.Millisecond, read, sum)
//		b.ReportMetric(least[1], "cpu-ns/op")
//		b.ReportMetric(least[1]/least[0], "x-floor")
//	}
//
// A change of less than 10 % is still none.
package cpubench

import (
	"runtime"
	"testing"
	"time"
)

// most is the largest batch, for an f that does nothing.
const most = 1 << 28

// Min is the CPU time of one call in nanoseconds, the least over batches of f. f(n) makes n calls;
// n is doubled until a batch takes the time each.
func Min(batches int, each time.Duration, f func(n int)) float64 {
	return InTurn(batches, each, f)[0]
}

// InTurn is Min of several functions, a batch of each in every round, so that what slows the
// machine down slows all of them down.
func InTurn(batches int, each time.Duration, fs ...func(n int)) []float64 {
	calls, least := make([]int, len(fs)), make([]float64, len(fs))
	for i, f := range fs {
		calls[i] = 1
		for calls[i] < most && batch(f, calls[i]) <= each {
			calls[i] *= 2
		}
	}
	for round := range batches {
		for i, f := range fs {
			if v := float64(batch(f, calls[i])) / float64(calls[i]); round == 0 || v < least[i] {
				least[i] = v
			}
		}
	}
	return least
}

// batch collects first: no batch pays for the garbage of the one before.
func batch(f func(n int), n int) time.Duration {
	runtime.GC()
	start := Now()
	f(n)
	return Now() - start
}

// Least is the least CPU time of one call of f out of times (at least one), for work that is a batch by itself.
func Least(times int, f func()) time.Duration {
	var least time.Duration
	for i := range max(times, 1) {
		start := Now()
		f()
		if took := Now() - start; i == 0 || took < least {
			least = took
		}
	}
	return least
}

// Loop runs f as often as b asks, after one call to warm up, and reports the mean CPU time as
// "cpu-ns/<unit>" beside the wall time of package testing. One call of f makes per units.
func Loop(b *testing.B, per int, unit string, f func()) {
	f()
	start := Now()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(Now()-start)/float64(b.N*per), "cpu-ns/"+unit)
}
