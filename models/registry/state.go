package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"takt/features/history"
)

// State is one entry of the log of (tenant, kind, name), and the newest one is what decides now.
// Pauses have a log of their own, so that a new version that goes live at the same instant cannot
// undo one; their entries say Paused and nothing of versions.
type State struct {
	Entry   int     `json:"entry"`
	Version string  `json:"version"`          // live; "" for none
	Back    int     `json:"back"`             // entry that a rollback returns to; 0: none
	Ramp    string  `json:"ramp,omitempty"`   // version that decides for a share of the debtors; "" for none
	Share   float64 `json:"share,omitempty"`  // of Ramp, in (0,1)
	Frozen  bool    `json:"frozen,omitempty"` // somebody went back: refreshes wait until a promotion or resume
	Paused  bool    `json:"paused,omitempty"`
	Change
	At time.Time `json:"at,omitzero"`
}

// Change says what was done, by whom and why; it stands in the log for good.
type Change struct {
	Act     string          `json:"act,omitempty"` // live, ramp, rollback, pause or resume
	Who     string          `json:"who,omitempty"` // a key's id and role, cli, or refresh
	Reason  string          `json:"reason,omitempty"`
	Forced  bool            `json:"forced,omitempty"`  // a human overruled checks or gate
	Verdict json.RawMessage `json:"verdict,omitempty"` // what the gate said, if it was asked
}

// The acts.
const (
	ActLive     = "live"
	ActRamp     = "ramp"
	ActRollback = "rollback"
	ActPause    = "pause"
	ActResume   = "resume"
)

// pauseName is the name of the log of pauses; no other name ends like it.
func pauseName(name string) string { return name + ":pause" }

// State is what decides now; the zero State while nothing was ever set.
func (r *Registry) State(ctx context.Context, tenant, kind, name string) (State, error) {
	list, err := r.Log(ctx, tenant, kind, name)
	if err != nil {
		return State{}, err
	}
	var now, pause State
	for _, s := range list {
		switch {
		case s.Act == ActPause || s.Act == ActResume:
			if s.Entry > pause.Entry {
				pause = s
			}
		case s.Entry > now.Entry:
			now = s
		}
	}
	now.Paused = pause.Paused
	return now, nil
}

// Log is every change of the pointer and every pause, newest first.
func (r *Registry) Log(ctx context.Context, tenant, kind, name string) ([]State, error) {
	list, err := r.shelf.Artefacts(ctx, tenant, livePrefix+kind, "", "")
	if err != nil {
		return nil, fmt.Errorf("read live pointer of %s %s: %w", kind, name, err)
	}
	var log []State
	for _, a := range list {
		if a.Name != name && a.Name != pauseName(name) {
			continue
		}
		s := State{At: a.Created}
		if err := json.Unmarshal(a.Meta, &s); err != nil {
			return nil, fmt.Errorf("read live pointer %s of %s %s: %w", a.Version, kind, name, err)
		}
		log = append(log, s)
	}
	slices.SortStableFunc(log, func(a, b State) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return b.Entry - a.Entry
	})
	return log, nil
}

// Pause writes down that nothing learned may decide, or with paused false that it may again; it does
// not change what is live.
func (r *Registry) Pause(ctx context.Context, tenant, kind, name string, paused bool, c Change) error {
	if err := check(kind, name); err != nil {
		return err
	}
	log, err := r.pointers(ctx, tenant, kind, pauseName(name))
	if err != nil {
		return err
	}
	now := newest(log)
	if now.Paused == paused {
		return nil
	}
	c.Act = ActResume
	if paused {
		c.Act = ActPause
	}
	return r.append(ctx, tenant, kind, pauseName(name), State{Entry: now.Entry + 1, Paused: paused, Change: c})
}

// Ramp gives a published version a share of the debtors, in (0,1), beside the one that is live.
func (r *Registry) Ramp(ctx context.Context, tenant, kind, name, version string, share float64, c Change) error {
	if !(share > 0 && share < 1) {
		return fmt.Errorf("ramp %s %s: a share of %g; use more than 0 and less than 1", kind, name, share)
	}
	return r.change(ctx, tenant, kind, name, version, func(now *State) {
		now.Ramp, now.Share = version, share
		now.Change = c
		now.Act = ActRamp
	})
}

// Point makes a published version live and ends its ramp; the ramp of another version goes on.
func (r *Registry) Point(ctx context.Context, tenant, kind, name, version string, c Change) error {
	return r.change(ctx, tenant, kind, name, version, func(now *State) {
		if now.Version != version {
			now.Back = now.Entry
		}
		if now.Ramp == version {
			now.Ramp, now.Share = "", 0
		}
		now.Version, now.Frozen = version, false
		now.Change = c
		now.Act = ActLive
	})
}

// change appends what edit makes of the newest state, if that is a change of what decides.
func (r *Registry) change(ctx context.Context, tenant, kind, name, version string, edit func(*State)) error {
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
	next := now
	edit(&next)
	if next.Version == now.Version && next.Ramp == now.Ramp && next.Share == now.Share && next.Frozen == now.Frozen {
		return nil
	}
	next.Entry = now.Entry + 1
	return r.append(ctx, tenant, kind, name, next)
}

func (r *Registry) append(ctx context.Context, tenant, kind, name string, s State) error {
	s.At = r.now()
	meta, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write live pointer: %w", err)
	}
	a := history.Artefact{Tenant: tenant, Kind: livePrefix + kind, Name: name, Version: strconv.Itoa(s.Entry), Meta: meta, Created: s.At}
	if err := r.shelf.Put(ctx, a); err != nil {
		return fmt.Errorf("change what is live of %s %s: %w", kind, name, err)
	}
	return nil
}
