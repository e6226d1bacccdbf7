package clickhouse

import (
	"encoding/binary"
	"fmt"
)

// cells are the values of one column in one block: of type String, Int64 or UInt64.
type cells struct {
	typ  string
	raw  []byte   // numbers, eight bytes each, little endian
	text string   // all strings of the block
	ends []uint32 // where each string ends in text
}

func (c *cells) number(row int) uint64 { return binary.LittleEndian.Uint64(c.raw[8*row:]) }

func (c *cells) string(row int) string {
	start := uint32(0)
	if row > 0 {
		start = c.ends[row-1]
	}
	return c.text[start:c.ends[row]]
}

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
