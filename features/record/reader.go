package record

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
	"unsafe"

	"takt/engine"
)

// reader takes fields off a payload; after the first error it gives zero values. Texts share memory
// with the payload, so that a record costs one allocation at most and not one per field.
type reader struct {
	b    []byte // text, read only
	text string
	off  int
	err  error
}

// open begins a payload and gives its sealed part, if it is masked.
func (r *reader) open(s string) (sealed string) {
	*r = reader{b: unsafe.Slice(unsafe.StringData(s), len(s)), text: s}
	switch v := r.byte(); {
	case r.err != nil || v == version:
	case v == masked:
		if sealed = r.string(); sealed == "" {
			r.fail("sealed part")
		}
	case v > masked:
		r.err = fmt.Errorf("%w (version %d, known is %d)", ErrVersion, v, masked)
	default:
		r.fail("version")
	}
	return sealed
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d of %d", ErrCorrupt, what, r.off, len(r.b))
	}
	r.off = len(r.b)
}

// done is the error of the whole reading; bytes left over are one.
func (r *reader) done() error {
	if r.err == nil && r.off != len(r.b) {
		r.fail("more than the fields")
	}
	return r.err
}

func (r *reader) byte() byte {
	if r.off >= len(r.b) {
		r.fail("end")
		return 0
	}
	r.off++
	return r.b[r.off-1]
}

func (r *reader) bool() bool {
	v := r.byte()
	if v > 1 {
		r.fail("truth value")
	}
	return v == 1
}

func (r *reader) uint() uint64 {
	if r.off < len(r.b) && r.b[r.off] < 0x80 { // almost always
		r.off++
		return uint64(r.b[r.off-1])
	}
	v, n := binary.Uvarint(r.b[r.off:])
	if n <= 0 {
		r.fail("number")
		return 0
	}
	r.off += n
	return v
}

// within is an unsigned number up to limit.
func (r *reader) within(limit uint64, what string) uint64 {
	v := r.uint()
	if v > limit {
		r.fail(what)
		return 0
	}
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b[r.off:])
	if n <= 0 {
		r.fail("number")
		return 0
	}
	r.off += n
	return v
}

// span is the range of the next n bytes.
func (r *reader) span(n uint64) (from, to int) {
	if n > uint64(len(r.b)-r.off) {
		r.fail("length")
		return 0, 0
	}
	from = r.off
	r.off += int(n)
	return from, r.off
}

func (r *reader) string() string {
	from, to := r.span(r.uint())
	return r.text[from:to]
}

func (r *reader) bytes() []byte {
	from, to := r.span(r.uint())
	if from == to {
		return nil
	}
	return append([]byte(nil), r.b[from:to]...)
}

// fixed fills dst, whose length is known.
func (r *reader) fixed(dst []byte) {
	from, to := r.span(uint64(len(dst)))
	copy(dst, r.b[from:to])
}

func (r *reader) float() float64 {
	from, to := r.span(8)
	if to-from < 8 {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(r.b[from:]))
}

func (r *reader) time() time.Time {
	v := r.uint()
	if v == 0 {
		return time.Time{}
	}
	v--
	return time.UnixMicro(int64(v>>1) ^ -int64(v&1)).UTC()
}

// count is the length of a list whose items take at least size bytes each: a wrong length must not
// make the reader ask for gigabytes.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64((len(r.b)-r.off)/size) {
		r.fail("length of a list")
		return 0
	}
	return int(n)
}

func (r *reader) date() engine.Date {
	v := r.int()
	if v != int64(int32(v)) {
		r.fail("date")
		return 0
	}
	return engine.Date(v)
}
