package front

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"takt/features/embedded/chdb"
)

// Handler is the HTTP interface of an Engine.
type Handler struct {
	Engine *Engine
	// Token is what every request except /ping has to carry: as X-ClickHouse-Key, as the password of
	// Basic, or as Bearer. An empty Token refuses everything.
	Token string
	// NewID makes the id of a request that brings none. Defaults to random UUIDs.
	NewID func() string
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/ping" || r.URL.Path == "/replicas_status" || r.URL.Path == "/" && bare(r):
		_, _ = io.WriteString(w, "Ok.\n")
		return
	case r.URL.Path != "/":
		http.Error(w, "There is no handle "+r.URL.Path+"\nUse / or /ping for health checks, / with a query otherwise.", http.StatusNotFound)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "Use GET or POST.", http.StatusMethodNotAllowed)
		return
	}
	id := r.URL.Query().Get("query_id")
	if id == "" {
		id = h.newID()
	}
	w.Header().Set("X-ClickHouse-Query-Id", id)
	if err := h.authorise(w, r); err != nil {
		fail(w, err)
		return
	}
	q, err := parse(r)
	if err != nil {
		fail(w, err)
		return
	}
	h.serve(w, r, q)
}

// bare says whether the request is a health check: nothing asked, nothing sent.
func bare(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.RawQuery == "" }

func (h *Handler) newID() string {
	if h.NewID != nil {
		return h.NewID()
	}
	return uuid.NewString()
}

// authorise compares in constant time; the hash hides the length.
func (h *Handler) authorise(w http.ResponseWriter, r *http.Request) error {
	given := r.Header.Get("X-ClickHouse-Key")
	if _, password, ok := r.BasicAuth(); ok && given == "" {
		given = password
	}
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && given == "" {
		given = bearer
	}
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(h.Token))
	if h.Token != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1 {
		return nil
	}
	err := exception(codeAuthentication, "AUTHENTICATION_FAILED", "default: Authentication failed: password is incorrect, or there is no user with such name")
	if given == "" {
		w.Header().Set("WWW-Authenticate", `Basic realm="ClickHouse HTTP interface"`)
		return &statusError{err, http.StatusUnauthorized}
	}
	return err
}

// statusError overrides the HTTP status of an exception.
type statusError struct {
	exception *chdb.Error
	status    int
}

func (e *statusError) Error() string { return e.exception.Message }
func (e *statusError) Unwrap() error { return e.exception }

// fail answers with an exception before any result went out.
func fail(w http.ResponseWriter, err error) {
	e := asException(err)
	code := status(e.Code)
	var s *statusError
	if errors.As(err, &s) {
		code = s.status
	}
	w.Header().Del("Content-Encoding")
	describe(w.Header(), e)
	w.WriteHeader(code)
	_, _ = fmt.Fprintln(w, e.Message)
}

// serve runs the statement of q and sends its result.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, q *request) {
	out, err := newOutput(w, q, h.Engine.timezone)
	if err != nil {
		fail(w, err)
		return
	}
	if isHello(q.sql, q.outputFormat, q.clientRevision) {
		err = out.write(hello(h.Engine.version, h.Engine.timezone, q.clientRevision))
	} else {
		err = h.Engine.run(r.Context(), q, out)
	}
	if err == nil {
		err = out.finish()
	}
	if err != nil {
		out.abort(err)
	}
}
