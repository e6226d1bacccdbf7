package api

import "sync"

// flights are the idempotency keys being worked on: the second request of a key is told to wait.
type flights struct {
	mu   sync.Mutex
	keys map[flight]struct{}
}

type flight struct{ tenant, key string }

// start reports false if the key is in flight already.
func (f *flights) start(k flight) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, busy := f.keys[k]; busy {
		return false
	}
	if f.keys == nil {
		f.keys = map[flight]struct{}{}
	}
	f.keys[k] = struct{}{}
	return true
}

// end forgets the key.
func (f *flights) end(k flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.keys, k)
}
