package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"takt/features/history"
	"takt/features/wire"
	"takt/models/promotion"
)

// desk is what manages policies here.
func (s *Server) desk() (*promotion.Desk, error) {
	if s.Policies == nil {
		return nil, newProblem(notFound, "policies are not managed by this server")
	}
	return s.Policies, nil
}

// who names the key for the log of changes; commands on the server's own machine are cli.
func (x *call) who() string {
	if x.keyID == "local" {
		return "cli"
	}
	return x.keyID + "/" + string(x.role)
}

// json answers with a value.
func (x *call) json(v any, err error) error {
	if err != nil {
		return policyProblem(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, b)
}

// policyProblem is what the outside may know of an error of the desk.
func policyProblem(err error) error {
	var r *promotion.RefusedError
	pointer := func(p, detail string) error {
		return newProblem(badRequest, "").at(fault{Pointer: &p, Detail: detail})
	}
	switch {
	case errors.As(err, &r):
		p := newProblem(refused, r.Why+"; wait for more decisions, or overrule with force and a reason")
		p.Verdict, p.Shift = r.Verdict, r.Shift
		return p
	case errors.Is(err, promotion.ErrUnfit):
		return newProblem(refused, promotion.ErrUnfit.Error())
	case errors.Is(err, promotion.ErrReason):
		return pointer("/reason", promotion.ErrReason.Error())
	case errors.Is(err, promotion.ErrName):
		return pointer("/version", promotion.ErrName.Error())
	case errors.Is(err, history.ErrNotFound):
		return newProblem(notFound, "no such policy version or snapshot was published; GET /v1/policies lists them")
	}
	return err
}

func (s *Server) policies(x *call) error {
	d, err := s.desk()
	if err != nil {
		return err
	}
	limit, err := intParameter(x.r.URL.Query().Get("limit"), 20, 1000)
	if err != nil {
		return err
	}
	return x.json(d.List(x.r.Context(), x.tenant.Config, limit))
}

func (s *Server) policy(x *call) error {
	d, err := s.desk()
	if err != nil {
		return err
	}
	version, err := x.param("version")
	if err != nil {
		return err
	}
	return x.json(d.Show(x.r.Context(), x.tenant.Config, version))
}

func (s *Server) shadow(x *call) error {
	d, err := s.desk()
	if err != nil {
		return err
	}
	return x.json(d.ShadowReport(x.r.Context(), x.tenant.Config))
}

func (s *Server) train(x *call) error {
	d, w, err := s.wish(x, "version", "as_of")
	if err != nil {
		return err
	}
	now := s.Clock.Now(x.tenant.Config.ID)
	if w.AsOf.IsZero() {
		w.AsOf = now
	}
	pointer := "/as_of"
	switch {
	case w.AsOf.IsZero():
		return newProblem(badRequest, "").at(fault{Pointer: &pointer, Detail: "is missing, and the replay clock has not started"})
	case !now.IsZero() && w.AsOf.After(now):
		return newProblem(badRequest, "").at(fault{Pointer: &pointer, Detail: "is after the tenant's present, when labels would not be final"})
	}
	return x.json(d.Train(x.r.Context(), x.tenant.Config, promotion.Training{Version: w.Version, AsOf: w.AsOf.UTC(), Who: x.who()}))
}

func (s *Server) promote(x *call) error {
	version, err := x.param("version")
	if err != nil {
		return err
	}
	version, ok := strings.CutSuffix(version, ":promote")
	if !ok || version == "" {
		return newProblem(notFound, "no such route; see /openapi.yaml")
	}
	d, w, err := s.wish(x, "force", "reason")
	if err != nil {
		return err
	}
	return x.json(d.Promote(x.r.Context(), x.tenant.Config, version, w.person(x)))
}

func (s *Server) rollback(x *call) error {
	d, w, err := s.wish(x, "version", "reason")
	if err != nil {
		return err
	}
	p, err := d.Rollback(x.r.Context(), x.tenant.Config, w.Version, w.person(x))
	if errors.Is(err, history.ErrNotFound) {
		return newProblem(refused, "no earlier version was live, or not the one that is named")
	}
	return x.json(p, err)
}

func (s *Server) pause(x *call) error { return s.switchTo(x, true) }

func (s *Server) resume(x *call) error { return s.switchTo(x, false) }

func (s *Server) switchTo(x *call, paused bool) error {
	d, w, err := s.wish(x, "reason")
	if err != nil {
		return err
	}
	act := d.Resume
	if paused {
		act = d.Pause
	}
	err = act(x.r.Context(), x.tenant.Config, w.person(x))
	return x.json(struct {
		Tenant string `json:"tenant"`
		Paused bool   `json:"paused"`
	}{x.tenant.Config.ID, paused}, err)
}

// wish is the body of the routes that change policies; each route takes some of the fields.
type wish struct {
	Version string
	AsOf    time.Time
	Reason  string
	Force   bool
}

func (w *wish) person(x *call) promotion.Wish {
	return promotion.Wish{Who: x.who(), Reason: w.Reason, Force: w.Force}
}

// The longest reason, in bytes, and body.
const (
	maxReason = 500
	maxWish   = 64 << 10
)

// wish reads a body; none is an empty one.
func (s *Server) wish(x *call, known ...string) (*promotion.Desk, *wish, error) {
	d, err := s.desk()
	if err != nil {
		return nil, nil, err
	}
	w := &wish{}
	if x.r.ContentLength == 0 {
		return d, w, nil
	}
	if _, err := x.mediaType("application/json"); err != nil {
		return nil, nil, err
	}
	body, release, err := s.read(x, maxWish)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	fields, err := members(body)
	if err != nil {
		return nil, nil, err
	}
	p := newProblem(badRequest, "")
	for _, f := range fields {
		if detail := w.set(f, known); detail != "" {
			pointer := "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(f.name)
			p.at(fault{Pointer: &pointer, Detail: detail})
		}
	}
	if len(p.Errors) > 0 {
		return nil, nil, p
	}
	return d, w, nil
}

// set takes a member, or says what is wrong with it.
func (w *wish) set(f member, known []string) string {
	if !strings.Contains(" "+strings.Join(known, " ")+" ", " "+f.name+" ") {
		return "is not known; use " + strings.Join(known, ", ")
	}
	if string(f.value) == "null" {
		return ""
	}
	switch f.name {
	case "version":
		if json.Unmarshal(f.value, &w.Version) != nil || w.Version == "" {
			return "must be the name of a policy version"
		}
	case "reason":
		if json.Unmarshal(f.value, &w.Reason) != nil || strings.TrimSpace(w.Reason) == "" || len(w.Reason) > maxReason {
			return "must be a text of 1 to 500 bytes"
		}
	case "force":
		if json.Unmarshal(f.value, &w.Force) != nil {
			return "must be true or false"
		}
	case "as_of":
		var text string
		err := json.Unmarshal(f.value, &text)
		if err == nil {
			w.AsOf, err = wire.ParseTime(text)
		}
		if err != nil {
			return "is no RFC 3339 time with offset"
		}
	}
	return ""
}
