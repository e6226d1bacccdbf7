package features

import (
	"sync"

	"takt/engine"
)

// gated remembers the decisions that no machine may carry out alone: those to hand a case over. They are
// few, and known again after a start from store and journal.
type gated struct {
	mu  sync.RWMutex
	ids map[engine.ID]struct{}
}

func newGated() *gated { return &gated{ids: map[engine.ID]struct{}{}} }

func (g *gated) add(d *engine.Decision) {
	if d.Kind != engine.KindHandover || d.Mode != engine.Live {
		return
	}
	g.mu.Lock()
	g.ids[d.ID] = struct{}{}
	g.mu.Unlock()
}

func (g *gated) has(id engine.ID) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	_, ok := g.ids[id]
	return ok
}

func (g *gated) forget(ids map[engine.ID]bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id := range ids {
		delete(g.ids, id)
	}
}

// NeedsHuman reports whether a decision may be carried out only after a human's approval. Decisions of
// before the start count once Warm has read the tenant's history.
func (l *Ledger) NeedsHuman(id engine.ID) bool { return l.gated.has(id) }
