package promotion

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features/history"
	"takt/models/registry"
)

// Store is what a Desk reads; history.Store is one.
type Store interface {
	history.Scanner
	Changes(ctx context.Context, tenant string, after history.Cursor, limit int) ([]history.Change, history.Cursor, error)
}

// Desk is where policy versions are trained, judged and made live. All fields are set before its first
// use. It is safe for concurrent use; training holds up no other method, and nothing here holds up a
// decision.
type Desk struct {
	Registry *registry.Registry
	Store    Store
	Gate     Gate                                // nil: new versions go live by force alone
	Shadow   Shadow                              // nil: no report on shadow decisions
	Now      func(tenant string) time.Time       // the tenant's clock
	Flush    func(ctx context.Context) error     // brings the journal into the store; nil: it is there
	Deploy   func(tenant string, s *Stage) error // takes over what decides; nil: nobody decides here
	Halt     func(tenant string, paused bool)    // pauses at once, before anything is written down; nil as Deploy
	Count    func(tenant, result string)         // one training run by its result, and drift alarms as drift, for metrics; nil: not counted
	Bands    Bands
	Prior    func(tenant string) *policy.PriorSpec // as configured; nil, or giving nil: policy.DefaultPrior
	Margin   float64                               // see Question. Defaults to DefaultMargin
	Logger   *slog.Logger                          // Defaults to slog.Default

	changing sync.Mutex        // one change of what is live at a time
	touched  map[string][]span // by tenant: erasures since the start; changing guards it
	training sync.Mutex        // one training run at a time: it may take much memory
	learners []*kept           // least recently used first
	halted   sync.Map          // tenants whose pause could not be written down
}

// Wish is what a person asks for.
type Wish struct {
	Who    string // a key's id and role, or cli
	Reason string
	Force  bool
}

func (d *Desk) log() *slog.Logger {
	if d.Logger == nil {
		return slog.Default()
	}
	return d.Logger
}

// prior is the configured one.
func (d *Desk) prior(t *engine.Tenant) *policy.PriorSpec {
	if d.Prior != nil {
		if spec := d.Prior(t.ID); spec != nil {
			return spec
		}
	}
	spec := policy.DefaultPrior()
	return &spec
}

func (d *Desk) count(tenant, result string) {
	if d.Count != nil {
		d.Count(tenant, result)
	}
}

// Exclusive runs f while nothing is trained, for backups.
func (d *Desk) Exclusive(f func() error) error {
	d.training.Lock()
	defer d.training.Unlock()
	return f()
}

// Refresh deploys what the shelf says, as it is now.
func (d *Desk) Refresh(ctx context.Context, t *engine.Tenant) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.deploy(ctx, t)
}

// deploy hands on the stage of the moment; d.changing is held, so that the newest one is handed on last.
func (d *Desk) deploy(ctx context.Context, t *engine.Tenant) error {
	if d.Deploy == nil {
		return nil
	}
	s, err := d.Stage(ctx, t)
	if err != nil {
		return err
	}
	d.log().Info("policy is live", "tenant", t.ID, "version", s.Live.Snapshot.Header.Version, "snapshot_id", s.Live.Snapshot.ID,
		"rows", s.Live.Snapshot.Header.Rows, "ramp", s.Share, "paused", s.Paused)
	return d.Deploy(t.ID, s)
}

var versionName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,63}$`)

// CheckName is nil for a name that a policy version may have, else ErrName.
func CheckName(name string) error {
	if !versionName.MatchString(name) || name == "shadow" || name == "prior" {
		return fmt.Errorf("%q: %w", name, ErrName)
	}
	return nil
}

// find is the snapshot that a text names: its id, its policy version (then the newest one of it), or the
// beginning of its id, eight letters at least. history.ErrNotFound is wrapped where there is none.
func (d *Desk) find(ctx context.Context, tenant, text string) (*Record, error) {
	list, err := d.records(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var starts []*Record
	var named *Record
	for _, r := range list {
		switch {
		case r.Snapshot == text:
			return r, nil
		case r.Version == text && named == nil:
			named = r
		case len(text) >= 8 && strings.HasPrefix(r.Snapshot, text):
			starts = append(starts, r)
		}
	}
	switch {
	case named != nil:
		return named, nil
	case len(starts) == 1:
		return starts[0], nil
	}
	return nil, fmt.Errorf("policy version or snapshot %q: %w; takt policy list shows what there is", text, history.ErrNotFound)
}

// records are the published snapshots, newest first.
func (d *Desk) records(ctx context.Context, tenant string) ([]*Record, error) {
	list, err := d.Registry.List(ctx, tenant, registry.Policy, Name)
	if err != nil {
		return nil, err
	}
	all := make([]*Record, len(list))
	for i := range list {
		all[i] = recordOf(list[i])
	}
	return all, nil
}
