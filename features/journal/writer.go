package journal

import (
	"fmt"
	"os"
	"runtime"
)

// keptBuffer is the largest write buffer kept for the next group.
const keptBuffer = 4 << 20

// writer is the one goroutine that writes records. Its rule: a group is refused
// only after its bytes are gone from disk, and everything appended before that
// moment is refused with it, so that what is kept is always a prefix of each
// caller's order.
type writer struct {
	l      *Log
	seg    *segment // nil: the next group starts one
	broken *segment // holds bytes of a refused group that could not be cut yet
}

// run writes groups until the log is closed.
func (w *writer) run() {
	defer close(w.l.written)
	for {
		// Let the writers just woken append first: groups near double, CPU per
		// record halves, and a lone writer loses nothing.
		runtime.Gosched()
		g := w.l.take()
		if g == nil {
			break
		}
		if err := w.commit(g); err != nil {
			w.refuse(g, err)
		} else {
			w.accept(g)
		}
	}
	err := w.repair()
	if w.broken != nil {
		w.broken.f.Close()
	}
	if w.seg != nil {
		err = w.seg.cut()
		w.seg.f.Close()
	}
	w.l.mu.Lock()
	w.l.writeErr = err
	w.l.mu.Unlock()
}

// commit makes one group durable or leaves no trace of it.
func (w *writer) commit(g *group) error {
	if err := w.repair(); err != nil {
		return err
	}
	if err := w.rotate(g); err != nil {
		return asFull(err)
	}
	l := w.l
	err := w.seg.write(g.buf, !l.o.NoPreallocate)
	if err == nil {
		start := l.o.Now()
		if err = w.seg.sync(); err == nil {
			if l.o.OnSync != nil {
				l.o.OnSync(l.o.Now().Sub(start), g.records, len(g.buf))
			}
			w.seg.end += int64(len(g.buf))
			return nil
		}
	}
	// After a failed fsync nobody knows what the disk has: this file is not
	// written again, and the group is cut off before anyone hears of it.
	w.broken, w.seg = w.seg, nil
	err = asFull(err)
	if cut := w.repair(); cut != nil {
		return fmt.Errorf("%w: %w", ErrUnknown, cut)
	}
	return err
}

// rotate makes sure that the current segment exists and has room for g.
func (w *writer) rotate(g *group) error {
	l, need := w.l, int64(len(g.buf))
	if s := w.seg; s != nil {
		if s.end+need <= s.size {
			return nil
		}
		// Readers accept the zeros behind the end if this fails.
		if err := s.f.Truncate(s.end); err != nil {
			l.o.Logger.Warn("journal: trim segment", "segment", s.first, "error", err)
		}
		s.f.Close()
		w.seg = nil
	}
	l.mu.Lock()
	prev := l.durable
	l.mu.Unlock()
	s, err := createSegment(l.dir, l.id, g.first, prev, need, &l.o)
	if err != nil {
		return err
	}
	w.seg = s
	l.mu.Lock()
	l.segs = append(l.segs, extent{path: s.path, first: s.first, last: s.first - 1, prev: prev, end: s.end})
	l.mu.Unlock()
	return nil
}

// repair cuts what a failed write left, or says why it cannot.
func (w *writer) repair() error {
	s := w.broken
	if s == nil {
		return nil
	}
	if err := s.cut(); err != nil {
		return err
	}
	s.f.Close()
	w.broken = nil
	if s.end > segmentHeader {
		return nil
	}
	os.Remove(s.path) // an empty one left behind is removed by Open
	l := w.l
	l.mu.Lock()
	l.segs = l.segs[:len(l.segs)-1]
	l.mu.Unlock()
	return nil
}

// accept wakes the waiters of a durable group.
func (w *writer) accept(g *group) {
	l, size := w.l, int64(len(g.buf))
	l.mu.Lock()
	last := &l.segs[len(l.segs)-1]
	last.last, last.end = g.last, w.seg.end
	l.durable, l.settled = g.last, g.last
	l.pendingBytes -= size
	l.records += int64(g.records)
	l.bytes += size
	l.stats.Fsyncs++
	l.stats.WrittenBytes += size
	if l.spare == nil && cap(g.buf) <= keptBuffer {
		l.spare, g.buf = g.buf, nil
	}
	l.announce()
	ship := l.ship.wants(l)
	l.mu.Unlock()
	close(g.done)
	if ship {
		signal(l.shipWake)
	}
}

// refuse fails g and everything appended meanwhile, whose order would otherwise
// have a hole. Their numbers are spent.
func (w *writer) refuse(g *group, err error) {
	l := w.l
	l.o.Logger.Error("journal: records refused", "first", g.first, "last", g.last, "error", err)
	l.mu.Lock()
	behind := l.cur
	l.cur = newGroup(nil)
	next := l.next
	l.settled = next - 1
	l.pendingBytes = 0
	n := int64(g.records + behind.records)
	l.stats.Refused += n
	l.stats.Appends -= n
	l.stats.FailedWrites++
	l.announce()
	ship := l.ship.wants(l)
	l.mu.Unlock()
	if err := l.pos.update(func(p *position) { p.next = max(p.next, next) }); err != nil {
		l.o.Logger.Error("journal: note spent numbers", "error", err)
	}
	g.err = err
	close(g.done)
	behind.err = fmt.Errorf("records before it were refused: %w", err)
	close(behind.done)
	if ship {
		signal(l.shipWake)
	}
}
