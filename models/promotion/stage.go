package promotion

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"takt/engine"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/models/registry"
)

// Arm is one policy version that decides: its snapshot, and the tenant and the prior in the version's form.
type Arm struct {
	Tenant   *engine.Tenant
	Snapshot *engine.Snapshot
	Prior    *policy.PriorSpec // what the snapshot was learned with; nil: not known, its refreshes take the configured one
}

// Stage is all that decides for a tenant at an instant. It never changes: a new one replaces it by one
// atomic pointer, so a decision sees one state of things and waits for nobody.
type Stage struct {
	Live       Arm
	Challenger Arm     // Snapshot nil: no ramp
	Share      float64 // of the debtors outside the hold-out who are the challenger's
	Paused     bool    // the ladder decides
}

// Name is the name under which a tenant's learned policies are published.
const Name = "bandit"

// First is the policy version of a tenant that nobody named one for.
const First = Name + "-1"

// learned reports whether the tenant is configured for a policy that comes with a snapshot.
func learned(t *engine.Tenant) bool { return t.Policy == Name || t.Policy == policy.SquareCBName }

// Stage reads what decides for the tenant; the prior while nothing live fits.
func (d *Desk) Stage(ctx context.Context, t *engine.Tenant) (*Stage, error) {
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err != nil {
		return nil, err
	}
	return d.stage(ctx, t, st)
}

func (d *Desk) stage(ctx context.Context, t *engine.Tenant, st registry.State) (*Stage, error) {
	_, halted := d.halted.Load(t.ID)
	s := &Stage{Paused: st.Paused || halted}
	var err error
	if s.Live, err = d.arm(ctx, t, st.Version); err != nil {
		return nil, err
	}
	if s.Live.Snapshot == nil {
		s.Live.Tenant, s.Live.Prior = t, d.prior(t)
		if s.Live.Snapshot, err = policy.Prior(t, s.Live.Prior, features.Schema, len(features.Vector)); err != nil {
			return nil, err
		}
		return s, nil
	}
	if st.Ramp != "" {
		if s.Challenger, err = d.arm(ctx, t, st.Ramp); err == nil {
			s.Share = st.Share
		}
	}
	return s, err
}

// arm is a published snapshot in its form; without a snapshot if there is none or it does not fit.
func (d *Desk) arm(ctx context.Context, t *engine.Tenant, version string) (Arm, error) {
	if version == "" {
		return Arm{}, nil
	}
	a, err := d.Registry.Get(ctx, t.ID, registry.Policy, Name, version)
	if errors.Is(err, history.ErrNotFound) {
		return Arm{}, nil
	}
	if err != nil {
		return Arm{}, err
	}
	return d.fit(t, a)
}

// fit opens a published snapshot; without one if it was learned for other actions, features or by another
// version of the model, or uses what is denied now.
func (d *Desk) fit(t *engine.Tenant, v history.Artefact) (Arm, error) {
	s, err := policy.Open(v.Data)
	if errors.Is(err, policy.ErrAlgorithm) {
		d.log().Warn("snapshot is of another version of the model; it is not used until the next training", "tenant", t.ID, "version", v.Version)
		return Arm{}, nil
	}
	if err != nil {
		return Arm{}, fmt.Errorf("open snapshot %s: %w", v.Version, err)
	}
	if s.Header.Grid != t.Grid.String() || s.Header.Schema != features.Schema || s.Header.Features != len(features.Vector) {
		d.log().Warn("snapshot was learned for other actions or features; it is not used until the next training", "tenant", t.ID, "snapshot_id", s.ID)
		return Arm{}, nil
	}
	if used := uses(s, t); len(used) > 0 {
		d.log().Warn("snapshot uses features that are denied now; it is not used, and the prior decides, until the next training", "tenant", t.ID, "snapshot_id", s.ID, "denied", used)
		return Arm{}, nil
	}
	spec, err := policy.SpecOf(v.Data)
	if err != nil {
		return Arm{}, err
	}
	return Arm{recordOf(v).form(t, s), s, &spec}, nil
}

// uses are the features that the tenant denies and the snapshot was not made without.
func uses(s *engine.Snapshot, t *engine.Tenant) (names []string) {
	for _, name := range t.Denied.Names {
		if !slices.Contains(s.Header.Denied, name) {
			names = append(names, name)
		}
	}
	return names
}
