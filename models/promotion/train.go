package promotion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features/history"
	"takt/models/learner"
	"takt/models/registry"
)

// Training says what to train.
type Training struct {
	Version string    // policy version. Defaults to the live one: a refresh
	AsOf    time.Time // labels are as known at this instant. Defaults to the tenant's clock
	Who     string    // "" is a refresh by the server
}

// Train learns from the tenant's log and publishes the snapshot. A refresh goes live if it passes its
// checks, else it is held, with the reason in its record; the first version of a tenant goes live, too,
// for nothing else does. Under another name than the live one it is a candidate.
func (d *Desk) Train(ctx context.Context, t *engine.Tenant, o Training) (Record, error) {
	d.training.Lock()
	defer d.training.Unlock()
	r, err := d.train(ctx, t, o)
	switch {
	case err != nil && ctx.Err() == nil:
		d.count(t.ID, "failed")
	case err == nil:
		d.count(t.ID, r.State)
	}
	return r, err
}

func (d *Desk) train(ctx context.Context, t *engine.Tenant, o Training) (Record, error) {
	if d.Flush != nil {
		if err := d.Flush(ctx); err != nil {
			return Record{}, fmt.Errorf("train: %w", err)
		}
	}
	if o.AsOf.IsZero() {
		o.AsOf = d.Now(t.ID)
	}
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return Record{}, fmt.Errorf("train: %w", err)
	}
	live, data, err := d.live(ctx, t, st.Version)
	if err != nil {
		return Record{}, fmt.Errorf("train: %w", err)
	}
	if o.Version == "" {
		o.Version = First
		if live.Snapshot != nil {
			o.Version = live.Snapshot.Header.Version
		}
	}
	if err := CheckName(o.Version); err != nil {
		return Record{}, fmt.Errorf("train: %w", err)
	}
	refresh := live.Snapshot != nil && live.Snapshot.Header.Version == o.Version
	form, prior := t, d.prior(t)
	if refresh {
		form, prior = live.Tenant, live.Prior
	}
	k, began := d.learnerOf(t.ID, o.Version), d.touches(t.ID)
	fresh, report, err := k.learner.Train(ctx, d.Store, learner.Options{Tenant: form, Seed: 1, AsOf: o.AsOf, Version: o.Version, Past: true, Prior: prior})
	if err != nil {
		return Record{}, fmt.Errorf("train: %w", err)
	}
	d.warn(t, k, &report)
	r := Record{Tenant: t.ID, Snapshot: engine.SnapshotID(fresh), Version: o.Version, Policy: form.Policy, Epsilon: form.Epsilon, AsOf: o.AsOf, Report: report}
	if known, err := d.known(ctx, &r, st, data, fresh); known || err != nil {
		return r, err
	}
	switch {
	case refresh:
		d.check(ctx, &r, live, form, fresh)
	case live.Snapshot == nil:
		r.State = StateLive
	default:
		r.State = StateCandidate
	}
	return r, d.publish(ctx, t, &r, o.Who, fresh, began)
}

// live is the live arm with its bytes; without a snapshot if none is live or the live one does not fit.
func (d *Desk) live(ctx context.Context, t *engine.Tenant, version string) (Arm, []byte, error) {
	if version == "" {
		return Arm{}, nil, nil
	}
	a, err := d.Registry.Get(ctx, t.ID, registry.Policy, Name, version)
	if errors.Is(err, history.ErrNotFound) {
		return Arm{}, nil, nil
	}
	if err != nil {
		return Arm{}, nil, err
	}
	arm, err := d.fit(t, a)
	return arm, a.Data, err
}

// known reports whether the live snapshot, or the newest one of the version, decides alike already: an
// idle tenant must not fill the shelf.
func (d *Desk) known(ctx context.Context, r *Record, st registry.State, data, fresh []byte) (bool, error) {
	if policy.SameModel(data, fresh) {
		r.Snapshot, r.State = st.Version, StateUnchanged
		return true, nil
	}
	list, err := d.records(ctx, r.Tenant)
	if err != nil {
		return false, err
	}
	for _, old := range list {
		if old.Version != r.Version {
			continue
		}
		a, err := d.Registry.Get(ctx, r.Tenant, registry.Policy, Name, old.Snapshot)
		if err != nil || !policy.SameModel(a.Data, fresh) || old.State == StateLive && !st.Frozen {
			return false, err
		}
		r.Snapshot, r.State, r.Reason, r.Shift = old.Snapshot, StateUnchanged, old.Reason, old.Shift
		return true, nil
	}
	return false, nil
}

// check decides whether a refresh goes live: its votes are finite and its shares within the bands.
func (d *Desk) check(ctx context.Context, r *Record, live Arm, form *engine.Tenant, fresh []byte) {
	r.State, r.Reason = StateHeld, ""
	s, err := policy.Open(fresh)
	if err != nil {
		r.Reason = "finite: " + err.Error()
		return
	}
	bands := d.Bands.defaults()
	sample, err := recent(ctx, d.Store, r.Tenant, s.Header.ToSeq, bands.Sample)
	if err != nil {
		r.Reason = "bands: " + err.Error()
		return
	}
	r.Shift, err = compare(live, Arm{Tenant: form, Snapshot: s}, sample)
	switch {
	case err != nil:
		r.Reason = "finite: " + err.Error()
	case live.Snapshot.Header.Rows >= bands.Rows && bands.breach(r.Shift, &form.Grid) != "":
		r.Reason = "bands: " + bands.breach(r.Shift, &form.Grid)
	default:
		r.State = StateLive
	}
}

// publish stores the snapshot with its record and makes it live if that is its state still. began is how
// many erasures there had been when its training began.
func (d *Desk) publish(ctx context.Context, t *engine.Tenant, r *Record, who string, data []byte, began int) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	d.marked(r, began)
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return err
	}
	if r.State == StateLive && st.Frozen {
		r.State, r.Reason = StateHeld, "frozen: somebody rolled back; promote a version or resume"
	}
	if r.State == StateHeld {
		d.log().Warn("refresh is not made live", "tenant", t.ID, "version", r.Version, "snapshot_id", r.Snapshot, "reason", r.Reason)
	}
	meta, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := d.Registry.Publish(ctx, t.ID, registry.Policy, Name, r.Snapshot, data, meta); err != nil {
		return err
	}
	if r.State != StateLive {
		return nil
	}
	if who == "" {
		who = "refresh"
	}
	if err := d.Registry.Point(ctx, t.ID, registry.Policy, Name, r.Snapshot, registry.Change{Who: who}); err != nil {
		return err
	}
	return d.deploy(ctx, t)
}
