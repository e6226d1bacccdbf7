package engine

// Set is a set of the words of one closed list, bit 1<<word; word 0 (none) is never in it.
type Set[T ~uint8] uint32

// Has reports whether w is in the set.
func (s Set[T]) Has(w T) bool { return s&(1<<w) != 0 }

// With is the set and w.
func (s Set[T]) With(w T) Set[T] { return s | 1<<w }

// SetOf is the set of the words.
func SetOf[T ~uint8](words ...T) (s Set[T]) {
	for _, w := range words {
		s |= 1 << w
	}
	return s
}
