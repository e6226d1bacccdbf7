package journal

import (
	"errors"
	"fmt"
	"io"
)

// checked is the result of reading one segment.
type checked struct {
	extent
	torn           tail
	records, bytes int64 // behind the shipped position
}

// checkSegment reads a segment of size bytes. In the final one a torn write
// ends the records; anywhere else it is damage. An AppendBatch counts whole or
// not at all.
func checkSegment(r io.ReaderAt, size int64, id [16]byte, shipped uint64, final bool) (c checked, err error) {
	head := make([]byte, segmentHeader)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return c, fmt.Errorf("read journal segment: %w", err)
	}
	if c.first, c.prev, err = decodeSegmentHeader(head[:n], id); err != nil {
		return c, &CorruptError{Reason: err.Error()}
	}
	s := newScanner(r, logSeed(id), c.first, size)
	c.last, c.end = c.first-1, segmentHeader
	var group checked // records since the last whole AppendBatch
	for {
		rec, h, err := s.scan()
		if err != nil {
			return c, c.finish(s, err, final)
		}
		if rec.Seq > shipped {
			group.records++
			group.bytes += recordHeader + int64(len(rec.Payload))
		}
		if h.flags&flagMore == 0 {
			c.last, c.end = rec.Seq, s.off
			c.records += group.records
			c.bytes += group.bytes
			group = checked{}
		}
	}
}

// finish decides what the end of the records means.
func (c *checked) finish(s *scanner, err error, final bool) error {
	var d damage
	if err == io.EOF {
		behind, err := s.lastByte(s.off)
		if err != nil {
			return err
		}
		switch {
		case behind > 0:
			d.reason = "data behind the last record"
		case c.end == s.off:
			return nil
		default:
			d.reason = "half an AppendBatch"
		}
	} else if !errors.As(err, &d) {
		return err
	}
	corrupt := d.certain || !final
	if !corrupt {
		if corrupt, err = s.damagedOrTorn(); err != nil {
			return err
		}
	}
	if corrupt {
		return &CorruptError{Offset: s.off, Seq: s.next, Reason: d.reason}
	}
	bytes, err := s.lastByte(c.end)
	c.torn = tail{offset: c.end, bytes: bytes, reason: d.reason}
	return err
}
