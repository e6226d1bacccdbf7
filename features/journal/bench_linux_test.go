package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"takt/engine/cpubench"
)

const benchRecord = 400 - recordHeader // payload of a 400 byte record

// cell is one measurement: records per second and process CPU per record.
type cell struct{ rate, cpu float64 }

// measure runs op from w goroutines for d.
func measure(w int, d time.Duration, op func()) cell {
	var n atomic.Int64
	var wg sync.WaitGroup
	start, cpu := time.Now(), cpubench.Now()
	for range w {
		wg.Go(func() {
			for time.Since(start) < d {
				op()
				n.Add(1)
			}
		})
	}
	wg.Wait()
	took, used := time.Since(start), cpubench.Now()-cpu
	return cell{float64(n.Load()) / took.Seconds(), float64(used) / float64(n.Load())}
}

// pressure is the share of time some task waited for a CPU, last 10 s, in
// percent, -1 if unknown. Above 50 rates are not to be judged.
func pressure() float64 {
	b, _ := os.ReadFile("/proc/pressure/cpu")
	p := -1.0
	if _, after, ok := bytes.Cut(b, []byte("avg10=")); ok {
		fmt.Sscan(string(after), &p)
	}
	return p
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// BenchmarkWriters takes 1, 16 and 64 writers of one log and a plain fdatasync
// per record (1 writer) in turn, 0.3 s each, and reports medians of the ratios
// within each round. Use -benchtime 9x.
func BenchmarkWriters(b *testing.B) {
	l := open(b, b.TempDir(), &Options{MaxBytes: 1 << 40})
	p := make([]byte, benchRecord)
	appendOne := func() {
		c, err := l.Append(1, p)
		if err == nil {
			err = c.Wait(b.Context())
		}
		if err != nil {
			b.Error(err)
		}
	}
	plain, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer plain.Close()
	buf := make([]byte, benchRecord+recordHeader)
	syncOne := func() {
		if _, err := plain.Write(buf); err != nil {
			b.Error(err)
		}
		if err := syncData(plain); err != nil {
			b.Error(err)
		}
	}
	writers := []int{1, 16, 64}
	vals := map[string][]float64{}
	note := func(unit string, v float64) { vals[unit] = append(vals[unit], v) }
	note("cpu-pressure-%", pressure())
	const d = 300 * time.Millisecond
	for range b.N {
		base := measure(1, d, syncOne)
		note("fdatasync:rec/s", base.rate)
		note("fdatasync:cpu-ns/rec", base.cpu)
		var one cell
		for _, w := range writers {
			c := measure(w, d, appendOne)
			if w == 1 {
				one = c
			}
			note(fmt.Sprintf("w%d:rec/s", w), c.rate)
			note(fmt.Sprintf("w%d:cpu-ns/rec", w), c.cpu)
			note(fmt.Sprintf("w%d:rate/w1", w), c.rate/one.rate)
			note(fmt.Sprintf("w%d:rate/fdatasync", w), c.rate/base.rate)
			note(fmt.Sprintf("w%d:fdatasync-cpu/cpu", w), base.cpu/c.cpu)
		}
	}
	for unit, v := range vals {
		b.ReportMetric(median(v), unit)
	}
	b.ReportMetric(0, "ns/op") // a round's length says nothing
}

// BenchmarkAppend is the CPU and allocations of one durable append, w writers.
func BenchmarkAppend(b *testing.B) {
	for _, w := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("writers=", w), func(b *testing.B) {
			l := open(b, b.TempDir(), &Options{MaxBytes: 1 << 40})
			p := make([]byte, benchRecord)
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ReportAllocs()
			cpu := cpubench.Now()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range w {
				wg.Go(func() {
					for left.Add(-1) >= 0 {
						c, err := l.Append(1, p)
						if err == nil {
							err = c.Wait(b.Context())
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(cpubench.Now()-cpu)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(l.Stats().Appends)/float64(l.Stats().Fsyncs), "rec/fsync")
		})
	}
}

// BenchmarkOpen is recovery and Tail of 100,000 unshipped records.
func BenchmarkOpen(b *testing.B) {
	const n = 100_000
	dir := b.TempDir()
	l := open(b, dir, nil)
	batch := make([]Entry, 100)
	for i := range batch {
		batch[i].Payload = make([]byte, benchRecord)
	}
	for range n / len(batch) {
		if _, err := l.AppendBatch(batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	cpu := cpubench.Now()
	for b.Loop() {
		l := open(b, dir, nil)
		seen := 0
		if err := l.Tail(func(Record) error { seen++; return nil }); err != nil || seen != n {
			b.Fatal(seen, err)
		}
		l.Close()
	}
	b.ReportMetric(float64(cpubench.Now()-cpu)/float64(b.N)/n, "cpu-ns/rec")
}
