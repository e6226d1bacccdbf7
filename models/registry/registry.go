// Package registry keeps what was fitted, version by version, and says which version is live.
//
// A version never changes: publishing it again with other bytes is an error. The live pointer of
// (tenant, kind, name) is itself a log on the shelf, so that a rollback has somewhere to go and
// every change can be read afterwards.
//
//	r := registry.New(store)
//	err := r.Publish(ctx, "acme", registry.Policy, "bandit", "2025-11-21", data, meta)
//	err = r.SetLive(ctx, "acme", registry.Policy, "bandit", "2025-11-21")
//	a, err := r.Live(ctx, "acme", registry.Policy, "bandit")
//	go r.Watch(ctx, "acme", registry.Policy, "bandit", 10*time.Second, func(s registry.State) error { return swap(s) })
package registry

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"takt/features/history"
)

// The kinds of artefact.
const (
	Policy  = "policy"
	Model   = "model"
	Segment = "segment"
)

// ErrExists is returned for a version that was published before with other bytes.
var ErrExists = errors.New("the version exists with other bytes: publish under a new version")

// ErrName is returned for a kind, name or version that cannot be a key.
var ErrName = errors.New("use the kinds policy, model, segment, and names and versions of 1 to 128 letters, digits, dots, dashes, underscores and colons")

// Registry is the one place where fitted things are published. It is safe for concurrent use; two
// writers of one live pointer at the same instant: the last one counts.
type Registry struct {
	Now    func() time.Time // Defaults to time.Now.
	Logger *slog.Logger     // Defaults to slog.Default.
	shelf  history.Shelf
}

// New gives a registry over the shelf.
func New(shelf history.Shelf) *Registry {
	return &Registry{Now: time.Now, Logger: slog.Default(), shelf: shelf}
}

var word = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

func check(kind, name string) error {
	if kind != Policy && kind != Model && kind != Segment || !word.MatchString(name) {
		return fmt.Errorf("kind %q, name %q: %w", kind, name, ErrName)
	}
	return nil
}

// Publish stores a version. The same bytes again change nothing; other bytes give ErrExists. It
// does not make the version live.
func (r *Registry) Publish(ctx context.Context, tenant, kind, name, version string, data, meta []byte) error {
	if err := check(kind, name); err != nil {
		return err
	}
	if !word.MatchString(version) {
		return fmt.Errorf("version %q: %w", version, ErrName)
	}
	old, err := r.Get(ctx, tenant, kind, name, version)
	switch {
	case err == nil && bytes.Equal(old.Data, data):
		return nil
	case err == nil:
		return fmt.Errorf("publish %s %s version %s: %w", kind, name, version, ErrExists)
	case !errors.Is(err, history.ErrNotFound):
		return err
	}
	a := history.Artefact{Tenant: tenant, Kind: kind, Name: name, Version: version, Meta: meta, Data: data, Created: r.now()}
	if err := r.shelf.Put(ctx, a); err != nil {
		return fmt.Errorf("publish %s %s version %s: %w", kind, name, version, err)
	}
	return nil
}

// Describe replaces what stands beside a version; its bytes and its time stay.
func (r *Registry) Describe(ctx context.Context, tenant, kind, name, version string, meta []byte) error {
	a, err := r.Get(ctx, tenant, kind, name, version)
	if err != nil {
		return err
	}
	a.Meta = meta
	if err := r.shelf.Put(ctx, a); err != nil {
		return fmt.Errorf("describe %s %s version %s: %w", kind, name, version, err)
	}
	return nil
}

// Get is one version with its bytes, or history.ErrNotFound.
func (r *Registry) Get(ctx context.Context, tenant, kind, name, version string) (history.Artefact, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, kind, name, version)
	if err != nil {
		return history.Artefact{}, fmt.Errorf("read %s %s version %s: %w", kind, name, version, err)
	}
	if len(list) == 0 {
		return history.Artefact{}, fmt.Errorf("%s %s version %s: %w", kind, name, version, history.ErrNotFound)
	}
	return list[0], nil
}

// List is the versions of a kind, newest first and without bytes; of one name unless name is "".
func (r *Registry) List(ctx context.Context, tenant, kind, name string) ([]history.Artefact, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, kind, name, "")
	if err != nil {
		return nil, fmt.Errorf("list %s %s: %w", kind, name, err)
	}
	slices.SortStableFunc(list, func(a, b history.Artefact) int {
		return cmp.Or(b.Created.Compare(a.Created), strings.Compare(b.Version, a.Version))
	})
	return list, nil
}

func (r *Registry) now() time.Time { return r.Now().UTC().Truncate(time.Microsecond) }
