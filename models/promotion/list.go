package promotion

import (
	"context"

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
	Now        string        `json:"now"`             // live, ramp, or ""
	Drift      *engine.Drift `json:"drift,omitempty"` // the last alarm by then
	Replayable bool          `json:"replayable"`      // all that it was learned from is still there
}

// item is a record as it stands now.
func item(st registry.State, r *Record) Item {
	return Item{*r, standing(st, r.Snapshot), r.Report.LastDrift(), r.Touched.IsZero()}
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
		l.Version, l.Policy, l.Differs = arm.Snapshot.Header.Version, arm.Tenant.Policy, d.Differs(t, arm)
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
		l.Items = append(l.Items, item(st, r))
	}
	return l, nil
}

// Changes are all changes of what decides, newest first.
func (d *Desk) Changes(ctx context.Context, t *engine.Tenant) ([]registry.State, error) {
	return d.Registry.Log(ctx, t.ID, registry.Policy, Name)
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
	Fits    bool             `json:"fits"`              // it can serve this tenant
	Form    *Form            `json:"form,omitempty"`    // of one that fits
	Verdict *Verdict         `json:"verdict,omitempty"` // on a version that is not the live one
	Log     []registry.State `json:"log"`               // the changes that made it live or took it away
}

// Form is what makes a policy version, and what its snapshot has seen of the log.
type Form struct {
	Algorithm string   `json:"algorithm"`
	Grid      string   `json:"grid"`
	Schema    int      `json:"schema"`
	Features  int      `json:"features"`
	Denied    []string `json:"denied"` // features that it was learned without
	Policy    string   `json:"policy"`
	Epsilon   float64  `json:"epsilon"`
	Reward    Reward   `json:"reward"`
	Rows      int      `json:"rows"`
	FromSeq   uint64   `json:"from_seq"`
	ToSeq     uint64   `json:"to_seq"`
}

// Reward is engine.Reward in the words of takt.yaml.
type Reward struct {
	Currency       string  `json:"currency"`
	HorizonDays    float64 `json:"horizon_days"`
	Pay            float64 `json:"pay"`
	Cost           float64 `json:"cost"`
	Keep           float64 `json:"keep"`
	Margin         float64 `json:"margin"`
	DiscountYear   float64 `json:"discount_year"`
	RetentionMinor int64   `json:"retention_minor"`
	ComplaintMinor int64   `json:"complaint_minor"`
}

func formOf(a Arm) *Form {
	h, r := &a.Snapshot.Header, &a.Tenant.Reward
	return &Form{h.Algorithm, h.Grid, h.Schema, h.Features, append([]string{}, h.Denied...), a.Tenant.Policy, a.Tenant.Epsilon,
		Reward{r.Currency, r.Horizon.Hours() / 24, r.WPay, r.WCost, r.WKeep, r.Margin, r.DiscountYear, r.RetentionMinor, r.ComplaintMinor},
		h.Rows, h.FromSeq, h.ToSeq}
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
	v := Detail{Item: item(st, r), Log: []registry.State{}}
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
	v.Fits, v.Form = true, formOf(arm)
	live, err := d.arm(ctx, t, st.Version)
	if err != nil || live.Snapshot == nil || live.Snapshot.Header.Version == r.Version {
		return v, err
	}
	verdict, err := d.Judge(ctx, live, arm)
	v.Verdict = &verdict
	return v, err
}
