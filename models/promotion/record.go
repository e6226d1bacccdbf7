package promotion

import (
	"encoding/json"
	"time"

	"takt/engine"
	"takt/features/history"
	"takt/models/learner"
)

// Record is what a training run made; it is stored beside the snapshot.
type Record struct {
	Tenant   string         `json:"tenant"`
	Snapshot string         `json:"snapshot_id"`
	Version  string         `json:"version"` // policy version
	State    string         `json:"state"`   // what became of it when it was trained, see the states
	Reason   string         `json:"reason,omitempty"`
	Policy   string         `json:"policy,omitempty"` // the form: policy word and epsilon; the reward stands in the snapshot
	Epsilon  float64        `json:"epsilon"`
	AsOf     time.Time      `json:"as_of"`
	Report   learner.Report `json:"report"`
	Shift    *Shift         `json:"shift,omitempty"`       // a refresh against the live snapshot
	Touched  time.Time      `json:"erased_since,omitzero"` // somebody whose facts it was learned from was erased: it cannot be learned again
}

// The states of a training run.
const (
	StateLive      = "live"
	StateUnchanged = "unchanged" // nothing new to say: the snapshot that was there stays
	StateCandidate = "candidate" // of a policy version that is not live
	StateHeld      = "held"      // a refresh that failed its checks
)

// recordOf reads the record of a published snapshot; those of before there were versions are of First.
func recordOf(a history.Artefact) *Record {
	r := &Record{}
	if json.Unmarshal(a.Meta, r) != nil || r.Version == "" {
		r.Version = First
	}
	r.Tenant, r.Snapshot = a.Tenant, a.Version
	return r
}

// form is the tenant as the policy version has it: reward, policy word and epsilon of the version. A
// tenant whose configuration asks for no learned policy stays as it is.
func (r *Record) form(t *engine.Tenant, s *engine.Snapshot) *engine.Tenant {
	if !learned(t) {
		return t
	}
	c := *t
	if s.Header.Reward.Horizon > 0 {
		c.Reward = s.Header.Reward
	}
	if r.Policy != "" {
		c.Policy, c.Epsilon = r.Policy, r.Epsilon
	}
	return &c
}

// Differs names what of the configuration is not in the form that is served.
func (d *Desk) Differs(configured *engine.Tenant, served Arm) (names []string) {
	if configured.Policy != served.Tenant.Policy {
		names = append(names, "policy")
	}
	if configured.Epsilon != served.Tenant.Epsilon {
		names = append(names, "epsilon")
	}
	if configured.Reward != served.Tenant.Reward {
		names = append(names, "reward")
	}
	if served.Prior != nil && *d.prior(configured) != *served.Prior {
		names = append(names, "prior")
	}
	return names
}
