package clickhouse

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// cells are the values of one column in one block, as they lie in ClickHouse's Native format.
// Accessors want the type the column was declared with.
type cells struct {
	typ   string
	raw   []byte   // fixed-width values, little endian; keys of a dictionary
	width int      // of a raw value, bytes
	text  string   // all strings of the block, or all of the dictionary
	ends  []uint32 // where each string ends in text
	first []uint64 // of Array: where each row ends in inner
	inner *cells
}

// widths are the types with a fixed number of bytes.
var widths = map[string]int{"Int8": 1, "UInt8": 1, "UInt16": 2, "Int32": 4, "UInt32": 4, "Float32": 4, "Int64": 8, "UInt64": 8, "Float64": 8, "FixedString(16)": 16}

const (
	typeText = "String"
	typeLow  = "LowCardinality(String)"
)

func (c *cells) i8(row int) int8     { return int8(c.raw[row]) }
func (c *cells) u32(row int) uint32  { return binary.LittleEndian.Uint32(c.raw[4*row:]) }
func (c *cells) u64(row int) uint64  { return binary.LittleEndian.Uint64(c.raw[8*row:]) }
func (c *cells) f64(row int) float64 { return math.Float64frombits(c.u64(row)) }

// fixed are the bytes of a FixedString(16).
func (c *cells) fixed(row int) [16]byte { return [16]byte(c.raw[16*row:]) }

// string is a value of String or LowCardinality(String). Equal values of a dictionary share memory.
func (c *cells) string(row int) string {
	if c.typ == typeLow {
		row = c.key(row)
	}
	start := uint32(0)
	if row > 0 {
		start = c.ends[row-1]
	}
	return c.text[start:c.ends[row]]
}

// key is the row's place in the dictionary.
func (c *cells) key(row int) int {
	switch c.width {
	case 1:
		return int(c.raw[row])
	case 2:
		return int(binary.LittleEndian.Uint16(c.raw[2*row:]))
	}
	return int(binary.LittleEndian.Uint32(c.raw[4*row:]))
}

// span is where a row's elements lie in inner.
func (c *cells) span(row int) (from, to int) {
	if row > 0 {
		from = int(c.first[row-1])
	}
	return from, int(c.first[row])
}

// instant is the time of microseconds since 1970; 0 is none.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// clampedTime is t as it can be stored: none is 1970, and the driver's nanoseconds reach from 1677 to 2262.
func clampedTime(t time.Time) time.Time {
	switch {
	case t.IsZero():
		return time.Unix(0, 0).UTC()
	case t.Before(earliest):
		return earliest
	case t.After(latest):
		return latest
	}
	return t
}

var (
	earliest = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC)
)

// block is some rows of a result, one cells per selected column.
type block struct {
	rows    int
	columns []cells
}

// expect checks the block's columns against the types that were selected.
func (b *block) expect(types []string) error {
	if len(b.columns) != len(types) {
		return fmt.Errorf("the store sent %d columns, want %d", len(b.columns), len(types))
	}
	for i := range types {
		if b.columns[i].typ != types[i] {
			return fmt.Errorf("the store sent column %d as %s, want %s", i+1, b.columns[i].typ, types[i])
		}
	}
	return nil
}

func (c *cells) u16(row int) uint16 { return binary.LittleEndian.Uint16(c.raw[2*row:]) }
