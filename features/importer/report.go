package importer

import (
	"fmt"
	"io"
	"os"
	"strings"

	"takt/engine"
)

// RowError says which row and column could not be read, and why.
type RowError struct {
	Unit   string           // "line" of a text file, "row" of Parquet
	Number int64            // from 1; a CSV row is named by its first line
	Event  engine.EventType // that it would have become; 0: unknown
	Column string           // or field, as far as known
	Err    error
}

// Error names line, event and column.
func (e *RowError) Error() string {
	text := fmt.Sprintf("%s %d", e.Unit, e.Number)
	if e.Event != 0 {
		text += ", " + e.Event.String()
	}
	if e.Column != "" {
		text += ", " + e.Column
	}
	return text + ": " + strings.TrimSpace(e.Err.Error())
}

// Unwrap is the cause, often *engine.FieldError.
func (e *RowError) Unwrap() error { return e.Err }

// Report counts rows and events of an import.
type Report struct {
	Rows   int64 // read, bad ones included
	Bad    int64 // refused as a whole: none of their events came out
	Events int64
	Types  [engine.EventTypes]int64 // events by type
	Errors []*RowError              // of the first bad rows
}

func (r *Report) add(events []engine.Event) {
	r.Rows++
	r.Events += int64(len(events))
	for i := range events {
		r.Types[events[i].Type]++
	}
}

func (r *Report) refuse(e *RowError, keep int) {
	r.Rows++
	r.Bad++
	if len(r.Errors) < keep {
		r.Errors = append(r.Errors, e)
	}
}

// counter tells how far a file has been read.
type counter struct {
	f           *os.File
	read, total int64
	tell        func(read, total int64)
}

func (c *counter) Read(p []byte) (int, error) { return c.add(c.f.Read(p)) }

// ReadAt and Seek make a counter what the Parquet reader wants.
func (c *counter) ReadAt(p []byte, off int64) (int, error) { return c.add(c.f.ReadAt(p, off)) }

func (c *counter) Seek(off int64, whence int) (int64, error) { return c.f.Seek(off, whence) }

func (c *counter) add(n int, err error) (int, error) {
	c.read = min(c.read+int64(n), c.total) // Parquet reads its footer beside the columns
	if c.tell != nil {
		c.tell(c.read, c.total)
	}
	return n, err
}

// end tells that the file is done: columns that no mapping asks for are never read.
func (c *counter) end() { _, _ = c.add(int(c.total-c.read), nil) }

var _ io.ReaderAt = (*counter)(nil)
