// Package mix holds the steps of hashes for memory that are faster than one byte at a time, in the
// manner of wyhash (Wang Yi; github.com/wangyi-fudan/wyhash): sixteen bytes go through one product of
// two 64-bit words. Nothing here is keyed or cryptographic.
//
//	a, b := mix.Ends(text)               // of at most 16 bytes
//	h = mix.Fold(h^a, mix.K2^b)
package mix

import "math/bits"

// The constants of wyhash's default secret. No text in UTF-8 holds their bytes, so none meets one with
// itself, which would make a factor zero.
const (
	K0 = 0xa0761d6478bd642f
	K1 = 0xe7037ed1a0b428db
	K2 = 0x8ebc6af09c88c6e3
)

// Fold is the two halves of the 128-bit product, combined by XOR.
func Fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// Word is the first eight bytes of s, little endian; Half the first four.
func Word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Half is the first four bytes of s, little endian.
func Half(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// Ends reads up to 16 bytes as two words, which overlap where there are fewer. Texts of different
// length may read alike: hash the length too.
func Ends(s string) (uint64, uint64) {
	switch n := len(s); {
	case n >= 8:
		return Word(s), Word(s[n-8:])
	case n >= 4:
		return uint64(Half(s)), uint64(Half(s[n-4:]))
	case n > 0:
		return uint64(s[0]) | uint64(s[n/2])<<8, uint64(s[n-1])
	}
	return 0, 0
}
