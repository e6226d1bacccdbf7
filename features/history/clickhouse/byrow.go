package clickhouse

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// blockRows is how many rows rowBlocks puts into a block.
const blockRows = 1 << 13

// rowBlocks reads a result row by row, which works over every protocol, into blocks like those that a
// nativeReader makes.
func rowBlocks(ctx context.Context, q selection, text string, yield func(*block) error) error {
	rows, err := q.conn.Query(ctx, text, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	b, targets := newBlock(q.types)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i := range b.columns {
			if err := b.columns[i].push(targets[i]); err != nil {
				return err
			}
		}
		if b.rows++; b.rows == blockRows {
			b.finish()
			if err := yield(b); err != nil {
				return err
			}
			b, targets = newBlock(q.types)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if b.rows == 0 {
		return nil
	}
	b.finish()
	return yield(b)
}

// newBlock is an empty block of the types and what rows are scanned into.
func newBlock(types []string) (*block, []any) {
	b := &block{columns: make([]cells, len(types))}
	targets := make([]any, len(types))
	for i, typ := range types {
		b.columns[i] = cells{typ: typ, width: widths[typ]}
		targets[i] = target(typ)
	}
	return b, targets
}

func target(typ string) any {
	switch typ {
	case "Int8":
		return new(int8)
	case "UInt8":
		return new(uint8)
	case "Int32":
		return new(int32)
	case "UInt32":
		return new(uint32)
	case "Int64":
		return new(int64)
	case "UInt64":
		return new(uint64)
	case "Float64":
		return new(float64)
	case "Array(UInt16)":
		return new([]uint16)
	case "Array(Float32)":
		return new([]float32)
	case "Array(Float64)":
		return new([]float64)
	}
	return new(string) // String, LowCardinality(String), FixedString(16)
}

// push appends the scanned value. Until finish, text grows in raw.
func (c *cells) push(v any) error {
	switch v := v.(type) {
	case *int8:
		c.raw = append(c.raw, byte(*v))
	case *uint8:
		c.raw = append(c.raw, *v)
	case *int32:
		c.raw = binary.LittleEndian.AppendUint32(c.raw, uint32(*v))
	case *uint32:
		c.raw = binary.LittleEndian.AppendUint32(c.raw, *v)
	case *int64:
		c.raw = binary.LittleEndian.AppendUint64(c.raw, uint64(*v))
	case *uint64:
		c.raw = binary.LittleEndian.AppendUint64(c.raw, *v)
	case *float64:
		c.raw = binary.LittleEndian.AppendUint64(c.raw, math.Float64bits(*v))
	case *string:
		c.raw = append(c.raw, *v...)
		c.ends = append(c.ends, uint32(len(c.raw)))
	case *[]uint16:
		pushAll(c, *v, binary.LittleEndian.AppendUint16)
	case *[]float32:
		pushAll(c, *v, func(b []byte, f float32) []byte { return binary.LittleEndian.AppendUint32(b, math.Float32bits(f)) })
	case *[]float64:
		pushAll(c, *v, func(b []byte, f float64) []byte { return binary.LittleEndian.AppendUint64(b, math.Float64bits(f)) })
	default:
		return fmt.Errorf("the store sent a %T", v)
	}
	return nil
}

func pushAll[V any](c *cells, vs []V, put func([]byte, V) []byte) {
	if c.inner == nil {
		typ := strings.TrimSuffix(strings.TrimPrefix(c.typ, "Array("), ")")
		c.inner = &cells{typ: typ, width: widths[typ]}
	}
	for _, v := range vs {
		c.inner.raw = put(c.inner.raw, v)
	}
	c.first = append(c.first, uint64(len(c.inner.raw)/c.inner.width))
}

// finish turns what was pushed into what accessors read.
func (b *block) finish() {
	for i := range b.columns {
		c := &b.columns[i]
		if c.typ == typeLow {
			c.typ = typeText
		}
		if c.typ == typeText {
			c.text, c.raw = string(c.raw), nil
		}
	}
}
