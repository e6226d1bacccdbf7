package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// reader walks the records of a list of extents in order. It trusts only what
// it has checked: anything unexpected inside an extent is a CorruptError.
type reader struct {
	seed uint32
	segs []extent // the first is being read
	f    *os.File
	sc   *scanner
}

// refresh tells the reader what it may read now. It keeps its place if the
// segment it is in is still the first one.
func (r *reader) refresh(segs []extent) {
	r.segs = segs
	switch {
	case r.f == nil:
	case len(segs) == 0 || segs[0].first != r.sc.first:
		r.close()
	default:
		r.sc.limit = segs[0].end
	}
}

// next returns the next record, its payload valid until the following call, or
// io.EOF when all extents are read.
func (r *reader) next() (Record, header, error) {
	for {
		if len(r.segs) == 0 {
			return Record{}, header{}, io.EOF
		}
		e := r.segs[0]
		if r.f == nil {
			f, err := os.Open(e.path)
			if err != nil {
				return Record{}, header{}, fmt.Errorf("open journal segment %d: %w", e.first, err)
			}
			r.f, r.sc = f, newScanner(f, r.seed, e.first, e.end)
		}
		if r.sc.off < e.end {
			rec, h, err := r.sc.scan()
			return rec, h, r.explain(e, err)
		}
		if len(r.segs) == 1 {
			return Record{}, header{}, io.EOF
		}
		r.close()
		r.segs = r.segs[1:]
	}
}

// unread makes rec, the last record read, the next one again.
func (r *reader) unread(rec Record) {
	r.sc.off -= recordHeader + int64(len(rec.Payload))
	r.sc.next--
}

func (r *reader) explain(e extent, err error) error {
	var d damage
	switch {
	case err == io.EOF:
		d.reason = "the record was there before"
	case !errors.As(err, &d):
		return err
	}
	return &CorruptError{Path: e.path, Offset: r.sc.off, Seq: r.sc.next, Reason: d.reason}
}

// close ends reading of the current segment.
func (r *reader) close() {
	if r.f != nil {
		r.f.Close()
		r.f, r.sc = nil, nil
	}
}

// each calls fn with every record behind shipped.
func (r *reader) each(shipped uint64, fn func(Record) error) error {
	defer r.close()
	for {
		rec, _, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if rec.Seq <= shipped {
			continue
		}
		if err := fn(rec); err != nil {
			return fmt.Errorf("read journal record %d: %w", rec.Seq, err)
		}
	}
}

// unshipped returns the extents that hold records behind shipped.
func unshipped(segs []extent, shipped uint64) []extent {
	var out []extent
	for _, e := range segs {
		if !e.empty() && e.last > shipped {
			out = append(out, e)
		}
	}
	return out
}

// Report describes a journal directory.
type Report struct {
	LogID        string
	ShippedSeq   uint64
	LastSeq      uint64 // last durable record
	Records      int64  // not yet shipped
	Bytes        int64  // of these, with their headers
	Segments     int
	TornBytes    int64 // unacknowledged rest of a crash, which Open cuts off
	TornSegment  string
	DamagedSlots int // of the two copies of the shipped position
}

// Read calls fn with every record of dir that is not yet shipped, in order, and
// changes nothing; fn may be nil. The payload is valid until fn returns. It is
// for backup checks and diagnosis of a directory that no process has open:
// beside a running log, a write under way looks torn.
func Read(dir string, fn func(Record) error) (Report, error) {
	im, err := loadImage(dir)
	if err != nil {
		return Report{}, err
	}
	rep := Report{
		LogID: formatID(im.id), ShippedSeq: im.pos.shipped, LastSeq: im.last,
		Records: im.records, Bytes: im.bytes, Segments: len(im.segs),
		TornBytes: im.torn.bytes, DamagedSlots: im.badSlots,
	}
	if im.torn.reason != "" {
		rep.TornSegment = filepath.Base(im.torn.path)
	}
	if fn == nil {
		return rep, nil
	}
	r := &reader{seed: logSeed(im.id), segs: unshipped(im.segs, im.pos.shipped)}
	return rep, r.each(im.pos.shipped, fn)
}

// Tail calls fn with every durable record that is not yet shipped, in order, as
// of the call. The payload is valid until fn returns. It may run at any time,
// also while the log is written and shipped.
func (l *Log) Tail(fn func(Record) error) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	shipped := l.shipped
	segs := unshipped(l.segs, shipped)
	l.pins++
	l.mu.Unlock()
	defer l.unpin()
	r := &reader{seed: l.seed, segs: segs}
	return r.each(shipped, fn)
}

// unpin lets shipped segments be deleted again.
func (l *Log) unpin() {
	l.mu.Lock()
	l.pins--
	l.mu.Unlock()
}
