package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// holdout reports on the permanent hold-out: its size and what the policy brought more than the ladder.
func (s *Server) holdout(x *call) error {
	year := 0
	if text := x.r.URL.Query().Get("year"); text != "" {
		var err error
		if year, err = strconv.Atoi(text); err != nil || year < 1970 || year > 9999 {
			return badParameter("year", "is no calendar year such as 2026")
		}
	}
	if s.Options.Holdout == nil {
		return newProblem(notFound, "this server reports on no hold-out")
	}
	r, err := s.Options.Holdout(x.r.Context(), x.tenant.Config.ID, year)
	if err != nil {
		return err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the report on the hold-out: %w", err)
	}
	return x.reply(http.StatusOK, b)
}
