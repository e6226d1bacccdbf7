package clickhouse

import (
	"context"
	"io"
	"strings"

	driver "github.com/ClickHouse/clickhouse-go/v2"
)

// selection is one SELECT of a table's columns.
type selection struct {
	conn     driver.Conn
	exprs    []string
	types    []string
	tail     string // FROM … with {name:Type} parameters
	args     []any
	settings driver.Settings
}

// selectOf reads columns; tail begins with FROM.
func selectOf[T any](conn driver.Conn, columns []column[T], tail string, args ...any) selection {
	q := selection{conn: conn, tail: tail, args: args, settings: driver.Settings{}}
	for i := range columns {
		q.exprs, q.types = append(q.exprs, columns[i].expr), append(q.types, columns[i].typ)
	}
	return q
}

// with sets a setting of the query.
func (q selection) with(name string, value any) selection {
	q.settings[name] = value
	return q
}

// blocks hands the result over block by block, as it arrives; a block may be kept.
func (s *Store) blocks(ctx context.Context, q selection, yield func(*block) error) error {
	text := "SELECT " + strings.Join(q.exprs, ", ") + " " + q.tail
	ctx = driver.Context(ctx, driver.WithSettings(q.settings))
	if s.byRows {
		return rowBlocks(ctx, q, text, yield)
	}
	stream, err := q.conn.QueryFormat(ctx, "Native", text, q.args...)
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
			err = b.expect(q.types)
		}
		if err == nil {
			err = yield(b)
		}
		if err != nil {
			return err
		}
	}
}

// rowsOf reads all rows of a short result. A context that ends is noticed at the latest between blocks.
func rowsOf[T any](ctx context.Context, s *Store, columns []column[T], q selection) ([]T, error) {
	var all []T
	err := s.blocks(ctx, q, func(b *block) error {
		from := len(all)
		all = append(all, make([]T, b.rows)...)
		for i := range columns {
			for row := range b.rows {
				columns[i].set(&all[from+row], &b.columns[i], row)
			}
		}
		return ctx.Err()
	})
	return all, err
}

func named(name string, value any) any { return driver.Named(name, value) }
