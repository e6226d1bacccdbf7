package columnar

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// parquetTable writes tables as a Parquet file.
type parquetTable struct {
	file        *file.Writer
	to          *patient
	bytes       []parquet.ByteArray
	define, rep []int16
}

// NewParquet begins a Parquet file of the table's columns, snappy compressed, one row group per Write.
// Lists are three-level LIST groups of required elements. meta goes into the footer.
func NewParquet(w io.Writer, t *Table, meta Meta) (Writer, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	var fields schema.FieldList
	for i := range t.Columns {
		n, err := node(&t.Columns[i])
		if err != nil {
			return nil, fmt.Errorf("write parquet schema: column %s: %w", t.Columns[i].Name, err)
		}
		fields = append(fields, n)
	}
	root, err := schema.NewGroupNode("table", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, fmt.Errorf("write parquet schema: %w", err)
	}
	to := &patient{w: w}
	// Pages of version 2: those of version 1 take time in the square of their levels (v15 asks for a new
	// buffer every eight). They must begin with a row, so no batch is split but by list itself.
	f := file.NewParquetWriter(to, root, file.WithWriterProps(parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithBatchSize(math.MaxInt32))))
	for _, k := range slices.Sorted(maps.Keys(meta)) {
		if err := f.AppendKeyValueMetadata(k, meta[k]); err != nil {
			return nil, fmt.Errorf("write parquet note %s: %w", k, err)
		}
	}
	return &parquetTable{file: f, to: to}, to.err
}

// patient keeps the first error of a writer to itself: the Parquet library panics at some.
type patient struct {
	w   io.Writer
	err error
}

// Write writes while all went well.
func (p *patient) Write(b []byte) (int, error) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
	return len(b), nil
}

func node(c *Column) (schema.Node, error) {
	required := parquet.Repetitions.Required
	switch c.Kind {
	case Text:
		return schema.NewPrimitiveNodeLogical(c.Name, required, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1)
	case Instant:
		return schema.NewPrimitiveNodeLogical(c.Name, required, schema.NewTimestampLogicalType(true, schema.TimeUnitMicros), parquet.Types.Int64, -1, -1)
	case Integer:
		return schema.NewInt64Node(c.Name, required, -1), nil
	case Flag:
		return schema.NewBooleanNode(c.Name, required, -1), nil
	case Single:
		return schema.NewFloat32Node(c.Name, required, -1), nil
	case Integers:
		return schema.ListOfWithName(c.Name, schema.NewInt32Node("element", required, -1), required, -1)
	case Numbers:
		return schema.ListOfWithName(c.Name, schema.NewFloat64Node("element", required, -1), required, -1)
	}
	return schema.NewFloat64Node(c.Name, required, -1), nil
}

// Write adds the rows of t as a row group.
func (p *parquetTable) Write(t *Table) error {
	if err := t.Validate(); err != nil || t.Rows() == 0 {
		return err
	}
	g := p.file.AppendRowGroup()
	for i := range t.Columns {
		c := &t.Columns[i]
		w, err := g.NextColumn()
		if err == nil {
			err = p.column(w, c)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			return fmt.Errorf("write parquet column %s: %w", c.Name, err)
		}
	}
	return errors.Join(g.Close(), p.to.err)
}

func (p *parquetTable) column(w file.ColumnChunkWriter, c *Column) (err error) {
	switch w := w.(type) {
	case *file.ByteArrayColumnChunkWriter:
		p.bytes = p.bytes[:0]
		for _, s := range c.Texts {
			p.bytes = append(p.bytes, parquet.ByteArray(s))
		}
		_, err = w.WriteBatch(p.bytes, nil, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = w.WriteBatch(c.Ints, nil, nil)
	case *file.BooleanColumnChunkWriter:
		_, err = w.WriteBatch(c.Flags, nil, nil)
	case *file.Float32ColumnChunkWriter:
		_, err = w.WriteBatch(c.Singles, nil, nil)
	case *file.Int32ColumnChunkWriter:
		err = p.lists(c, func(from, to int) error {
			_, err := w.WriteBatch(c.Indices[from:to], p.define, p.rep)
			return err
		})
	case *file.Float64ColumnChunkWriter:
		if c.Kind == Number {
			_, err = w.WriteBatch(c.Numbers, nil, nil)
			break
		}
		err = p.lists(c, func(from, to int) error {
			_, err := w.WriteBatch(c.Numbers[from:to], p.define, p.rep)
			return err
		})
	default:
		err = fmt.Errorf("column writer is %T", w)
	}
	return err
}

// pageValues is after how many values of a list column, at the next row, a page may end.
const pageValues = 1 << 14

// lists hands f the values of some whole rows at a time, with their levels in p: a row's first value repeats at
// 0, the others at 1; an empty list is one entry that is not defined.
func (p *parquetTable) lists(c *Column, f func(from, to int) error) error {
	begin := 0
	p.define, p.rep = p.define[:0], p.rep[:0]
	for i := range c.Ends {
		from, to := c.list(i)
		if from == to {
			p.define, p.rep = append(p.define, 0), append(p.rep, 0)
		}
		for j := from; j < to; j++ {
			p.define, p.rep = append(p.define, 1), append(p.rep, int16(min(j-from, 1)))
		}
		if len(p.rep) < pageValues && i+1 < len(c.Ends) {
			continue
		}
		if err := f(begin, to); err != nil {
			return err
		}
		begin, p.define, p.rep = to, p.define[:0], p.rep[:0]
	}
	return nil
}

// Close completes the file.
func (p *parquetTable) Close() error {
	if err := errors.Join(p.file.Close(), p.to.err); err != nil {
		return fmt.Errorf("close parquet file: %w", err)
	}
	return nil
}
