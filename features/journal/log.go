package journal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Log is an open journal. All methods may be called from many goroutines.
type Log struct {
	o    Options
	dir  string
	id   [16]byte
	seed uint32
	pos  *positionFile

	wake     chan struct{} // to the writer: the current group has its first record
	shipWake chan struct{} // to the shipper: what it waits for may be there
	written  chan struct{} // closed when the writer has ended
	closing  sync.Once
	closeErr error

	mu           sync.Mutex
	closed       bool
	cur          *group // accepted, not yet with the writer
	spare        []byte // buffer of the group before
	next         uint64 // seq of the next record
	durable      uint64 // last durable record
	settled      uint64 // every record up to here is durable or refused
	shipped      uint64
	pendingBytes int64 // accepted, not yet settled
	records      int64 // durable, not shipped
	bytes        int64 // of these, with headers
	segs         []extent
	pins         int // readers that need the segments they saw
	flushTo      uint64
	progress     chan struct{} // closed at each step a Flush may wait for, nil if none waits
	ship         shipState
	stats        Stats
	writeErr     error // of the last act of the writer
}

// Open opens the journal in dir, or makes a new one. It cuts off the torn write
// of a crash and says so in the log and in Stats; damage to acknowledged records
// is a CorruptError and nothing is changed. Open takes no lock: the owner of the
// data directory has it.
func Open(dir string, o *Options) (*Log, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := prepareDir(dir, opts.Rand); err != nil {
		return nil, err
	}
	im, err := loadImage(dir)
	if err != nil {
		return nil, err
	}
	if err := im.repair(dir, opts.Logger); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, positionName), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open journal position: %w", err)
	}
	l := &Log{
		o: opts, dir: dir, id: im.id, seed: logSeed(im.id),
		pos:      &positionFile{f: f, id: im.id, cur: im.pos},
		wake:     make(chan struct{}, 1),
		shipWake: make(chan struct{}, 1),
		written:  make(chan struct{}),
		cur:      newGroup(nil),
		next:     max(im.last+1, im.pos.next),
		durable:  im.last, shipped: im.pos.shipped,
		records: im.records, bytes: im.bytes, segs: im.segs,
	}
	l.settled = l.next - 1
	l.stats.TornBytes = im.torn.bytes
	if im.torn.reason != "" {
		l.stats.TornTails = 1
	}
	go (&writer{l: l}).run()
	return l, nil
}

// Close makes what was appended durable, ends Ship, waits for both and closes
// the files. Records not shipped stay for the next Open. It may be called
// again, and returns the same.
func (l *Log) Close() error {
	l.closing.Do(func() { l.closeErr = l.close() })
	return l.closeErr
}

func (l *Log) close() error {
	l.mu.Lock()
	l.closed = true
	ended := l.ship.stop()
	l.mu.Unlock()
	if ended != nil {
		<-ended
	}
	signal(l.wake)
	<-l.written
	l.mu.Lock()
	durable, next := l.durable, l.next
	l.announce()
	err := l.writeErr
	l.mu.Unlock()
	return errors.Join(err, l.pos.update(func(p *position) { p.synced, p.next = durable, next }), l.pos.f.Close())
}

// signal wakes the one goroutine that reads c, now or when it next looks.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// announce wakes all Flush calls to look again; l.mu is held.
func (l *Log) announce() {
	if l.progress != nil {
		close(l.progress)
		l.progress = nil
	}
}

func formatID(id [16]byte) string { return hex.EncodeToString(id[:]) }
