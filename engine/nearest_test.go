package engine

import (
	"slices"
	"testing"
)

// kitten → sitting takes 3 edits, the textbook case.
func TestHint(t *testing.T) {
	for _, c := range []struct {
		word  string
		known []string
		want  string
	}{
		{"kitten", []string{"sitting"}, `; did you mean "sitting"?`},
		{"kitten", []string{"knitting's"}, ""},
		{"epsilom", []string{"policy", "epsilon"}, `; did you mean "epsilon"?`},
		{"ab", []string{"ad", "ac"}, `; did you mean "ac"?`},
		{"fr", []string{"at", "de"}, ""}, // nothing in common
		{"x", nil, ""},
	} {
		if got := Hint(c.word, slices.Values(c.known)); got != c.want {
			t.Errorf("%s among %q: %q, want %q", c.word, c.known, got, c.want)
		}
	}
}
