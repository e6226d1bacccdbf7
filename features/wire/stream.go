package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"

	"takt/engine"
)

// ParseEvents reads one event, an array or lines of events, as contentType says, and hands each to
// f with its index. A bad event comes with its error and does not stop the others; its pointers
// begin with the index in an array (/3/data/due) and with the line, counted from 1, in NDJSON
// (/line/4/data/due). The source is read as it goes, one event in memory at a time.
//
// max bounds the whole input in bytes; 0 or less is no bound. ParseEvents returns f's error,
// ErrTooLarge, ErrMediaType, a read error, or an *engine.FieldError where the framing itself is
// broken; events handed to f before it were good or bad on their own.
func ParseEvents(contentType string, r io.Reader, max int64, f func(i int, e engine.Event, err error) error) error {
	return new(Parser).ParseEvents(contentType, r, max, f)
}

// ParseEvents is [ParseEvents] within p's bounds.
func (p *Parser) ParseEvents(contentType string, r io.Reader, max int64, f func(i int, e engine.Event, err error) error) error {
	framing, err := framingOf(contentType)
	if err != nil {
		return err
	}
	if max > 0 {
		r = &bounded{r, max}
	}
	s := &stream{Parser: p, r: bufio.NewReaderSize(r, 4<<10), f: f}
	if framing == lines {
		return s.lines()
	}
	first, err := s.first()
	switch {
	case err == io.EOF:
		return &engine.FieldError{Detail: "is empty; send an event, an array of events or lines of events"}
	case err != nil:
		return err
	case first == '[' && framing != single:
		return s.array()
	case framing == batch:
		return &engine.FieldError{Detail: "is no array; application/cloudevents-batch+json is an array of events"}
	}
	return s.one()
}

type framing int

const (
	single framing = iota
	batch
	either
	lines
)

func framingOf(contentType string) (framing, error) {
	kind, params, err := contentType, map[string]string(nil), error(nil)
	if strings.IndexByte(contentType, ';') >= 0 || strings.ToLower(contentType) != contentType {
		kind, params, err = mime.ParseMediaType(contentType)
	}
	if charset := params["charset"]; err != nil || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return 0, fmt.Errorf("%q: %w, in UTF-8", contentType, ErrMediaType)
	}
	switch kind {
	case "application/cloudevents+json":
		return single, nil
	case "application/cloudevents-batch+json":
		return batch, nil
	case "application/json":
		return either, nil
	case "application/x-ndjson", "application/ndjson", "application/jsonl":
		return lines, nil
	}
	return 0, fmt.Errorf("%q: %w", contentType, ErrMediaType)
}

// bounded fails with ErrTooLarge once more than left bytes come.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 { // one byte more shows that there is more
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

type stream struct {
	*Parser
	r   *bufio.Reader
	f   func(int, engine.Event, error) error
	buf []byte
}

// give parses one event and hands it on; its place is format with number.
func (s *stream) give(i int, format string, number int, b []byte) error {
	e, err := s.Parse(b)
	if err != nil && format != "" {
		err = Within(fmt.Sprintf(format, number), err)
	}
	return s.f(i, e, err)
}

// first is the first byte that is no white space.
func (s *stream) first() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, s.r.UnreadByte()
		}
	}
}

func (s *stream) one() error {
	b, err := io.ReadAll(io.LimitReader(s.r, MaxEvent+1))
	if err != nil {
		return err
	}
	return s.give(0, "", 0, b)
}

// lines reads NDJSON; empty lines are passed over.
func (s *stream) lines() error {
	for i, line := 0, 1; ; line++ {
		b, err := s.line()
		if err != nil && err != io.EOF {
			return err
		}
		if len(bytes.TrimSpace(b)) > 0 {
			if err := s.give(i, "/line/%d", line, b); err != nil {
				return err
			}
			i++
		}
		if err == io.EOF {
			return nil
		}
	}
}

// line reads up to the next newline; of a line longer than an event only enough to refuse it is kept.
func (s *stream) line() ([]byte, error) {
	s.buf = s.buf[:0]
	for {
		part, err := s.r.ReadSlice('\n')
		if err == nil && len(s.buf) == 0 {
			return part[:len(part)-1], nil
		}
		s.keep(part)
		if err != bufio.ErrBufferFull {
			return bytes.TrimSuffix(s.buf, []byte{'\n'}), err
		}
	}
}
