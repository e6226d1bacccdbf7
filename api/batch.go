package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"takt/api/payload"
	"takt/engine"
)

// ahead is how many decisions of a batch may wait for the disk while later lines are decided.
const ahead = 256

// line is one line of a batch on its way out.
type line struct {
	number int
	body   []byte
	key    string
	w      *turn
	flight *flight // held until the line is answered
	late   bool    // its key was in flight: another try once the earlier lines are answered
	a      answered
	err    error
}

// batch decides line by line, in order, and answers in the same order: lines are decided while
// earlier ones wait for their fsync. The body is read whole before the first answer is written,
// so that a caller who sends all before it reads cannot block both sides.
func (s *Server) batch(x *call) error {
	if _, err := x.mediaType(ndjson); err != nil {
		return err
	}
	body, release, err := s.read(x, maxBatch)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	lines := make(chan *line, ahead)
	go func() {
		defer close(lines)
		late := map[string]bool{}
		split(body, func(number int, one []byte) bool {
			select {
			case lines <- s.begin(ctx, x, number, one, late):
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	x.status = http.StatusOK
	x.w.Header().Set("Content-Type", ndjson)
	x.w.WriteHeader(http.StatusOK)
	var out []byte
	for l := range lines {
		s.land(ctx, l)
		out = append(l.append(out[:0], x.request), '\n')
		if _, err := x.w.Write(out); err != nil {
			cancel() // the caller has gone; what is decided stays decided under its key
		}
		s.turns.Put(l.w)
	}
	release()
	return nil
}

// split hands the lines that are not empty to f, counted from 1, until f has enough.
func split(body []byte, f func(number int, line []byte) bool) {
	for number := 1; len(body) > 0; number++ {
		var one []byte
		one, body, _ = bytes.Cut(body, []byte{'\n'})
		if one = bytes.TrimSpace(one); len(one) > 0 && !f(number, one) {
			return
		}
	}
}

// begin reads one line and decides it, unless its key is in flight: an earlier line may hold it. Once a line is late,
// those behind it with its key are late too, or they might take the key before it.
func (s *Server) begin(ctx context.Context, x *call, number int, body []byte, late map[string]bool) *line {
	l := &line{number: number, body: body, w: s.turn(x)}
	defer func() {
		if v := recover(); v != nil { // here nobody else would catch it
			l.err = panicked(v)
		}
	}()
	if len(body) > maxDecision {
		l.err = &http.MaxBytesError{Limit: maxDecision}
		return l
	}
	l.w.line = true
	l.err = s.codec.Parse(&l.w.ask, body, true)
	l.key = l.w.ask.Key
	l.w.key = l.key
	if l.err == nil && !plain(l.key, payload.MaxKey) {
		l.err = &engine.FieldError{Pointer: "/idempotency_key", Detail: "must be 1 to 200 visible ASCII letters"}
	}
	if l.err == nil {
		l.late = late[l.key] || !s.try(ctx, l)
		if l.late {
			late[l.key] = true
		}
	}
	return l
}

// try answers the line, or reports false if its key is in flight.
func (s *Server) try(ctx context.Context, l *line) (free bool) {
	k := flight{l.w.tenant.Config.ID, l.key}
	if !s.flights.start(k) {
		return false
	}
	l.flight = &k
	defer func() {
		if v := recover(); v != nil {
			l.err, free = panicked(v), true
		}
	}()
	l.a, l.err = s.answer(ctx, l.w, l.body)
	return true
}

// land waits until the line's decision is durable.
func (s *Server) land(ctx context.Context, l *line) {
	if l.late && !s.try(ctx, l) {
		l.err = newProblem(keyInProgress, "wait for its answer, then ask again")
	}
	if l.err == nil {
		l.err = l.a.durable(ctx)
	}
	if l.flight != nil {
		s.flights.end(*l.flight)
	}
	if l.err != nil {
		if p := problemOf(l.err); p.cause != nil {
			s.Logger.Error("line of a batch", "line", l.number, "status", p.Status, "err", p.cause)
		}
	}
}

// append writes the line's answer.
func (l *line) append(b []byte, request string) []byte {
	b = strconv.AppendInt(append(b, `{"line":`...), int64(l.number), 10)
	b = append(b, `,"idempotency_key":`...)
	if l.key == "" {
		b = append(b, `null`...)
	} else {
		b = payload.AppendText(b, l.key)
	}
	if l.err == nil {
		b = append(b, `,"status":200,"decision":`...)
		return append(append(b, l.a.reply...), '}')
	}
	p := *problemOf(l.err)
	p.Instance = request
	text, err := json.Marshal(&p)
	if err != nil { // cannot happen: all fields are plain
		text = []byte(`null`)
	}
	b = strconv.AppendInt(append(b, `,"status":`...), int64(p.Status), 10)
	return append(append(append(b, `,"problem":`...), text...), '}')
}
