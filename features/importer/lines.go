package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
	"takt/features/wire"
)

// lines reads JSONL: every line a CloudEvent, or every line a case row, as the first one is.
type lines struct {
	in    *bufio.Reader
	line  int64
	buf   []byte
	parse func(line []byte, dst []engine.Event) ([]engine.Event, error)
	out   []engine.Event
}

func openLines(in *bufio.Reader, o *Options) (rows, error) {
	head, err := in.Peek(in.Size())
	if err != nil && err != io.EOF {
		return nil, err
	}
	head = bytes.TrimLeft(head, " \t\r\n")
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	l := &lines{in: in}
	switch kindOf(head) {
	case "specversion":
		p := new(wire.Parser)
		l.parse = func(line []byte, dst []engine.Event) ([]engine.Event, error) {
			e, err := p.Parse(line)
			return append(dst, e), err
		}
	case "case":
		c := &caseRows{source: o.Source, asOf: o.AsOf}
		l.parse = c.parse
	default:
		return nil, errors.New(`line 1 is neither a CloudEvent (it would have "specversion") nor a case row (it would have "case"); see the README of the importer`)
	}
	return l, nil
}

// kindOf is the telling member of an object: specversion or case.
func kindOf(line []byte) string {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	if _, err := d.ReadToken(); err != nil {
		return ""
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return ""
		}
		if n := name.String(); n == "specversion" || n == "case" {
			return n
		}
		if d.SkipValue() != nil {
			return ""
		}
	}
	return ""
}

func (l *lines) next() ([]engine.Event, error) {
	for {
		b, err := l.read()
		if err != nil && (err != io.EOF || len(b) == 0) {
			return nil, err
		}
		if len(bytes.TrimSpace(b)) == 0 {
			continue
		}
		if l.out, err = l.parse(b, l.out[:0]); err != nil {
			return nil, lineError(l.line, err)
		}
		return l.out, nil
	}
}

// lineError names the line and, where there is but one, the field.
func lineError(line int64, err error) error {
	row := &RowError{Unit: "line", Number: line, Err: err}
	if fields := wire.FieldErrors(err); len(fields) == 1 {
		row.Column, row.Err = fields[0].Pointer, &engine.FieldError{Detail: fields[0].Detail}
	}
	return row
}

// read gives the next line; of one longer than an event only what shows that it is too long.
func (l *lines) read() ([]byte, error) {
	l.buf = l.buf[:0]
	l.line++
	for {
		part, err := l.in.ReadSlice('\n')
		l.buf = append(l.buf, part[:min(len(part), wire.MaxEvent+2-len(l.buf))]...)
		if err != bufio.ErrBufferFull {
			return bytes.TrimSuffix(l.buf, []byte{'\n'}), err
		}
	}
}
