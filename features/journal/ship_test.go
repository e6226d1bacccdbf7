package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errSink = errors.New("store is down")

// cutOf is what identifies a batch.
type cutOf struct {
	Token    string
	From, To uint64
}

func TestShipInOrder(t *testing.T) {
	o := small()
	o.BatchRecords, o.BatchBytes = 7, 700
	l := open(t, t.TempDir(), o)
	add(t, l, 100)
	var next uint64 = 1
	tokens := map[string]bool{}
	shipAll(t, l, func(_ context.Context, b Batch) error {
		var bytes int64
		for i, r := range b.Records {
			if r.Seq != next || string(r.Payload) != string(payload(next)) || r.Kind != uint8(next) {
				t.Errorf("record %d of batch %d..%d is %d %q, want %d", i, b.From, b.To, r.Seq, r.Payload, next)
			}
			next++
			bytes += int64(len(r.Payload))
		}
		if b.From != b.Records[0].Seq || b.To != next-1 || b.Bytes != bytes {
			t.Errorf("batch %d..%d of %d bytes holds %d..%d of %d", b.From, b.To, b.Bytes, b.Records[0].Seq, next-1, bytes)
		}
		if len(b.Records) > 7 || bytes > 700 {
			t.Errorf("batch of %d records, %d bytes is over the limits", len(b.Records), bytes)
		}
		tokens[b.Token] = true
		return nil
	})
	s := l.Stats()
	if next != 101 || l.ShippedSeq() != 100 || s.UnshippedRecords != 0 || s.UnshippedBytes != 0 || int64(len(tokens)) != s.Batches {
		t.Errorf("shipped to %d, %d tokens, %+v", next-1, len(tokens), s)
	}
	if got := tailSeqs(t, l); got != nil {
		t.Errorf("tail holds %v", got)
	}
}

func TestLargeRecordIsABatch(t *testing.T) {
	o := small()
	o.BatchBytes = 100
	l := open(t, t.TempDir(), o)
	for _, n := range []int{10, 500, 500, 40, 40, 40} {
		l.Append(1, make([]byte, n))
	}
	c, _ := l.Append(1, nil)
	c.Wait(t.Context())
	var got []int64
	shipAll(t, l, func(_ context.Context, b Batch) error { got = append(got, b.Bytes); return nil })
	if diff := cmp.Diff([]int64{10, 500, 500, 80, 40}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCrashWhileShipping: a crash at any moment of shipping, before, inside or
// after the sink, gives the same batch and token again, whatever was appended
// meanwhile and however the limits changed.
func TestCrashWhileShipping(t *testing.T) {
	l := open(t, t.TempDir(), small())
	l.o.BatchRecords = 10
	add(t, l, 30)
	var handed []cutOf
	var images []string
	ctx, cancel := context.WithCancel(t.Context())
	err := l.Ship(ctx, func(_ context.Context, b Batch) error {
		handed = append(handed, cutOf{b.Token, b.From, b.To})
		add(t, l, 5)
		images = append(images, crashImage(t, l.dir)) // accepted, position not written
		if len(handed)%2 == 1 {
			return errSink
		}
		if len(handed) == 6 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for i, img := range images {
		other := small()
		other.BatchRecords = 1000
		r := open(t, img, other)
		if got, want := tailSeqs(t, r), run(handed[i].From, uint64(30+5*(i+1))); !slices.Equal(got, want) {
			t.Errorf("image %d: tail %v, want %v", i, got, want)
		}
		var again []cutOf
		shipAll(t, r, func(_ context.Context, b Batch) error {
			again = append(again, cutOf{b.Token, b.From, b.To})
			return nil
		})
		if again[0] != handed[i] {
			t.Errorf("image %d: first batch is %v, want %v", i, again[0], handed[i])
		}
		if again[1].From != handed[i].To+1 {
			t.Errorf("image %d: second batch starts at %d", i, again[1].From)
		}
	}
	if handed[0] != handed[1] || handed[2] != handed[3] || handed[1] == handed[2] {
		t.Errorf("retries: %v", handed)
	}
}

// TestTokenKnowsContent: a restored journal gives old numbers to new records;
// their batch must not look like the one the store has already.
func TestTokenKnowsContent(t *testing.T) {
	l := open(t, t.TempDir(), small())
	add(t, l, 5)
	backup := filepath.Join(t.TempDir(), "b")
	if err := l.Snapshot(backup); err != nil {
		t.Fatal(err)
	}
	token := func(l *Log, kind uint8) (c cutOf) {
		commit, err := l.Append(kind, []byte("later"))
		if err == nil {
			err = commit.Wait(t.Context()) // else it may go in a batch of its own
		}
		if err != nil {
			t.Fatal(err)
		}
		shipAll(t, l, func(_ context.Context, b Batch) error { c = cutOf{b.Token, b.From, b.To}; return nil })
		return c
	}
	a, b := token(l, 1), token(open(t, backup, small()), 2)
	if a.From != b.From || a.To != b.To || a.Token == b.Token {
		t.Errorf("original %v, restored %v", a, b)
	}
}

// TestSegmentOutlivesItsLastBatch: a segment is deleted when a later batch was
// accepted, not when its own was.
func TestSegmentOutlivesItsLastBatch(t *testing.T) {
	o := small()
	o.BatchRecords = 1
	l := open(t, t.TempDir(), o)
	add(t, l, 100)
	ends := map[uint64]string{} // last record -> path
	for _, e := range l.segs[:len(l.segs)-1] {
		ends[e.last] = e.path
	}
	exists := func(path string) bool { _, err := os.Stat(path); return err == nil }
	checked := 0
	shipAll(t, l, func(_ context.Context, b Batch) error {
		for last, path := range ends {
			// Inside the sink, batches before b are accepted, b is not.
			if want := last+1 >= b.From; exists(path) != want {
				t.Errorf("batch %d..%d: segment to %d exists: %v", b.From, b.To, last, !want)
			}
			checked++
		}
		return nil
	})
	if checked < 200 {
		t.Errorf("only %d checks", checked)
	}
	names, _ := segmentNames(l.dir)
	if len(names) != 1 {
		t.Errorf("segments left: %v", names)
	}
	l.Close()
	r := open(t, l.dir, o)
	add(t, r, 1) // number 101
}

func TestPinnedSegmentsStay(t *testing.T) {
	o := small()
	o.BatchRecords = 5
	l := open(t, t.TempDir(), o)
	add(t, l, 120) // several segments
	var got []uint64
	err := l.Tail(func(r Record) error {
		if r.Seq == 1 {
			shipAll(t, l, drop)
		}
		got = append(got, r.Seq)
		return nil
	})
	if err != nil || !slices.Equal(got, run(1, 120)) {
		t.Errorf("%v: %v", err, got)
	}
}

// TestBackoff: 50 ms doubling to 5 s, the same batch each time, one line each.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir(), &Options{SegmentBytes: 4 << 10})
		add(t, l, 3)
		start := time.Now()
		var at []time.Duration
		var batch cutOf
		shipAll(t, l, func(_ context.Context, b Batch) error {
			at = append(at, time.Since(start).Round(time.Millisecond))
			if c := (cutOf{b.Token, b.From, b.To}); batch != c && batch.To != 0 {
				t.Errorf("retry hands out %v, before %v", c, batch)
			} else {
				batch = c
			}
			if len(at) == 10 {
				return nil
			}
			return errSink
		})
		want := []time.Duration{0, 50, 150, 350, 750, 1550, 3150, 6350, 11350, 16350}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Error(diff)
		}
		if n := l.Stats().ShipRetries; n != 9 {
			t.Errorf("%d retries counted", n)
		}
	})
}

// TestBatchDelay: a part-filled batch waits 200 ms, a full or flushed one does not.
func TestBatchDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir(), &Options{SegmentBytes: 4 << 10, BatchRecords: 10})
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan int, 100)
		done := make(chan error)
		go func() {
			done <- l.Ship(ctx, func(_ context.Context, b Batch) error { got <- len(b.Records); return nil })
		}()
		step := func(what string, n int, want time.Duration, act func()) {
			t.Helper()
			start := time.Now()
			act()
			if g := <-got; g != n || time.Since(start) != want {
				t.Errorf("%s: %d records after %v, want %d after %v", what, g, time.Since(start), n, want)
			}
			synctest.Wait()
		}
		step("part-filled", 3, 200*time.Millisecond, func() { add(t, l, 3) })
		step("full", 10, 0, func() { add(t, l, 10) })
		step("flushed", 4, 0, func() {
			add(t, l, 4)
			if err := l.Flush(ctx); err != nil {
				t.Error(err)
			}
		})
		step("late", 2, 200*time.Millisecond, func() { add(t, l, 1); time.Sleep(150 * time.Millisecond); add(t, l, 1) })
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// TestFlush: after it returns, everything appended before is in the sink.
func TestFlush(t *testing.T) {
	o := small()
	o.BatchDelay = time.Hour
	l := open(t, t.TempDir(), o)
	if err := l.Flush(t.Context()); err != nil {
		t.Errorf("an empty log: %v", err)
	}
	add(t, l, 1)
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := l.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody ships, got %v", err)
	}
	seen := make(map[uint64]bool)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- l.Ship(ctx, func(_ context.Context, b Batch) error {
			for _, r := range b.Records {
				seen[r.Seq] = true
			}
			return nil
		})
	}()
	for range 20 {
		c, err := l.Append(1, []byte("x")) // not waited for
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if l.ShippedSeq() < c.Last || !seen[c.Last] {
			t.Fatalf("record %d is not in the sink after Flush", c.Last)
		}
	}
	stop()
	<-done
}

func TestCloseEndsShip(t *testing.T) {
	l := open(t, t.TempDir(), small())
	add(t, l, 1)
	in, done := make(chan struct{}), make(chan error)
	go func() {
		done <- l.Ship(t.Context(), func(ctx context.Context, _ Batch) error {
			close(in)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	<-in
	if err := l.Ship(t.Context(), drop); !errors.Is(err, ErrShipping) {
		t.Errorf("second Ship gives %v", err)
	}
	flushed := make(chan error)
	go func() { flushed <- l.Flush(t.Context()) }()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("Ship gives %v", err)
	}
	if err := <-flushed; !errors.Is(err, ErrClosed) {
		t.Errorf("Flush gives %v", err)
	}
}

// TestShipStopsAtDamage: bytes that rot after Open are not handed on.
func TestShipStopsAtDamage(t *testing.T) {
	l := open(t, t.TempDir(), &Options{BatchDelay: -1})
	add(t, l, 3)
	patch(t, lastSegment(t, l.dir), segmentHeader+recordHeader+1, []byte{0xff})
	var c *CorruptError
	if err := l.Ship(t.Context(), drop); !errors.As(err, &c) || c.Offset != segmentHeader || c.Seq != 1 {
		t.Errorf("Ship gives %v", err)
	}
	if err := l.Tail(func(Record) error { return nil }); !errors.As(err, &c) {
		t.Errorf("Tail gives %v", err)
	}
}
