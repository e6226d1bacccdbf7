package clickhouse

import (
	"time"

	"takt/engine"
)

// column ties one column of a table to a field of T, for both directions. at gives the field's place.
type column[T any] struct {
	name   string
	expr   string        // what SELECT reads
	typ    string        // of expr
	field  engine.Fields // the data field it belongs to; 0: every row has it
	fat    bool          // left out of a slim read
	values func(rows []T) any
	set    func(dst *T, c *cells, row int)
}

// of is the column for a data field that events of some types have.
func (c column[T]) of(f engine.Fields) column[T] { c.field = f; return c }

// notSlim marks a column that history.Range.Slim leaves out.
func (c column[T]) notSlim() column[T] { c.fat = true; return c }

// collect reads one value of each row.
func collect[T, V any](rows []T, at func(*T) V) []V {
	out := make([]V, len(rows))
	for i := range rows {
		out[i] = at(&rows[i])
	}
	return out
}

// texts is a String column; low one whose values repeat.
func texts[T any](name string, at func(*T) *string) column[T] {
	return column[T]{name: name, expr: name, typ: typeText,
		values: func(rows []T) any { return collect(rows, func(r *T) string { return *at(r) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = c.string(row) }}
}

func low[T any](name string, at func(*T) *string) column[T] {
	c := texts(name, at)
	c.typ = typeLow
	return c
}

// ids is a String column of ULIDs; none is the empty string.
func ids[T any](name string, at func(*T) *engine.ID) column[T] {
	return column[T]{name: name, expr: name, typ: typeText,
		values: func(rows []T) any { return collect(rows, func(r *T) string { return idText(*at(r)) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = parseID(c.string(row)) }}
}

func idText(id engine.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// parseID reads what idText wrote; anything else is none.
func parseID(s string) engine.ID {
	id, err := engine.ParseID(s)
	if err != nil {
		return engine.ID{}
	}
	return id
}

// times is a DateTime64(6) column.
func times[T any](name string, at func(*T) *time.Time) column[T] {
	return column[T]{name: name, expr: "toUnixTimestamp64Micro(" + name + ")", typ: "Int64",
		values: func(rows []T) any { return collect(rows, func(r *T) time.Time { return clampedTime(*at(r)) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = instant(int64(c.u64(row))) }}
}

// dates is a Date32 column; it ends with the year 2299.
func dates[T any](name string, at func(*T) *engine.Date) column[T] {
	const first, last = -25567, 120529 // 1900-01-01, 2299-12-31
	return column[T]{name: name, expr: "toInt32(" + name + ")", typ: "Int32",
		values: func(rows []T) any {
			return collect(rows, func(r *T) time.Time { return time.Unix(int64(min(max(*at(r), first), last))*86400, 0).UTC() })
		},
		set: func(dst *T, c *cells, row int) { *at(dst) = engine.Date(c.u32(row)) }}
}

// enums is an Enum8 column whose numbers are those of the type.
func enums[T any, E ~uint8](name string, at func(*T) *E) column[T] {
	return column[T]{name: name, expr: "toInt8(" + name + ")", typ: "Int8",
		values: func(rows []T) any { return collect(rows, func(r *T) int8 { return int8(*at(r)) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = E(c.i8(row)) }}
}

// int64s is an Int64 column; uint64s a UInt64 one.
func int64s[T any](name string, at func(*T) *int64) column[T] {
	return column[T]{name: name, expr: name, typ: "Int64",
		values: func(rows []T) any { return collect(rows, func(r *T) int64 { return *at(r) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = int64(c.u64(row)) }}
}

func uint64s[T any, U ~uint64](name string, at func(*T) *U) column[T] {
	return column[T]{name: name, expr: name, typ: "UInt64",
		values: func(rows []T) any { return collect(rows, func(r *T) uint64 { return uint64(*at(r)) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = U(c.u64(row)) }}
}

// ints is an Int32 column for an int; values beyond it are clamped.
func ints[T any](name string, at func(*T) *int) column[T] {
	return column[T]{name: name, expr: name, typ: "Int32",
		values: func(rows []T) any {
			return collect(rows, func(r *T) int32 { return int32(min(max(*at(r), -1<<31), 1<<31-1)) })
		},
		set: func(dst *T, c *cells, row int) { *at(dst) = int(int32(c.u32(row))) }}
}

// floats is a Float64 column.
func floats[T any](name string, at func(*T) *float64) column[T] {
	return column[T]{name: name, expr: name, typ: "Float64",
		values: func(rows []T) any { return collect(rows, func(r *T) float64 { return *at(r) }) },
		set:    func(dst *T, c *cells, row int) { *at(dst) = c.f64(row) }}
}
