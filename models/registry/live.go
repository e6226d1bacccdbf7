package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"takt/features/history"
)

// livePrefix starts the kind of live pointers on the shelf: entries 1, 2, 3 … of a log.
const livePrefix = "live/"

// pointer is one entry of the log.
type pointer struct {
	Entry   int    `json:"entry"`
	Version string `json:"version"`
	Back    int    `json:"back"` // entry that a rollback returns to; 0: none
}

// SetLive makes a published version live. The version that is live already stays without a new entry.
func (r *Registry) SetLive(ctx context.Context, tenant, kind, name, version string) error {
	if err := check(kind, name); err != nil {
		return err
	}
	if _, err := r.Get(ctx, tenant, kind, name, version); err != nil {
		return fmt.Errorf("set live: %w", err)
	}
	log, err := r.pointers(ctx, tenant, kind, name)
	if err != nil {
		return err
	}
	now := newest(log)
	if now.Version == version {
		return nil
	}
	return r.point(ctx, tenant, kind, name, pointer{Entry: now.Entry + 1, Version: version, Back: now.Entry})
}

// Rollback makes the version live that was live before, and returns it; done again it goes back one
// more. Without an earlier version it returns history.ErrNotFound and changes nothing.
func (r *Registry) Rollback(ctx context.Context, tenant, kind, name string) (string, error) {
	log, err := r.pointers(ctx, tenant, kind, name)
	if err != nil {
		return "", err
	}
	now := newest(log)
	back, ok := log[now.Back]
	if !ok {
		return "", fmt.Errorf("roll back %s %s: no earlier version was live: %w", kind, name, history.ErrNotFound)
	}
	return back.Version, r.point(ctx, tenant, kind, name, pointer{Entry: now.Entry + 1, Version: back.Version, Back: back.Back})
}

// LiveVersion is the version that the pointer names, "" for none.
func (r *Registry) LiveVersion(ctx context.Context, tenant, kind, name string) (string, error) {
	log, err := r.pointers(ctx, tenant, kind, name)
	return newest(log).Version, err
}

// Live is the live version with its bytes, or history.ErrNotFound while none was ever set live.
func (r *Registry) Live(ctx context.Context, tenant, kind, name string) (history.Artefact, error) {
	version, err := r.LiveVersion(ctx, tenant, kind, name)
	if err != nil {
		return history.Artefact{}, err
	}
	if version == "" {
		return history.Artefact{}, fmt.Errorf("live %s %s: %w", kind, name, history.ErrNotFound)
	}
	return r.Get(ctx, tenant, kind, name, version)
}

// Watch hands f the live version, now and after every change, until ctx ends; it looks every so
// often. What cannot be read is logged and tried again: f keeps what it was handed last.
func (r *Registry) Watch(ctx context.Context, tenant, kind, name string, every time.Duration, f func(history.Artefact)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for seen := ""; ; {
		seen = r.look(ctx, tenant, kind, name, seen, f)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Registry) look(ctx context.Context, tenant, kind, name, seen string, f func(history.Artefact)) string {
	version, err := r.LiveVersion(ctx, tenant, kind, name)
	if err == nil && (version == "" || version == seen) {
		return seen
	}
	var a history.Artefact
	if err == nil {
		a, err = r.Get(ctx, tenant, kind, name, version)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.Logger.Warn("live version cannot be read", "tenant", tenant, "kind", kind, "name", name, "error", err)
		}
		return seen
	}
	f(a)
	return version
}

func (r *Registry) point(ctx context.Context, tenant, kind, name string, p pointer) error {
	meta, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write live pointer: %w", err)
	}
	a := history.Artefact{Tenant: tenant, Kind: livePrefix + kind, Name: name, Version: strconv.Itoa(p.Entry), Meta: meta, Created: r.now()}
	if err := r.shelf.Put(ctx, a); err != nil {
		return fmt.Errorf("set %s %s live at version %s: %w", kind, name, p.Version, err)
	}
	return nil
}

func (r *Registry) pointers(ctx context.Context, tenant, kind, name string) (map[int]pointer, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, livePrefix+kind, name, "")
	if err != nil {
		return nil, fmt.Errorf("read live pointer of %s %s: %w", kind, name, err)
	}
	log := make(map[int]pointer, len(list))
	for _, a := range list {
		var p pointer
		if err := json.Unmarshal(a.Meta, &p); err != nil {
			return nil, fmt.Errorf("read live pointer %s of %s %s: %w", a.Version, kind, name, err)
		}
		log[p.Entry] = p
	}
	return log, nil
}

func newest(log map[int]pointer) pointer {
	var top pointer
	for _, p := range log {
		if p.Entry > top.Entry {
			top = p
		}
	}
	return top
}
