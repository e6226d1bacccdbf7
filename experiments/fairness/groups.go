package fairness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"takt/engine"
	"takt/features"
)

// Characteristic is what debtors are told apart by.
type Characteristic string

// Characteristics are all of them. A debtor has one group of each, by the newest facts known: the age in the calendar year of the
// report's end, the Land, canton, nation or state of an ISO 3166-2 code, the primary subtag of a BCP 47 language.
var Characteristics = [...]Characteristic{"age", "region", "language"}

// Groups of every characteristic.
const (
	Unknown = "unknown"
	Others  = "others" // groups too small to show, together
)

// ParseBy reads a list of characteristics such as age,region; an empty text is all.
func ParseBy(text string) (list []Characteristic, err error) {
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		c := Characteristic(name)
		if !slices.Contains(Characteristics[:], c) {
			return nil, fmt.Errorf("%q is not age, region or language%s", name, engine.Hint(name, slices.Values([]string{"age", "region", "language"})))
		}
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list, nil
}

// bands are the age bands, by the age from which they hold.
var bands = [...]struct {
	from int
	name string
}{{70, "70+"}, {50, "50-69"}, {30, "30-49"}, {18, "18-29"}, {0, "under_18"}}

// of is a debtor's group at the end of the report.
func (c Characteristic) of(p *features.Profile, at time.Time) string {
	switch c {
	case "age":
		if p.BornYear == 0 {
			return Unknown
		}
		age := at.Year() - int(p.BornYear)
		for _, b := range bands {
			if age >= b.from {
				return b.name
			}
		}
		return Unknown
	case "region":
		return regionOf(text(p.Region[:]))
	}
	if tag := engine.Primary(text(p.Language[:])); tag != "" {
		return tag
	}
	return Unknown
}

// nations are the parts of the United Kingdom; a county says no more than the country.
var nations = []string{"GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"}

func regionOf(code string) string {
	code = strings.ToUpper(code)
	switch {
	case code == "":
		return Unknown
	case strings.HasPrefix(code, "GB-") && !slices.Contains(nations, code):
		return "GB"
	}
	return code
}

// text is a zero-padded field of a profile.
func text(b []byte) string { return string(engine.Unpad(b)) }

// Least is the number of debtors that every figure rests on at least.
const Least = 50

// withheld says which cells must not be shown: those of 1 to Least−1 debtors, and of the others the smallest until the
// hidden ones together have none or at least Least, so that the whole less what is shown tells of no fewer.
func withheld(debtors []int) []bool {
	hide, sum := make([]bool, len(debtors)), 0
	for i, n := range debtors {
		if n > 0 && n < Least {
			hide[i], sum = true, sum+n
		}
	}
	for sum > 0 && sum < Least {
		next := -1
		for i, n := range debtors {
			if n > 0 && !hide[i] && (next < 0 || n < debtors[next]) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		hide[next], sum = true, sum+debtors[next]
	}
	return hide
}

// cells are the groups that are shown, and for each debtor the place of the own one.
type cells struct {
	names   []string
	debtors []int
	of      []int32
}

// merge puts the groups that must not be shown together; where they are too few for a cell even so, nothing is shown.
func merge(groups []string) cells {
	count := map[string]int{}
	for _, g := range groups {
		count[g]++
	}
	var names []string
	for g := range count {
		names = append(names, g)
	}
	slices.Sort(names)
	sizes := make([]int, len(names))
	for i, g := range names {
		sizes[i] = count[g]
	}
	var c cells
	at := map[string]int32{}
	others := -1
	for i, hidden := range withheld(sizes) {
		switch {
		case !hidden:
			at[names[i]] = int32(len(c.names))
			c.names, c.debtors = append(c.names, names[i]), append(c.debtors, sizes[i])
			continue
		case others < 0:
			others = len(c.names)
			c.names, c.debtors = append(c.names, Others), append(c.debtors, 0)
		}
		at[names[i]] = int32(others)
		c.debtors[others] += sizes[i]
	}
	for _, g := range groups {
		c.of = append(c.of, at[g])
	}
	return c
}

// order is in which places are told: named groups by name, then others, then unknown.
func (c *cells) order() []int {
	list := make([]int, len(c.names))
	for i := range list {
		list[i] = i
	}
	rank := func(i int) int { return map[string]int{Others: 1, Unknown: 2}[c.names[i]] }
	slices.SortFunc(list, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(youth(c.names[a]), youth(c.names[b])), strings.Compare(c.names[a], c.names[b]))
	})
	return list
}

// youth orders age bands; other names are alike.
func youth(name string) int {
	for _, b := range bands {
		if b.name == name {
			return b.from
		}
	}
	return 0
}
