package journal

import (
	"context"
	"errors"
	"fmt"
	"os"

	"takt/features/internal/disk"
)

// shipState joins the log to the Ship that runs, if any; Log.mu guards it.
type shipState struct {
	cancel                 context.CancelFunc
	ended                  chan struct{}
	needRecords, needBytes int64 // what the shipper waits for
}

// wants tells whether there is what the shipper waits for.
func (s *shipState) wants(l *Log) bool {
	return s.ended != nil && l.records > 0 &&
		(l.records >= s.needRecords || l.bytes >= s.needBytes || l.flushTo > l.shipped)
}

// stop ends a running Ship; the channel, nil if none runs, closes when it has.
func (s *shipState) stop() <-chan struct{} {
	if s.ended == nil {
		return nil
	}
	s.cancel()
	return s.ended
}

func (l *Log) startShip(parent context.Context) (context.Context, func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, nil, ErrClosed
	case l.ship.ended != nil:
		return nil, nil, ErrShipping
	}
	ctx, cancel := context.WithCancel(parent)
	ended := make(chan struct{})
	l.ship = shipState{cancel: cancel, ended: ended}
	return ctx, func() {
		cancel()
		l.mu.Lock()
		l.ship = shipState{}
		l.mu.Unlock()
		close(ended)
	}, nil
}

// accepted counts b as shipped and deletes segments that end before b: a
// segment goes only after a later batch is safe in the store.
func (s *shipper) accepted(b Batch) {
	l := s.l
	l.mu.Lock()
	l.shipped = b.To
	l.records -= int64(len(b.Records))
	l.bytes -= b.Bytes + recordHeader*int64(len(b.Records))
	l.stats.Batches++
	l.stats.ShippedRecords += int64(len(b.Records))
	l.announce()
	l.mu.Unlock()
	for {
		path, ok := l.deletable(b.From)
		if !ok {
			return
		}
		// One by one and synced: a gap in the middle would read as damage.
		err := os.Remove(path)
		if err == nil || errors.Is(err, os.ErrNotExist) {
			err = disk.SyncDir(l.dir)
		}
		if err != nil {
			l.o.Logger.Warn("journal: delete shipped segment", "error", err)
			return
		}
		l.mu.Lock()
		l.segs = l.segs[1:]
		l.mu.Unlock()
	}
}

// deletable returns the oldest segment if all of it lies before seq and no
// reader may need it. The last one stays: it carries the log's end.
func (l *Log) deletable(seq uint64) (path string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pins > 0 || len(l.segs) < 2 || l.segs[0].last >= seq {
		return "", false
	}
	return l.segs[0].path, true
}

// Flush returns nil when everything appended before the call is in the store.
// It hurries the batch that Ship would wait for; without a running Ship it
// waits until ctx is done.
func (l *Log) Flush(ctx context.Context) error {
	l.mu.Lock()
	target := l.next - 1
	for {
		if l.settled >= target && (l.shipped >= target || l.shipped >= l.durable) {
			l.mu.Unlock()
			return nil
		}
		if l.closed {
			l.mu.Unlock()
			return ErrClosed
		}
		l.flushTo = max(l.flushTo, target)
		if l.progress == nil {
			l.progress = make(chan struct{})
		}
		progress := l.progress
		l.mu.Unlock()
		signal(l.shipWake)
		select {
		case <-progress:
		case <-ctx.Done():
			return fmt.Errorf("flush journal to record %d: %w", target, ctx.Err())
		}
		l.mu.Lock()
	}
}
