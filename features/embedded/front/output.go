package front

import (
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"

	"takt/features/embedded/chdb"
)

// output sends a result. Headers go out with the first byte, so that an error before it has its own
// HTTP status.
type output struct {
	w       http.ResponseWriter
	tag     string // announced beforehand; frames an exception in the midst of the result
	format  string
	join    joiner // nil when the result comes in one piece
	body    io.Writer
	zip     *gzipWriter
	plain   io.Writer // body without block compression: exceptions are framed there
	started bool
}

func newOutput(w http.ResponseWriter, q *request, timezone string) (*output, error) {
	o := &output{w: w, tag: rand.Text()[:16], format: q.outputFormat, plain: w}
	if q.gzip {
		o.zip = &gzipWriter{gzip.NewWriter(w), w}
		o.plain = o.zip
	}
	o.body = o.plain
	if q.compression != "" {
		blocks, err := newBlockWriter(o.plain, q.compression)
		if err != nil {
			return nil, err
		}
		o.body = blocks
	}
	h := w.Header()
	h.Set("X-ClickHouse-Server-Display-Name", "takt")
	h.Set("X-ClickHouse-Timezone", timezone)
	h.Set("X-ClickHouse-Format", q.outputFormat)
	h.Set("X-ClickHouse-Exception-Tag", o.tag)
	h.Set("Content-Type", contentType(q.outputFormat))
	return o, nil
}

// write sends one piece of the result, or all of it.
func (o *output) write(piece []byte) error {
	if o.join != nil {
		piece = o.join(piece, !o.started)
	}
	if len(piece) == 0 {
		return nil
	}
	if !o.started && o.zip != nil {
		o.w.Header().Set("Content-Encoding", "gzip")
	}
	o.started = true
	_, err := o.body.Write(piece)
	return err
}

// finish ends a result that is complete.
func (o *output) finish() error {
	if !o.started {
		return nil // no body: the driver reads Content-Length 0 as "no rows"
	}
	if o.join != nil {
		if end := trailer(o.format); end != nil {
			if _, err := o.body.Write(end); err != nil {
				return err
			}
		}
	}
	if o.zip != nil {
		return o.zip.Close()
	}
	return nil
}

// abort reports an error: as an answer of its own when nothing went out yet, else framed in the body,
// after which the connection is broken so that no client takes the result for complete.
func (o *output) abort(err error) {
	if !o.started {
		o.w.Header().Del("X-ClickHouse-Format")
		fail(o.w, err)
		return
	}
	flush(o.w) // the frame gets a chunk of its own: drivers look for it in what they read last
	_, _ = io.WriteString(o.plain, midStream(asException(err), o.tag))
	if o.zip != nil {
		_ = o.zip.Close()
	}
	flush(o.w)
	panic(http.ErrAbortHandler)
}

// summarise tells how much a statement read and wrote; it has to come before the first byte.
func (o *output) summarise(s chdb.Stats) {
	if !o.started {
		o.w.Header().Set("X-ClickHouse-Summary", fmt.Sprintf(`{"read_rows":"%d","read_bytes":"%d","written_rows":"%d","written_bytes":"%d"}`,
			s.RowsRead, s.BytesRead, s.RowsWritten, s.BytesWritten))
	}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}
