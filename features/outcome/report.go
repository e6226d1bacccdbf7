package outcome

import (
	"time"

	"takt/engine"
)

// report is what the caller told about a decision.
type report struct {
	any      bool  // executed, failed, skipped or overridden
	executed bool  // as decided
	stated   int64 // cost stated by decision_executed, -1: none
	contacts int64 // costs stated by its contacts
	at       time.Time
}

// reportOf reads the reports about d. Hold and no_contact are executed when issued; of a shadow
// decision nothing is.
func reportOf(es []*engine.Event, d *engine.Decision) report {
	r := report{stated: -1}
	if d.Mode != engine.Live {
		return r
	}
	if d.Kind == engine.KindHold || d.Kind == engine.KindNoContact {
		r.any, r.executed, r.at = true, true, d.IssuedAt
		return r
	}
	overruled := false
	for _, e := range es {
		if e.Data.DecisionID != d.ID || e.Data.DecisionID.IsZero() {
			continue
		}
		switch e.Type {
		case engine.DecisionExecuted:
			r.act(e)
			if e.Data.Has&engine.FieldCostMicro != 0 {
				r.stated = e.Data.CostMicro
			}
		case engine.DecisionSkipped, engine.DecisionOverridden:
			r.any, overruled = true, true
		case engine.ContactSent, engine.ContactAttempted, engine.ContactConnected, engine.ContactDelivered,
			engine.ContactOpened, engine.ContactClicked, engine.ContactReplied:
			r.act(e)
			r.contacts += e.Data.CostMicro
		case engine.ContactFailed:
			r.any = true // it came to nothing, which is an outcome and no missing report
			r.contacts += e.Data.CostMicro
		}
	}
	r.executed = r.executed && !overruled
	return r
}

func (r *report) act(e *engine.Event) {
	if !r.executed {
		r.at = e.At
		if !e.Data.ActedAt.IsZero() {
			r.at = e.Data.ActedAt
		}
	}
	r.any, r.executed = true, true
}

// costMicro is what the executed contact cost: as stated, else the decision's expected cost.
func (r *report) costMicro(d *engine.Decision, until time.Time) int64 {
	switch {
	case !r.executed || d.Kind != engine.KindContact || r.at.After(until):
		return 0
	case r.stated >= 0 || r.contacts > 0:
		return max(r.stated, r.contacts)
	}
	return d.CostMicro
}
