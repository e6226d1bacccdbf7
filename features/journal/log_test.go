package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRotationAndRestart(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, small())
	add(t, l, 100)
	if n := l.Stats().Segments; n < 3 {
		t.Fatalf("100 records are in %d segments of 4 KiB, want at least 3", n)
	}
	id := l.LogID()
	for restart := range 3 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = open(t, dir, small())
		last := uint64(100 + restart)
		if diff := cmp.Diff(run(1, last), tailSeqs(t, l)); diff != "" {
			t.Fatalf("after restart %d (-want +got):\n%s", restart, diff)
		}
		if l.LogID() != id {
			t.Fatal("the id changed")
		}
		add(t, l, 1) // checks that numbering goes on
	}
}

func TestLargeRecords(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, small())
	big := bytes.Repeat([]byte("x"), 1<<20) // far larger than a segment
	for _, p := range [][]byte{nil, big, {0}, big} {
		c, err := l.Append(1, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Append(1, make([]byte, MaxPayload+1)); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("a payload over the limit gives %v", err)
	}
	l.Close()
	var sizes []int
	if _, err := Read(dir, func(r Record) error { sizes = append(sizes, len(r.Payload)); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{0, 1 << 20, 1, 1 << 20}, sizes); diff != "" {
		t.Fatal(diff)
	}
}

// TestConcurrentOrder: every number once, in the order each writer appended.
func TestConcurrentOrder(t *testing.T) {
	const writers, each = 16, 200
	dir := t.TempDir()
	l := open(t, dir, &Options{SegmentBytes: 64 << 10})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			var prev uint64
			for i := range each {
				b := binary.LittleEndian.AppendUint32([]byte{byte(w)}, uint32(i))
				c, err := l.Append(7, b)
				if err != nil || c.Last <= prev {
					t.Errorf("writer %d: record %d after %d: %v", w, c.Last, prev, err)
					return
				}
				prev = c.Last
				if i%10 == 9 { // several in flight, as one request has
					if err := c.Wait(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next, count := [writers]uint32{}, uint64(0)
	rep, err := Read(dir, func(r Record) error {
		w, i := r.Payload[0], binary.LittleEndian.Uint32(r.Payload[1:])
		if count++; r.Seq != count || i != next[w] {
			t.Errorf("record %d of writer %d is number %d, want %d and %d", r.Seq, w, i, count, next[w])
		}
		next[w]++
		return nil
	})
	if err != nil || count != writers*each || rep.TornBytes != 0 {
		t.Fatalf("read %d records, %v, %+v", count, err, rep)
	}
	if s := l.Stats(); s.Appends != writers*each || s.Fsyncs >= s.Appends {
		t.Fatalf("no group commit: %+v", s)
	}
}

func TestAppendBatchIsContiguous(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				c, err := l.AppendBatch([]Entry{{1, []byte("a")}, {2, []byte("b")}, {3, nil}})
				if err != nil || c.Last != c.First+2 {
					t.Errorf("batch has %d..%d: %v", c.First, c.Last, err)
				}
			}
		})
	}
	wg.Wait()
	if c, err := l.AppendBatch(nil); err != nil || c.Wait(t.Context()) != nil {
		t.Errorf("an empty batch fails: %v", err)
	}
	c, _ := l.Append(0, nil)
	c.Wait(t.Context())
	l.Tail(func(r Record) error {
		if want := uint8((r.Seq-1)%3 + 1); r.Seq <= 1200 && r.Kind != want {
			return fmt.Errorf("record %d is %d of its batch, want %d", r.Seq, r.Kind, want)
		}
		return nil
	})
}

func TestMaxBytes(t *testing.T) {
	o := small()
	o.MaxBytes = 10 * (recordHeader + 100)
	l := open(t, t.TempDir(), o)
	appendOne := func() error {
		c, err := l.Append(1, make([]byte, 100))
		if err == nil {
			err = c.Wait(t.Context())
		}
		return err
	}
	for i := range 10 {
		if err := appendOne(); err != nil {
			t.Fatalf("record %d of 10: %v", i, err)
		}
	}
	if err := appendOne(); !errors.Is(err, ErrFull) {
		t.Fatalf("record 11 gives %v, want ErrFull", err)
	}
	if _, err := l.AppendBatch(make([]Entry, 3)); !errors.Is(err, ErrFull) {
		t.Fatalf("a batch gives %v, want ErrFull", err)
	}
	if s := l.Stats(); s.Refused != 4 || s.LastSeq != 10 {
		t.Fatalf("%+v", s)
	}
	shipAll(t, l, drop)
	if err := appendOne(); err != nil {
		t.Fatalf("after shipping: %v", err)
	}
	if l.LastSeq() != 11 {
		t.Fatalf("a refused Append spent a number: %d", l.LastSeq())
	}
}

// TestMaxBytesCountsPending: what waits for the disk will wait for the store.
func TestMaxBytesCountsPending(t *testing.T) {
	block := make(chan struct{})
	o := &Options{MaxBytes: 10 * (recordHeader + 100), OnSync: func(time.Duration, int, int) { <-block }}
	l := open(t, t.TempDir(), o)
	defer close(block)
	for i := range 11 {
		if _, err := l.Append(1, make([]byte, 100)); errors.Is(err, ErrFull) != (i == 10) {
			t.Errorf("append %d of 10 gives %v", i+1, err)
		}
	}
}

func TestMaxPending(t *testing.T) {
	block := make(chan struct{})
	release := sync.OnceFunc(func() { close(block) })
	defer release()
	l := open(t, t.TempDir(), &Options{MaxPending: 1000, OnSync: func(_ time.Duration, _, _ int) { <-block }})
	first, err := l.Append(1, make([]byte, 2000)) // one may always go
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(1, []byte("x")); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v, want ErrFull while the disk is behind", err)
	}
	release()
	if err := first.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(1, []byte("x")); err != nil {
		t.Fatal(err)
	}
}

func TestClose(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, nil)
	c, err := l.Append(1, payload(1)) // nobody waits
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Wait(t.Context()); err != nil {
		t.Errorf("the append before Close: %v", err)
	}
	_, appendErr := l.Append(1, nil)
	_, batchErr := l.AppendBatch(make([]Entry, 1))
	for name, err := range map[string]error{
		"Append": appendErr, "AppendBatch": batchErr, "Tail": l.Tail(nil), "Flush": l.Flush(t.Context()),
		"Snapshot": l.Snapshot(t.TempDir()), "Ship": l.Ship(t.Context(), drop),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close gives %v", name, err)
		}
	}
	if st, _ := os.Stat(lastSegment(t, dir)); st.Size() != int64(segmentHeader+recordHeader+len(payload(1))) {
		t.Errorf("a closed segment has %d bytes", st.Size())
	}
	if rep, err := Read(dir, nil); err != nil || rep.Records != 1 || rep.LastSeq != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestWaitHonoursContext(t *testing.T) {
	block := make(chan struct{})
	l := open(t, t.TempDir(), &Options{OnSync: func(_ time.Duration, _, _ int) { <-block }})
	c, err := l.Append(1, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(block)
	if err := c.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Wait(ctx); err != nil {
		t.Errorf("durable already, but a done context hides it: %v", err)
	}
}

// TestAppendAllocates: none per record once the two buffers have grown.
func TestAppendAllocates(t *testing.T) {
	l := open(t, t.TempDir(), nil)
	p := make([]byte, 400)
	one := func() Commit {
		c, err := l.Append(1, p)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var c Commit
	per := testing.AllocsPerRun(20, func() {
		for range 1000 {
			c = one()
		}
		c.Wait(t.Context())
	})
	// A handful per fsync (group, channel, context), 1000 records.
	if per > 100 {
		t.Errorf("%v allocations per 1000 records, want those of a few fsyncs", per)
	}
}

func TestSnapshotWhileWriting(t *testing.T) {
	o := small()
	l := open(t, t.TempDir(), o)
	add(t, l, 60)
	shipTo(t, l, 40)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				add(t, l, 1)
			}
		}
	}()
	dst := filepath.Join(t.TempDir(), "copy")
	before := l.Stats().DurableSeq
	if err := l.Snapshot(dst); err != nil {
		t.Fatal(err)
	}
	after := l.Stats().DurableSeq
	close(stop)
	<-stopped
	if err := l.Snapshot(dst); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a snapshot over another gives %v", err)
	}
	bad := crashImage(t, dst)
	st, _ := os.Stat(lastSegment(t, bad))
	patch(t, lastSegment(t, bad), st.Size()-1, []byte{'!'})
	if _, err := Read(bad, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a copy with a damaged end gives %v", err)
	}
	c := open(t, dst, o)
	got := tailSeqs(t, c)
	last := got[len(got)-1]
	if last < before || last > after || !slices.Equal(got, run(41, last)) {
		t.Errorf("copy holds %d..%d (%d records), want 41 to between %d and %d", got[0], last, len(got), before, after)
	}
	if c.LogID() != l.LogID() || c.ShippedSeq() != 40 {
		t.Errorf("copy is %s at %d, log %s at 40", c.LogID(), c.ShippedSeq(), l.LogID())
	}
	add(t, c, 3) // numbers go on; add checks them
}

// shipTo ships records up to to, which must end a batch of 10.
func shipTo(t testing.TB, l *Log, to uint64) {
	t.Helper()
	old := l.o.BatchRecords
	l.o.BatchRecords = 10
	defer func() { l.o.BatchRecords = old }()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.Ship(ctx, func(_ context.Context, b Batch) error {
		if b.To > to {
			t.Fatalf("batch ends at %d, want %d", b.To, to)
		}
		if b.To == to {
			cancel()
		}
		return nil
	})
}
