package api

import (
	"encoding/json"
	"slices"

	"takt/engine"
	"takt/features/audit"
	"takt/models/registry"
)

// newestFirst joins the audit log with what people did to policies: pauses, rollbacks and promotions by name.
func newestFirst(list []audit.Entry, changes []registry.State, limit int) []audit.Entry {
	for _, c := range changes {
		if c.Who == "refresh" {
			continue
		}
		subject := c.Version
		if c.Act == registry.ActRamp {
			subject = c.Ramp
		}
		e := audit.Entry{At: c.At, Act: "policy_" + c.Act, Who: c.Who, Reason: c.Reason, Subject: subject}
		if c.Forced {
			e.Detail = json.RawMessage(`{"forced":true}`)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b audit.Entry) int { return b.At.Compare(a.At) })
	return list[:min(len(list), limit)]
}

// approval is a human's word on what a machine may not do alone: what has legal or similarly significant effects on the
// person (Art. 22 GDPR).
type approval struct {
	Act      engine.Act `json:"act"`
	Approved *bool      `json:"approved"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
}

// approve writes a human's word on a decision into the audit log. The last word about an act counts.
func (s *Server) approve(x *call) error {
	if s.Audit == nil {
		return newProblem(notFound, "this server keeps no audit log")
	}
	a, err := s.readApproval(x)
	if err != nil {
		return err
	}
	d, err := x.row()
	if err != nil {
		return err
	}
	if a.Act == engine.ActHandover && d.Kind != engine.KindHandover {
		return badField("/act", "the decision is no handover, but "+d.Kind.String())
	}
	detail, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = s.Audit.Append(audit.Entry{At: s.Now(), Tenant: x.tenant.Config.ID, Act: audit.Approval, Who: x.who(), Reason: a.Reason, Subject: d.ID.String() + "/" + a.Act.String(), Detail: detail})
	return x.json(struct {
		Decision string `json:"decision_id"`
		approval
	}{d.ID.String(), *a}, err)
}

func (s *Server) readApproval(x *call) (*approval, error) {
	if _, err := x.mediaType("application/json"); err != nil {
		return nil, err
	}
	body, release, err := s.read(x, maxDecision)
	if err != nil {
		return nil, err
	}
	defer release()
	fields, err := members(body)
	if err != nil {
		return nil, err
	}
	var a approval
	for _, f := range fields {
		if detail := a.set(f); detail != "" {
			return nil, badField("/"+escape(f.name), detail)
		}
	}
	switch {
	case a.Act == 0:
		return nil, badField("/act", "is missing; name what is approved, such as handover")
	case a.Approved == nil:
		return nil, badField("/approved", "is missing; say true or false")
	case a.By == "" || len(a.By) > 200:
		return nil, badField("/by", "name the human who approved, in 1 to 200 bytes")
	case a.Reason == "" || len(a.Reason) > maxReason:
		return nil, badField("/reason", "say why, in 1 to 500 bytes")
	}
	return &a, nil
}

// set takes a member, or says what is wrong with it.
func (a *approval) set(f member) string {
	to, wanted := any(nil), "a text"
	switch f.name {
	case "act":
		to, wanted = &a.Act, "handover, block, plan_refusal, bureau_report or court"
	case "approved":
		to, wanted = &a.Approved, "true or false"
	case "by":
		to = &a.By
	case "reason":
		to = &a.Reason
	default:
		return "is not known; use act, approved, by, reason"
	}
	if json.Unmarshal(f.value, to) != nil {
		return "must be " + wanted
	}
	return ""
}

func badField(pointer, detail string) error {
	return newProblem(badRequest, "").at(fault{Pointer: &pointer, Detail: detail})
}

// human refuses the report that a decision was carried out which no human has approved.
func (s *Server) human(x *call, e *engine.Event) error {
	if e.Type != engine.DecisionExecuted || !x.ledger.NeedsHuman(e.Data.DecisionID) || s.Audit == nil {
		return nil
	}
	var a approval
	word, ok := s.Audit.Find(x.tenant.Config.ID, audit.Approval, e.Data.DecisionID.String()+"/"+engine.ActHandover.String())
	if ok && json.Unmarshal(word.Detail, &a) == nil && a.Approved != nil && *a.Approved {
		return nil
	}
	return &engine.FieldError{Pointer: "/data/decision_id", Detail: "is a handover that no human has approved; send POST /v1/decisions/{id}/approval first, or report decision_skipped"}
}
