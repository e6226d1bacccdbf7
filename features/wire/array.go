package wire

import (
	"bytes"
	"fmt"
	"io"

	"takt/engine"
)

// array frames the items of an array by brackets, strings and commas alone: whether an item is an
// event, or JSON at all, is its own matter.
func (s *stream) array() error {
	if _, err := s.r.Discard(1); err != nil {
		return err
	}
	for i := 0; ; i++ {
		item, end, err := s.item()
		switch {
		case err == io.EOF:
			return &engine.FieldError{Pointer: fmt.Sprintf("/%d", i), Detail: "is where the array ends too early; send it whole"}
		case err != nil:
			return err
		case end == ']' && i == 0 && len(bytes.TrimSpace(item)) == 0:
			return s.close()
		}
		if err := s.give(i, "/%d", i, item); err != nil {
			return err
		}
		if end == ']' {
			return s.close()
		}
	}
}

// close reads what may follow an array: nothing.
func (s *stream) close() error {
	switch _, err := s.first(); err {
	case io.EOF:
		return nil
	case nil:
		return &engine.FieldError{Detail: "goes on after the array; send one array, or lines as application/x-ndjson"}
	default:
		return err
	}
}

// framer is where in an item the next byte stands.
type framer struct {
	depth          int
	quoted, escape bool
}

// marks are the bytes that matter outside strings.
var marks = func() (t [256]bool) {
	for _, c := range []byte(`"{}[],`) {
		t[c] = true
	}
	return t
}()

// scan gives the index of the comma or bracket that ends the item, or -1 if b is all inside it.
func (f *framer) scan(b []byte) int {
	for i := 0; i < len(b); i++ {
		c := b[i]
		if f.quoted {
			switch {
			case f.escape:
				f.escape = false
			case c == '\\':
				f.escape = true
			case c == '"':
				f.quoted = false
			}
			continue
		}
		if !marks[c] {
			continue
		}
		switch {
		case c == '"':
			f.quoted = true
		case c == '{' || c == '[':
			f.depth++
		case f.depth == 0 && c != '}':
			return i
		case c != ',' && f.depth > 0:
			f.depth--
		}
	}
	return -1
}

// item is the text up to the comma or bracket that ends it. The text is valid until the next read.
func (s *stream) item() (text []byte, end byte, err error) {
	var f framer
	s.buf = s.buf[:0]
	for {
		if _, err := s.r.Peek(1); err != nil {
			return nil, 0, err
		}
		part, err := s.r.Peek(s.r.Buffered())
		if err != nil {
			return nil, 0, err
		}
		n := f.scan(part)
		if n < 0 {
			s.keep(part)
			s.skip(len(part))
			continue
		}
		text = part[:n]
		if len(s.buf) > 0 {
			s.keep(text)
			text = s.buf
		}
		s.skip(n + 1)
		return text, part[n], nil
	}
}

// skip passes over bytes that are buffered.
func (s *stream) skip(n int) { _, _ = s.r.Discard(n) }

// keep gathers an item or line in pieces, only as much of a long one as shows that it is too long.
func (s *stream) keep(part []byte) {
	s.buf = append(s.buf, part[:min(len(part), MaxEvent+2-len(s.buf))]...)
}
