package scenario

import (
	"fmt"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"takt/api/payload"
	"takt/engine"
	"takt/engine/strict"
)

// File is one file of scenarios.
type File struct {
	Path      string
	Pack      string // whose rules are asked; empty: the caller says
	Scenarios []Scenario
}

// Scenario is one decision and what it must be.
type Scenario struct {
	Name    string
	Rule    string // that it is about; empty: none in particular
	Sort    string // bad: the rule bites, good: it does not; empty: not said
	Without []string
	Line    int

	events []engine.Event
	ask    payload.Ask
	expect []expectation
}

// Parse reads a file strictly. Errors name file and line, all of them at once.
func Parse(path string, text []byte) (*File, error) {
	root, err := strict.Document(text)
	switch {
	case err != nil:
		return nil, syntax(path, err)
	case root == nil:
		return nil, fmt.Errorf("%s:1: the file is empty; start with pack, defaults and scenarios", path)
	}
	r := &reader{Reader: strict.Reader{Name: path}, told: map[wrong]bool{}}
	f := r.file(root)
	return f, r.Err()
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax puts the line of a YAML error where those of all other errors stand.
func syntax(path string, err error) error {
	text, line := err.Error(), "1"
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if m[1] != "" {
			line = m[1]
		}
	}
	return fmt.Errorf("%s:%s: %s", path, line, text)
}

// reader reads one file.
type reader struct {
	strict.Reader
	codec    payload.Codec
	defaults struct{ given, when *yaml.Node }
	told     map[wrong]bool
}

// wrong is what is wrong with a node, told once: all scenarios share those of defaults.
type wrong struct {
	at     *yaml.Node
	detail string
}

func (r *reader) file(n *yaml.Node) *File {
	f := &File{Path: r.Name}
	var list *yaml.Node
	r.Mapping(n, "", func(key string, v *yaml.Node) bool {
		switch key {
		case "pack":
			f.Pack = r.text(v, "/pack")
		case "defaults":
			r.Mapping(v, "/defaults", func(key string, v *yaml.Node) bool {
				switch key {
				case "given":
					r.defaults.given = v
				case "when":
					r.defaults.when = v
				default:
					return false
				}
				return true
			}, "given", "when")
		case "scenarios":
			list = v
		default:
			return false
		}
		return true
	}, "pack", "defaults", "scenarios")
	if list == nil {
		r.Fail(n, "/scenarios", "is missing; list the scenarios of the file")
		return f
	}
	names, before := map[string]int{}, r.Failures()
	for i, v := range r.Items(list, "/scenarios", "write one scenario after the other, each starting with a dash") {
		s := r.scenario(v, fmt.Sprintf("/scenarios/%d", i))
		if line := names[s.Name]; line != 0 {
			r.Fail(v, fmt.Sprintf("/scenarios/%d/name", i), "%q stands in line %d already; say what is different", s.Name, line)
		}
		names[s.Name] = s.Line
		f.Scenarios = append(f.Scenarios, s)
	}
	if len(f.Scenarios) == 0 && r.Failures() == before {
		r.Fail(list, "/scenarios", "is empty; write at least one, or nothing is tested")
	}
	return f
}

var sorts = []string{"bad", "good"}

func (r *reader) scenario(n *yaml.Node, at string) Scenario {
	s := Scenario{Line: n.Line}
	var given, when, expect *yaml.Node
	r.Mapping(n, at, func(key string, v *yaml.Node) bool {
		switch key {
		case "name":
			s.Name = r.text(v, at+"/name")
		case "rule":
			s.Rule = r.text(v, at+"/rule")
		case "sort":
			s.Sort = r.word(v, at+"/sort", sorts)
		case "without":
			s.Without = r.words(v, at+"/without", nil)
		case "given":
			given = v
		case "when":
			when = v
		case "expect":
			expect = v
		default:
			return false
		}
		return true
	}, "name", "rule", "sort", "without", "given", "when", "expect")
	if s.Name == "" {
		r.Fail(n, at+"/name", "is missing; say in one line what is the case")
	}
	if when = overlay(r.defaults.when, when); when == nil {
		r.Fail(n, at+"/when", "is missing; write at, case, debtor and channels, here or in defaults")
		return s
	}
	r.when(&s, when, at+"/when")
	before := r.Failures()
	if r.given(&s, r.defaults.given, "/defaults/given"); r.Failures() > before {
		r.defaults.given = nil // said once
	}
	r.given(&s, given, at+"/given")
	if expect == nil {
		r.Fail(n, at+"/expect", "is missing; say what the decision must be, such as {kind: hold}")
		return s
	}
	r.expect(&s, expect, at+"/expect")
	return s
}

// when reads the request.
func (r *reader) when(s *Scenario, n *yaml.Node, at string) {
	if n.Kind != yaml.MappingNode {
		r.Fail(n, at, "is no mapping; use at, case, debtor, channels and constraints")
		return
	}
	n = renamed(n, "at", "as_of")
	body, ok := r.json(nil, n, at)
	if !ok {
		return
	}
	if err := r.codec.Parse(&s.ask, body, false); err != nil {
		r.faults(n, at, err, requestNames)
		return
	}
	if s.ask.AsOf.IsZero() {
		r.Fail(n, at+"/at", "is missing; write the instant of the decision such as 2026-06-10T10:00:00+02:00")
	}
}

func (r *reader) text(n *yaml.Node, at string) (s string) {
	r.Text(n, at, func(b []byte) error { s = string(b); return nil })
	return s
}

func (r *reader) instant(n *yaml.Node, at string, parse func(string) (time.Time, error)) (t time.Time) {
	r.Text(n, at, func(b []byte) (err error) { t, err = parse(string(b)); return err })
	return t
}
