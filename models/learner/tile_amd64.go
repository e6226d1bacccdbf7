package learner

import "golang.org/x/sys/cpu"

var hasFMA = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// tileFMA takes Σ_k a[k][r]·b[k][c] from dst[r][c], r < 4, c < 8, k < rows; all have the stride, in bytes.
//
//go:noescape
func tileFMA(dst, a, b *float64, stride, rows int)
