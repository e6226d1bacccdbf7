package promotion

import (
	"context"
	"time"

	"takt/engine"
	"takt/models/registry"
)

// List is what there is and what decides.
type List struct {
	Tenant  string           `json:"tenant"`
	Policy  string           `json:"policy"`            // word of the policy that decides, as configured or as its version has it
	Live    string           `json:"live"`              // snapshot id; "" while the prior decides
	Version string           `json:"version"`           // its policy version
	Ramp    string           `json:"ramp"`              // snapshot id of the version on its way; "" for none
	Share   float64          `json:"ramp_share"`        // of debtors outside the hold-out
	Paused  bool             `json:"paused"`            // the ladder decides
	Frozen  bool             `json:"frozen"`            // refreshes are held after a rollback
	Differs []string         `json:"differs,omitempty"` // of the configuration and not served: train a new version
	Items   []Item           `json:"policies"`          // newest first
	Log     []registry.State `json:"log"`               // who changed what and why, newest first
}

// Item is a published snapshot.
type Item struct {
	Record
	Now string `json:"now"` // live, ramp, or ""
}

// most bounds the lists: there is a refresh every few minutes.
const most = 1000

// List lists the newest snapshots, limit at most, and as many changes.
func (d *Desk) List(ctx context.Context, t *engine.Tenant, limit int) (List, error) {
	l := List{Tenant: t.ID, Policy: t.Policy, Items: []Item{}, Log: []registry.State{}}
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return l, err
	}
	l.Live, l.Ramp, l.Share, l.Paused, l.Frozen = st.Version, st.Ramp, st.Share, st.Paused, st.Frozen
	if _, halted := d.halted.Load(t.ID); halted {
		l.Paused = true
	}
	arm, err := d.arm(ctx, t, st.Version)
	if err != nil {
		return l, err
	}
	l.Version = "prior"
	if arm.Snapshot != nil {
		l.Version, l.Policy, l.Differs = arm.Snapshot.Header.Version, arm.Tenant.Policy, Differs(t, arm.Tenant)
	}
	all, err := d.records(ctx, t.ID)
	if err != nil {
		return l, err
	}
	if l.Log, err = d.Registry.Log(ctx, t.ID, registry.Policy, Name); err != nil {
		return l, err
	}
	limit = min(max(limit, 1), most)
	l.Log = append([]registry.State{}, l.Log[:min(len(l.Log), limit)]...)
	for _, r := range all[:min(len(all), limit)] {
		l.Items = append(l.Items, Item{*r, standing(st, r.Snapshot)})
	}
	return l, nil
}

func standing(st registry.State, snapshot string) string {
	switch snapshot {
	case st.Version:
		return registry.ActLive
	case st.Ramp:
		return registry.ActRamp
	}
	return ""
}

// Detail is one snapshot with the gate's verdict on it.
type Detail struct {
	Item
	Reward  engine.Reward    `json:"reward"`
	Header  engine.Header    `json:"header"`
	Fits    bool             `json:"fits"`              // it can serve this tenant
	Verdict *Verdict         `json:"verdict,omitempty"` // of a version that is not the live one
	Log     []registry.State `json:"log"`               // the changes that made it live or took it away
}

// Show is one snapshot, by id or policy version; a version that is not live is judged.
func (d *Desk) Show(ctx context.Context, t *engine.Tenant, version string) (Detail, error) {
	r, err := d.find(ctx, t.ID, version)
	if err != nil {
		return Detail{}, err
	}
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return Detail{}, err
	}
	v := Detail{Item: Item{*r, standing(st, r.Snapshot)}, Log: []registry.State{}}
	log, err := d.Registry.Log(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return v, err
	}
	for _, s := range log {
		if s.Version == r.Snapshot || s.Ramp == r.Snapshot {
			v.Log = append(v.Log, s)
		}
	}
	arm, err := d.arm(ctx, t, r.Snapshot)
	if err != nil || arm.Snapshot == nil {
		return v, err
	}
	v.Fits, v.Header, v.Reward = true, arm.Snapshot.Header, arm.Tenant.Reward
	live, err := d.arm(ctx, t, st.Version)
	if err != nil || live.Snapshot == nil || live.Snapshot.Header.Version == r.Version {
		return v, err
	}
	verdict, err := d.Judge(ctx, live, arm)
	v.Verdict = &verdict
	return v, err
}

// ShadowReport is what the live snapshot expects of its own choices over what the caller's ladder did, on
// shadow decisions with closed labels. It is an expectation of the model that chose, which flatters
// its own choices; only live decisions with propensities measure.
type ShadowReport struct {
	Method    string  `json:"method"` // direct_method
	Note      string  `json:"note"`
	Snapshot  string  `json:"snapshot_id"`
	Decisions int     `json:"decisions"` // shadow decisions used
	Debtors   int     `json:"debtors"`
	Engine    float64 `json:"engine"` // mean model value of the engine's choices, minor units per decision
	Ladder    float64 `json:"ladder"` // of what the caller did
	Gain      float64 `json:"gain"`
	Lower     float64 `json:"lower"` // 95 % interval of Gain over debtors; the model's own error is not in it
	Upper     float64 `json:"upper"`
	Known     bool    `json:"interval"` // there are debtors enough for one

	// Observed is what the decisions really earned under the ladder; Ladder should be near it.
	Observed float64 `json:"observed"`

	Agreement float64            `json:"agreement"` // share of decisions with the same channel, waiting a channel of its own
	Executed  map[string]float64 `json:"executed"`  // share of what the caller did, by channel; hold: no contact
	Weights   string             `json:"weights"`   // whether the caller's actions vary enough for weights
	LeftOut   map[string]int     `json:"left_out,omitempty"`
}

// ShadowReport asks for the report on the tenant's shadow decisions.
func (d *Desk) ShadowReport(ctx context.Context, t *engine.Tenant) (ShadowReport, error) {
	if d.Flush != nil {
		if err := d.Flush(ctx); err != nil {
			return ShadowReport{}, err
		}
	}
	s, err := d.Stage(ctx, t)
	if err != nil {
		return ShadowReport{}, err
	}
	var at time.Time = d.Now(t.ID)
	return d.Shadow(ctx, d.Store, s.Live, at)
}
