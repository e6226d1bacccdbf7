package journal

import (
	"context"
	"fmt"
	"hash/crc32"
)

// group is the records of one write and fsync.
type group struct {
	buf         []byte
	first, last uint64
	records     int
	done        chan struct{} // closed when err holds the outcome
	err         error
}

func newGroup(buf []byte) *group { return &group{buf: buf[:0], done: make(chan struct{})} }

// Commit is the receipt of an append. It may be copied and waited for often.
type Commit struct {
	First, Last uint64 // sequence numbers given; the same for one record
	g           *group
}

// Wait blocks until the records are durable and returns nil, or why they were
// refused: they are then not in the log and will not be after a restart, except
// with ErrUnknown. A done ctx ends the waiting, not the write.
func (c Commit) Wait(ctx context.Context) error {
	if c.g == nil {
		return nil
	}
	select {
	case <-c.g.done: // looked at first: durable is durable
		return c.g.err
	default:
	}
	select {
	case <-c.g.done:
		return c.g.err
	case <-ctx.Done():
		return fmt.Errorf("wait for journal record %d: %w", c.Last, ctx.Err())
	}
}

// Append puts a record at the end of the log and returns at once; payload is
// copied. Numbers rise in the order of the calls. The errors are ErrFull,
// ErrTooLarge and ErrClosed; whether the record is durable says Commit.Wait.
func (l *Log) Append(kind uint8, payload []byte) (Commit, error) {
	if len(payload) > MaxPayload {
		return Commit{}, tooLarge(len(payload))
	}
	sum := crc32.Update(l.seed, crcTable(), payload)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.admit(recordHeader+int64(len(payload)), 1); err != nil {
		return Commit{}, err
	}
	seq := l.put(Entry{kind, payload}, sum, 0)
	return Commit{First: seq, Last: seq, g: l.cur}, nil
}

// AppendBatch appends entries under consecutive numbers, with none of others
// between. After a crash they are read all or none. The errors are Append's;
// no entries give a Commit that is done.
func (l *Log) AppendBatch(entries []Entry) (Commit, error) {
	if len(entries) == 0 {
		return Commit{}, nil
	}
	var size int64
	sums := make([]uint32, len(entries))
	for i, e := range entries {
		if len(e.Payload) > MaxPayload {
			return Commit{}, tooLarge(len(e.Payload))
		}
		size += recordHeader + int64(len(e.Payload))
		sums[i] = crc32.Update(l.seed, crcTable(), e.Payload)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.admit(size, len(entries)); err != nil {
		return Commit{}, err
	}
	c := Commit{First: l.next, g: l.cur}
	for i, e := range entries {
		flags := uint8(flagMore)
		if i == len(entries)-1 {
			flags = 0
		}
		c.Last = l.put(e, sums[i], flags)
	}
	return c, nil
}

func tooLarge(n int) error {
	return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, n, MaxPayload)
}

// admit refuses or counts size bytes of n new records; l.mu is held.
func (l *Log) admit(size int64, n int) error {
	var err error
	switch {
	case l.closed:
		return ErrClosed
	case l.pendingBytes > 0 && l.pendingBytes+size > l.o.MaxPending:
		err = fmt.Errorf("%w: %d bytes wait for the disk (MaxPending)", ErrFull, l.pendingBytes)
	case l.bytes+l.pendingBytes+size > l.o.MaxBytes:
		err = fmt.Errorf("%w: %d bytes wait for the store (MaxBytes %d)", ErrFull, l.bytes+l.pendingBytes, l.o.MaxBytes)
	}
	if err != nil {
		l.stats.Refused += int64(n)
		return err
	}
	l.pendingBytes += size
	l.stats.Appends += int64(n)
	return nil
}

// put copies one admitted record into the current group; l.mu is held.
func (l *Log) put(e Entry, sum uint32, flags uint8) uint64 {
	g, seq := l.cur, l.next
	if g.records == 0 {
		g.first = seq
		signal(l.wake)
	}
	l.next++
	g.last = seq
	g.records++
	h := header{seq: seq, lag: uint32(seq - g.first), kind: e.Kind, flags: flags}
	g.buf = appendRecord(g.buf, sum, h, e.Payload)
	return seq
}

// take hands the current group to the writer, or nil when the log is closed and
// nothing is left.
func (l *Log) take() *group {
	for {
		l.mu.Lock()
		if g := l.cur; g.records > 0 {
			l.cur, l.spare = newGroup(l.spare), nil
			l.mu.Unlock()
			return g
		}
		closed := l.closed
		l.mu.Unlock()
		if closed {
			return nil
		}
		<-l.wake
	}
}
