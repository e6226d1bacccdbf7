package features

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The periodic pairs of version 1 are the only features that share their words.
func TestGroupsAreThePeriodicPairs(t *testing.T) {
	var want []int
	for i := range Vector {
		want = append(want, i)
	}
	want[index(t, "hour_cos")] = index(t, "hour_sin")
	want[index(t, "week_cos")] = index(t, "week_sin")
	if !slices.Equal(Groups, want) {
		t.Errorf("groups %v, want %v", Groups, want)
	}
}

// Every feature has words in both languages, other words than any other group and than any
// definition, and without the signs of a formula.
func TestEveryFeatureHasWords(t *testing.T) {
	if len(words) != len(Vector) {
		t.Fatalf("words for %d of %d features", len(words), len(Vector))
	}
	owner, docs := map[string]int{}, map[string]bool{}
	for i := range Vector {
		docs[plain(Vector[i].Doc)] = true
	}
	for i := range Vector {
		if words[i].name != Vector[i].Name {
			t.Fatalf("the words of %s stand in the place of %s", words[i].name, Vector[i].Name)
		}
		en, de := Text(i, "en-GB"), Text(i, "de-AT")
		if Text(i, "") != en || Text(i, "fr") != en || Text(i, "de") != de || en == de {
			t.Errorf("%s: %q in English, %q in German", words[i].name, en, de)
		}
		for _, text := range []string{en, de} {
			if len(text) < 8 || len(text) > 60 || docs[plain(text)] || strings.ContainsAny(text, "/()+=;:_.") {
				t.Errorf("%s: %q is no short plain text", words[i].name, text)
			}
			if j, ok := owner[plain(text)]; ok && j != Groups[i] {
				t.Errorf("%s and %s are both %q", words[j].name, words[i].name, text)
			}
			owner[plain(text)] = Groups[i]
		}
	}
}

// plain is a text without what readers do not tell apart.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
