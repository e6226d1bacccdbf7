package engine

import (
	"fmt"
	"iter"
)

// Hint is "; did you mean X?" with the known word nearest to one that is not known, at most 3 edits away and with something in common, or "".
// Of equally near ones it is the first in order. It goes behind the message about the unknown word.
func Hint(word string, known iter.Seq[string]) string {
	best, least := "", min(4, len(word))
	for w := range known {
		if d := distance(word, w); d < least || d == least && w < best {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is Levenshtein's edit distance (two-row form).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			step := diagonal
			if a[i] != b[j] {
				step++
			}
			diagonal = row[j+1]
			row[j+1] = min(step, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
