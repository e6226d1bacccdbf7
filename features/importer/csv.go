package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"takt/engine"
)

// maxRow bounds a CSV row in bytes: a quote that is never closed would take the rest of the file for one cell.
const maxRow = 1 << 20

type csvRows struct {
	*table
	r     *csv.Reader
	guard *rowGuard
	line  int // of the last row read
}

var errRowTooLong = errors.New("is longer than 1 MiB; a quote is probably not closed")

// rowGuard ends a row that does not end.
type rowGuard struct {
	r    io.Reader
	read int
}

func (g *rowGuard) Read(p []byte) (int, error) {
	if g.read > maxRow {
		return 0, errRowTooLong
	}
	n, err := g.r.Read(p)
	g.read += n
	return n, err
}

func openCSV(in *bufio.Reader, m *Mapping) (rows, error) {
	c := &csvRows{guard: &rowGuard{r: in}}
	c.r = csv.NewReader(c.guard)
	c.r.Comma, _ = utf8.DecodeRuneInString(m.csv.Delimiter)
	header, err := c.r.Read()
	switch {
	case err == io.EOF:
		return nil, errors.New("is empty; the first row must name the columns")
	case err != nil:
		return nil, fmt.Errorf("read the first row: %w", err)
	}
	c.r.ReuseRecord = true
	c.table, err = newTable(m, header, "line")
	return c, err
}

func (c *csvRows) next() ([]engine.Event, error) {
	c.guard.read = 0
	cells, err := c.r.Read()
	var parse *csv.ParseError
	switch {
	case err == io.EOF:
		return nil, err
	case errors.Is(err, csv.ErrFieldCount) && errors.As(err, &parse):
		err = fmt.Errorf("has %d cells, the first row has %d", len(cells), c.r.FieldsPerRecord)
		return nil, &RowError{Unit: c.unit, Number: int64(parse.StartLine), Err: err}
	case errors.As(err, &parse):
		return nil, &RowError{Unit: c.unit, Number: int64(parse.StartLine), Err: fmt.Errorf("column %d of line %d: %w", parse.Column, parse.Line, parse.Err)}
	case err != nil:
		return nil, fmt.Errorf("the row after line %d: %w", c.line, err)
	}
	c.cells = cells
	c.line, _ = c.r.FieldPos(0)
	events, bad := c.events()
	if bad != nil {
		bad.Number = int64(c.line)
		return nil, bad
	}
	return events, nil
}
