package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"takt/api/payload"
	"takt/features/history"
	"takt/features/journal"
	"takt/features/wire"
	"takt/models/promotion"
)

// kind is a type of problem; the table below is all of them.
type kind uint8

const (
	badJSON kind = iota
	badRequest
	keyMissing
	keyReused
	keyInProgress
	unauthorized
	forbidden
	notFound
	badMethod
	tooLarge
	badMediaType
	journalFull
	storeDown
	notReady
	refused
	internal
)

// kinds are the problem types: the word of the type URI, title, status, seconds to wait before a retry.
var kinds = [...]struct {
	word, title   string
	status, retry int
}{
	badJSON:       {"malformed-json", "The body is not JSON that can be read", http.StatusBadRequest, 0},
	badRequest:    {"invalid-request", "Some fields cannot be accepted", http.StatusUnprocessableEntity, 0},
	keyMissing:    {"idempotency-key-missing", "An Idempotency-Key is needed", http.StatusBadRequest, 0},
	keyReused:     {"idempotency-key-reused", "The Idempotency-Key was used with another body", http.StatusUnprocessableEntity, 0},
	keyInProgress: {"request-in-progress", "A request with this Idempotency-Key is in progress", http.StatusConflict, 1},
	unauthorized:  {"unauthorized", "A valid API key is needed", http.StatusUnauthorized, 0},
	forbidden:     {"forbidden", "The API key's role does not include this", http.StatusForbidden, 0},
	notFound:      {"not-found", "There is nothing here", http.StatusNotFound, 0},
	badMethod:     {"method-not-allowed", "The method is not allowed here", http.StatusMethodNotAllowed, 0},
	tooLarge:      {"body-too-large", "The body is too large", http.StatusRequestEntityTooLarge, 0},
	badMediaType:  {"unsupported-media-type", "The media type is not supported", http.StatusUnsupportedMediaType, 0},
	journalFull:   {"journal-full", "Nothing more can be recorded for now", http.StatusServiceUnavailable, 5},
	storeDown:     {"store-unavailable", "The history cannot be read for now", http.StatusServiceUnavailable, 5},
	notReady:      {"not-ready", "The server is not ready yet", http.StatusServiceUnavailable, 2},
	refused:       {"policy-unchanged", "What is live was not changed", http.StatusConflict, 0},
	internal:      {"internal", "Something went wrong here", http.StatusInternalServerError, 0},
}

// problem is an RFC 9457 problem; as an error it is what handlers return.
type problem struct {
	Type     string  `json:"type"`
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail,omitempty"`
	Instance string  `json:"instance,omitempty"` // the request's id
	Errors   []fault `json:"errors,omitempty"`

	Verdict *promotion.Verdict `json:"verdict,omitempty"` // why a policy version was not promoted
	Shift   *promotion.Shift   `json:"shift,omitempty"`

	kind  kind
	cause error // for the log alone
}

// fault names one wrong place: a JSON pointer into the body, a header or a query parameter.
type fault struct {
	Pointer   *string `json:"pointer,omitempty"`
	Header    string  `json:"header,omitempty"`
	Parameter string  `json:"parameter,omitempty"`
	Detail    string  `json:"detail"`
}

// typePrefix makes a problem's word a URI (RFC 8141 form, names no host).
const typePrefix = "urn:takt:problem:"

func newProblem(k kind, detail string) *problem {
	return &problem{Type: typePrefix + kinds[k].word, Title: kinds[k].title, Status: kinds[k].status, Detail: detail, kind: k}
}

// Error makes a problem an error.
func (p *problem) Error() string { return p.Title + ": " + p.Detail }

func (p *problem) at(f fault) *problem {
	p.Errors = append(p.Errors, f)
	return p
}

func badParameter(name, detail string) *problem {
	return newProblem(badRequest, "").at(fault{Parameter: name, Detail: detail})
}

// problemOf is what the outside may know of an error.
func problemOf(err error) *problem {
	var p *problem
	var syntax *payload.SyntaxError
	var large *http.MaxBytesError
	var framework *echo.HTTPError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &syntax):
		return newProblem(badJSON, "at byte "+strconv.FormatInt(syntax.Offset, 10)).at(fault{Pointer: &syntax.Pointer, Detail: syntax.Detail})
	case len(wire.FieldErrors(err)) > 0:
		return newProblem(badRequest, "").faults(err)
	case errors.Is(err, wire.ErrTooLarge):
		return newProblem(tooLarge, err.Error())
	case errors.As(err, &large):
		return newProblem(tooLarge, "use at most "+strconv.FormatInt(large.Limit, 10)+" bytes")
	case errors.Is(err, journal.ErrFull):
		return newProblem(journalFull, "nothing of this request was stored; send it again later").because(err)
	case errors.Is(err, history.ErrUnavailable):
		return newProblem(storeDown, "decisions go on; what is asked for here needs the store").because(err)
	case errors.Is(err, history.ErrNotFound):
		return newProblem(notFound, "")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return newProblem(notReady, "the request was given up").because(err)
	case errors.As(err, &framework) && framework.Code == http.StatusMethodNotAllowed:
		return newProblem(badMethod, "")
	case errors.As(err, &framework) && framework.Code == http.StatusNotFound:
		return newProblem(notFound, "no such route; see /openapi.yaml")
	}
	return newProblem(internal, "the log has the details under this request's id").because(err)
}

func (p *problem) because(err error) *problem {
	p.cause = err
	return p
}

// faults adds the field errors inside err.
func (p *problem) faults(err error) *problem {
	for _, f := range wire.FieldErrors(err) {
		p.Errors = append(p.Errors, fault{Pointer: &f.Pointer, Detail: f.Detail})
	}
	return p
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter, request string) {
	out := *p
	out.Instance = request
	b, err := json.Marshal(&out)
	if err != nil { // cannot happen: all fields are plain
		b = []byte(`{"type":"` + typePrefix + `internal","title":"Something went wrong here","status":500}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if retry := kinds[p.kind].retry; retry > 0 {
		h.Set("Retry-After", strconv.Itoa(retry))
	}
	if p.kind == unauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="takt"`)
	}
	w.WriteHeader(p.Status)
	w.Write(b) // an error means the caller has gone
}
