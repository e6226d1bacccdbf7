package payload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
)

// SyntaxError says where a body stops being JSON that Takt takes: RFC 8259 with unique names
// (RFC 7493), UTF-8, one value and nothing after it.
type SyntaxError struct {
	Pointer string // JSON pointer to the value that cannot be read
	Offset  int64  // bytes from the start
	Detail  string
}

// Error gives pointer, offset and detail in one line.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at byte %d: %s", e.Pointer, e.Offset, e.Detail)
}

// maxFaults bounds the list of what is wrong with one body.
const maxFaults = 20

// parser walks one JSON body. Wrong values are collected, so that a caller sees all of them at
// once; wrong syntax ends the walk, and every method is a no-op from then on.
type parser struct {
	dec    *jsontext.Decoder
	src    bytes.Buffer
	body   string // the body again: texts are parts of it, one allocation for all
	faults []error
	syntax *SyntaxError
}

func (p *parser) reset(body []byte) {
	p.src = *bytes.NewBuffer(body)
	if p.dec == nil {
		p.dec = jsontext.NewDecoder(&p.src)
	} else {
		p.dec.Reset(&p.src)
	}
	p.body, p.faults, p.syntax = string(body), nil, nil
}

// err is what was wrong: a SyntaxError, or field errors joined.
func (p *parser) err() error {
	if p.syntax != nil {
		return p.syntax
	}
	return errors.Join(p.faults...)
}

// fault notes what is wrong with the value that was read last.
func (p *parser) fault(format string, args ...any) {
	p.faultAt(string(p.dec.StackPointer()), format, args...)
}

func (p *parser) faultAt(pointer, format string, args ...any) {
	if p.syntax == nil && len(p.faults) < maxFaults {
		p.faults = append(p.faults, &engine.FieldError{Pointer: above(pointer), Detail: fmt.Sprintf(format, args...)})
	}
}

func (p *parser) broken(err error) {
	if p.syntax != nil {
		return
	}
	p.syntax = &SyntaxError{Offset: p.dec.InputOffset(), Detail: "ends in the middle of a value"}
	var s *jsontext.SyntacticError
	if errors.As(err, &s) {
		p.syntax.Pointer, p.syntax.Offset = above(string(s.JSONPointer)), s.ByteOffset
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			p.syntax.Detail = "is given twice"
		case !errors.Is(err, io.ErrUnexpectedEOF) && s.Err != nil:
			p.syntax.Detail = s.Err.Error()
		}
	}
}

// value reads one value whole, or one name.
func (p *parser) value() jsontext.Value {
	if p.syntax != nil {
		return nil
	}
	v, err := p.dec.ReadValue()
	if err != nil {
		p.broken(err)
		return nil
	}
	return v
}

// is looks at the kind of the next value; a null is read and is none of the kinds. Want says what
// was wanted, and one of which words.
func (p *parser) is(kind jsontext.Kind, want string, words ...string) bool {
	if p.syntax != nil {
		return false
	}
	switch k := p.dec.PeekKind(); k {
	case kind:
		return true
	case 'n':
		p.value()
	case '{', '[', '"', '0', 't', 'f':
		p.value()
		p.fault("is %s; use %s%s", kindName(k), want, strings.Join(words, ", "))
	default:
		p.value() // reports the syntax
	}
	return false
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	}
	return "true or false"
}

// object reads members until the end; member reports false for a name it does not know.
func (p *parser) object(member func(name string) bool) bool {
	if !p.is('{', "an object") {
		return false
	}
	p.token()
	for p.syntax == nil && p.dec.PeekKind() != '}' {
		raw := p.value()
		if p.syntax != nil {
			return false
		}
		name := p.part(raw)
		if !member(name) && p.syntax == nil {
			p.fault("is no field here; see /openapi.yaml for the names")
			if err := p.dec.SkipValue(); err != nil {
				p.broken(err)
			}
		}
	}
	p.token()
	return p.syntax == nil
}

// array calls item for each element, which item must read.
func (p *parser) array(limit int, item func(i int)) (n int, ok bool) {
	if !p.is('[', "an array") {
		return 0, false
	}
	p.token()
	for p.syntax == nil && p.dec.PeekKind() != ']' {
		if n == limit {
			p.fault("has more than %d elements", limit)
			for p.syntax == nil && p.dec.PeekKind() != ']' {
				p.value()
			}
			break
		}
		item(n)
		n++
	}
	p.token()
	return n, p.syntax == nil
}

func (p *parser) token() {
	if p.syntax != nil {
		return
	}
	if _, err := p.dec.ReadToken(); err != nil {
		p.broken(err)
	}
}

// end refuses anything after the value.
func (p *parser) end() {
	if p.syntax != nil {
		return
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		p.syntax = &SyntaxError{Offset: p.dec.InputOffset(), Detail: "data follows the value"}
	}
}

// part is the text of the string value just read, as a part of the body where it has no escapes.
func (p *parser) part(raw jsontext.Value) string {
	end := p.dec.InputOffset() - 1
	s := p.body[end-int64(len(raw))+2 : end]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		p.broken(err)
	}
	return string(b)
}
