package engine

import "slices"

// Denied are the features of the context that nothing may use, be it learner, policy or segment. The zero value denies
// none.
type Denied struct {
	Names []string // in the order of the context
	At    []int    // their places in x, ascending
}

// Has reports whether the feature at the place is denied.
func (d *Denied) Has(at int) bool {
	_, ok := slices.BinarySearch(d.At, at)
	return ok
}

// Mask makes the denied features of a context 0.
func (d *Denied) Mask(x []float32) {
	for _, i := range d.At {
		if i < len(x) {
			x[i] = 0
		}
	}
}
