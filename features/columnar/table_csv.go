package columnar

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// csvTable writes tables as CSV.
type csvTable struct {
	w    *csv.Writer
	cell []byte
	row  []string
}

// NewCSV begins a CSV file (RFC 4180, UTF-8) with the columns' names as its first line. Numbers are the
// shortest text that reads back as the same bits, NaN is an empty cell, instants are RFC 3339 in UTC,
// lists JSON arrays.
func NewCSV(w io.Writer, t *Table) (Writer, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	c := &csvTable{w: csv.NewWriter(bufio.NewWriterSize(w, 1<<16)), row: make([]string, len(t.Columns))}
	for i := range t.Columns {
		c.row[i] = t.Columns[i].Name
	}
	if err := c.w.Write(c.row); err != nil {
		return nil, fmt.Errorf("write the head of a CSV file: %w", err)
	}
	return c, nil
}

// Write adds the rows of t.
func (c *csvTable) Write(t *Table) error {
	if err := t.Validate(); err != nil {
		return err
	}
	for i := range t.Rows() {
		for j := range t.Columns {
			c.cell = appendCell(c.cell[:0], &t.Columns[j], i)
			c.row[j] = string(c.cell)
		}
		if err := c.w.Write(c.row); err != nil {
			return fmt.Errorf("write a CSV row: %w", err)
		}
	}
	return nil
}

func appendCell(b []byte, c *Column, i int) []byte {
	switch c.Kind {
	case Text:
		return append(b, c.Texts[i]...)
	case Instant:
		return time.UnixMicro(c.Ints[i]).UTC().AppendFormat(b, time.RFC3339Nano)
	case Integer:
		return strconv.AppendInt(b, c.Ints[i], 10)
	case Flag:
		return strconv.AppendBool(b, c.Flags[i])
	case Number:
		return appendNumber(b, c.Numbers[i], 64)
	case Single:
		return appendNumber(b, float64(c.Singles[i]), 32)
	}
	b = append(b, '[')
	from, to := c.list(i)
	for j := from; j < to; j++ {
		if j > from {
			b = append(b, ',')
		}
		if c.Kind == Integers {
			b = strconv.AppendInt(b, int64(c.Indices[j]), 10)
		} else {
			b = appendNumber(b, c.Numbers[j], 64)
		}
	}
	return append(b, ']')
}

func appendNumber(b []byte, v float64, bits int) []byte {
	if math.IsNaN(v) {
		return b
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// Close completes the file.
func (c *csvTable) Close() error {
	c.w.Flush()
	return c.w.Error()
}
