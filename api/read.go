package api

import (
	"net/http"
	"strconv"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/features/history"
	"takt/features/wire"
)

// decision answers with the reply that was stored.
func (s *Server) decision(x *call) error {
	d, err := x.row()
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, d.Reply)
}

// row is the decision that the path names.
func (x *call) row() (*engine.Decision, error) {
	text, err := x.param("id")
	if err != nil {
		return nil, err
	}
	id, err := engine.ParseID(text)
	if err != nil {
		return nil, newProblem(notFound, "a decision_id has 26 letters")
	}
	x.decision = id
	return x.ledger.Decision(x.r.Context(), x.tenant.Config.ID, id)
}

// changes streams what is new to whoever keeps a cursor.
func (s *Server) changes(x *call) error {
	q := x.r.URL.Query()
	if !q.Has("changed_since") {
		return badParameter("changed_since", "is missing; use 0 for the start, then the cursor of the last answer")
	}
	after, err := strconv.ParseUint(q.Get("changed_since"), 10, 64)
	if err != nil {
		return badParameter("changed_since", "is no cursor; use 0 for the start, then the cursor of the last answer")
	}
	limit, err := intParameter(q.Get("limit"), 100, 1000)
	if err != nil {
		return err
	}
	changes, next, err := x.ledger.Changes(x.r.Context(), x.tenant.Config.ID, history.Cursor(after), limit)
	if err != nil {
		return err
	}
	b := []byte(`{"changes":[`)
	for i := range changes {
		c := &changes[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(payload.AppendText(append(b, `{"state":`...), c.State), `,"changed_at":`...)
		b = append(payload.AppendTime(b, c.At, nil), `,"decision":`...)
		b = append(append(b, c.Decision.Reply...), '}')
	}
	b = append(strconv.AppendUint(append(b, `],"cursor":"`...), uint64(next), 10), `","more":`...)
	return x.reply(http.StatusOK, append(strconv.AppendBool(b, len(changes) == limit), '}'))
}

// at is the tenant's time; the server's where a replay clock has not started.
func (s *Server) at(x *call) time.Time {
	if at := s.Clock.Now(x.tenant.Config.ID); !at.IsZero() {
		return at
	}
	return s.Now()
}

// due lists the cases to ask about, the longest due first.
func (s *Server) due(x *call) error {
	q := x.r.URL.Query()
	limit, err := intParameter(q.Get("limit"), 100, 10_000)
	if err != nil {
		return err
	}
	at := s.at(x)
	if v := q.Get("at"); v != "" {
		if at, err = wire.ParseTime(v); err != nil {
			return badParameter("at", notTime)
		}
	}
	cases, err := x.ledger.Due(x.r.Context(), x.tenant.Config.ID, at.UTC(), limit)
	if err != nil {
		return err
	}
	b := append(payload.AppendTime([]byte(`{"at":`), at, nil), `,"cases":[`...)
	for i := range cases {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendDue(b, &cases[i])
	}
	return x.reply(http.StatusOK, append(b, `]}`...))
}

func appendDue(b []byte, c *history.DueCase) []byte {
	b = payload.AppendText(append(b, `{"case_id":`...), c.Case)
	b = payload.AppendText(append(b, `,"debtor_id":`...), c.Debtor)
	b = append(b, `,"portfolio":`...)
	if c.Portfolio == "" {
		b = append(b, `null`...)
	} else {
		b = payload.AppendText(b, c.Portfolio)
	}
	b = payload.AppendTime(append(b, `,"since":`...), c.Since, nil)
	b = append(b, `,"decision_id":`...)
	if c.Decision.IsZero() {
		return append(b, `null}`...)
	}
	b, _ = c.Decision.AppendText(append(b, '"'))
	return append(b, `"}`...)
}

func intParameter(text string, absent, limit int) (int, error) {
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > limit {
		return 0, badParameter("limit", "must be 1 to "+strconv.Itoa(limit))
	}
	return n, nil
}
