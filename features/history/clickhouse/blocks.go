package clickhouse

import (
	"context"
	"encoding/binary"
	"io"

	driver "github.com/ClickHouse/clickhouse-go/v2"
)

// blocks hands a long result of the types String, Int64 and UInt64 over block by block as it arrives; a
// block may be kept.
func (s *Store) blocks(c context.Context, text string, args []any, types []string, yield func(*block) error) error {
	if s.byRows {
		return s.rowBlocks(c, text, args, types, yield)
	}
	c = driver.Context(c, driver.WithSettings(driver.Settings{"preferred_block_size_bytes": 16 << 20}))
	stream, err := s.long.QueryFormat(c, "Native", text, args...)
	if err != nil {
		return err
	}
	defer stream.Close()
	r := newNativeReader(stream)
	for {
		b, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err == nil && b.rows == 0 {
			continue
		}
		if err == nil {
			err = b.expect(types)
		}
		if err == nil {
			err = yield(b)
		}
		if err != nil {
			return err
		}
	}
}

// blockRows is how many rows rowBlocks puts into a block.
const blockRows = 1 << 13

// rowBlocks reads a result row by row, which works over every protocol.
func (s *Store) rowBlocks(c context.Context, text string, args []any, types []string, yield func(*block) error) error {
	rows, err := s.long.Query(c, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	b, targets := newBlock(types)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i := range b.columns {
			b.columns[i].push(targets[i])
		}
		if b.rows++; b.rows == blockRows {
			if err := yield(b.finish()); err != nil {
				return err
			}
			b, targets = newBlock(types)
		}
	}
	if err := rows.Err(); err != nil || b.rows == 0 {
		return err
	}
	return yield(b.finish())
}

// newBlock is an empty block of the types, and what rows are scanned into.
func newBlock(types []string) (*block, []any) {
	b, targets := &block{columns: make([]cells, len(types))}, make([]any, len(types))
	for i, typ := range types {
		b.columns[i].typ = typ
		switch typ {
		case "Int64":
			targets[i] = new(int64)
		case "UInt64":
			targets[i] = new(uint64)
		default:
			targets[i] = new(string)
		}
	}
	return b, targets
}

// push appends a scanned value. Until finish, strings grow in raw.
func (c *cells) push(v any) {
	switch v := v.(type) {
	case *int64:
		c.raw = binary.LittleEndian.AppendUint64(c.raw, uint64(*v))
	case *uint64:
		c.raw = binary.LittleEndian.AppendUint64(c.raw, *v)
	case *string:
		c.raw = append(c.raw, *v...)
		c.ends = append(c.ends, uint32(len(c.raw)))
	}
}

func (b *block) finish() *block {
	for i := range b.columns {
		if c := &b.columns[i]; c.typ == "String" {
			c.text, c.raw = string(c.raw), nil
		}
	}
	return b
}
