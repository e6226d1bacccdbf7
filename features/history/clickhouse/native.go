package clickhouse

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"unsafe"
)

// nativeReader reads blocks in ClickHouse's Native format, revision 0: numbers of columns and rows, then
// per column name, type and values (docs: interfaces/formats/Native). It knows the types of cells only.
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
	sampled    = 1 << 10 // strings whose length tells the memory for the others
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
	switch c.typ {
	case "String":
		return n.strings(c, rows)
	case "Int64", "UInt64":
		c.raw, err = n.append(make([]byte, 0, min(8*rows, 1<<20)), 8*rows)
		return err
	}
	return fmt.Errorf("%w: type %q", errNative, c.typ)
}

// strings reads values each led by its length.
func (n *nativeReader) strings(c *cells, rows int) error {
	c.ends = make([]uint32, 0, min(rows, 1<<16))
	var text []byte
	for row := range rows {
		if row == sampled { // as long as these were, with a tenth to spare
			text = slices.Grow(text, min(len(text)/sampled*(rows-sampled)*11/10, maxString))
		}
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
