package simulator

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// limit is what a number may be.
type limit struct {
	from, to float64
	whole    bool
	use      string // the way out
}

const (
	tiny = 1e-9 // stands for more than nothing
	huge = 1e9
)

// byTag are the limits of the tag `is`.
var byTag = map[string]limit{
	"share": {0, 1, false, "a share from 0 to 1"},
	"odds":  {math.SmallestNonzeroFloat64, 1000, false, "a factor above 0, at most 1000"},
	"rate":  {0, huge, false, "a rate from 0 to 1e9"},
	"days":  {0, huge, false, "days from 0 to 1e9"},
	"count": {0, huge, false, "a number from 0 to 1e9"},
	"minor": {0, huge, false, "minor units from 0 to 1e9"},
	"micro": {0, huge, false, "millionths from 0 to 1e9"},
}

// byKey are the narrower limits of some keys; the first row that matches counts. Zeros would divide
// by nothing, a certain answer has no odds, the calendar counts whole days, and a case has so many contacts at most that they can be counted.
var byKey = []struct {
	keys string // a pattern of path.Match
	limit
}{
	{"creditor.cases_a_day", limit{tiny, huge, false, "a number above 0"}},
	{"creditor.funnel.*", limit{tiny, 1, false, "a share above 0"}},
	{"creditor.rules.handover", limit{2, 1000, true, "whole days from 2 to 1000"}},
	{"creditor.rules.contacts", limit{1, 200, true, "a whole number from 1 to 200"}},
	{"creditor.rules.cap", limit{1, 16, true, "a whole number from 1 to 16"}},
	{"creditor.rules.*", limit{1, 366, true, "whole days from 1 to 366"}},
	{"creditor.past_contacts.*", limit{0, 100, true, "a whole number up to 100"}},
	{"debtors.amount.sigma", limit{0, 3, false, "a number up to 3"}},
	{"debtors.plans.every", limit{1, 366, false, "days from 1"}},
	{"debtors.amount.median", limit{1, huge, false, "minor units from 1"}},
	{"debtors.types.*.share", limit{tiny, 1, false, "a share above 0"}},
	{"debtors.types.*.cure_fades", limit{tiny, huge, false, "days above 0"}},
	{"debtors.*.respond", limit{0, 1 - tiny, false, "a share below 1"}},
	{"debtors.ages.*.notice.*", limit{tiny, 1 - tiny, false, "a share above 0 and below 1"}},
	{"debtors.channels.*.concentration", limit{tiny, huge, false, "a number above 0"}},
	{"debtors.channels.*.least", limit{1, huge, true, "whole days from 1"}},
	{"debtors.plans.instalments", limit{1, huge, true, "a whole number from 1"}},
	{"debtors.groups.*.window", limit{0, windows - 1, true, "0, 1, 2 or 3"}},
}

// fill walks the tree and the scenario side by side: the struct is the schema.
func (l *loader) fill(s *Scenario, root *yaml.Node) {
	top := &yaml.Node{Line: 1}
	l.file[top] = l.file[root]
	l.value(reflect.ValueOf(s).Elem(), "", "", top, root)
}

// value sets v to what the node n of the key says; is comes from the nearest tag.
func (l *loader) value(v reflect.Value, at, is string, key, n *yaml.Node) {
	l.keys[at] = key
	switch v.Kind() {
	case reflect.Struct:
		l.mapping(v, at, is, key, n)
	case reflect.Float64:
		l.number(v, at, is, key, n)
	case reflect.Bool:
		if n.ShortTag() != "!!bool" || n.Decode(v.Addr().Interface()) != nil {
			l.refuse(key, at, "is %s; use true or false", shown(n))
		}
	case reflect.String:
		if v.SetString(n.Value); n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || n.Value == "" {
			l.refuse(key, at, "is %s; use a text", shown(n))
		}
	}
}

func (l *loader) mapping(v reflect.Value, at, is string, key, n *yaml.Node) {
	known := keysOf(v.Type())
	if n.Kind != yaml.MappingNode {
		l.refuse(key, at, "is %s; give it the keys %s", shown(n), strings.Join(known, ", "))
		return
	}
	for i, name := range known {
		f := v.Type().Field(i)
		if j := find(n, name); j >= 0 {
			l.value(v.Field(i), join(at, name), cmp.Or(f.Tag.Get("is"), is), n.Content[j], n.Content[j+1])
		} else {
			l.refuse(key, join(at, name), "is missing; copy it from scenario base or say extends: base")
		}
	}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if !slices.Contains(known, k.Value) {
			l.refuse(k, join(at, k.Value), "is not known; %s", hint(k.Value, known))
		}
	}
}

func (l *loader) number(v reflect.Value, at, is string, key, n *yaml.Node) {
	limits := []limit{byTag[is]}
	for _, row := range byKey {
		if ok, _ := path.Match(row.keys, at); ok {
			limits = append(limits, row.limit)
			break
		}
	}
	tag := n.ShortTag()
	if tag != "!!float" && tag != "!!int" || n.Decode(v.Addr().Interface()) != nil {
		l.refuse(key, at, "is %s; use %s", shown(n), limits[len(limits)-1].use)
		return
	}
	for _, m := range limits {
		if f := v.Float(); !(f >= m.from && f <= m.to) || m.whole && f != math.Trunc(f) {
			l.refuse(key, at, "is %s; use %s", n.Value, m.use)
			return
		}
	}
}

// shown is a node in a few words.
func shown(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null" || n.Value == "":
		return "empty"
	case n.ShortTag() == "!!str":
		return fmt.Sprintf("%.40q", n.Value)
	}
	return n.Value
}

// hint names the known key most like an unknown one, or else all of them.
func hint(key string, known []string) string {
	best, most := "", .35
	for _, k := range known {
		if c := likeness(key, k); c > most {
			best, most = k, c
		}
	}
	if best == "" {
		return "use " + strings.Join(known, ", ")
	}
	return "did you mean " + best + "?"
}

// likeness is the share of neighbouring letters of both words that they have in common.
func likeness(a, b string) float64 {
	common := 0
	for i := range len(a) - 1 {
		if strings.Contains(b, a[i:i+2]) {
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
