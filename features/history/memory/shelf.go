package memory

import (
	"cmp"
	"context"
	"slices"

	"takt/features/history"
)

type artefactKey struct{ tenant, kind, name, version string }

// Put stores an artefact; the last one put under its key counts.
func (s *Store) Put(ctx context.Context, a history.Artefact) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	a.Meta, a.Data = slices.Clone(a.Meta), slices.Clone(a.Data)
	s.artefacts[artefactKey{a.Tenant, a.Kind, a.Name, a.Version}] = a
	return nil
}

// Artefacts are those of the kind, newest first; Data is nil unless a version is given.
func (s *Store) Artefacts(ctx context.Context, tenant, kind, name, version string) ([]history.Artefact, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var found []history.Artefact
	for k, a := range s.artefacts {
		if k.tenant != tenant || k.kind != kind || name != "" && k.name != name || version != "" && k.version != version {
			continue
		}
		a.Meta, a.Data = slices.Clone(a.Meta), slices.Clone(a.Data)
		if version == "" {
			a.Data = nil
		}
		found = append(found, a)
	}
	slices.SortFunc(found, func(a, b history.Artefact) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	return found, nil
}
