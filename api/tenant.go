package api

import (
	"fmt"
	"sync"
	"sync/atomic"

	"takt/engine"
)

// Tenant is the running state of one tenant. Readers load a pointer; nothing here is locked.
type Tenant struct {
	Config   *engine.Tenant
	snapshot atomic.Pointer[engine.Snapshot]
}

// Snapshot is the policy's state that decides now; nil before the first is published.
func (t *Tenant) Snapshot() *engine.Snapshot { return t.snapshot.Load() }

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
	fresh.snapshot.Store(snapshot)
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
