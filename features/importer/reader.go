package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"takt/engine"
)

// Options of an import; nil means all defaults.
type Options struct {
	// Strict ends the import at the first bad row instead of counting it.
	Strict bool
	// Errors is how many bad rows the report keeps. Defaults to 20.
	Errors int
	// Progress hears how many bytes of the file have been read, of how many: now and then and at
	// the end. It runs inside Next.
	Progress func(read, total int64)
	// Source is the source of events made from case rows. Defaults to "cases".
	Source string
	// AsOf dates case rows that carry no as_of. Zero: such rows are bad.
	AsOf time.Time
}

func (o *Options) filled() Options {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Errors == 0 {
		f.Errors = 20
	}
	if f.Source == "" {
		f.Source = "cases"
	}
	return f
}

// rows is one file format: it gives the events of one row after the other. An error is a *RowError
// where the next row can still be read; io.EOF ends.
type rows interface {
	next() ([]engine.Event, error)
}

// Reader reads one file. It is for one goroutine.
type Reader struct {
	rows   rows
	file   *os.File
	count  *counter
	opts   Options
	report Report
	done   error
}

// Open looks at the file's content, not its name: Parquet, or lines of CloudEvents, case rows or
// CSV, each of them gzipped or not. Tables need a mapping, the others none.
func Open(path string, m *Mapping, o *Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f, opts: o.filled()}
	if err := r.open(m); err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return r, nil
}

func (r *Reader) open(m *Mapping) error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("is no regular file")
	}
	r.count = &counter{f: r.file, total: info.Size(), tell: r.opts.Progress}
	head := make([]byte, 4)
	n, err := r.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	if string(head[:n]) == "PAR1" {
		if m == nil {
			return errors.New("is Parquet; name a mapping that says what its columns mean")
		}
		r.rows, err = openParquet(r.count, m)
		return err
	}
	in := bufio.NewReaderSize(r.count, 64<<10)
	if n >= 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("gunzip: %w", err)
		}
		in = bufio.NewReaderSize(z, 64<<10)
	}
	r.rows, err = openText(in, m, &r.opts)
	return err
}

// openText tells lines of JSON from CSV by the first byte.
func openText(in *bufio.Reader, m *Mapping, o *Options) (rows, error) {
	mark, err := in.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(mark) == 0 && m == nil: // a night in which nothing happened
		return none{}, nil
	case bytes.Equal(mark, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3) // peeked
	case len(mark) > 1 && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff):
		return nil, errors.New("is UTF-16; save it as UTF-8")
	}
	first, err := firstByte(in)
	switch {
	case err != nil:
		return nil, err
	case first == '{' && m != nil:
		return nil, errors.New("holds lines of JSON, which need no mapping; leave it out")
	case first == '{':
		return openLines(in, o)
	case first == '[':
		return nil, errors.New("holds one JSON array; write one object a line (JSONL), or send it to POST /v1/events")
	case m == nil:
		return nil, errors.New("is neither lines of JSON nor Parquet; if it is CSV, name a mapping that says what its columns mean")
	}
	return openCSV(in, m)
}

// none is the rows of an empty file.
type none struct{}

func (none) next() ([]engine.Event, error) { return nil, io.EOF }

// firstByte is the first byte that is no white space, and 0 if the first 64 KiB hold none.
func firstByte(in *bufio.Reader) (byte, error) {
	head, err := in.Peek(in.Size())
	if err != nil && err != io.EOF {
		return 0, err
	}
	if head = bytes.TrimLeft(head, " \t\r\n"); len(head) == 0 {
		return 0, nil
	}
	return head[0], nil
}

// Next gives the events of the next good row, none if the mapping makes none of it. Bad rows are
// counted and passed over, or returned if Strict; the slice is valid until the next call. Errors
// name row and line; io.EOF is the end, and any error is the last.
func (r *Reader) Next() ([]engine.Event, error) {
	for r.done == nil {
		events, err := r.rows.next()
		var bad *RowError
		switch {
		case err == nil:
			r.report.add(events)
			return events, nil
		case errors.As(err, &bad):
			if r.report.refuse(bad, r.opts.Errors); r.opts.Strict {
				r.done = err
			}
		default:
			r.done = err
		}
	}
	if r.done == io.EOF {
		r.count.end()
	}
	return nil, r.done
}

// Report is what came of the rows read so far.
func (r *Reader) Report() Report { return r.report }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }
