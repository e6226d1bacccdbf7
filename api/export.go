package api

import (
	"bufio"
	"encoding/json"
	"net/http"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/features"
	"takt/features/history"
	"takt/features/wire"
)

// export writes all that is kept of a debtor as one JSON document (Art. 15 and 20 GDPR): profile with
// consents and features, every event as it came, every decision as it was answered and what it was made on.
func (s *Server) export(x *call) error {
	id, err := x.param("id")
	if err != nil {
		return err
	}
	ctx, tenant := x.r.Context(), x.tenant.Config.ID
	log, err := x.ledger.Person(ctx, tenant, id)
	if err != nil {
		return err
	}
	p, _, err := x.ledger.Profile(ctx, tenant, id)
	if err != nil {
		return err
	}
	if len(log.Events)+len(log.Decisions) == 0 {
		return newProblem(notFound, "nothing is known of this debtor")
	}
	profile, err := json.Marshal(s.profileOf(x.tenant.Config, id, &p))
	if err != nil {
		return err
	}
	x.status = http.StatusOK
	x.w.Header()["Content-Type"] = []string{"application/json"}
	x.w.WriteHeader(http.StatusOK)
	w := bufio.NewWriterSize(x.w, 64<<10)
	b := payload.AppendText([]byte(`{"debtor_id":`), id)
	b = payload.AppendTime(append(b, `,"exported_at":`...), s.Now(), nil)
	w.Write(append(append(b, `,"profile":`...), profile...))
	writeLog(w, &log)
	w.WriteString("}")
	w.Flush() // an error means the caller has gone
	return nil
}

// writeLog writes the lists of events and decisions.
func writeLog(w *bufio.Writer, log *history.Log) {
	var b []byte
	list := func(name string, n int, item func(i int) []byte) {
		w.WriteString(`,"` + name + `":[`)
		for i := range n {
			if i > 0 {
				w.WriteByte(',')
			}
			w.Write(item(i))
		}
		w.WriteString("]")
	}
	list("events", len(log.Events), func(i int) []byte {
		b = wire.AppendEvent(b[:0], &log.Events[i])
		return b
	})
	list("decisions", len(log.Decisions), func(i int) []byte {
		b, _ = json.Marshal(exported(&log.Decisions[i])) // nothing in it that JSON cannot hold
		return b
	})
}

// exportedDecision is what the log holds of a decision besides the answer.
type exportedDecision struct {
	ID          string             `json:"decision_id"`
	IssuedAt    time.Time          `json:"issued_at"`
	Reply       json.RawMessage    `json:"reply"` // as it was answered, with its reasons
	Segment     string             `json:"segment,omitempty"`
	Policy      string             `json:"policy"`
	Version     string             `json:"version,omitempty"`
	Snapshot    string             `json:"snapshot_id,omitempty"`
	Ruleset     string             `json:"ruleset"`
	Experiment  string             `json:"experiment,omitempty"`
	Arm         string             `json:"arm,omitempty"`
	Share       float64            `json:"arm_share"`
	Propensity  float64            `json:"propensity"`
	Features    map[string]float32 `json:"features,omitempty"` // the context it was made on
	Explanation string             `json:"explanation"`        // where it is told in words
}

func exported(d *engine.Decision) *exportedDecision {
	id := d.ID.String()
	e := &exportedDecision{ID: id, IssuedAt: d.IssuedAt, Reply: d.Reply, Segment: d.Segment, Policy: d.Policy, Version: d.Version, Snapshot: d.Snapshot, Ruleset: d.Ruleset,
		Experiment: d.Variant.Experiment, Arm: d.Variant.Arm, Share: d.Variant.Share, Propensity: d.Propensity, Explanation: "/v1/decisions/" + id + "/explanation?audience=debtor"}
	if len(d.X) <= len(features.Vector) && len(d.X) > 0 {
		e.Features = map[string]float32{}
		for i, x := range d.X {
			e.Features[features.Vector[i].Name] = x
		}
	}
	if len(e.Reply) == 0 {
		e.Reply = json.RawMessage("null")
	}
	return e
}
