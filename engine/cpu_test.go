package engine_test

import (
	"syscall"
	"testing"
	"time"
)

// cpu runs f b.N times and reports process CPU time (user and system) per run beside wall time:
// on a shared machine it is the figure that repeats.
func cpu(b *testing.B, f func()) {
	b.ResetTimer()
	start := spent()
	for range b.N {
		f()
	}
	b.ReportMetric(float64(spent()-start)/float64(b.N), "cpu-ns/op")
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
