//go:build unix

package cpubench_test

import (
	"runtime"
	"testing"
	"time"

	"takt/engine/cpubench"
)

// burn is work that no compiler shortens: each step needs the one before.
func burn(n int) {
	x := uint64(n)
	for range n {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	runtime.KeepAlive(x)
}

func TestNowIsMonotone(t *testing.T) {
	first := cpubench.Now()
	last := first
	for range 10_000 {
		now := cpubench.Now()
		if now < last {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
	if last == first {
		t.Errorf("stands at %v", last)
	}
}

func TestNowLeavesOutSleep(t *testing.T) {
	const nap = 100 * time.Millisecond
	if used := cpubench.Least(3, func() { time.Sleep(nap) }); used > nap/4 {
		t.Errorf("a sleep of %v costs %v", nap, used)
	}
}

// The clock is the process's, not the thread's.
func TestNowCountsOtherThreads(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const steps = 10_000_000
	here := cpubench.Least(5, func() { burn(steps) })
	there := cpubench.Least(5, func() {
		done := make(chan struct{})
		go func() { burn(steps); close(done) }()
		<-done
	})
	if there < here/2 {
		t.Errorf("%v on another thread, %v on this one", there, here)
	}
}

// Eight times the work takes eight times the CPU time; a factor of two is left to the machine.
func TestInTurnScalesWithWork(t *testing.T) {
	work := func(steps int) func(int) {
		return func(n int) {
			for range n {
				burn(steps)
			}
		}
	}
	least := cpubench.InTurn(7, 2*time.Millisecond, work(1000), work(8000))
	if ratio := least[1] / least[0]; ratio < 4 || ratio > 16 {
		t.Errorf("%v ns, eight times the work %v ns", least[0], least[1])
	}
	if alone := cpubench.Min(7, 2*time.Millisecond, work(1000)); alone < least[0]/2 || alone > least[0]*2 {
		t.Errorf("alone %v ns, in turn %v ns", alone, least[0])
	}
}

func TestLeastCallsAtLeastOnce(t *testing.T) {
	calls := 0
	cpubench.Least(0, func() { calls++ })
	cpubench.Least(4, func() { calls++ })
	if calls != 5 {
		t.Errorf("%d calls", calls)
	}
}

// The mean of Loop is what Min says of the same work, counted in units.
func TestLoop(t *testing.T) {
	const steps, per = 10_000, 10
	want := cpubench.Min(7, 2*time.Millisecond, func(n int) {
		for range n {
			burn(steps)
		}
	}) / per
	r := testing.Benchmark(func(b *testing.B) { cpubench.Loop(b, per, "step", func() { burn(steps) }) })
	if got := r.Extra["cpu-ns/step"]; got < want/2 || got > want*4 {
		t.Errorf("%v ns per unit, Min %v", got, want)
	}
}
