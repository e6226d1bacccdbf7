package columnartest

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"

	"takt/features/columnar"
)

// ReadParquet reads a file of the columns and its notes.
func ReadParquet(b []byte, columns []columnar.Column) (*columnar.Table, columnar.Meta, error) {
	t := empty(columns)
	f, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		return t, nil, err
	}
	defer f.Close()
	meta := columnar.Meta{}
	notes := f.MetaData().KeyValueMetadata()
	for i, k := range notes.Keys() {
		meta[k] = notes.Values()[i]
	}
	for g := range f.NumRowGroups() {
		rows := f.RowGroup(g)
		for j := range t.Columns {
			if root := f.MetaData().Schema.Root().Field(j).Name(); root != columns[j].Name {
				return t, nil, fmt.Errorf("column %d is %s, want %s", j, root, columns[j].Name)
			}
			r, err := rows.Column(j)
			if err != nil {
				return t, nil, err
			}
			if err := parquetColumn(&t.Columns[j], r, rows.MetaData().NumRows()); err != nil {
				return t, nil, err
			}
		}
	}
	return t, meta, nil
}

// batched is what the typed readers of a column have in common.
type batched[T any] interface {
	HasNext() bool
	ReadBatch(n int64, values []T, define, repeat []int16) (int64, int, error)
}

func all[T any](r batched[T], most int64, add func([]T), level func(define, repeat int16)) error {
	values, define, repeat := make([]T, most), make([]int16, most), make([]int16, most)
	for r.HasNext() {
		total, n, err := r.ReadBatch(most, values, define, repeat)
		if err != nil {
			return err
		}
		add(values[:n])
		for i := range total {
			level(define[i], repeat[i])
		}
	}
	return nil
}

func parquetColumn(c *columnar.Column, r file.ColumnChunkReader, rows int64) error {
	ends := func(define, repeat int16) {
		last := 0
		if len(c.Ends) > 0 {
			last = c.Ends[len(c.Ends)-1]
		}
		if repeat == 0 {
			c.Ends = append(c.Ends, last)
		}
		c.Ends[len(c.Ends)-1] += int(define)
	}
	plain := func(int16, int16) {}
	switch r := r.(type) {
	case *file.ByteArrayColumnChunkReader:
		return all(r, rows, func(v []parquet.ByteArray) {
			for _, s := range v {
				c.Texts = append(c.Texts, string(s))
			}
		}, plain)
	case *file.Int64ColumnChunkReader:
		return all(r, rows, func(v []int64) { c.Ints = append(c.Ints, v...) }, plain)
	case *file.BooleanColumnChunkReader:
		return all(r, rows, func(v []bool) { c.Flags = append(c.Flags, v...) }, plain)
	case *file.Float32ColumnChunkReader:
		return all(r, rows, func(v []float32) { c.Singles = append(c.Singles, v...) }, plain)
	case *file.Int32ColumnChunkReader:
		return all(r, 1<<20, func(v []int32) { c.Indices = append(c.Indices, v...) }, ends)
	case *file.Float64ColumnChunkReader:
		level := plain
		if c.Kind == columnar.Numbers {
			level = ends
		}
		return all(r, 1<<20, func(v []float64) { c.Numbers = append(c.Numbers, v...) }, level)
	}
	return fmt.Errorf("column %s has a reader %T", c.Name, r)
}
