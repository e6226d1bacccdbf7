// Package memory is a history store in memory: for tests and for memory:// where nothing has to last.
//
//	s := memory.New()
//	err := s.Append(ctx, history.Batch{Token: "1", Events: events})
//	log, err := s.Log(ctx, history.Debtor("acme", "D-9"))
package memory

import (
	"context"
	"fmt"
	"sync"

	"takt/engine"
	"takt/features/history"
	"takt/features/history/internal/facts"
)

// Store keeps everything in maps behind one lock. Use New.
type Store struct {
	mu        sync.RWMutex
	closed    bool
	tokens    map[string]bool
	tenants   map[string]*tenant
	artefacts map[artefactKey]history.Artefact
}

// tenant holds, of each identity, the fact that counts.
type tenant struct {
	events    map[facts.Identity]*engine.Event
	byDebtor  map[string]map[facts.Identity]*engine.Event
	decisions map[engine.ID]*engine.Decision
	answers   []history.Answer
}

var (
	_ history.Store = (*Store)(nil)
	_ history.Shelf = (*Store)(nil)
)

// New is an empty store.
func New() *Store {
	return &Store{tokens: map[string]bool{}, tenants: map[string]*tenant{}, artefacts: map[artefactKey]history.Artefact{}}
}

// Append adds a batch; the same token adds nothing a second time, an empty one is never the same.
func (s *Store) Append(ctx context.Context, b history.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if b.Token != "" && s.tokens[b.Token] {
		return nil
	}
	s.tokens[b.Token] = true
	for i := range b.Events {
		s.tenant(b.Events[i].Tenant).addEvent(b.Events[i])
	}
	for i := range b.Decisions {
		s.tenant(b.Decisions[i].Tenant).addDecision(&b.Decisions[i])
	}
	for _, a := range b.Answers {
		t := s.tenant(a.Tenant)
		t.answers = append(t.answers, a)
	}
	return nil
}

func (s *Store) tenant(id string) *tenant {
	t := s.tenants[id]
	if t == nil {
		t = &tenant{map[facts.Identity]*engine.Event{}, map[string]map[facts.Identity]*engine.Event{}, map[engine.ID]*engine.Decision{}, nil}
		s.tenants[id] = t
	}
	return t
}

func (t *tenant) addEvent(e engine.Event) {
	id := facts.Of(&e)
	if old := t.events[id]; old != nil {
		if old.Seq <= e.Seq {
			return
		}
		delete(t.byDebtor[old.Debtor], id) // a duplicate may name another debtor
	}
	if t.byDebtor[e.Debtor] == nil {
		t.byDebtor[e.Debtor] = map[facts.Identity]*engine.Event{}
	}
	t.events[id], t.byDebtor[e.Debtor][id] = &e, &e
}

func (t *tenant) addDecision(d *engine.Decision) {
	c := facts.Clone(d)
	if a, ok := facts.AnswerOf(&c); ok {
		t.answers = append(t.answers, a)
	}
	if old := t.decisions[d.ID]; old == nil || d.Seq < old.Seq {
		t.decisions[d.ID] = &c
	}
}

// usable reports why the store cannot be used, or nil; the lock is held.
func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return fmt.Errorf("use a closed store in memory: %w", history.ErrUnavailable)
	}
	return ctx.Err()
}

// Close forgets everything; calls after it return history.ErrUnavailable.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.tenants, s.artefacts = true, nil, nil
	return nil
}
