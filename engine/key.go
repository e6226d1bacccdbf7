package engine

import "takt/engine/mix"

// KeyOf is a 64-bit hash of the parts and their lengths, for names in memory: it is never stored and may
// be another in the next version, see [FNV1a]. It folds 16 bytes at a time through a product as wyhash
// does (package mix). It is never 0.
func KeyOf(parts ...string) uint64 {
	h := uint64(mix.K1)
	for _, p := range parts {
		// A length times a constant looks like nothing a text can hold.
		h ^= uint64(len(p)) * mix.K0
		for ; len(p) > 16; p = p[16:] {
			h = mix.Fold(h^mix.Word(p), mix.K0^mix.Word(p[8:]))
		}
		var a, b uint64
		switch n := len(p); { // as mix.Ends, which is too long to be inlined
		case n >= 8:
			a, b = mix.Word(p), mix.Word(p[n-8:])
		case n >= 4:
			a, b = uint64(mix.Half(p)), uint64(mix.Half(p[n-4:]))
		default:
			a, b = mix.Ends(p)
		}
		h = mix.Fold(h^a, mix.K2^b)
	}
	return max(h, 1)
}

// FNV1a is the 64-bit FNV-1a hash of the parts, each closed by a zero byte (Fowler, Noll, Vo:
// draft-eastlake-fnv-17, section 2). Its values are stored, in ids of imported events and in seeds of
// snapshots: it stays as it is.
func FNV1a(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * 1099511628211
		}
		h *= 1099511628211
	}
	return max(h, 1)
}
