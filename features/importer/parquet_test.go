package importer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/schema"
	"github.com/google/go-cmp/cmp"

	"takt/features/importer"
)

// cells is one column of a Parquet file; nil values are null.
type cells struct {
	name    string
	logical schema.LogicalType
	kind    parquet.Type
	length  int
	repeat  parquet.Repetition
	values  []any
}

// writeParquet writes columns in row groups of the size, with pages so small that columns cross many.
func writeParquet(t testing.TB, group int, codec compress.Compression, columns ...cells) []byte {
	t.Helper()
	var nodes schema.FieldList
	for _, c := range columns {
		n, err := schema.NewPrimitiveNodeLogical(c.name, c.repeat, c.logical, c.kind, c.length, -1)
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, n)
	}
	root, err := schema.NewGroupNode("rows", parquet.Repetitions.Required, nodes, -1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := file.NewParquetWriter(&b, root, file.WithWriterProps(parquet.NewWriterProperties(
		parquet.WithDataPageSize(64), parquet.WithBatchSize(8), parquet.WithDictionaryDefault(group%2 == 0), parquet.WithCompression(codec))))
	for from := 0; from < len(columns[0].values); from += group {
		g := w.AppendRowGroup()
		for _, c := range columns {
			cw, err := g.NextColumn()
			if err != nil {
				t.Fatal(err)
			}
			writeColumn(t, cw, c.values[from:min(from+group, len(c.values))])
			if err := cw.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writeColumn(t testing.TB, cw file.ColumnChunkWriter, values []any) {
	t.Helper()
	for _, v := range values {
		level, err := []int16{1}, error(nil)
		if v == nil {
			level[0] = 0
		}
		switch cw := cw.(type) {
		case *file.ByteArrayColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) parquet.ByteArray { return parquet.ByteArray(fmt.Sprint(v)) }), level, nil)
		case *file.FixedLenByteArrayColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) parquet.FixedLenByteArray { return v.([]byte) }), level, nil)
		case *file.Int32ColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) int32 { return int32(v.(int)) }), level, nil)
		case *file.Int64ColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) int64 { return int64(v.(int)) }), level, nil)
		case *file.Float64ColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) float64 { return v.(float64) }), level, nil)
		case *file.BooleanColumnChunkWriter:
			_, err = cw.WriteBatch(one(v, func(v any) bool { return v.(bool) }), level, nil)
		default:
			t.Fatalf("no writer for %T", cw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func one[T any](v any, f func(any) T) []T {
	if v == nil {
		return nil
	}
	return []T{f(v)}
}

const ledger = `source: ledger
debtor: "{customer}"
zone: Europe/Berlin
currency: EUR
events:
  - type: payment_received
    id: "{n}/{cents}"
    time: {column: booked}
    data:
      case_id: {column: n}
      amount_minor: {column: cents, transform: minor}
      unmatched: {column: open}
  - type: payment_received
    id: "{n}/{big}"
    when: [{column: big, exists: true}]
    time: {column: seen}
    data:
      amount_minor: {column: big, transform: minor}
  - type: score_set
    id: "{n}/score"
    when: [{column: score, exists: true}]
    time: {column: wall}
    data:
      name: {value: "bureau {neg}"}
      value: {column: score}
`

// Every physical and logical type reads as the text CSV would have, across pages and row groups:
// the dates, decimals and times are computed by hand from their stored numbers.
func TestParquet(t *testing.T) {
	const n = 100
	col := func(name string, l schema.LogicalType, kind parquet.Type, length int, f func(i int) any) cells {
		c := cells{name: name, logical: l, kind: kind, length: length, repeat: parquet.Repetitions.Optional}
		for i := range n {
			c.values = append(c.values, f(i))
		}
		return c
	}
	columns := []cells{
		col("customer", schema.StringLogicalType{}, parquet.Types.ByteArray, -1, func(i int) any { return strings.Repeat("D", 1+i%40) + fmt.Sprint(i) }),
		col("n", schema.NewIntLogicalType(32, true), parquet.Types.Int32, -1, func(i int) any { return i }),
		col("unused", schema.StringLogicalType{}, parquet.Types.ByteArray, -1, func(i int) any { return "x" }),
		col("cents", schema.NewDecimalLogicalType(9, 2), parquet.Types.Int32, -1, func(i int) any { return 5 * i }),
		col("big", schema.NewDecimalLogicalType(20, 4), parquet.Types.FixedLenByteArray, 9, func(i int) any {
			if i%2 == 1 {
				return nil
			}
			if i == 0 {
				return []byte{0, 0, 0, 0, 0, 0, 0, 0x03, 0xe8} // 1000: 0.1000
			}
			return []byte{0, 0, 0, 0, 0, 0, 0, 0x27, 0x10} // 10000: 1.0000
		}),
		col("neg", schema.NewDecimalLogicalType(4, 4), parquet.Types.FixedLenByteArray, 2, func(i int) any { return []byte{0xff, 0xff} }), // -1
		col("booked", schema.DateLogicalType{}, parquet.Types.Int32, -1, func(i int) any { return 20_000 + i }),                           // 2024-10-04 and on
		col("seen", schema.NewTimestampLogicalType(true, schema.TimeUnitMillis), parquet.Types.Int64, -1, func(i int) any { return 1_700_000_000_000 + i }),
		col("wall", schema.NewTimestampLogicalType(false, schema.TimeUnitMicros), parquet.Types.Int64, -1, func(i int) any { return 1_700_000_000_000_000 + i }),
		col("score", schema.NoLogicalType{}, parquet.Types.Double, -1, func(i int) any {
			if i > 0 {
				return nil
			}
			return 302.46
		}),
		col("open", schema.NoLogicalType{}, parquet.Types.Boolean, -1, func(i int) any { return i%3 == 0 }),
	}
	for _, group := range []int{7, 64, 1000} {
		for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Zstd} {
			path := save(t, "l.parquet", writeParquet(t, group, codec, columns...))
			var read, total int64
			events, report := readAll(t, path, mapping(t, ledger), &importer.Options{Progress: func(r, n int64) { read, total = r, n }})
			if report.Rows != n || report.Bad != 0 || read != total || total == 0 {
				t.Fatalf("group %d, %v: %+v, read %d of %d", group, codec, report, read, total)
			}
			want := []string{
				`{"specversion":"1.0","id":"0/0.00","source":"ledger","type":"de.takt.payment.received.v1","subject":"D0","time":"2024-10-03T22:00:00Z","data":{"case_id":"0","amount_minor":0,"currency":"EUR","unmatched":true}}`,
				`{"specversion":"1.0","id":"0/0.1000","source":"ledger","type":"de.takt.payment.received.v1","subject":"D0","time":"2023-11-14T22:13:20Z","data":{"amount_minor":10,"currency":"EUR"}}`,
				`{"specversion":"1.0","id":"0/score","source":"ledger","type":"de.takt.score.set.v1","subject":"D0","time":"2023-11-14T21:13:20Z","data":{"name":"bureau -0.0001","value":302.46}}`,
			}
			got := texts(events)
			if diff := cmp.Diff(want, got[:3]); diff != "" {
				t.Fatal(diff)
			}
			paid := 0
			for _, e := range events {
				if e.Data.CaseID == "" {
					continue
				}
				if want := strings.Repeat("D", 1+paid%40) + fmt.Sprint(paid); e.Debtor != want || e.Data.AmountMinor != int64(5*paid) || e.Data.Unmatched != (paid%3 == 0) {
					t.Fatalf("group %d, %v, row %d: %+v", group, codec, paid, e)
				}
				paid++
			}
		}
	}
}

// A row with a null identity is bad and named by its number; a list column is no plain column.
func TestParquetFaults(t *testing.T) {
	col := func(name string, values ...any) cells {
		return cells{name: name, logical: schema.StringLogicalType{}, kind: parquet.Types.ByteArray, length: -1, repeat: parquet.Repetitions.Optional, values: values}
	}
	const m = "source: s\ndebtor: \"{a}\"\nzone: UTC\nevents: [{type: portal_visited, id: \"{a}\", time: {column: b}}]\n"
	content := writeParquet(t, 10, compress.Codecs.Uncompressed, col("a", "x", nil, "z"), col("b", "2025-01-01", "2025-01-01", "soon"))
	events, report := readAll(t, save(t, "f", content), mapping(t, m), nil)
	if len(events) != 1 || report.Bad != 2 || report.Errors[0].Error() != "row 2, portal_visited, a: is missing; it is the row's identity" || report.Errors[1].Number != 3 {
		t.Errorf("%d events, %+v", len(events), report)
	}
	list := col("a")
	list.repeat = parquet.Repetitions.Repeated
	if _, err := importer.Open(save(t, "f", writeParquet(t, 10, compress.Codecs.Uncompressed, list, col("b"))), mapping(t, m), nil); err == nil || !strings.Contains(err.Error(), "column a is a list") {
		t.Errorf("a list: %v", err)
	}
	if _, err := importer.Open(save(t, "f", writeParquet(t, 10, compress.Codecs.Uncompressed, col("a"))), mapping(t, m), nil); err == nil || !strings.Contains(err.Error(), `has no column "b"`) {
		t.Errorf("no column: %v", err)
	}
	// Damage at any byte gives an error or other text, never a panic.
	for i := range content {
		bad := bytes.Clone(content)
		bad[i] ^= 0xff
		r, err := importer.Open(save(t, "f", bad), mapping(t, m), nil)
		for err == nil {
			_, err = r.Next()
		}
		if r != nil {
			r.Close()
		}
	}
}
