package api

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"takt/engine"
	"takt/experiments"
	"takt/models/promotion"
)

// Tenant is the running state of one tenant. Readers load a pointer; nothing here is locked.
type Tenant struct {
	Config *engine.Tenant // as configured; a policy version may decide in a form of its own
	stage  atomic.Pointer[promotion.Stage]
}

// Snapshot is the policy's state that decides now; nil before the first is published.
func (t *Tenant) Snapshot() *engine.Snapshot { return t.stage.Load().Live.Snapshot }

// Stage is all that decides now; it never changes, a new one replaces it.
func (t *Tenant) Stage() *promotion.Stage { return t.stage.Load() }

// edit replaces the stage by what f makes of it.
func (t *Tenant) edit(f func(*promotion.Stage)) {
	for {
		old := t.stage.Load()
		next := *old
		f(&next)
		if t.stage.CompareAndSwap(old, &next) {
			return
		}
	}
}

// assign is the arm that decides for a debtor, and the debtor's branch: the hold-out's first, then the
// ramp's among all others.
func assign(a Assigner, config *engine.Tenant, s *promotion.Stage, debtor string, now time.Time) (promotion.Arm, engine.Variant) {
	v := a.Assign(config, debtor, now)
	if s.Challenger.Snapshot == nil || s.Paused {
		return s.Live, v
	}
	r := experiments.Ramp{Live: s.Live.Snapshot.Header.Version, Challenger: s.Challenger.Snapshot.Header.Version, Share: s.Share}
	v, in := r.Assign(v, debtor)
	if in {
		return s.Challenger, v
	}
	return s.Live, v
}

// tenants are those being served.
type tenants struct {
	m  sync.Map // id → *Tenant
	mu sync.Mutex
}

// get is nil for a tenant that is not served.
func (t *tenants) get(id string) *Tenant {
	if v, ok := t.m.Load(id); ok {
		return v.(*Tenant)
	}
	return nil
}

func (t *tenants) add(config *engine.Tenant, snapshot *engine.Snapshot) *Tenant {
	fresh := &Tenant{Config: config}
	fresh.stage.Store(&promotion.Stage{Live: promotion.Arm{Tenant: config, Snapshot: snapshot}})
	v, _ := t.m.LoadOrStore(config.ID, fresh)
	return v.(*Tenant)
}

// each hands the tenants to f, in no order.
func (t *tenants) each(f func(*Tenant)) {
	t.m.Range(func(_, v any) bool {
		f(v.(*Tenant))
		return true
	})
}

// tenant is the running state of the tenant that a valid key names; it is made on its first use.
func (s *Server) tenant(id string) (*Tenant, error) {
	if t := s.tenants.get(id); t != nil || s.Options.Tenant == nil {
		return t, nil
	}
	s.tenants.mu.Lock() // one tenant is made once
	defer s.tenants.mu.Unlock()
	if t := s.tenants.get(id); t != nil {
		return t, nil
	}
	config, snapshot, err := s.Options.Tenant(id)
	if err != nil {
		return nil, fmt.Errorf("make tenant %s: %w", id, err)
	}
	s.Clock.Add(config)
	t := s.tenants.add(config, snapshot)
	return t, nil
}
