package clickhouse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unsafe"
)

// nativeReader reads blocks in ClickHouse's Native format, revision 0: numbers of columns and rows, then
// per column name, type and values (docs: interfaces/formats/Native). Only the types of cells are known.
// Sizes are checked before memory is taken, and memory is taken as data arrives.
type nativeReader struct {
	r   io.Reader
	buf []byte // window of the stream; buf[at:] is unread
	at  int
	err error // of r, kept
}

const (
	window     = 256 << 10
	maxColumns = 1 << 10
	maxRows    = 1 << 24
	maxString  = 1 << 30
)

var errNative = errors.New("the store sent a block that is not in Native format")

func newNativeReader(r io.Reader) *nativeReader {
	return &nativeReader{r: r, buf: make([]byte, 0, window)}
}

// next reads one block, or returns io.EOF at the end of the stream.
func (n *nativeReader) next() (*block, error) {
	if err := n.want(1); err != nil {
		return nil, err // a clean end
	}
	columns, err := n.size(maxColumns)
	if err != nil {
		return nil, err
	}
	rows, err := n.size(maxRows)
	if err != nil {
		return nil, err
	}
	b := &block{rows: rows, columns: make([]cells, columns)}
	for i := range b.columns {
		if _, err := n.short(); err != nil { // its name
			return nil, err
		}
		typ, err := n.short()
		if err != nil {
			return nil, err
		}
		b.columns[i].typ = typ
		if rows == 0 {
			continue
		}
		if err := n.column(&b.columns[i], rows); err != nil {
			return nil, fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return b, nil
}

// column reads rows values of type c.typ.
func (n *nativeReader) column(c *cells, rows int) (err error) {
	if w := widths[c.typ]; w > 0 {
		c.width = w
		c.raw, err = n.bytes(rows * w)
		return err
	}
	switch {
	case c.typ == typeText:
		return n.strings(c, rows)
	case c.typ == typeLow:
		return n.dictionary(c, rows)
	case strings.HasPrefix(c.typ, "Array("):
		return n.array(c, rows)
	}
	return fmt.Errorf("%w: type %q", errNative, c.typ)
}

// strings reads values each led by its length.
func (n *nativeReader) strings(c *cells, rows int) error {
	c.ends = make([]uint32, 0, min(rows, 1<<16))
	var text []byte
	for range rows {
		size, err := n.size(maxString)
		if err != nil {
			return err
		}
		if size > 0 {
			if text, err = n.append(text, size); err != nil {
				return err
			}
			if len(text) > maxString {
				return fmt.Errorf("%w: more than %d bytes in a column", errNative, maxString)
			}
		}
		c.ends = append(c.ends, uint32(len(text)))
	}
	c.text = unsafe.String(unsafe.SliceData(text), len(text)) // text is not touched again
	return nil
}

// dictionary reads LowCardinality(String): version 1, flags and key width, dictionary, keys.
func (n *nativeReader) dictionary(c *cells, rows int) error {
	version, err := n.u64()
	if err != nil {
		return err
	}
	flags, err := n.u64()
	if err != nil {
		return err
	}
	const additional, global = 1 << 9, 1 << 8
	if version != 1 || flags&additional == 0 || flags&global != 0 || flags&0xff > 2 {
		return fmt.Errorf("%w: dictionary version %d, flags %x", errNative, version, flags)
	}
	entries, err := n.u64()
	if err != nil {
		return err
	}
	if entries > maxRows {
		return fmt.Errorf("%w: a dictionary of %d", errNative, entries)
	}
	if err := n.strings(c, int(entries)); err != nil {
		return err
	}
	keys, err := n.u64()
	if err != nil {
		return err
	}
	if keys != uint64(rows) {
		return fmt.Errorf("%w: %d keys for %d rows", errNative, keys, rows)
	}
	c.width = 1 << (flags & 0xff)
	if c.raw, err = n.bytes(rows * c.width); err != nil {
		return err
	}
	for i := range rows { // so that accessors need not check
		if c.key(i) >= int(entries) {
			return fmt.Errorf("%w: key %d in a dictionary of %d", errNative, c.key(i), entries)
		}
	}
	return nil
}

// array reads where each row ends, then all elements.
func (n *nativeReader) array(c *cells, rows int) error {
	ends, err := n.bytes(rows * 8)
	if err != nil {
		return err
	}
	c.first = make([]uint64, rows)
	last := uint64(0)
	for i := range c.first {
		c.first[i] = binary.LittleEndian.Uint64(ends[8*i:])
		if c.first[i] < last || c.first[i] > maxRows*64 {
			return fmt.Errorf("%w: array ends at %d after %d", errNative, c.first[i], last)
		}
		last = c.first[i]
	}
	c.inner = &cells{typ: c.typ[len("Array(") : len(c.typ)-1]}
	return n.column(c.inner, int(last))
}

// want makes at least k bytes ready in the window, k ≤ window.
func (n *nativeReader) want(k int) error {
	if len(n.buf)-n.at >= k {
		return nil
	}
	n.buf = n.buf[:copy(n.buf[:cap(n.buf)], n.buf[n.at:])]
	n.at = 0
	for len(n.buf) < k {
		if n.err != nil {
			if n.err == io.EOF && len(n.buf) > 0 {
				return io.ErrUnexpectedEOF
			}
			return n.err
		}
		var m int
		m, n.err = n.r.Read(n.buf[len(n.buf):cap(n.buf)])
		n.buf = n.buf[:len(n.buf)+m]
	}
	return nil
}

// need is want inside a block, where the end of the stream is too early.
func (n *nativeReader) need(k int) error {
	if err := n.want(k); err != io.EOF {
		return err
	}
	return io.ErrUnexpectedEOF
}

func (n *nativeReader) u64() (uint64, error) {
	if err := n.need(8); err != nil {
		return 0, err
	}
	n.at += 8
	return binary.LittleEndian.Uint64(n.buf[n.at-8:]), nil
}

// size reads a varint of at most limit.
func (n *nativeReader) size(limit int) (int, error) {
	if n.at < len(n.buf) && n.buf[n.at] < 0x80 { // almost always
		n.at++
		return int(n.buf[n.at-1]), nil
	}
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		if err := n.need(1); err != nil {
			return 0, err
		}
		b := n.buf[n.at]
		n.at++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if v > uint64(limit) {
				break
			}
			return int(v), nil
		}
	}
	return 0, fmt.Errorf("%w: a size of %d or more", errNative, v)
}

// short reads a name or a type.
func (n *nativeReader) short() (string, error) {
	size, err := n.size(window)
	if err != nil {
		return "", err
	}
	if err := n.need(size); err != nil {
		return "", err
	}
	n.at += size
	return string(n.buf[n.at-size : n.at]), nil
}

// bytes reads size bytes into memory of their own.
func (n *nativeReader) bytes(size int) ([]byte, error) {
	return n.append(make([]byte, 0, min(size, 1<<20)), size)
}

// append reads size bytes behind dst.
func (n *nativeReader) append(dst []byte, size int) ([]byte, error) {
	for size > 0 {
		if err := n.need(1); err != nil {
			return nil, err
		}
		k := min(size, len(n.buf)-n.at)
		dst = append(dst, n.buf[n.at:n.at+k]...)
		n.at += k
		size -= k
	}
	return dst, nil
}
