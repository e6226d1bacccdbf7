package policy

import (
	"math"
	"math/rand/v2"
	"unsafe"
)

// Weights are the numbers of a snapshot: for every parameter the Lanes posterior draws of the
// resolve head and the posterior means of all heads, both innermost.
type Weights struct {
	Layout Layout
	Draws  []float32 // [Params][Lanes]
	Means  []float32 // [Params][Heads]
}

// NewWeights gives zero weights of the layout.
func NewWeights(l Layout) *Weights {
	n := l.Params()
	return &Weights{Layout: l, Draws: make([]float32, n*Lanes), Means: make([]float32, n*Heads)}
}

// PriorWeights are the weights before data: prior means, and draws mean + Scale·sd·z with z of [Normals].
func PriorWeights(l Layout, spec *PriorSpec, seed uint64) *Weights {
	w, n := NewWeights(l), l.Params()
	mean, sd := make([]float64, n), make([]float64, n)
	for h := range Heads {
		spec.Fill(l, Head(h), mean, sd)
		for i, v := range mean {
			w.Means[i*Heads+h] = float32(v)
		}
	}
	spec.Fill(l, Resolve, mean, sd)
	z := Normals(make([]float64, n*Lanes), seed)
	for i := range mean {
		for m := range Lanes {
			w.Draws[i*Lanes+m] = float32(mean[i] + spec.Scale*sd[i]*z[i*Lanes+m])
		}
	}
	return w
}

// Drop makes the weights of features, by their places in x, 0: whatever their values, they count for nothing.
func (w *Weights) Drop(features []int) {
	width := w.Layout.Width()
	for _, f := range features {
		if f >= w.Layout.Features {
			continue
		}
		for at := 1 + f; at < w.Layout.pairCT(); at += width {
			clear(w.Draws[at*Lanes : (at+1)*Lanes])
			clear(w.Means[at*Heads : (at+1)*Heads])
		}
	}
}

// Normals fills dst with independent standard normal numbers and returns it. The generator is part of the
// snapshot format: PCG-DXSM (math/rand/v2) seeded with (seed, 0x7461_6b74), uniforms of 53 bits,
// Box and Muller's transform with the cosine first.
func Normals(dst []float64, seed uint64) []float64 {
	src := rand.NewPCG(seed, 0x7461_6b74)
	uniform := func() float64 { return float64(src.Uint64()>>11) / (1 << 53) }
	for i := 0; i < len(dst); i += 2 {
		r := math.Sqrt(-2 * math.Log(1-uniform()))
		sin, cos := math.Sincos(2 * math.Pi * uniform())
		dst[i] = r * cos
		if i+1 < len(dst) {
			dst[i+1] = r * sin
		}
	}
	return dst
}

// drawsAt and meansAt are the numbers of one parameter; means has the memory layout of [Heads]float32.
func (w *Weights) drawsAt(param int) *lanes { return (*lanes)(w.Draws[param*Lanes:]) }

func (w *Weights) meansAt(param int) *means {
	return (*means)(unsafe.Pointer((*[Heads]float32)(w.Means[param*Heads:])))
}
