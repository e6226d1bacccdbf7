// Package experiments answers what is true: who belongs to which branch, and what a branch earned.
//
// So far it holds the assignment of debtors (one final hash, so that no debtor changes branch when
// experiments are added later) and the permanent hold-out: its size, its arms, what it tells.
//
//	b := experiments.Bucket("acme/2026", "holdout", "D-9")  // 0 … 999,999, the same for ever
//	h := &experiments.Holdouts{}
//	v := h.Assign(tenant, "D-9", now)                       // arm "holdout" keeps D-9 on the ladder
//	r, err := experiments.HoldoutReport(ctx, store, tenant, h.Sizing(tenant, 2026), now)
package experiments

import (
	"strconv"

	"github.com/cespare/xxhash/v2"
)

// Buckets is the number of equal shares that debtors fall in.
const Buckets = 1_000_000

// Bucket is the share of 0 to Buckets−1 that a unit falls in, for a salt (one per experiment, never
// used again) and a layer (experiments of one layer exclude each other).
//
// The hash is xxHash64 of the three parts, each with its length in front, so that "ab"+"c" and
// "a"+"bc" differ; the bucket is (high 32 bits · Buckets) >> 32, which has no modulo bias.
// ClickHouse computes the same: bitShiftRight(bitShiftRight(xxHash64('1:s|1:l|1:u'),32)*1000000,32).
func Bucket(salt, layer, unit string) int { return bucket(salt, layer, unit) }

func bucket[S string | []byte](salt S, layer, unit string) int {
	var space [192]byte
	b := part(space[:0], salt)
	b = append(part(append(b, '|'), layer), '|')
	h := xxhash.Sum64(part(b, unit))
	return int((h >> 32) * Buckets >> 32)
}

func part[S string | []byte](b []byte, s S) []byte {
	return append(append(strconv.AppendInt(b, int64(len(s)), 10), ':'), s...)
}
