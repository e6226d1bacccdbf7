package clickhouse

import (
	"time"

	"takt/engine"
)

// column is a column that rows of T are written to.
type column[T any] struct {
	name   string
	field  engine.Fields // the data field it belongs to; 0: every row has it
	values func(rows []T) any
}

// of is the column for a data field that events of some types have.
func (c column[T]) of(f engine.Fields) column[T] { c.field = f; return c }

// plain is a column that takes one value of each row as it is.
func plain[T, V any](name string, of func(*T) V) column[T] {
	return column[T]{name: name, values: func(rows []T) any {
		values := make([]V, len(rows))
		for i := range rows {
			values[i] = of(&rows[i])
		}
		return values
	}}
}

// id is a String column of ULIDs; none is the empty string.
func id[T any](name string, of func(*T) engine.ID) column[T] {
	return plain(name, func(r *T) string { return idText(of(r)) })
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

// instant is a DateTime64(6) column. None is 1970; the driver's nanoseconds reach from 1677 to 2262.
func instant[T any](name string, of func(*T) time.Time) column[T] {
	return plain(name, func(r *T) time.Time { return clamped(of(r)) })
}

func clamped(t time.Time) time.Time {
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

// micros is the time of microseconds since 1970; 0 is none.
func micros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// date is a Date32 column; it reaches from 1900 to 2299, and none is 1970.
func date[T any](name string, of func(*T) engine.Date) column[T] {
	const first, last = -25567, 120529
	return plain(name, func(r *T) time.Time { return time.Unix(int64(min(max(of(r), first), last))*86400, 0).UTC() })
}

// enum is an Enum8 column whose numbers are those of the type.
func enum[T any, E ~uint8](name string, of func(*T) E) column[T] {
	return plain(name, func(r *T) int8 { return int8(of(r)) })
}

// number is an Int32 column for an int; what lies beyond is clamped.
func number[T any](name string, of func(*T) int) column[T] {
	return plain(name, func(r *T) int32 { return int32(min(max(of(r), -1<<31), 1<<31-1)) })
}
