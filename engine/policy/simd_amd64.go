package policy

// Assembly of the kernel's inner loops for processors with AVX2. Same bits as the plain loops of kernel.go, which
// serve all other machines and check these in the tests.

//go:noescape
func rowAVX2(dst *lanes, mean *means, draws, mu *float32, terms *term, n int)

//go:noescape
func addAVX2(dst, a, b *lanes)

// joinAVX2 adds to each of n row sums the pair of the parameter in at.
//
//go:noescape
func joinAVX2(dst *lanes, mu *means, draws *lanes, means *means, pairs *lanes, pairMeans *means, at *int, n int)

//go:noescape
func bestAVX2(entries *entry, n int, cto, ts, pairs *lanes, best *lanes, arg *[Lanes]int32)

//go:noescape
func inverseAVX2(p *lanes, n int)

// resolveAVX2 writes the log odds of the entries' posterior means, n numbers.
//
//go:noescape
func resolveAVX2(dst *lanes, entries *entry, n int, cto, ts, pairs *means)

//go:noescape
func priceAVX2(entries *entry, n int, cto, ts, pairs *means, chances *lanes, costs *float64, rates *[Heads]float64, values *float64)

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() uint32

// hasSIMD reports whether processor and operating system know AVX2.
func hasSIMD() bool {
	const osxsave, avx, avx2, state = 1 << 27, 1 << 28, 1 << 5, 6
	if top, _, _, _ := cpuid(0, 0); top < 7 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&avx == 0 || xgetbv()&state != state {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}
