package importer

import (
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/schema"

	"takt/engine"
)

// parquetRows reads the mapped columns of a Parquet file side by side, a page of each in memory.
// Only the low-level readers are used: pqarrow would bring grpc along.
type parquetRows struct {
	*table
	f       *file.Reader
	used    []int // columns of the file that the mapping reads; the cells in this order
	columns []column
	group   int   // next row group
	left    int64 // rows left in the current one
	row     int64
}

// column gives the text of one cell after the other.
type column func() (text string, null bool, err error)

func openParquet(r parquet.ReaderAtSeeker, m *Mapping) (rs rows, err error) {
	defer func() { caught(recover(), &err) }()
	props := parquet.NewReaderProperties(memory.DefaultAllocator)
	props.BufferedStreamEnabled = true // else a whole column chunk is read at once
	f, err := file.NewParquetReader(r, file.WithReadProps(props))
	if err != nil {
		return nil, err
	}
	p := &parquetRows{f: f}
	wanted := m.columns()
	var header []string
	for i := range f.MetaData().Schema.NumColumns() {
		c := f.MetaData().Schema.Column(i)
		if name := c.Path(); slices.Contains(wanted, name) {
			if c.MaxRepetitionLevel() > 0 {
				return nil, fmt.Errorf("column %s is a list; a mapping reads plain columns", name)
			}
			header = append(header, name)
			p.used = append(p.used, i)
		}
	}
	if p.table, err = newTable(m, header, "row"); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, f.MetaData().Schema.Root().Name())
	}
	p.cells, p.null = make([]string, len(p.used)), make([]bool, len(p.used))
	return p, nil
}

// caught makes an error of a panic: the Parquet library panics on some damaged files.
func caught(reason any, err *error) {
	if reason != nil {
		*err = fmt.Errorf("is a damaged Parquet file: %v", reason)
	}
}

func (p *parquetRows) next() (events []engine.Event, err error) {
	defer func() { caught(recover(), &err) }()
	for p.left == 0 {
		if p.group == p.f.NumRowGroups() {
			return nil, io.EOF
		}
		if err := p.open(); err != nil {
			return nil, fmt.Errorf("row group %d: %w", p.group, err)
		}
	}
	p.left--
	p.row++
	for i, next := range p.columns {
		if p.cells[i], p.null[i], err = next(); err != nil {
			return nil, fmt.Errorf("row %d, column %d: %w", p.row, p.used[i], err)
		}
	}
	events, bad := p.events()
	if bad != nil {
		bad.Number = p.row
		return nil, bad
	}
	return events, nil
}

// open starts the next row group.
func (p *parquetRows) open() error {
	g := p.f.RowGroup(p.group)
	p.group++
	p.left = g.NumRows()
	p.columns = p.columns[:0]
	for _, i := range p.used {
		r, err := g.Column(i)
		if err != nil {
			return err
		}
		c, err := columnOf(r)
		if err != nil {
			return fmt.Errorf("column %s: %w", r.Descriptor().Path(), err)
		}
		p.columns = append(p.columns, c)
	}
	return nil
}

// columnOf reads a column of any physical type as text.
func columnOf(r file.ColumnChunkReader) (column, error) {
	d := r.Descriptor()
	switch r := r.(type) {
	case *file.BooleanColumnChunkReader:
		return cellsOf(r, d, formatBool), nil
	case *file.Int32ColumnChunkReader:
		return cellsOf(r, d, formatInt[int32](d.LogicalType())), nil
	case *file.Int64ColumnChunkReader:
		return cellsOf(r, d, formatInt[int64](d.LogicalType())), nil
	case *file.Int96ColumnChunkReader:
		return cellsOf(r, d, formatInt96), nil
	case *file.Float32ColumnChunkReader:
		return cellsOf(r, d, formatFloat32), nil
	case *file.Float64ColumnChunkReader:
		return cellsOf(r, d, formatFloat64), nil
	case *file.ByteArrayColumnChunkReader:
		return cellsOf(r, d, formatBytes[parquet.ByteArray](d.LogicalType())), nil
	case *file.FixedLenByteArrayColumnChunkReader:
		return cellsOf(r, d, formatBytes[parquet.FixedLenByteArray](d.LogicalType())), nil
	}
	return nil, fmt.Errorf("has a type that is not read (%T)", r)
}

type batchReader[T any] interface {
	ReadBatch(n int64, values []T, definition, repetition []int16) (int64, int, error)
	Err() error
}

// cellsOf reads value by value: the bytes of a value live in its page, and a batch over the end of
// a page would hand out bytes of a page that is gone.
func cellsOf[T any](r batchReader[T], d *schema.Column, format func(T) string) column {
	value, level := make([]T, 1), make([]int16, 1)
	return func() (string, bool, error) {
		n, got, err := r.ReadBatch(1, value, level, nil)
		switch {
		case err == nil && r.Err() != nil:
			err = r.Err()
		case err == nil && n != 1:
			err = io.ErrUnexpectedEOF
		}
		if err != nil || got == 0 {
			return "", true, err
		}
		return format(value[0]), false, nil
	}
}
