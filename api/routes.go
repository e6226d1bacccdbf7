package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"takt/api/keys"
)

// route is one line of the API: what it is called in logs and metrics, who may use it, what it does.
type route struct {
	method, path string // path in openapi.yaml's form
	right        keys.Right
	handle       func(*call) error
}

// routes are all of the API; openapi.yaml lists the same ones, a test holds them together.
func (s *Server) routes() []route {
	return []route{
		{http.MethodPost, "/v1/decisions", keys.Ask, s.decide},
		{http.MethodPost, "/v1/decisions:batch", keys.Ask, s.batch},
		{http.MethodPost, "/v1/events", keys.Ask, s.events},
		{http.MethodGet, "/v1/decisions/{id}", keys.Work, s.decision},
		{http.MethodPost, "/v1/decisions/{id}/revalidate", keys.Ask, s.revalidate},
		{http.MethodGet, "/v1/decisions/{id}/explanation", keys.Work, s.explanation},
		{http.MethodGet, "/v1/decisions", keys.Work, s.changes},
		{http.MethodGet, "/v1/cases/due", keys.Work, s.due},
		{http.MethodGet, "/v1/cases/{id}/timeline", keys.Work, s.timeline},
		{http.MethodGet, "/v1/debtors/{id}/profile", keys.Read, s.profile},
		{http.MethodGet, "/v1/debtors/{id}/export", keys.Manage, s.export},
		{http.MethodDelete, "/v1/debtors/{id}", keys.Manage, s.erase},
		{http.MethodPost, "/v1/decisions/{id}/approval", keys.Ask, s.approve},
		{http.MethodGet, "/v1/audit", keys.Read, s.auditLog},
		{http.MethodGet, "/v1/experiments/holdout", keys.Read, s.holdout},
		{http.MethodGet, "/v1/reports/intensity", keys.Read, s.intensity},
		{http.MethodGet, "/v1/reports/proxies", keys.Read, s.proxies},
		{http.MethodGet, "/v1/policies", keys.Read, s.policies},
		{http.MethodGet, "/v1/policies/{version}", keys.Read, s.policy},
		{http.MethodGet, "/v1/policies/shadow", keys.Read, s.shadow},
		{http.MethodPost, "/v1/policies:train", keys.Manage, s.train},
		{http.MethodPost, "/v1/policies/{version}:promote", keys.Manage, s.promote},
		{http.MethodPost, "/v1/policies:rollback", keys.Manage, s.rollback},
		{http.MethodPost, "/v1/policies:pause", keys.Manage, s.pause},
		{http.MethodPost, "/v1/policies:resume", keys.Manage, s.resume},
		{http.MethodGet, "/openapi.yaml", 0, s.openapi},
		{http.MethodGet, "/healthz", 0, s.healthz},
		{http.MethodGet, "/readyz", 0, s.readyz},
	}
}

// Routes are the routes served, each as method and path in openapi.yaml's form.
func (s *Server) Routes() []string {
	var list []string
	for _, r := range s.routes() {
		list = append(list, r.method+" "+r.path)
	}
	return list
}

// route builds the router. Only what no route took reaches the error handler: handlers answer their
// own errors. OPTIONS is refused like any other method, where Echo would answer 204.
func (s *Server) route() {
	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	all := s.routes()
	refuse := func(err error, c echo.Context) {
		if allow := methods(all, c.Path()); allow != "" {
			c.Response().Header().Set("Allow", allow)
		}
		s.serve(&route{method: c.Request().Method, path: "none", handle: func(*call) error { return err }}, c)
	}
	s.echo.HTTPErrorHandler = refuse
	for _, r := range all {
		s.echo.Add(r.method, echoPath(r.path), func(c echo.Context) error {
			s.serve(&r, c)
			return nil
		})
		s.echo.Add(http.MethodOptions, echoPath(r.path), func(echo.Context) error { return echo.ErrMethodNotAllowed })
	}
}

// methods are the methods of a path in Echo's form, as an Allow header.
func methods(all []route, path string) string {
	var list []string
	for _, r := range all {
		if echoPath(r.path) == path {
			list = append(list, r.method)
		}
	}
	return strings.Join(list, ", ")
}

// echoPath turns {id} into :id and escapes the colon of :batch, which Echo would take for a parameter. Of
// {version}:promote it makes :version, whose value has the verb at its end: Echo's parameters end at a slash.
func echoPath(path string) string {
	b := make([]byte, 0, len(path)+1)
	for i := range len(path) {
		switch path[i] {
		case '{':
			b = append(b, ':')
		case '}':
			if i+1 < len(path) && path[i+1] == ':' {
				return string(b)
			}
		case ':':
			b = append(b, '\\', ':')
		default:
			b = append(b, path[i])
		}
	}
	return string(b)
}
