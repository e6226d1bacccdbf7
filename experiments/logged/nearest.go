package logged

import (
	"fmt"
	"slices"
)

func contains(list []string, word string) bool { return slices.Contains(list, word) }

// hint names the word of the list nearest to one that is not in it, or nothing.
func hint(word string, list []string) string {
	best, least := "", 4
	for _, w := range list {
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
