package importer

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"takt/engine"
)

// Mapping says which events a row of a table stands for. It is immutable and belongs to no tenant.
type Mapping struct {
	source   string
	debtor   template
	zone     template
	currency template
	missing  []string
	csv      dialect
	rules    []rule
}

// Source is the CloudEvents source of the mapping's events.
func (m *Mapping) Source() string { return m.source }

// dialect is how a CSV file and its numbers are written.
type dialect struct {
	Delimiter string `yaml:"delimiter"` // between cells; default ,
	Decimal   string `yaml:"decimal"`   // before the fraction of an amount; default .
	Group     string `yaml:"group"`     // between groups of digits of an amount; default none
}

// rule makes one event of a row.
type rule struct {
	event    engine.EventType
	id       template
	when     []condition
	time     value
	data     []fieldValue
	currency bool // the mapping's currency goes with amount_minor
}

type condition struct {
	column      string
	equals, not []string
	exists      *bool
}

// value is where a field comes from: a template of columns, then transforms, then a map.
type value struct {
	from       template
	transforms []string
	names      map[string]string // nil: none
	layout     string
	zone       template // "" is the mapping's
	clock      string
	day        bool // a bare date stays one: the field knows how long a day lasts
}

type fieldValue struct {
	name string
	kind fieldKind
	value
}

//go:embed mappings/*.yaml
var shipped embed.FS

// maxMapping bounds a mapping's file in bytes.
const maxMapping = 1 << 20

// LoadMapping reads a mapping: one that comes with Takt by its name (see [MappingNames]), or a YAML file by its path.
func LoadMapping(nameOrPath string) (*Mapping, error) {
	if b, err := shipped.ReadFile("mappings/" + nameOrPath + ".yaml"); err == nil {
		return ParseMapping(b)
	}
	info, err := os.Stat(nameOrPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("mapping %s: no such file, and no mapping of that name; there are %s", nameOrPath, strings.Join(MappingNames(), ", "))
	case err != nil:
		return nil, fmt.Errorf("mapping %s: %w", nameOrPath, err)
	case info.Size() > maxMapping:
		return nil, fmt.Errorf("mapping %s: is larger than 1 MiB", nameOrPath)
	}
	b, err := os.ReadFile(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", nameOrPath, err)
	}
	m, err := ParseMapping(b)
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", nameOrPath, err)
	}
	return m, nil
}

// MappingNames are the mappings that come with Takt.
func MappingNames() []string {
	files, _ := fs.Glob(shipped, "mappings/*.yaml") // the pattern is good
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}

// columns are all columns the mapping reads.
func (m *Mapping) columns() []string {
	var all []string
	add := func(t template) { all = append(all, t.columns()...) }
	add(m.debtor)
	add(m.zone)
	add(m.currency)
	for _, r := range m.rules {
		add(r.id)
		for _, c := range r.when {
			all = append(all, c.column)
		}
		add(r.time.from)
		add(r.time.zone)
		for _, f := range r.data {
			add(f.from)
			add(f.zone)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// template is text with columns: literal, column, literal, column, … literal.
type template []string

// parseTemplate reads text such as "{owner_id}/opened"; {{ and }} stand for the braces themselves.
// No text is no template.
func parseTemplate(s string) (template, error) {
	if s == "" {
		return nil, nil
	}
	var t template
	var part strings.Builder
	inside := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case (c == '{' || c == '}') && !inside && i+1 < len(s) && s[i+1] == c:
			part.WriteByte(c)
			i++
		case c == '{' && !inside, c == '}' && inside:
			if inside && part.Len() == 0 {
				return nil, fmt.Errorf("%q has braces without a column", s)
			}
			t = append(t, part.String())
			part.Reset()
			inside = !inside
		case c == '{' || c == '}':
			return nil, fmt.Errorf("%q has a brace without its other; write {column}, and {{ for a brace", s)
		default:
			part.WriteByte(c)
		}
	}
	if inside {
		return nil, fmt.Errorf("%q has a brace without its other; write {column}, and {{ for a brace", s)
	}
	return append(t, part.String()), nil
}

func (t template) columns() []string {
	var names []string
	for i := 1; i < len(t); i += 2 {
		names = append(names, t[i])
	}
	return names
}

// constant is the text of a template without columns.
func (t template) constant() (string, bool) {
	if len(t) == 1 {
		return t[0], true
	}
	return "", len(t) == 0
}
