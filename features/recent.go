package features

import "sync"

// recent remembers the identities of the last events that became durable, so that a repeated call
// costs nothing. It is a help and no promise: what it has forgotten, the fold and the store drop.
type recent struct {
	mu       sync.Mutex
	now, old map[Key]struct{}
}

const recentLen = 1 << 16 // identities of one generation; two are kept, about 5 MB

func newRecent() *recent { return &recent{now: map[Key]struct{}{}, old: map[Key]struct{}{}} }

// have fills dst with which keys are known.
func (r *recent) have(dst []bool, keys []Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, k := range keys {
		_, dst[i] = r.now[k]
		if !dst[i] {
			_, dst[i] = r.old[k]
		}
	}
}

func (r *recent) add(keys []Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		if len(r.now) >= recentLen {
			r.now, r.old = r.old, r.now
			clear(r.now)
		}
		r.now[k] = struct{}{}
	}
}
