package chdb

import (
	"errors"
	"io"
	"runtime"
	"sync"
	"unsafe"
)

// ErrClosed is returned by every method of a closed connection.
var ErrClosed = errors.New("chdb: connection is closed")

// insertChunk is how much of the caller's data is handed over at once, in bytes.
const insertChunk = 1 << 20

// Param is one value for a {name:Type} placeholder, in ClickHouse's escaped text form.
type Param struct{ Name, Value string }

// Stats counts what a finished statement touched.
type Stats struct {
	RowsRead, BytesRead       uint64 // from storage
	RowsWritten, BytesWritten uint64 // materialized views included
}

// Conn is one engine connection. It runs one statement at a time; concurrent calls wait for each other.
type Conn struct {
	lib *Library
	mu  sync.Mutex
	p   unsafe.Pointer // chdb_connection*, nil when closed
}

// Close ends the connection after a running statement has finished. It may be called twice.
func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p != nil {
		c.lib.closeConn(c.p)
		c.p = nil
	}
}

// handle is the chdb_connection that calls take; the engine hands out a pointer to it.
func (c *Conn) handle() unsafe.Pointer { return *(*unsafe.Pointer)(c.p) }

// Query runs one statement to its end and hands its whole output, formed by format, to sink in one
// piece. sink may be nil, and is not called when there is no output.
func (c *Conn) Query(query, format string, params []Param, sink func([]byte) error) (Stats, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil {
		return Stats{}, ErrClosed
	}
	stats, err := c.take(c.call(c.lib.query, query, format, params), sink)
	if err != nil {
		c.forget()
	}
	return stats, err
}

// Stream runs one reading statement and hands its output to sink block by block. Each piece is complete
// in its format, with headers and footers where the format has them. An error of sink ends the query.
func (c *Conn) Stream(query, format string, params []Param, sink func([]byte) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil {
		return ErrClosed
	}
	s := c.call(c.lib.streamQuery, query, format, params)
	if s == nil {
		return errors.New("chdb: no stream")
	}
	defer c.lib.resultDestroy(s)
	if text := c.lib.resultError(s); text != "" {
		return parseError(text)
	}
	for {
		r := c.lib.streamFetch(c.handle(), s)
		if r == nil || c.lib.resultLength(r) == 0 && c.lib.resultError(r) == "" {
			_, err := c.take(r, nil)
			return err
		}
		if _, err := c.take(r, sink); err != nil {
			c.lib.streamCancel(c.handle(), s)
			c.forget()
			return err
		}
	}
}

// forget runs an empty statement after one that failed. Until the next statement the engine keeps a
// failed stream in system.processes, and with it its hold on tables, so that DROP ... SYNC would wait;
// and what a failed query had already put out would come out with the next one, which may be another's.
func (c *Conn) forget() {
	_, _ = c.take(c.call(c.lib.query, "SELECT 1", "Null", nil), nil)
}

// Insert runs an INSERT statement, written without FORMAT and data, on what data yields in format until
// io.EOF. Any other error of data cancels the insert; blocks already written stay, as on a server.
func (c *Conn) Insert(query, format string, params []Param, data io.Reader) (Stats, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.p == nil {
		return Stats{}, ErrClosed
	}
	stats, err := c.insert(query, format, params, data)
	if err != nil {
		c.forget()
	}
	return stats, err
}

func (c *Conn) insert(query, format string, params []Param, data io.Reader) (Stats, error) {
	s := c.call(c.lib.insertOpen, query, format, params)
	if s == nil {
		return Stats{}, errors.New("chdb: no insert stream")
	}
	defer c.lib.insertDestroy(s)
	if text := c.lib.insertError(s); text != "" {
		return Stats{}, parseError(text)
	}
	buf := make([]byte, insertChunk)
	for {
		n, err := fill(data, buf)
		if n > 0 && c.lib.insertAppend(s, unsafe.Pointer(&buf[0]), uintptr(n)) != 0 {
			return Stats{}, parseError(c.lib.insertError(s))
		}
		if err == io.EOF {
			return c.take(c.lib.insertDone(s), nil)
		}
		if err != nil {
			c.lib.insertCancel(s) // destroying an unfinished stream would block
			return Stats{}, err
		}
	}
}

// fill reads until buf is full or r ends. Unlike io.ReadFull it keeps the errors of r apart from a short
// read: a body cut off by the network ends with io.ErrUnexpectedEOF and must not be committed.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

// take reads a result, frees it, and turns an engine error into *Error.
func (c *Conn) take(r unsafe.Pointer, sink func([]byte) error) (Stats, error) {
	if r == nil {
		return Stats{}, nil
	}
	l := c.lib
	defer l.resultDestroy(r)
	if text := l.resultError(r); text != "" {
		return Stats{}, parseError(text)
	}
	st := Stats{RowsRead: l.resultRowsRead(r), BytesRead: l.resultBytesRead(r),
		RowsWritten: l.resultRowsWritten(r), BytesWritten: l.resultBytesWritten(r)}
	if n := l.resultLength(r); n > 0 && sink != nil {
		return st, sink(unsafe.Slice((*byte)(l.resultBuffer(r)), n))
	}
	return st, nil
}

// call passes strings and parameters to the engine, which copies them before it returns.
func (c *Conn) call(f queryFunc, query, format string, params []Param) unsafe.Pointer {
	var pin runtime.Pinner
	defer pin.Unpin()
	text := func(s string) unsafe.Pointer {
		b := append([]byte(s), 0)
		pin.Pin(&b[0])
		return unsafe.Pointer(&b[0])
	}
	n := len(params)
	names, values := make([]unsafe.Pointer, n+1), make([]unsafe.Pointer, n+1)
	nameLens, valueLens := make([]uintptr, n+1), make([]uintptr, n+1)
	for i, p := range params {
		names[i], nameLens[i] = text(p.Name), uintptr(len(p.Name))
		values[i], valueLens[i] = text(p.Value), uintptr(len(p.Value))
	}
	pin.Pin(&names[0])
	pin.Pin(&values[0])
	pin.Pin(&nameLens[0])
	pin.Pin(&valueLens[0])
	return f(c.handle(), text(query), uintptr(len(query)), text(format), uintptr(len(format)),
		unsafe.Pointer(&names[0]), unsafe.Pointer(&nameLens[0]), unsafe.Pointer(&values[0]), unsafe.Pointer(&valueLens[0]), uintptr(n))
}
