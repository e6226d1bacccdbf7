package columnar

import (
	"fmt"
	"io"
	"slices"
)

// Kind is what one column of a [Table] holds, and which of its slices.
type Kind uint8

// The kinds.
const (
	Text     Kind = 1 + iota // UTF-8
	Instant                  // microseconds since 1970-01-01 UTC, in Ints
	Integer                  // in Ints
	Flag                     // true or false
	Number                   // float64; NaN stands for an absent value
	Single                   // float32; NaN stands for an absent value
	Integers                 // a list of int32 per row, in Indices and Ends
	Numbers                  // a list of float64 per row, in Numbers and Ends
)

// Column is one named column of a [Table]: one value per row in the slice of its kind.
type Column struct {
	Name    string
	Kind    Kind
	Texts   []string
	Ints    []int64
	Flags   []bool
	Numbers []float64
	Singles []float32
	Indices []int32
	Ends    []int // of a list: where each row's values end
}

// Table is some rows of a log by column: what one Write takes. The columns stay, the rows change.
type Table struct{ Columns []Column }

// Writer takes a table in parts of equal columns; memory holds one part. Close completes the file
// and closes nothing else.
type Writer interface {
	Write(t *Table) error
	Close() error
}

// Meta are the notes that a file carries beside its columns, such as the names of indices.
type Meta map[string]string

// rows is the number of values in the column.
func (c *Column) rows() int {
	switch c.Kind {
	case Text:
		return len(c.Texts)
	case Instant, Integer:
		return len(c.Ints)
	case Flag:
		return len(c.Flags)
	case Number:
		return len(c.Numbers)
	case Single:
		return len(c.Singles)
	case Integers, Numbers:
		return len(c.Ends)
	}
	return -1
}

// Rows is the length of the columns.
func (t *Table) Rows() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return t.Columns[0].rows()
}

// Clear takes the rows out and keeps the columns and their room.
func (t *Table) Clear() {
	for i := range t.Columns {
		c := &t.Columns[i]
		*c = Column{c.Name, c.Kind, c.Texts[:0], c.Ints[:0], c.Flags[:0], c.Numbers[:0], c.Singles[:0], c.Indices[:0], c.Ends[:0]}
	}
}

// Validate reports columns without name or kind, of another length, or lists whose ends do not fit.
func (t *Table) Validate() error {
	for i := range t.Columns {
		c := &t.Columns[i]
		switch n := c.rows(); {
		case c.Name == "":
			return fmt.Errorf("table: column %d has no name", i)
		case n < 0:
			return fmt.Errorf("table: column %s is of no known kind", c.Name)
		case n != t.Rows():
			return fmt.Errorf("table: column %s has %d rows, the first has %d", c.Name, n, t.Rows())
		}
		if c.Kind != Integers && c.Kind != Numbers {
			continue
		}
		last := 0
		if len(c.Ends) > 0 {
			last = c.Ends[len(c.Ends)-1]
		}
		if values := max(len(c.Indices), len(c.Numbers)); last != values || !slices.IsSorted(c.Ends) {
			return fmt.Errorf("table: the lists of column %s end at %d of %d values", c.Name, last, values)
		}
	}
	return nil
}

// list is where row i of a list column begins and ends.
func (c *Column) list(i int) (from, to int) {
	if i > 0 {
		from = c.Ends[i-1]
	}
	return from, c.Ends[i]
}

// counted is a file that is written from its start on: it knows its position, which is all that the
// Arrow writer seeks for.
type counted struct {
	io.Writer
	n int64
}

// Write writes on.
func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.n += int64(n)
	return n, err
}

// Seek says where the file is.
func (c *counted) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return c.n, fmt.Errorf("seek in a stream to %d from %d", offset, whence)
	}
	return c.n, nil
}
