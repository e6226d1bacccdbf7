package features

import (
	"hash/maphash"
	"math/bits"
)

// Key is a keyed 128-bit hash that stands for names in memory: of (tenant, debtor), of (tenant,
// idempotency key) and so on. The key is random per process, so nobody outside can make two names
// meet; by chance two of 2^40 names meet with probability 2^-49.
type Key struct{ hi, lo uint64 }

// hasher makes Keys. Each part has its own two seeds, so that swapped parts differ.
type hasher struct{ seeds [6]maphash.Seed }

func newHasher() hasher {
	var h hasher
	for i := range h.seeds {
		h.seeds[i] = maphash.MakeSeed()
	}
	return h
}

// pair is the key of two names; XOR of independent hashes is tabulation hashing (Zobrist, 1970).
func (h *hasher) pair(a, b string) Key {
	return Key{
		maphash.String(h.seeds[0], a) ^ bits.RotateLeft64(maphash.String(h.seeds[1], b), 32),
		maphash.String(h.seeds[2], a) ^ bits.RotateLeft64(maphash.String(h.seeds[3], b), 32),
	}
}

// triple is the key of three names.
func (h *hasher) triple(a, b, c string) Key {
	k := h.pair(a, b)
	k.hi ^= bits.RotateLeft64(maphash.String(h.seeds[4], c), 16)
	k.lo ^= bits.RotateLeft64(maphash.String(h.seeds[5], c), 16)
	return k
}
