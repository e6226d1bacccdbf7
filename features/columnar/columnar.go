// Package columnar hands matrices over by column: Arrow IPC files and Parquet files of named
// float64 columns, what other tools read logs and feature matrices from.
//
// It uses the low-level Parquet writer only: the higher one brings a whole RPC stack into the binary.
//
//	m := columnar.Matrix{Names: []string{"amount", "overdue"}, Columns: [][]float64{amounts, overdue}}
//	err := m.WriteArrow(file)
//	again, err := columnar.ReadArrow(file)
package columnar

import (
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// Matrix is named columns of equal length. NaN stands for an absent value.
type Matrix struct {
	Names   []string
	Columns [][]float64
}

// batchRows bounds a record batch: readers refuse very large ones.
const batchRows = 1 << 16

// Rows is the length of the columns.
func (m *Matrix) Rows() int {
	if len(m.Columns) == 0 {
		return 0
	}
	return len(m.Columns[0])
}

// Validate reports columns without name or of another length.
func (m *Matrix) Validate() error {
	if len(m.Names) != len(m.Columns) {
		return fmt.Errorf("matrix: %d names for %d columns", len(m.Names), len(m.Columns))
	}
	for i, c := range m.Columns {
		if len(c) != m.Rows() {
			return fmt.Errorf("matrix: column %s has %d rows, the first has %d", m.Names[i], len(c), m.Rows())
		}
	}
	return nil
}

// WriteArrow writes an Arrow IPC file.
func (m *Matrix) WriteArrow(w io.WriteSeeker) (err error) {
	if err := m.Validate(); err != nil {
		return err
	}
	fields := make([]arrow.Field, len(m.Names))
	for i, n := range m.Names {
		fields[i] = arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Float64}
	}
	schema := arrow.NewSchema(fields, nil)
	f, err := ipc.NewFileWriter(w, ipc.WithSchema(schema))
	if err != nil {
		return fmt.Errorf("write arrow schema: %w", err)
	}
	for from := 0; from < m.Rows(); from += batchRows {
		if err := f.Write(m.record(schema, from, min(from+batchRows, m.Rows()))); err != nil {
			return fmt.Errorf("write arrow rows from %d: %w", from, err)
		}
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close arrow file: %w", err)
	}
	return nil
}

// record wraps rows [from, to) without copying them.
func (m *Matrix) record(schema *arrow.Schema, from, to int) arrow.Record {
	columns := make([]arrow.Array, len(m.Columns))
	for i, c := range m.Columns {
		data := memory.NewBufferBytes(arrow.Float64Traits.CastToBytes(c[from:to]))
		columns[i] = array.NewFloat64Data(array.NewData(arrow.PrimitiveTypes.Float64, to-from, []*memory.Buffer{nil, data}, nil, 0, 0))
	}
	return array.NewRecord(schema, columns, int64(to-from))
}

// ReadArrow reads a file of float64 columns; other types are an error.
func ReadArrow(r ipc.ReadAtSeeker) (*Matrix, error) {
	f, err := ipc.NewFileReader(r)
	if err != nil {
		return nil, fmt.Errorf("open arrow file: %w", err)
	}
	defer f.Close()
	m := &Matrix{Columns: make([][]float64, len(f.Schema().Fields()))}
	for _, c := range f.Schema().Fields() {
		m.Names = append(m.Names, c.Name)
	}
	for i := range f.NumRecords() {
		record, err := f.Record(i)
		if err != nil {
			return nil, fmt.Errorf("read arrow batch %d: %w", i, err)
		}
		for j, c := range record.Columns() {
			values, ok := c.(*array.Float64)
			if !ok {
				return nil, fmt.Errorf("arrow column %s is %s; want float64", m.Names[j], c.DataType())
			}
			m.Columns[j] = append(m.Columns[j], values.Float64Values()...)
		}
	}
	return m, nil
}
