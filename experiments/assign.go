// Package experiments answers what is true: who belongs to which branch, and what a branch earned.
//
// So far it holds the assignment of debtors: one final hash, so that no debtor changes branch when
// experiments are added later.
//
//	b := experiments.Bucket("holdout-2026", "holdout", "D-9") // 0 … 999,999, the same for ever
//	v := experiments.Holdouts{}.Assign(tenant, "D-9")         // arm "holdout" keeps D-9 on the ladder
package experiments

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"takt/engine"
)

// Buckets is the number of equal shares that debtors fall in.
const Buckets = 1_000_000

// Bucket is the share of 0 to Buckets−1 that a unit falls in, for a salt (one per experiment, never
// used again) and a layer (experiments of one layer exclude each other).
//
// The hash is xxHash64 of the three parts, each with its length in front, so that "ab"+"c" and
// "a"+"bc" differ; the bucket is (high 32 bits · Buckets) >> 32, which has no modulo bias.
// ClickHouse computes the same: bitShiftRight(bitShiftRight(xxHash64('1:s|1:l|1:u'),32)*1000000,32).
func Bucket(salt, layer, unit string) int {
	var space [192]byte
	b := part(space[:0], salt)
	b = append(part(append(b, '|'), layer), '|')
	h := xxhash.Sum64(part(b, unit))
	return int((h >> 32) * Buckets >> 32)
}

func part(b []byte, s string) []byte {
	return append(append(strconv.AppendInt(b, int64(len(s)), 10), ':'), s...)
}

// Holdouts assigns debtors to the permanent random hold-out of their tenant: a promise, nothing
// optimises it. The zero value is ready.
type Holdouts struct{}

// HoldoutLayer is the layer of the hold-out.
const HoldoutLayer = "holdout"

// Assign gives the debtor's arm and the share of debtors in it. Growing the share only moves
// debtors into the hold-out; nobody leaves it.
func (Holdouts) Assign(t *engine.Tenant, debtor string) engine.Variant {
	if t.Holdout.Share <= 0 {
		return engine.Variant{Share: 1}
	}
	edge := int(t.Holdout.Share * Buckets)
	v := engine.Variant{Experiment: HoldoutLayer, Arm: "policy", Share: 1 - float64(edge)/Buckets}
	if Bucket(t.Holdout.Salt, HoldoutLayer, debtor) < edge {
		v.Arm, v.Share = "holdout", float64(edge)/Buckets
	}
	return v
}
