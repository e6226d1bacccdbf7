package journal

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Batch is a run of records for the store.
//
// The cut depends on time (BatchDelay), so it cannot be derived from content:
// it is written to POSITION before the sink sees the batch, and a restart hands
// out the planned batch, not a new one. The token ends in a hash of the records,
// so that a journal restored from a backup, which numbers new records like old
// ones, never meets the token of a batch the store has already.
type Batch struct {
	Token    string // the same for the same records, also after a crash
	From, To uint64 // numbers of the first and last record
	Records  []Record
	Bytes    int64 // of payload
}

// FNV-1a, folded over the checksums of a batch's records for its token.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// Sink stores a batch; nil means durably. It may get the same batch again, with
// the same token, after an error or a crash. Records and payloads are valid
// until it returns.
type Sink func(ctx context.Context, b Batch) error

// Ship hands durable records to sink, in order, until ctx is done, the log is
// closed or a record cannot be read. A batch that sink refuses is tried again,
// for ever, from BackoffMin to BackoffMax apart. Only one Ship may run.
func (l *Log) Ship(ctx context.Context, sink Sink) error {
	ctx, end, err := l.startShip(ctx)
	if err != nil {
		return err
	}
	s := &shipper{l: l, sink: sink, r: reader{seed: l.seed}}
	defer end()
	defer s.r.close()
	for {
		if err = s.one(ctx); err != nil {
			break
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed && ctx.Err() != nil {
		return ErrClosed
	}
	return err
}

// shipper is the state of one Ship.
type shipper struct {
	l       *Log
	sink    Sink
	r       reader
	records []Record // of the current batch
	arena   []byte   // their payloads
}

// one ships one batch: plan, hand over, note, tidy up.
func (s *shipper) one(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l := s.l
	planned := l.pos.load().planned
	if planned == 0 {
		if err := s.await(ctx); err != nil {
			return err
		}
	}
	b, err := s.cut(planned)
	if err != nil {
		return fmt.Errorf("cut journal batch: %w", err)
	}
	if planned == 0 {
		plan := func(p *position) { p.planned, p.synced = b.To, max(p.synced, b.To) }
		if err := s.retry(ctx, "plan", b, func() error { return l.pos.update(plan) }); err != nil {
			return err
		}
	}
	if err := s.retry(ctx, "ship", b, func() error { return s.sink(ctx, b) }); err != nil {
		return err
	}
	note := func(p *position) { p.shipped, p.planned, p.synced = b.To, 0, max(p.synced, b.To) }
	if err := s.retry(ctx, "note", b, func() error { return l.pos.update(note) }); err != nil {
		return err
	}
	s.accepted(b)
	return nil
}

// await returns when there is a batch to ship: a full one, the one a Flush asks
// for, or whatever there is after BatchDelay.
func (s *shipper) await(ctx context.Context) error {
	o := &s.l.o
	if err := s.until(ctx, 1, 1, nil); err != nil || o.BatchDelay < 0 {
		return err
	}
	timer := time.NewTimer(o.BatchDelay)
	defer timer.Stop()
	return s.until(ctx, int64(o.BatchRecords), o.BatchBytes, timer.C)
}

// until waits for that many unshipped records or bytes, a Flush, or timeout.
func (s *shipper) until(ctx context.Context, records, bytes int64, timeout <-chan time.Time) error {
	l := s.l
	for {
		l.mu.Lock()
		l.ship.needRecords, l.ship.needBytes = records, bytes
		ready := l.ship.wants(l)
		l.mu.Unlock()
		if ready {
			return nil
		}
		select {
		case <-l.shipWake:
		case <-timeout:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cut reads the next batch: up to record planned, or else up to the limits.
func (s *shipper) cut(planned uint64) (Batch, error) {
	l := s.l
	l.mu.Lock()
	shipped := l.shipped
	s.r.refresh(unshipped(l.segs, shipped))
	l.mu.Unlock()
	b, sum := Batch{}, uint64(fnvOffset)
	s.records, s.arena = s.records[:0], s.arena[:0]
	for planned == 0 || b.To != planned {
		rec, h, err := s.r.next()
		if err == io.EOF && planned == 0 && len(s.records) > 0 {
			break
		}
		if err != nil {
			return b, err
		}
		if rec.Seq <= shipped {
			continue
		}
		n := int64(len(rec.Payload))
		if len(s.records) == 0 {
			b.From = rec.Seq
		} else if planned == 0 && (len(s.records) >= l.o.BatchRecords || b.Bytes+n > l.o.BatchBytes) {
			s.r.unread(rec)
			break
		}
		sum = (sum ^ uint64(h.crc)) * fnvPrime
		s.arena = append(s.arena, rec.Payload...)
		end := len(s.arena)
		rec.Payload = s.arena[end-int(n) : end : end]
		s.records = append(s.records, rec)
		b.To, b.Bytes = rec.Seq, b.Bytes+n
	}
	b.Records = s.records
	b.Token = fmt.Sprintf("%s-%d-%d-%016x", l.LogID(), b.From, b.To, sum)
	return b, nil
}

// retry calls op until it works or ctx is done.
func (s *shipper) retry(ctx context.Context, act string, b Batch, op func() error) error {
	for delay := s.l.o.BackoffMin; ; delay = min(2*delay, s.l.o.BackoffMax) {
		err := op()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.l.mu.Lock()
		s.l.stats.ShipRetries++
		s.l.mu.Unlock()
		s.l.o.Logger.Warn("journal: batch waits", "act", act, "from", b.From, "to", b.To, "again_in", delay, "error", err)
		timer := time.NewTimer(delay)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
