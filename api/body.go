package api

import (
	"io"
	"mime"
	"net/http"
	"slices"
)

// The largest bodies, in bytes.
const (
	maxDecision = 1 << 20
	maxEvents   = 10 << 20
	maxBatch    = 64 << 20
)

// maxDrain is how much of a refused body is read after all: most clients look for an answer only
// when they have sent theirs.
const maxDrain = 32 << 20

// drain takes what is left of a body whose request was refused, unless the client waits to be asked for it.
func drain(r *http.Request) {
	if r.Header["Expect"] == nil {
		_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // an error means the caller has gone
	}
}

// read is the whole body, in a buffer that release gives back.
func (s *Server) read(x *call, limit int64) (body []byte, release func(), err error) {
	if x.r.ContentLength > limit {
		return nil, nil, &http.MaxBytesError{Limit: limit}
	}
	if enc := x.r.Header["Content-Encoding"]; len(enc) > 0 && enc[0] != "identity" {
		return nil, nil, newProblem(badMediaType, "send the body without Content-Encoding")
	}
	p, _ := s.bodies.Get().(*[]byte)
	if p == nil {
		p = new([]byte)
	}
	r := http.MaxBytesReader(x.ctx.Response().Writer, x.r.Body, limit)
	b := slices.Grow((*p)[:0], int(max(x.r.ContentLength, 0))+512)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		if b = b[:len(b)+n]; err == io.EOF {
			break
		} else if err != nil {
			return nil, nil, bodyError(err)
		}
		if len(b) == cap(b) {
			b = slices.Grow(b, len(b))
		}
	}
	return b, func() {
		if cap(b) <= 1<<20 { // a rare giant does not stay
			*p = b
			s.bodies.Put(p)
		}
	}, nil
}

// bodyError keeps "too large" apart from a caller that went away or sent a broken body.
func bodyError(err error) error {
	if _, ok := err.(*http.MaxBytesError); ok {
		return err
	}
	return newProblem(badJSON, "the body ended early or was not well chunked").because(err)
}

// mediaType is the Content-Type without parameters; it refuses all but the accepted ones.
func (x *call) mediaType(accepted ...string) (string, error) {
	h := x.r.Header["Content-Type"]
	if len(h) == 1 && slices.Contains(accepted, h[0]) {
		return h[0], nil
	}
	if len(h) == 1 {
		if t, params, err := mime.ParseMediaType(h[0]); err == nil && slices.Contains(accepted, t) && utf8(params["charset"]) {
			return t, nil
		}
	}
	p := newProblem(badMediaType, "")
	return "", p.at(fault{Header: "Content-Type", Detail: "use " + accepted[0]})
}

func utf8(charset string) bool {
	switch charset {
	case "", "utf-8", "UTF-8", "utf8", "us-ascii":
		return true
	}
	return false
}
