package columnar

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// arrowTable writes tables as an Arrow IPC file.
type arrowTable struct {
	file  *ipc.FileWriter
	build *array.RecordBuilder
}

var arrowTypes = map[Kind]arrow.DataType{
	Text:     arrow.BinaryTypes.String,
	Instant:  &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
	Integer:  arrow.PrimitiveTypes.Int64,
	Flag:     arrow.FixedWidthTypes.Boolean,
	Number:   arrow.PrimitiveTypes.Float64,
	Single:   arrow.PrimitiveTypes.Float32,
	Integers: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Int32),
	Numbers:  arrow.ListOfNonNullable(arrow.PrimitiveTypes.Float64),
}

// NewArrow begins an Arrow IPC file of the table's columns, one record batch per Write. meta goes into
// the schema.
func NewArrow(w io.Writer, t *Table, meta Meta) (Writer, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(t.Columns))
	for i := range fields {
		fields[i] = arrow.Field{Name: t.Columns[i].Name, Type: arrowTypes[t.Columns[i].Kind]}
	}
	keys := slices.Sorted(maps.Keys(meta))
	values := make([]string, len(keys))
	for i, k := range keys {
		values[i] = meta[k]
	}
	notes := arrow.NewMetadata(keys, values)
	schema := arrow.NewSchema(fields, &notes)
	f, err := ipc.NewFileWriter(&counted{Writer: w}, ipc.WithSchema(schema))
	if err != nil {
		return nil, fmt.Errorf("write arrow schema: %w", err)
	}
	return &arrowTable{f, array.NewRecordBuilder(memory.DefaultAllocator, schema)}, nil
}

// Write adds the rows of t.
func (a *arrowTable) Write(t *Table) error {
	if err := t.Validate(); err != nil {
		return err
	}
	for i := range t.Columns {
		appendArrow(a.build.Field(i), &t.Columns[i])
	}
	record := a.build.NewRecord()
	defer record.Release()
	if err := a.file.Write(record); err != nil {
		return fmt.Errorf("write arrow rows: %w", err)
	}
	return nil
}

func appendArrow(b array.Builder, c *Column) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.AppendValues(c.Texts, nil)
	case *array.TimestampBuilder:
		for _, v := range c.Ints {
			b.Append(arrow.Timestamp(v))
		}
	case *array.Int64Builder:
		b.AppendValues(c.Ints, nil)
	case *array.BooleanBuilder:
		b.AppendValues(c.Flags, nil)
	case *array.Float64Builder:
		b.AppendValues(c.Numbers, nil)
	case *array.Float32Builder:
		b.AppendValues(c.Singles, nil)
	case *array.ListBuilder:
		for i := range c.Ends {
			b.Append(true)
			from, to := c.list(i)
			switch values := b.ValueBuilder().(type) {
			case *array.Int32Builder:
				values.AppendValues(c.Indices[from:to], nil)
			case *array.Float64Builder:
				values.AppendValues(c.Numbers[from:to], nil)
			}
		}
	}
}

// Close completes the file.
func (a *arrowTable) Close() error {
	a.build.Release()
	if err := a.file.Close(); err != nil {
		return fmt.Errorf("close arrow file: %w", err)
	}
	return nil
}
