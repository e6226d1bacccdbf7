package wire

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks one JSON text (RFC 8259). Strings without escapes are slices of the text, so that
// an event costs one allocation; whatever is rare goes through jsontext. The first fault ends the walk.
type scanner struct {
	s     string
	i     int
	wrong string // what is wrong with the syntax, "" while all is well
}

func (s *scanner) fail(why string) {
	if s.wrong == "" {
		s.wrong = fmt.Sprintf("is not valid JSON at byte %d: %s", s.i, why)
	}
	s.i = len(s.s)
}

// peek is the first byte of the next token, 0 at the end.
func (s *scanner) peek() byte {
	for s.i < len(s.s) {
		switch c := s.s[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// take consumes the delimiter c, which must come next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		s.fail("expected " + string(rune(c)))
		return false
	}
	s.i++
	return true
}

// next reports whether the object or array that ends with end has one more element, and consumes
// the delimiter before it.
func (s *scanner) next(end byte, first bool) bool {
	switch c := s.peek(); {
	case c == end:
		s.i++
		return false
	case c == 0:
		s.fail("it ends too early")
		return false
	case first:
		return true
	}
	return s.take(',')
}

// member is the name of the next member of an object, its colon consumed; false after the last one.
func (s *scanner) member(first bool) (string, bool) {
	if !s.next('}', first) {
		return "", false
	}
	name, ok := s.text()
	return name, ok && s.take(':')
}

// plain are the bytes that stand for themselves in a string of ASCII.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// text reads a string, which must come next.
func (s *scanner) text() (string, bool) {
	if s.peek() != '"' {
		s.fail("expected a string")
		return "", false
	}
	j := s.i + 1
	for j < len(s.s) && plain[s.s[j]] {
		j++
	}
	if j < len(s.s) && s.s[j] == '"' {
		v := s.s[s.i+1 : j]
		s.i = j + 1
		return v, true
	}
	return s.escaped(j)
}

// escaped reads the string at i whose bytes before j are plain.
func (s *scanner) escaped(j int) (string, bool) {
	bare := true
	for ; j < len(s.s) && s.s[j] != '"'; j++ {
		if s.s[j] == '\\' {
			bare = false
			j++
		} else if s.s[j] < 0x20 {
			bare = false
		}
	}
	if j >= len(s.s) {
		s.fail("a string does not end")
		return "", false
	}
	v := s.s[s.i+1 : j]
	if !bare || !utf8.ValidString(v) {
		b, err := jsontext.AppendUnquote(nil, s.s[s.i:j+1])
		if err != nil {
			s.fail(strings.TrimPrefix(err.Error(), "jsontext: "))
			return "", false
		}
		v = string(b)
	}
	s.i = j + 1
	return v, true
}

// number reads the text of a number, which must come next (RFC 8259, section 6).
func (s *scanner) number() (string, bool) {
	s.peek()
	j := s.i
	for j < len(s.s) && (s.s[j]-'0' < 10 || strings.IndexByte("+-.eE", s.s[j]) >= 0) {
		j++
	}
	v := s.s[s.i:j]
	if !isInteger(v) && !jsontext.Value(v).IsValid() {
		s.fail("expected a value")
		return "", false
	}
	s.i = j
	return v, true
}

// isInteger reports whether v is a JSON number without fraction and exponent.
func isInteger(v string) bool {
	digits := strings.TrimPrefix(v, "-")
	if digits == "" || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	for i := range len(digits) {
		if digits[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// word consumes true, false or null if it comes next.
func (s *scanner) word(w string) bool {
	s.peek()
	if !strings.HasPrefix(s.s[s.i:], w) {
		return false
	}
	s.i += len(w)
	return true
}

// skip reads any value and gives its text.
func (s *scanner) skip() string {
	c, start := s.peek(), s.i
	switch {
	case c == '"':
		s.text()
	case c == '{' || c == '[':
		d := jsontext.NewDecoder(strings.NewReader(s.s[start:]))
		if err := d.SkipValue(); err != nil {
			s.fail(strings.TrimPrefix(err.Error(), "jsontext: "))
			return ""
		}
		s.i = start + int(d.InputOffset())
	case !s.word("true") && !s.word("false") && !s.word("null"):
		s.number()
	}
	return s.s[min(start, s.i):s.i]
}
