package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"takt/features/history"
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
