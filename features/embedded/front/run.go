package front

import (
	"context"
	"errors"
	"strings"

	"takt/features/embedded/chdb"
)

// run executes the statement of q on a free connection until it is over or ctx ends.
func (e *Engine) run(ctx context.Context, q *request, out *output) (err error) {
	s, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.release(s)
	if err := s.prepare(q.settings, q.database); err != nil {
		return err
	}
	stop := e.watch(ctx, s)
	defer stop()
	if q.input != nil {
		stats, err := s.conn.Insert(q.insert, q.insertFormat, q.params, q.input)
		out.summarise(stats)
		var e *chdb.Error
		if err != nil && !errors.As(err, &e) {
			return unreadable(err)
		}
		return err
	}
	if q.changesSession() {
		// A request without a session leaves nothing behind: the next one gets a fresh connection.
		defer func() { err = errors.Join(err, s.connect()) }()
	}
	if join, ok := joinerOf(q.outputFormat); ok && q.streams() && !q.whole {
		out.join = join
		err = s.conn.Stream(q.text, q.outputFormat, q.params, stopping(ctx, out.write))
		if !notStreamable(err) {
			return err
		}
		out.join = nil
	}
	stats, err := s.conn.Query(q.text, q.outputFormat, q.params, stopping(ctx, out.write))
	out.summarise(stats)
	return err
}

// stopping ends a stream with its context even while the engine keeps up.
func stopping(ctx context.Context, write func([]byte) error) func([]byte) error {
	return func(piece []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return write(piece)
	}
}

// notStreamable recognises the engine's refusal to stream a statement; nothing has run then.
func notStreamable(err error) bool {
	var e *chdb.Error
	return errors.As(err, &e) && e.Code == codeBadArguments && strings.Contains(e.Message, "Streaming query is not supported")
}
