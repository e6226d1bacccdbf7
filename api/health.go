package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"time"
)

//go:embed openapi.yaml
var openapiYAML []byte

// openapi serves the contract.
func (s *Server) openapi(x *call) error {
	return x.send(http.StatusOK, "application/yaml", openapiYAML)
}

// healthz says that the process runs; it asks nobody else.
func (s *Server) healthz(x *call) error {
	b, err := json.Marshal(map[string]string{"status": "ok", "version": s.Version})
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, b)
}

// check is one line of /readyz.
type check struct {
	Status string `json:"status"` // ok, or unavailable
	Detail string `json:"detail,omitempty"`
}

// readyz says whether decisions are answered: the ledger is open and, where it is asked, the store answers.
func (s *Server) readyz(x *call) error {
	checks := map[string]check{"ledger": {Status: "ok"}}
	status, word := http.StatusOK, "ready"
	if s.ledger.Load() == nil {
		checks["ledger"] = check{"unavailable", "the journal is being replayed"}
		status, word = http.StatusServiceUnavailable, "not_ready"
	}
	if s.Ready != nil {
		ctx, cancel := context.WithTimeout(x.r.Context(), 2*time.Second)
		defer cancel()
		checks["store"] = check{Status: "ok"}
		if err := s.Ready(ctx); err != nil {
			// The error may name hosts and users: it belongs in the log.
			s.Logger.Warn("the store does not answer", "err", err)
			checks["store"] = check{"unavailable", "the store does not answer; decisions go on from cached profiles"}
			status, word = http.StatusServiceUnavailable, "not_ready"
		}
	}
	b, err := json.Marshal(map[string]any{"status": word, "checks": checks})
	if err != nil {
		return err
	}
	return x.reply(status, b)
}
