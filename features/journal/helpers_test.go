package journal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// small segments make rotation and deletion happen within a few records.
func small() *Options { return &Options{SegmentBytes: 4 << 10, BatchDelay: -1} }

func open(t testing.TB, dir string, o *Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// payload is what record n holds in most tests: its own number and a filler
// whose length depends on it.
func payload(n uint64) []byte {
	return fmt.Appendf(nil, "record %d %s", n, bytes.Repeat([]byte{'a' + byte(n%26)}, int(n*37%211)))
}

// add appends n records, each durable before the next, so each is one write.
func add(t testing.TB, l *Log, n int) {
	t.Helper()
	for range n {
		seq := l.LastSeq() + 1
		c, err := l.Append(uint8(seq), payload(seq))
		if err != nil {
			t.Fatal(err)
		}
		if c.First != seq || c.Last != seq {
			t.Fatalf("append gave %d..%d, want %d", c.First, c.Last, seq)
		}
		if err := c.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// tailSeqs returns the numbers Tail reads and checks each payload.
func tailSeqs(t testing.TB, l *Log) []uint64 {
	t.Helper()
	var seqs []uint64
	err := l.Tail(func(r Record) error {
		if !bytes.Equal(r.Payload, payload(r.Seq)) || r.Kind != uint8(r.Seq) {
			t.Errorf("record %d reads kind %d, %q", r.Seq, r.Kind, r.Payload)
		}
		seqs = append(seqs, r.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// run returns the numbers from..to.
func run(from, to uint64) []uint64 {
	var s []uint64
	for ; from <= to; from++ {
		s = append(s, from)
	}
	return s
}

// crashImage copies the files of dir as they are now: what a killed process
// leaves behind.
func crashImage(t testing.TB, dir string) string {
	t.Helper()
	dst := t.TempDir()
	if err := os.CopyFS(filepath.Join(dst, "j"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dst, "j")
}

// shipAll ships with sink until the log is drained.
func shipAll(t testing.TB, l *Log, sink Sink) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- l.Ship(ctx, sink) }()
	if err := l.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-done
}

// drop is a sink that accepts everything.
func drop(context.Context, Batch) error { return nil }

func lastSegment(t testing.TB, dir string) string {
	t.Helper()
	names, err := segmentNames(dir)
	if err != nil || len(names) == 0 {
		t.Fatalf("no segments in %s: %v", dir, err)
	}
	return filepath.Join(dir, names[len(names)-1])
}

func patch(t testing.TB, path string, off int64, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(b, off); err != nil {
		t.Fatal(err)
	}
}

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// waitFor polls cond, which must come true by itself.
func waitFor(t testing.TB, cond func() bool) {
	t.Helper()
	for range 5000 {
		if cond() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("condition did not come true within 5 s")
}
