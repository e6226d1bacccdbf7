package columnar

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// WriteParquet writes a Parquet file of required double columns, snappy compressed, in row groups of at most
// 65,536 rows.
func (m *Matrix) WriteParquet(w io.Writer) error {
	if err := m.Validate(); err != nil {
		return err
	}
	fields := make(schema.FieldList, len(m.Names))
	for i, n := range m.Names {
		fields[i] = schema.NewFloat64Node(n, parquet.Repetitions.Required, int32(i))
	}
	root, err := schema.NewGroupNode("matrix", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return fmt.Errorf("write parquet schema: %w", err)
	}
	props := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy))
	f := file.NewParquetWriter(w, root, file.WithWriterProps(props))
	for from := 0; from < m.Rows(); from += batchRows {
		if err := m.rowGroup(f.AppendRowGroup(), from, min(from+batchRows, m.Rows())); err != nil {
			return fmt.Errorf("write parquet rows from %d: %w", from, err)
		}
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close parquet file: %w", err)
	}
	return nil
}

func (m *Matrix) rowGroup(g file.SerialRowGroupWriter, from, to int) error {
	for _, values := range m.Columns {
		c, err := g.NextColumn()
		if err != nil {
			return err
		}
		w, ok := c.(*file.Float64ColumnChunkWriter)
		if !ok {
			return fmt.Errorf("column writer is %T", c)
		}
		if _, err := w.WriteBatch(values[from:to], nil, nil); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return g.Close()
}

// ReadParquet reads a file of required double columns; other types are an error.
func ReadParquet(r parquet.ReaderAtSeeker) (*Matrix, error) {
	f, err := file.NewParquetReader(r)
	if err != nil {
		return nil, fmt.Errorf("open parquet file: %w", err)
	}
	defer f.Close()
	s := f.MetaData().Schema
	m := &Matrix{Columns: make([][]float64, s.NumColumns())}
	for i := range s.NumColumns() {
		m.Names = append(m.Names, s.Column(i).Name())
	}
	for g := range f.NumRowGroups() {
		rows := f.RowGroup(g)
		for i := range m.Columns {
			if m.Columns[i], err = readColumn(m.Columns[i], rows, i); err != nil {
				return nil, fmt.Errorf("read parquet column %s: %w", m.Names[i], err)
			}
		}
	}
	return m, nil
}

func readColumn(dst []float64, rows *file.RowGroupReader, i int) ([]float64, error) {
	c, err := rows.Column(i)
	if err != nil {
		return dst, err
	}
	r, ok := c.(*file.Float64ColumnChunkReader)
	if !ok {
		return dst, fmt.Errorf("is of type %v; want double", c.Type())
	}
	buffer := make([]float64, rows.NumRows())
	for r.HasNext() {
		_, n, err := r.ReadBatch(int64(len(buffer)), buffer, nil, nil)
		if err != nil {
			return dst, err
		}
		dst = append(dst, buffer[:n]...)
	}
	return dst, r.Err()
}
