package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"takt/api/keys"
	"takt/engine"
	"takt/features"
)

// call is one request on its way through a handler.
type call struct {
	w       http.ResponseWriter
	r       *http.Request
	ctx     echo.Context
	ledger  *features.Ledger // nil on routes that need no key
	tenant  *Tenant
	request string // X-Request-Id
	keyID   string // of who asks
	role    keys.Role
	status  int

	// For the log line; ids of decisions and cases only, nothing personal.
	decision engine.ID
	caseID   string
}

// serve does for every route what all of them need: a request id, access, recovery, a log line, figures.
func (s *Server) serve(r *route, c echo.Context) {
	start := s.Now()
	x := call{w: c.Response(), r: c.Request(), ctx: c, request: s.requestID(c.Request())}
	x.w.Header()["X-Request-Id"] = []string{x.request}
	err := s.guarded(r, &x)
	var p *problem
	if err != nil {
		p = problemOf(err)
		x.status = p.Status
		if p.kind == storeDown {
			s.Options.Metrics.storeErrs.Inc()
		}
		if !c.Response().Committed {
			if x.tenant != nil { // strangers are not listened to
				drain(x.r)
			}
			p.write(x.w, x.request)
		}
	}
	s.log(r, &x, p, s.Now().Sub(start))
}

// guarded runs the handler if the key may; a panic becomes an error with its stack.
func (s *Server) guarded(r *route, x *call) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	if r.right != 0 {
		if err := s.admit(r, x); err != nil {
			return err
		}
	}
	return r.handle(x)
}

// panicked is a recovered panic as an error, with its stack for the log.
func panicked(v any) error {
	return fmt.Errorf("panic: %v\n%s", v, debug.Stack())
}

// admit finds the key's tenant. A key says nothing about other tenants: their rows do not exist for it.
func (s *Server) admit(r *route, x *call) error {
	text, ok := bearer(x.r.Header["Authorization"])
	key, err := s.Keys.Lookup(text)
	if !ok || err != nil {
		return newProblem(unauthorized, "send Authorization: Bearer with a key of: takt keys create").because(err)
	}
	if x.tenant, err = s.tenant(key.Tenant); err != nil {
		return err
	}
	if x.tenant == nil {
		return newProblem(unauthorized, "the key's tenant is not served here")
	}
	if !key.Role.May(r.right) {
		return newProblem(forbidden, "the role "+string(key.Role)+" may not use this route")
	}
	x.keyID, x.role = key.ID, key.Role
	if x.ledger = s.ledger.Load(); x.ledger == nil {
		return newProblem(notReady, "the journal is being replayed")
	}
	return nil
}

func bearer(header []string) (string, bool) {
	if len(header) != 1 || len(header[0]) < 7 || !strings.EqualFold(header[0][:7], "bearer ") {
		return "", false
	}
	return strings.TrimSpace(header[0][7:]), true
}

// requestID is the caller's X-Request-Id if it is a plain word, else a new one.
func (s *Server) requestID(r *http.Request) string {
	if h := r.Header["X-Request-Id"]; len(h) == 1 && plain(h[0], 128) {
		return h[0]
	}
	b := append(make([]byte, 0, 24), s.run...)
	return string(strconv.AppendUint(append(b, '-'), s.last.Add(1), 10))
}

// plain reports whether s is 1 to limit visible ASCII letters.
func plain(s string, limit int) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != "" && len(s) <= limit
}

// log writes the request's line and counts it. Paths, ids of debtors and bodies stay out.
func (s *Server) log(r *route, x *call, p *problem, took time.Duration) {
	s.Options.Metrics.request(r, x.status, took)
	level := slog.LevelInfo
	if x.status >= 500 && x.status != http.StatusServiceUnavailable {
		level = slog.LevelError
	} else if x.status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	if !s.Logger.Enabled(context.Background(), level) {
		return
	}
	attrs := make([]slog.Attr, 0, 9)
	attrs = append(attrs, slog.String("request_id", x.request), slog.String("method", clip(r.method)), slog.String("route", r.path),
		slog.Int("status", x.status), slog.Duration("took", took))
	if x.tenant != nil {
		attrs = append(attrs, slog.String("tenant", x.tenant.Config.ID))
	}
	if !x.decision.IsZero() {
		attrs = append(attrs, slog.String("decision_id", x.decision.String()))
	}
	if x.caseID != "" {
		attrs = append(attrs, slog.String("case_id", x.caseID))
	}
	if p != nil && p.cause != nil && !errors.Is(p.cause, context.Canceled) {
		attrs = append(attrs, slog.String("err", p.cause.Error()))
	}
	s.Logger.LogAttrs(context.Background(), level, "request", attrs...)
}

// clip bounds what a caller may put into the log.
func clip(s string) string {
	if len(s) > 16 {
		return s[:16]
	}
	return s
}

// param is a path parameter, unescaped.
func (x *call) param(name string) (string, error) {
	v := x.ctx.Param(name)
	if x.r.URL.RawPath != "" { // only then Echo matched the escaped path
		var err error
		if v, err = url.PathUnescape(v); err != nil {
			return "", newProblem(notFound, "the path is not well escaped")
		}
	}
	if v == "" || len(v) > 200 {
		return "", newProblem(notFound, "")
	}
	return v, nil
}

// reply answers with a body that is JSON already.
func (x *call) reply(status int, body []byte) error { return x.send(status, "application/json", body) }

func (x *call) send(status int, mediaType string, body []byte) error {
	x.status = status
	h := x.w.Header()
	h["Content-Type"] = []string{mediaType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	x.w.WriteHeader(status)
	x.w.Write(body) // an error means the caller has gone; what was asked for is done
	return nil
}
