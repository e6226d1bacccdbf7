package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"takt/features/history"
)

// livePrefix starts the kind of live pointers on the shelf: entries 1, 2, 3 … of a log.
const livePrefix = "live/"

// SetLive makes a published version live. The version that is live already stays without a new entry.
func (r *Registry) SetLive(ctx context.Context, tenant, kind, name, version string) error {
	return r.Point(ctx, tenant, kind, name, version, Change{})
}

// Rollback undoes the newest promotion: it ends a ramp if one runs, else it makes the version live
// that was live before, and freezes refreshes. It returns the version that is live then; done again
// it goes back one more. to names a version that was live at any time before; "" is the last one.
// Without such a version it returns history.ErrNotFound and changes nothing.
func (r *Registry) Rollback(ctx context.Context, tenant, kind, name, to string, c Change) (string, error) {
	log, err := r.pointers(ctx, tenant, kind, name)
	if err != nil {
		return "", err
	}
	now := newest(log)
	next := now
	next.Entry, next.Change = now.Entry+1, c
	next.Act, next.Ramp, next.Share = ActRollback, "", 0
	if now.Ramp == "" || to != "" {
		back, ok := before(log, now, to)
		if !ok {
			return "", fmt.Errorf("roll back %s %s: no earlier version was live: %w", kind, name, history.ErrNotFound)
		}
		next.Version, next.Back, next.Frozen = back.Version, back.Back, true
	}
	return next.Version, r.append(ctx, tenant, kind, name, next)
}

// before is the entry to go back to.
func before(log map[int]State, now State, to string) (State, bool) {
	if to == "" {
		back, ok := log[now.Back]
		return back, ok
	}
	var found State
	for _, s := range log {
		if s.Version == to && to != now.Version && s.Entry > found.Entry {
			found = s
		}
	}
	return found, found.Entry > 0
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

// Watch hands f what decides, now and after every change, until ctx ends; it looks every so often.
// What cannot be read, or what f gives an error for, is logged and tried again.
func (r *Registry) Watch(ctx context.Context, tenant, kind, name string, every time.Duration, f func(State) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for seen := (mark{}); ; {
		seen = r.look(ctx, tenant, kind, name, seen, f)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// mark is what of a state tells it from the one before.
type mark struct {
	entry  int
	paused bool
}

func (r *Registry) look(ctx context.Context, tenant, kind, name string, seen mark, f func(State) error) mark {
	s, err := r.State(ctx, tenant, kind, name)
	now := mark{s.Entry, s.Paused}
	if err == nil && now != seen {
		err = f(s)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.Logger.Warn("what is live cannot be followed", "tenant", tenant, "kind", kind, "name", name, "error", err)
		}
		return seen
	}
	return now
}

func (r *Registry) pointers(ctx context.Context, tenant, kind, name string) (map[int]State, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, livePrefix+kind, name, "")
	if err != nil {
		return nil, fmt.Errorf("read live pointer of %s %s: %w", kind, name, err)
	}
	log := make(map[int]State, len(list))
	for _, a := range list {
		var s State
		if err := json.Unmarshal(a.Meta, &s); err != nil {
			return nil, fmt.Errorf("read live pointer %s of %s %s: %w", a.Version, kind, name, err)
		}
		log[s.Entry] = s
	}
	return log, nil
}

func newest(log map[int]State) State {
	var top State
	for _, s := range log {
		if s.Entry > top.Entry {
			top = s
		}
	}
	return top
}
