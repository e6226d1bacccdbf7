package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Snapshot copies the log, as durable at the call, into the empty or new
// directory dst, while writing and shipping go on. Opened there it has the same
// id, numbers and unshipped records. A copy that was broken off cannot be
// opened, as its POSITION comes last.
func (l *Log) Snapshot(dst string) error {
	if err := emptyDir(dst); err != nil {
		return err
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	l.pins++
	l.mu.Unlock()
	defer l.unpin()
	// The position first: the segments seen later have at least its records.
	p := l.pos.load()
	l.mu.Lock()
	segs := unshipped(l.segs, p.shipped)
	p.synced, p.next = l.durable, l.next
	l.mu.Unlock()
	for _, e := range segs {
		if err := copySegment(dst, e); err != nil {
			return err
		}
	}
	return createPosition(dst, l.id, p)
}

func emptyDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make journal copy: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("make journal copy: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("make journal copy: %s is not empty", dir)
	}
	return nil
}

func copySegment(dst string, e extent) error {
	in, err := os.Open(e.path)
	if err != nil {
		return fmt.Errorf("copy journal segment %d: %w", e.first, err)
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(dst, filepath.Base(e.path)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy journal segment %d: %w", e.first, err)
	}
	defer out.Close()
	if _, err := io.CopyN(out, in, e.end); err != nil {
		return fmt.Errorf("copy journal segment %d: %w", e.first, err)
	}
	if err := out.Sync(); err != nil {
		return fmt.Errorf("copy journal segment %d: %w", e.first, err)
	}
	return nil
}
