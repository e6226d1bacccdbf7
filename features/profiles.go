package features

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Profiles keeps profiles in memory, up to a limit of bytes; beyond it the ones not used for longest
// give way (CLOCK: Corbató, 1968) and are folded again from the store when they are asked for.
// Profiles lie in slabs without pointers, so the garbage collector does not look at them.
//
// Each method is safe by itself; to read, decide and write one debtor alone, hold Lock(key).
type Profiles struct {
	hash    hasher
	shards  []shard
	stripes [stripeCount]sync.Mutex

	hits, misses, evicted atomic.Int64
}

const (
	stripeCount = 4096
	maxShards   = 64
	minPerShard = 64
)

// NewProfiles is a store for up to maxBytes of profiles (at least one).
func NewProfiles(maxBytes int64) *Profiles {
	room := max(maxBytes/(int64(unsafe.Sizeof(entry{}))+bytesOfIndex), 1)
	n := 1 << (bits.Len64(uint64(max(min(room/minPerShard, maxShards), 1))) - 1)
	ps := &Profiles{hash: newHasher(), shards: make([]shard, n)}
	for i := range ps.shards {
		ps.shards[i].limit = max(int(room)/n, 1)
	}
	return ps
}

// Key is the key of a debtor.
func (ps *Profiles) Key(tenant, debtor string) Key { return ps.hash.pair(tenant, debtor) }

// Lock makes the caller the only one who works on the debtor, until Unlock. Debtors share locks, so
// a caller holds one at a time; for several there is LockAll.
func (ps *Profiles) Lock(k Key) { ps.stripes[k.stripe()].Lock() }

// Unlock ends what Lock began.
func (ps *Profiles) Unlock(k Key) { ps.stripes[k.stripe()].Unlock() }

func (k Key) stripe() int { return int(k.hi % stripeCount) }

// Stripes is a set of locks.
type Stripes [stripeCount / 64]uint64

// Add adds the debtor's lock.
func (s *Stripes) Add(k Key) { s[k.stripe()/64] |= 1 << (k.stripe() % 64) }

// LockAll takes all locks of the set, in ascending order, so that no two callers wait for each other.
func (ps *Profiles) LockAll(s *Stripes) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			ps.stripes[64*i+bits.TrailingZeros64(w)].Lock()
		}
	}
}

// UnlockAll gives them back.
func (ps *Profiles) UnlockAll(s *Stripes) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			ps.stripes[64*i+bits.TrailingZeros64(w)].Unlock()
		}
	}
}

func (ps *Profiles) shard(k Key) *shard { return &ps.shards[k.hi>>32%uint64(len(ps.shards))] }

// Get copies the debtor's profile to dst, if it is in memory.
func (ps *Profiles) Get(k Key, dst *Profile) bool {
	s := ps.shard(k)
	s.mu.Lock()
	e := s.find(k)
	if e != nil {
		*dst = e.p
	}
	s.mu.Unlock()
	if e == nil {
		ps.misses.Add(1)
		return false
	}
	ps.hits.Add(1)
	return true
}

// Put keeps a copy of p.
func (ps *Profiles) Put(k Key, p *Profile) {
	s := ps.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(k)
	if e == nil {
		var gone bool
		if e, gone = s.add(k); gone {
			ps.evicted.Add(1)
		}
	}
	e.p = *p
}

// Update calls f with the profile in its place, if it is in memory, and takes it out of memory if f
// returns false. F must be short: it holds up other debtors.
func (ps *Profiles) Update(k Key, f func(p *Profile) (keep bool)) {
	s := ps.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.find(k); e != nil && !f(&e.p) {
		s.remove(k)
	}
}

// Delete takes a profile out of memory.
func (ps *Profiles) Delete(k Key) {
	s := ps.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(k)
}

// Clear takes all profiles out of memory.
func (ps *Profiles) Clear() {
	for i := range ps.shards {
		s := &ps.shards[i]
		s.mu.Lock()
		s.reset()
		s.mu.Unlock()
	}
}

// ProfilesStats are counters since the start and gauges of now.
type ProfilesStats struct {
	Profiles, Bytes       int64 // in memory now; Bytes with slabs and index
	Hits, Misses, Evicted int64
}

// Stats are the counters.
func (ps *Profiles) Stats() ProfilesStats {
	st := ProfilesStats{Hits: ps.hits.Load(), Misses: ps.misses.Load(), Evicted: ps.evicted.Load()}
	for i := range ps.shards {
		s := &ps.shards[i]
		s.mu.Lock()
		st.Profiles += int64(s.count)
		st.Bytes += s.bytes()
		s.mu.Unlock()
	}
	return st
}
