package experiments

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"takt/engine"
)

// Vectors of the xxHash64 specification (github.com/Cyan4973/xxHash, seed 0): were the library to
// change its hash, every debtor would change arm.
func TestHashIsXXH64(t *testing.T) {
	for text, want := range map[string]uint64{"": 0xef46db3751d8e999, "a": 0xd24ec4f1a98c6e5b, "abc": 0x44bc2cf5ad770999} {
		if got := xxhash.Sum64String(text); got != want {
			t.Errorf("xxHash64(%q) = %x, want %x", text, got, want)
		}
	}
}

// The assignment is final: these buckets were computed apart from this code, from the formula, with
// another implementation of xxHash64 (testdata/buckets.py).
func TestBucketIsFinal(t *testing.T) {
	for _, c := range []struct {
		salt, layer, unit string
		want              int
	}{
		{"s", "l", "u", 87276},
		{"holdout-2026", "holdout", "D-9", 310167},
		{"holdout-2026", "holdout", "Jürgen-ß", 353497},
		{"", "", "", 936904},
	} {
		if got := Bucket(c.salt, c.layer, c.unit); got != c.want {
			t.Errorf("Bucket(%q,%q,%q) = %d, want %d", c.salt, c.layer, c.unit, got, c.want)
		}
	}
}

func TestBucketPartsAreSeparate(t *testing.T) {
	if Bucket("ab", "c", "u") == Bucket("a", "bc", "u") || Bucket("s", "l|1:u", "") == Bucket("s", "l", "u") {
		t.Error("different parts fall together")
	}
}

// Chi-square over 100 classes of 1,000,000 units: 99 degrees of freedom, 99.9 % quantile 148.23.
func TestBucketsAreEven(t *testing.T) {
	for _, salt := range []string{"one", "two", "three"} {
		var n [100]float64
		for i := range 1_000_000 {
			n[Bucket(salt, "layer", fmt.Sprint("D-", i))/(Buckets/100)]++
		}
		var chi float64
		for _, c := range n {
			chi += (c - 10_000) * (c - 10_000) / 10_000
		}
		if chi > 148.23 {
			t.Errorf("salt %s: chi-square %.1f over 148.23", salt, chi)
		}
	}
}

// Two salts must not agree: the share of units in the first tenth of both is 1/100 ± 5 standard errors.
func TestSaltsAreIndependent(t *testing.T) {
	const n = 1_000_000
	both := 0
	for i := range n {
		unit := fmt.Sprint(i)
		if Bucket("a", "l", unit) < Buckets/10 && Bucket("b", "l", unit) < Buckets/10 {
			both++
		}
	}
	if d := math.Abs(float64(both)/n - .01); d > 5*math.Sqrt(.01*.99/n) {
		t.Errorf("share in both %.5f, want .01", float64(both)/n)
	}
}

func TestHoldoutGrowsWithoutSwitching(t *testing.T) {
	small, large := &engine.Tenant{Holdout: engine.Holdout{Share: .03, Salt: "h"}}, &engine.Tenant{Holdout: engine.Holdout{Share: .08, Salt: "h"}}
	in, h, at := 0, &Holdouts{}, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20_000 {
		id := fmt.Sprint("D-", i)
		a, b := h.Assign(small, id, at), h.Assign(large, id, at)
		if a.Holdout() {
			in++
			if !b.Holdout() {
				t.Fatalf("%s left the hold-out", id)
			}
		}
	}
	// Binomial(20000, .03): 600 ± 5·24.
	if in < 480 || in > 720 {
		t.Errorf("%d of 20,000 in a hold-out of 3 %%", in)
	}
	if v := h.Assign(&engine.Tenant{}, "D-1", at); v.Holdout() || v.Share != 1 {
		t.Errorf("no hold-out configured, got %+v", v)
	}
}

func BenchmarkBucket(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Bucket("holdout-2026", "holdout", "D-123456789")
	}
}
