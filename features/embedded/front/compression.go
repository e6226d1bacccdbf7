package front

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/ClickHouse/ch-go/compress"
)

// decoded is the body of r without Content-Encoding and without ClickHouse's block compression.
func decoded(r *http.Request, v url.Values) (io.Reader, error) {
	body := io.Reader(r.Body)
	var err error
	switch r.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip":
		body, err = gzip.NewReader(r.Body)
	case "deflate":
		body, err = zlib.NewReader(r.Body)
	default:
		return nil, exception(codeNotImplemented, "NOT_IMPLEMENTED", "Unknown Content-Encoding %q: gzip and deflate are known", r.Header.Get("Content-Encoding"))
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if truthy(v.Get("decompress")) {
		body = newBlockReader(body)
	}
	return body, nil
}

// blockReader reads ClickHouse's compressed blocks. The reader of ch-go repeats its last block after the
// end, and cannot tell a clean end from one inside a block; this one keeps its error and can.
type blockReader struct {
	blocks *compress.Reader
	source *countingReader
	err    error
}

func newBlockReader(r io.Reader) *blockReader {
	source := &countingReader{r: r}
	return &blockReader{blocks: compress.NewReader(source), source: source}
}

func (b *blockReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	before := b.source.n
	n, err := b.blocks.Read(p)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF) && b.source.n == before:
		b.err = io.EOF
	default: // in the midst of a block
		b.err = unreadable(err)
	}
	return n, b.err
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// blockWriter frames every write as compressed blocks.
type blockWriter struct {
	w io.Writer
	c *compress.Writer
}

// blockSize bounds one compressed block, in bytes before compression, as servers do.
const blockSize = 1 << 20

func newBlockWriter(w io.Writer, method string) (*blockWriter, error) {
	switch method {
	case "LZ4":
		return &blockWriter{w, compress.NewWriter(compress.LevelZero, compress.LZ4)}, nil
	case "ZSTD":
		return &blockWriter{w, compress.NewWriter(compress.LevelZero, compress.ZSTD)}, nil
	}
	return nil, exception(codeBadArguments, "BAD_ARGUMENTS", "Unknown network_compression_method %q: LZ4 and ZSTD are known", method)
}

func (b *blockWriter) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		piece := p[done:min(done+blockSize, len(p))]
		if err := b.c.Compress(piece); err != nil {
			return done, err
		}
		if _, err := b.w.Write(b.c.Data); err != nil {
			return done, err
		}
		done += len(piece)
	}
	return len(p), nil
}

var _ http.Flusher = (*gzipWriter)(nil)

// gzipWriter is a gzip stream whose Flush reaches the client.
type gzipWriter struct {
	*gzip.Writer
	out http.ResponseWriter
}

func (g *gzipWriter) Flush() {
	_ = g.Writer.Flush() // an error shows at the next write
	if f, ok := g.out.(http.Flusher); ok {
		f.Flush()
	}
}
