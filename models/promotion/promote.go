package promotion

import (
	"context"
	"encoding/json"
	"fmt"

	"takt/engine"
	"takt/models/registry"
)

// rampSteps are the shares of debtors that a non-inferior version gets before it gets all.
func rampSteps() []float64 { return []float64{.1, .5} }

// Promoted is what became of a wish to make a version live.
type Promoted struct {
	Tenant   string   `json:"tenant"`
	Version  string   `json:"version"`
	Snapshot string   `json:"snapshot_id"`
	State    string   `json:"state"` // live, or ramp
	Share    float64  `json:"share"` // of debtors outside the hold-out
	Forced   bool     `json:"forced"`
	Verdict  *Verdict `json:"verdict,omitempty"`
	Shift    *Shift   `json:"shift,omitempty"`
}

// Promote makes a version live, as far as it may: a snapshot of the live version if its shares lie within
// the bands, any snapshot if nothing is live, a new version if the gate lets it: whole if it is better,
// else the next step of the ramp (a tenth, half, all), each step judged anew. A RefusedError says what
// was found; with Force and a Reason nothing but the fit is asked, and the log keeps who and why.
func (d *Desk) Promote(ctx context.Context, t *engine.Tenant, version string, w Wish) (Promoted, error) {
	if w.Force && w.Reason == "" {
		return Promoted{}, fmt.Errorf("force a promotion: %w", ErrReason)
	}
	r, err := d.find(ctx, t.ID, version)
	if err != nil {
		return Promoted{}, err
	}
	arm, err := d.arm(ctx, t, r.Snapshot)
	if err != nil {
		return Promoted{}, err
	}
	if arm.Snapshot == nil {
		return Promoted{}, fmt.Errorf("promote %s: %w", version, ErrUnfit)
	}
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return Promoted{}, err
	}
	live, err := d.arm(ctx, t, st.Version)
	if err != nil {
		return Promoted{}, err
	}
	p := Promoted{Tenant: t.ID, Version: r.Version, Snapshot: r.Snapshot, State: registry.ActLive, Share: 1, Forced: w.Force}
	if !w.Force && live.Snapshot != nil && st.Version != r.Snapshot {
		if err := d.examine(ctx, t, &p, st, live, arm); err != nil {
			return p, err
		}
	}
	d.changing.Lock()
	defer d.changing.Unlock()
	c := registry.Change{Who: w.Who, Reason: w.Reason, Forced: w.Force}
	if p.Verdict != nil {
		if c.Verdict, err = json.Marshal(p.Verdict); err != nil {
			return p, fmt.Errorf("promote: %w", err)
		}
	}
	if p.State == registry.ActRamp {
		err = d.Registry.Ramp(ctx, t.ID, registry.Policy, Name, r.Snapshot, p.Share, c)
	} else {
		err = d.Registry.Point(ctx, t.ID, registry.Policy, Name, r.Snapshot, c)
	}
	if err != nil {
		return p, err
	}
	d.log().Info("policy is promoted", "tenant", t.ID, "version", p.Version, "snapshot_id", p.Snapshot, "state", p.State, "share", p.Share, "forced", p.Forced, "who", w.Who)
	return p, d.deploy(ctx, t)
}

// examine asks bands or gate, and says on p how far the version may go.
func (d *Desk) examine(ctx context.Context, t *engine.Tenant, p *Promoted, st registry.State, live, arm Arm) error {
	if p.Version == live.Snapshot.Header.Version {
		return d.within(ctx, p, live, arm)
	}
	v, err := d.Judge(ctx, live, arm)
	if err != nil {
		return err
	}
	p.Verdict = &v
	if !v.Passed() {
		return &RefusedError{Why: v.Reason, Verdict: &v}
	}
	if v.Result == NonInferior {
		for _, share := range rampSteps() {
			if st.Ramp != p.Snapshot || st.Share < share {
				p.State, p.Share = registry.ActRamp, share
				return nil
			}
		}
	}
	return nil
}

// within holds a snapshot of the live version to the bands.
func (d *Desk) within(ctx context.Context, p *Promoted, live, arm Arm) error {
	bands := d.Bands.defaults()
	sample, err := recent(ctx, d.Store, p.Tenant, max(arm.Snapshot.Header.ToSeq, live.Snapshot.Header.ToSeq), bands.Sample)
	if err != nil {
		return err
	}
	if p.Shift, err = compare(live, arm, sample); err != nil {
		return &RefusedError{Why: "its votes are no numbers"}
	}
	if why := bands.breach(p.Shift, &arm.Tenant.Grid); why != "" {
		return &RefusedError{Why: why, Shift: p.Shift}
	}
	return nil
}

// Judge asks the gate about a version against the live one.
func (d *Desk) Judge(ctx context.Context, live, arm Arm) (Verdict, error) {
	if d.Gate == nil {
		return Verdict{Result: NotEstimable, Reason: "no gate is set up here"}, nil
	}
	if d.Flush != nil {
		if err := d.Flush(ctx); err != nil {
			return Verdict{}, fmt.Errorf("judge: %w", err)
		}
	}
	return d.Gate.Judge(ctx, d.Store, Question{Tenant: arm.Tenant, Candidate: arm.Snapshot, Live: live.Snapshot.Header.Version, AsOf: d.Now(arm.Tenant.ID), Margin: d.Margin})
}
