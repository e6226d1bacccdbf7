package api

import (
	"net/http"
	"strconv"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/features/history"
	"takt/features/outcome"
	"takt/features/wire"
)

// timeline is everything known of one case in the order of time: its events whole, its decisions as answered
// with what became of them.
func (s *Server) timeline(x *call) error {
	id, err := x.param("id")
	if err != nil {
		return err
	}
	log, err := x.ledger.Log(x.r.Context(), history.Case(x.tenant.Config.ID, id))
	if err != nil {
		return err
	}
	if len(log.Events) == 0 && len(log.Decisions) == 0 {
		return newProblem(notFound, "nothing is known of this case")
	}
	l := story{Log: &log, rules: outcome.Of(&x.tenant.Config.Reward), gone: outcome.Retractions(log.Events), now: s.at(x)}
	b := payload.AppendText([]byte(`{"case_id":`), id)
	b = payload.AppendText(append(b, `,"debtor_id":`...), log.Debtor)
	b = append(payload.AppendTime(append(b, `,"at":`...), l.now, nil), `,"items":[`...)
	for e, d := 0, 0; e < len(log.Events) || d < len(log.Decisions); {
		if e+d > 0 {
			b = append(b, ',')
		}
		if e == len(log.Events) || d < len(log.Decisions) && log.Decisions[d].IssuedAt.Before(log.Events[e].At) {
			b = l.decision(b, d)
			d++
		} else {
			b = l.event(b, &log.Events[e])
			e++
		}
	}
	return x.reply(http.StatusOK, append(b, `]}`...))
}

// story is the log of a case on its way out.
type story struct {
	*history.Log
	rules outcome.Rules
	gone  map[outcome.Identity]*engine.Event
	now   time.Time
}

// event appends an event, and which one took it back.
func (l *story) event(b []byte, e *engine.Event) []byte {
	b = payload.AppendTime(append(b, `{"at":`...), e.At, nil)
	b = wire.AppendEvent(append(b, `,"event":`...), e)
	if by := l.gone[outcome.Identity{Source: e.Source, ID: e.ID}]; by != nil && e.Type != engine.EventRetracted {
		b = payload.AppendText(append(b, `,"retracted_by":`...), by.ID)
	}
	return append(b, '}')
}

// decision appends a decision as answered, its state and its label.
func (l *story) decision(b []byte, i int) []byte {
	d := &l.Decisions[i]
	b = payload.AppendTime(append(b, `{"at":`...), d.IssuedAt, nil)
	b = append(append(b, `,"decision":`...), d.Reply...)
	st := outcome.StateOf(l.Log, i, l.now)
	b = payload.AppendText(append(b, `,"state":{"state":`...), st.Word)
	if !st.At.IsZero() {
		b = payload.AppendTime(append(b, `,"at":`...), st.At, nil)
	}
	if e := st.By; e != nil {
		b = payload.AppendText(append(b, `,"event_id":`...), e.ID)
		if e.Data.Reason != "" {
			b = payload.AppendText(append(b, `,"reason":`...), e.Data.Reason)
		}
		if e.Data.Action != "" {
			b = payload.AppendText(append(b, `,"action":`...), e.Data.Action)
		}
	}
	if !st.Next.IsZero() {
		b = payload.AppendText(append(b, `,"decision_id":`...), st.Next.String())
	}
	o := l.rules.Label(l.Log, d, l.now)
	b = payload.AppendText(append(b, `},"label":{"state":`...), o.State.String())
	b = payload.AppendTime(append(b, `,"closes_at":`...), l.rules.Close(d.IssuedAt), nil)
	b = strconv.AppendBool(append(b, `,"resolved":`...), o.Resolved)
	return append(b, `}}`...)
}
