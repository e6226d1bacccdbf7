package promotion

import (
	"context"
	"fmt"

	"takt/engine"
	"takt/features/history"
	"takt/models/registry"
)

// Rollback undoes the newest promotion: it ends a ramp, else goes back to the snapshot that was live
// before, or to the newest one that ever was live of the version named. Refreshes are held until somebody
// promotes or resumes, for they would bring back what was rolled back.
func (d *Desk) Rollback(ctx context.Context, t *engine.Tenant, version string, w Wish) (Promoted, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	to := ""
	if version != "" {
		var err error
		if to, err = d.wasLive(ctx, t.ID, version); err != nil {
			return Promoted{}, err
		}
	}
	snapshot, err := d.Registry.Rollback(ctx, t.ID, registry.Policy, Name, to, registry.Change{Who: w.Who, Reason: w.Reason})
	if err != nil {
		return Promoted{}, err
	}
	p := Promoted{Tenant: t.ID, Snapshot: snapshot, State: registry.ActLive, Share: 1}
	if r, err := d.find(ctx, t.ID, snapshot); err == nil {
		p.Version = r.Version
	}
	d.log().Warn("policy is rolled back", "tenant", t.ID, "version", p.Version, "snapshot_id", snapshot, "who", w.Who)
	return p, d.deploy(ctx, t)
}

// wasLive is the newest snapshot that was live of those the text names.
func (d *Desk) wasLive(ctx context.Context, tenant, text string) (string, error) {
	list, err := d.records(ctx, tenant)
	if err != nil {
		return "", err
	}
	of := map[string]bool{}
	for _, r := range list {
		if r.Version == text || r.Snapshot == text || len(text) >= 8 && len(text) < len(r.Snapshot) && r.Snapshot[:len(text)] == text {
			of[r.Snapshot] = true
		}
	}
	now, err := d.Registry.State(ctx, tenant, registry.Policy, Name)
	if err != nil {
		return "", err
	}
	log, err := d.Registry.Log(ctx, tenant, registry.Policy, Name)
	if err != nil {
		return "", err
	}
	for _, s := range log {
		if of[s.Version] && s.Version != now.Version {
			return s.Version, nil
		}
	}
	return "", fmt.Errorf("roll back to %q: no such version was live before: %w", text, history.ErrNotFound)
}

// Pause lets the ladder decide at once. It holds here even where it cannot be written down; the error
// says so then.
func (d *Desk) Pause(ctx context.Context, t *engine.Tenant, w Wish) error {
	if w.Reason == "" {
		return fmt.Errorf("pause: %w", ErrReason)
	}
	d.halted.Store(t.ID, true)
	d.halt(t.ID, true)
	d.log().Warn("policies are paused; the ladder decides", "tenant", t.ID, "who", w.Who)
	d.changing.Lock()
	defer d.changing.Unlock()
	d.halt(t.ID, true)
	if err := d.Registry.Pause(ctx, t.ID, registry.Policy, Name, true, registry.Change{Who: w.Who, Reason: w.Reason}); err != nil {
		return fmt.Errorf("paused here until a restart, but not written down; pause again: %w", err)
	}
	d.halted.Delete(t.ID)
	return nil
}

// Resume ends a pause, and lets refreshes go live again after a rollback.
func (d *Desk) Resume(ctx context.Context, t *engine.Tenant, w Wish) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	c := registry.Change{Who: w.Who, Reason: w.Reason}
	if err := d.Registry.Pause(ctx, t.ID, registry.Policy, Name, false, c); err != nil {
		return err
	}
	st, err := d.Registry.State(ctx, t.ID, registry.Policy, Name)
	if err == nil && st.Frozen {
		err = d.Registry.Point(ctx, t.ID, registry.Policy, Name, st.Version, c)
	}
	if err != nil {
		return err
	}
	d.halted.Delete(t.ID)
	d.log().Warn("policies decide again", "tenant", t.ID, "who", w.Who)
	return d.deploy(ctx, t)
}

func (d *Desk) halt(tenant string, paused bool) {
	if d.Halt != nil {
		d.Halt(tenant, paused)
	}
}
