package journal

import (
	"bytes"
	"fmt"
	"io"
)

const scanWindow = 256 << 10

// damage is what a scanner returns for bytes that are not the next record.
// If certain, no torn write can have left them.
type damage struct {
	reason  string
	certain bool
}

func (d damage) Error() string { return d.reason }

// scanner reads the records of one segment in order.
type scanner struct {
	r     io.ReaderAt
	seed  uint32
	first uint64 // first seq of the segment
	next  uint64 // seq expected at off
	off   int64  // of the next record
	limit int64  // bytes of r that may be read
	buf   []byte // bytes from base on
	base  int64
}

func newScanner(r io.ReaderAt, seed uint32, first uint64, limit int64) *scanner {
	return &scanner{r: r, seed: seed, first: first, next: first, off: segmentHeader, limit: limit, base: segmentHeader}
}

// scan returns the next record; its payload is valid until the next call.
// io.EOF means nothing but zeros or the limit follows the last record, a
// damage that something else does; other errors are the file's.
func (s *scanner) scan() (Record, header, error) {
	b, err := s.peek(recordHeader)
	if err != nil {
		return Record{}, header{}, err
	}
	if allZero(b) {
		return Record{}, header{}, io.EOF
	}
	if len(b) < recordHeader {
		return Record{}, header{}, damage{reason: "half a record header"}
	}
	h, ok := parseHeader(b)
	if !ok {
		return Record{}, header{}, damage{reason: "not a record header"}
	}
	size := recordHeader + h.len
	if b, err = s.peek(size); err != nil {
		return Record{}, header{}, err
	}
	if len(b) < size {
		return Record{}, header{}, damage{reason: "record longer than the segment"}
	}
	if sumRecord(s.seed, b) != h.crc {
		return Record{}, header{}, damage{reason: "checksum does not match"}
	}
	if h.seq != s.next || uint64(h.lag) > h.seq-s.first {
		return Record{}, header{}, damage{fmt.Sprintf("sound record %d in the place of another", h.seq), true}
	}
	s.next++
	s.off += int64(size)
	return Record{Seq: h.seq, Kind: h.kind, Payload: b[recordHeader:size:size]}, h, nil
}

// peek returns n bytes from off on, fewer at the limit.
func (s *scanner) peek(n int) ([]byte, error) {
	n = int(min(int64(n), s.limit-s.off))
	have := s.buf[min(int(s.off-s.base), len(s.buf)):]
	if len(have) >= n {
		return have[:max(n, 0)], nil
	}
	// Move what is left to the front and read a window behind it.
	want := int(min(int64(max(n, scanWindow)), s.limit-s.off))
	if cap(s.buf) < want {
		s.buf = append(make([]byte, 0, want), have...)
	} else {
		s.buf = append(s.buf[:0], have...)
	}
	got := len(s.buf)
	s.base, s.buf = s.off, s.buf[:want]
	m, err := s.r.ReadAt(s.buf[got:], s.off+int64(got))
	s.buf = s.buf[:got+m]
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read journal segment at offset %d: %w", s.off, err)
	}
	return s.buf[:min(n, len(s.buf))], nil
}

// lastByte returns how many bytes from off on end with one that is not zero.
func (s *scanner) lastByte(off int64) (int64, error) {
	b := make([]byte, scanWindow)
	last := off
	for at := off; at < s.limit; at += int64(len(b)) {
		n, err := s.r.ReadAt(b[:min(int64(len(b)), s.limit-at)], at)
		if err != nil && err != io.EOF {
			return 0, fmt.Errorf("read journal segment at offset %d: %w", at, err)
		}
		if n = len(bytes.TrimRight(b[:n], "\x00")); n > 0 {
			last = at + int64(n)
		}
	}
	return last - off, nil
}

// damagedOrTorn judges the bytes at off, where record next should be and is not,
// in the last segment. A write starts only after the fsync of the one before it,
// so a sound record of a LATER write behind the gap proves that the missing one
// had been acknowledged: damage (true). Sound records of the same write prove
// nothing, a crash may keep any of its pages: torn (false).
func (s *scanner) damagedOrTorn() (bool, error) {
	behind, err := s.lastByte(s.off)
	if err != nil {
		return false, err
	}
	// A last record may end in zeros of its own.
	rest := make([]byte, min(behind+recordHeader+MaxPayload, s.limit-s.off))
	n, err := s.r.ReadAt(rest, s.off)
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("read journal segment at offset %d: %w", s.off, err)
	}
	rest = rest[:n]
	for i := 0; i+recordHeader <= len(rest) && int64(i) < behind; i++ {
		h, ok := parseHeader(rest[i:])
		if !ok || h.seq < s.next || h.seq-s.next > uint64(len(rest)/recordHeader) || len(rest)-i < recordHeader+h.len {
			continue
		}
		if h.seq-uint64(h.lag) > s.next && sumRecord(s.seed, rest[i:i+recordHeader+h.len]) == h.crc {
			return true, nil
		}
	}
	return false, nil
}

func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
