//go:build !amd64

package policy

func hasSIMD() bool { return false }

// The functions below are never called where hasSIMD is false.

func rowAVX2(*lanes, *means, *float32, *float32, *term, int) {}

func addAVX2(_, _, _ *lanes) {}

func joinAVX2(_ *lanes, _ *means, _ *lanes, _ *means, _ *lanes, _ *means, _ *int, _ int) {}

func bestAVX2(_ *entry, _ int, _, _, _, _ *lanes, _ *[Lanes]int32) {}

func inverseAVX2(*lanes, int) {}

func resolveAVX2(_ *lanes, _ *entry, _ int, _, _, _ *means) {}

func priceAVX2(_ *entry, _ int, _, _, _ *means, _ *lanes, _ *float64, _ *[Heads]float64, _ *float64) {
}
