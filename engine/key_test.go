package engine_test

import (
	"fmt"
	"hash/fnv"
	"math/bits"
	"strings"
	"testing"

	"takt/engine"
)

// Names as callers give them, of every length up to 40, must not meet; 400,000 do by chance with probability 4e-9.
func TestKeyOfNames(t *testing.T) {
	seen := map[uint64]string{}
	add := func(s string) {
		k := engine.KeyOf(s)
		if other, ok := seen[k]; ok && other != s {
			t.Fatalf("%q and %q have the same key", s, other)
		}
		seen[k] = s
	}
	for i := range 100_000 {
		for _, f := range []string{"%d", "C-%d", "case/2026/%08d", "0190a1b2-c3d4-7e5f-8a6b-%012d"} {
			add(fmt.Sprintf(f, i))
		}
	}
	for n := range 41 { // the halves that Ends reads overlap: lengths and shifts must count
		for i := range n + 1 {
			add(strings.Repeat("2", i) + strings.Repeat("3", n-i))
			add(strings.Repeat("\x00", n))
		}
	}
}

// A flipped bit of the text changes half of the key's bits on average.
func TestKeyOfBits(t *testing.T) {
	const text = "case/2026/00012345-0190a1b2-c3d4-7e5f"
	for n := 1; n <= len(text); n++ {
		sum, want := 0, engine.KeyOf(text[:n])
		for i := range 8 * n {
			b := []byte(text[:n])
			b[i/8] ^= 1 << (i % 8)
			sum += bits.OnesCount64(want ^ engine.KeyOf(string(b)))
		}
		if mean := float64(sum) / float64(8*n); mean < 24 || mean > 40 {
			t.Errorf("%d bytes: a flipped bit changes %.1f bits of the key", n, mean)
		}
	}
}

func TestKeyOfParts(t *testing.T) {
	seen := map[uint64][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}, {"ab", "c"}, {"a", "bc"}} {
		k := engine.KeyOf(parts...)
		if seen[k] != nil || k == 0 || k != engine.KeyOf(parts...) {
			t.Errorf("key %x of %q and %q", k, parts, seen[k])
		}
		seen[k] = parts
	}
}

func TestFNV1a(t *testing.T) {
	h := fnv.New64a()
	h.Write([]byte("takt\x00\x00foobar\x00"))
	if got, want := engine.FNV1a("takt", "", "foobar"), h.Sum64(); got != want {
		t.Errorf("FNV1a = %x, hash/fnv says %x", got, want)
	}
}
