package features

import (
	"sync"
	"unsafe"
)

// entry is a profile with its whole key: the index keeps 32 bits of it only.
type entry struct {
	key Key
	p   Profile
}

const (
	chunkLen     = 64 // profiles of one slab
	bytesOfIndex = 24 // upper end of what index, mark and free list take per profile
)

// shard is a slab store: entries lie in chunks that never move, an open-addressing index of 32 bits
// of hash and 32 bits of place finds them.
type shard struct {
	mu     sync.Mutex
	chunks [][]entry
	used   []bool   // per place: asked for since the hand passed
	free   []uint32 // places given back
	index  []uint64 // hash<<32 | place+1; 0 is empty; a power of two long
	count  int
	limit  int
	hand   int
}

func (s *shard) at(place uint32) *entry { return &s.chunks[place/chunkLen][place%chunkLen] }

// home is where the search for a hash starts; it follows from the 32 bits in the index alone, so
// that growing and removing need not look at the entries.
func (s *shard) home(hash uint32) int { return int(hash) & (len(s.index) - 1) }

func (s *shard) slot(k Key) (i int, ok bool) {
	if len(s.index) == 0 {
		return 0, false
	}
	hash := uint32(k.lo)
	for i = s.home(hash); s.index[i] != 0; i = (i + 1) & (len(s.index) - 1) {
		if w := s.index[i]; uint32(w>>32) == hash && s.at(uint32(w)-1).key == k {
			return i, true
		}
	}
	return i, false
}

func (s *shard) find(k Key) *entry {
	i, ok := s.slot(k)
	if !ok {
		return nil
	}
	place := uint32(s.index[i]) - 1
	s.used[place] = true
	return s.at(place)
}

// add makes an entry for a key that is not there; gone reports that another gave way.
func (s *shard) add(k Key) (e *entry, gone bool) {
	if s.count >= s.limit {
		s.evict()
		gone = true
	}
	if 5*(s.count+1) > 4*len(s.index) {
		s.grow()
	}
	place := s.take()
	i, _ := s.slot(k)
	s.index[i] = uint64(uint32(k.lo))<<32 | uint64(place+1)
	s.count++ // not used yet: the hand has just passed, a full turn is grace enough
	e = s.at(place)
	e.key = k
	return e, gone
}

// take gives a free place.
func (s *shard) take() uint32 {
	if n := len(s.free); n > 0 {
		place := s.free[n-1]
		s.free = s.free[:n-1]
		return place
	}
	place := len(s.used)
	if place == len(s.chunks)*chunkLen {
		s.chunks = append(s.chunks, make([]entry, min(chunkLen, s.limit-place)))
	}
	s.used = append(s.used, false)
	return uint32(place)
}

// evict takes out the first entry at the hand that was not asked for since the hand last passed.
func (s *shard) evict() {
	for {
		s.hand = (s.hand + 1) % len(s.used)
		if s.used[s.hand] {
			s.used[s.hand] = false
		} else if e := s.at(uint32(s.hand)); e.key != (Key{}) {
			s.remove(e.key)
			return
		}
	}
}

// remove takes a key out; entries behind it move back so that searches need no marks of the dead.
func (s *shard) remove(k Key) {
	i, ok := s.slot(k)
	if !ok {
		return
	}
	place := uint32(s.index[i]) - 1
	s.at(place).key = Key{}
	s.used[place] = false
	s.free = append(s.free, place)
	s.count--
	mask := len(s.index) - 1
	for j := (i + 1) & mask; s.index[j] != 0; j = (j + 1) & mask {
		// The entry at j may fill the hole at i if its home is not behind the hole.
		if (j-s.home(uint32(s.index[j]>>32)))&mask >= (j-i)&mask {
			s.index[i] = s.index[j]
			i = j
		}
	}
	s.index[i] = 0
}

func (s *shard) grow() {
	old := s.index
	s.index = make([]uint64, max(2*len(old), 16))
	for _, w := range old {
		if w == 0 {
			continue
		}
		i := s.home(uint32(w >> 32))
		for s.index[i] != 0 {
			i = (i + 1) & (len(s.index) - 1)
		}
		s.index[i] = w
	}
}

func (s *shard) reset() {
	s.chunks, s.used, s.free, s.index, s.count, s.hand = nil, nil, nil, nil, 0, 0
}

// bytes is what the shard takes.
func (s *shard) bytes() int64 {
	n := int64(cap(s.used)) + 4*int64(cap(s.free)) + 8*int64(cap(s.index))
	for _, c := range s.chunks {
		n += int64(len(c)) * int64(unsafe.Sizeof(entry{}))
	}
	return n
}
