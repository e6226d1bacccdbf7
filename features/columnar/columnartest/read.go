// Package columnartest reads tables back, to hold the writers of package columnar to what they promise.
//
//	got, meta, err := columnartest.ReadParquet(b, want.Columns)
//	columnartest.Same(t, got, want)
package columnartest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"takt/features/columnar"
)

// Same fails the test unless both tables hold the same values, bit for bit but for NaN.
func Same(t testing.TB, got, want *columnar.Table) {
	t.Helper()
	if len(got.Columns) != len(want.Columns) || got.Rows() != want.Rows() {
		t.Fatalf("%d columns of %d rows, want %d of %d", len(got.Columns), got.Rows(), len(want.Columns), want.Rows())
	}
	for i := range want.Columns {
		g, w := &got.Columns[i], &want.Columns[i]
		if g.Name != w.Name || g.Kind != w.Kind || !slices.Equal(g.Texts, w.Texts) || !slices.Equal(g.Ints, w.Ints) || !slices.Equal(g.Flags, w.Flags) ||
			!slices.Equal(g.Indices, w.Indices) || !slices.Equal(g.Ends, w.Ends) || !slices.EqualFunc(g.Numbers, w.Numbers, same[float64]) || !slices.EqualFunc(g.Singles, w.Singles, same[float32]) {
			t.Errorf("column %s is\n%.2000v\nwant\n%.2000v", w.Name, fmt.Sprint(*g), fmt.Sprint(*w))
		}
	}
}

func same[F float32 | float64](a, b F) bool {
	return math.Float64bits(float64(a)) == math.Float64bits(float64(b)) || a != a && b != b
}

// empty is a table of the same columns without rows.
func empty(columns []columnar.Column) *columnar.Table {
	t := &columnar.Table{}
	for _, c := range columns {
		t.Columns = append(t.Columns, columnar.Column{Name: c.Name, Kind: c.Kind})
	}
	return t
}

// ReadCSV reads a file of the columns.
func ReadCSV(b []byte, columns []columnar.Column) (*columnar.Table, error) {
	t := empty(columns)
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(lines) == 0 {
		return t, fmt.Errorf("%d lines: %w", len(lines), err)
	}
	for j, name := range lines[0] {
		if name != columns[j].Name {
			return t, fmt.Errorf("column %d is %s, want %s", j, name, columns[j].Name)
		}
	}
	for _, line := range lines[1:] {
		for j, s := range line {
			if err := cell(&t.Columns[j], s); err != nil {
				return t, fmt.Errorf("column %s: %w", columns[j].Name, err)
			}
		}
	}
	return t, nil
}

func cell(c *columnar.Column, s string) (err error) {
	var v float64
	if v = math.NaN(); s != "" {
		v, _ = strconv.ParseFloat(s, 64)
	}
	switch c.Kind {
	case columnar.Text:
		c.Texts = append(c.Texts, s)
	case columnar.Instant:
		at, err := time.Parse(time.RFC3339Nano, s)
		c.Ints = append(c.Ints, at.UnixMicro())
		return err
	case columnar.Integer:
		n, err := strconv.ParseInt(s, 10, 64)
		c.Ints = append(c.Ints, n)
		return err
	case columnar.Flag:
		f, err := strconv.ParseBool(s)
		c.Flags = append(c.Flags, f)
		return err
	case columnar.Number:
		c.Numbers = append(c.Numbers, v)
	case columnar.Single:
		c.Singles = append(c.Singles, float32(v))
	case columnar.Integers:
		var list []int32
		err = json.Unmarshal([]byte(s), &list)
		c.Indices = append(c.Indices, list...)
		c.Ends = append(c.Ends, len(c.Indices))
	case columnar.Numbers:
		var list []float64
		err = json.Unmarshal([]byte(s), &list)
		c.Numbers = append(c.Numbers, list...)
		c.Ends = append(c.Ends, len(c.Numbers))
	}
	return err
}

// ReadArrow reads a file of the columns and its notes.
func ReadArrow(b []byte, columns []columnar.Column) (*columnar.Table, columnar.Meta, error) {
	t := empty(columns)
	f, err := ipc.NewFileReader(bytes.NewReader(b))
	if err != nil {
		return t, nil, err
	}
	defer f.Close()
	meta := columnar.Meta{}
	notes := f.Schema().Metadata()
	for i, k := range notes.Keys() {
		meta[k] = notes.Values()[i]
	}
	for i := range f.NumRecords() {
		r, err := f.Record(i)
		if err != nil {
			return t, nil, err
		}
		for j := range t.Columns {
			if name := r.ColumnName(j); name != columns[j].Name {
				return t, nil, fmt.Errorf("column %d is %s, want %s", j, name, columns[j].Name)
			}
			arrowColumn(&t.Columns[j], r.Column(j))
		}
	}
	return t, meta, nil
}

func arrowColumn(c *columnar.Column, a any) {
	switch a := a.(type) {
	case *array.String:
		for i := range a.Len() {
			c.Texts = append(c.Texts, string(append([]byte(nil), a.Value(i)...)))
		}
	case *array.Timestamp:
		for _, v := range a.TimestampValues() {
			c.Ints = append(c.Ints, int64(v))
		}
	case *array.Int64:
		c.Ints = append(c.Ints, a.Int64Values()...)
	case *array.Boolean:
		for i := range a.Len() {
			c.Flags = append(c.Flags, a.Value(i))
		}
	case *array.Float64:
		c.Numbers = append(c.Numbers, a.Float64Values()...)
	case *array.Float32:
		c.Singles = append(c.Singles, a.Float32Values()...)
	case *array.List:
		before := max(len(c.Indices), len(c.Numbers))
		for i := range a.Len() {
			_, to := a.ValueOffsets(i)
			c.Ends = append(c.Ends, before+int(to))
		}
		switch v := a.ListValues().(type) {
		case *array.Int32:
			c.Indices = append(c.Indices, v.Int32Values()...)
		case *array.Float64:
			c.Numbers = append(c.Numbers, v.Float64Values()...)
		}
	}
}
