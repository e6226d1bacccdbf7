package simulator

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed scenarios/*.yaml
var builtIn embed.FS

// Names are the built-in scenarios, base first. Load knows world-1 to world-30 besides.
func Names() []string {
	return []string{"base", "telco", "energy", "segments", "null_tone", "drift", "complaint_storm",
		"late_events", "disobedient", "stale_balance"}
}

// Load gives a built-in scenario, a world such as world-7, or the scenario of a file whose path ends
// in .yaml or .yml. A file may say `extends: base` (or another built-in name) and then states only
// what differs; without a name of its own it is called after the file. Every fault of a file is
// told, each on a line of its own with file, line and key.
func Load(name string) (*Scenario, error) {
	if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read scenario: %w", err)
		}
		return read(name, text)
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "world-")); err == nil && strings.HasPrefix(name, "world-") {
		return World(n)
	}
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("scenario %q is not known; use %s, world-1 to world-%d or a file ending in .yaml",
			name, strings.Join(Names(), ", "), Worlds)
	}
	return read(name+".yaml", builtInText(name))
}

func builtInText(name string) []byte {
	text, err := builtIn.ReadFile("scenarios/" + name + ".yaml")
	if err != nil {
		panic("simulator: a built-in scenario has no file: " + name)
	}
	return text
}

// read makes a checked scenario of a file's text. What must agree between keys is looked at once
// each key is right by itself: a wrong share would otherwise be told again as a wrong sum.
func read(file string, text []byte) (*Scenario, error) {
	l := newLoader()
	s := &Scenario{}
	if root := l.tree(file, text); root != nil {
		l.fill(s, root)
	}
	if len(l.faults) == 0 {
		l.agree(s)
	}
	if len(l.faults) > 0 {
		return nil, l.err()
	}
	if from := l.file[l.keys["name"]]; from != file {
		s.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	if from := l.file[l.keys["about"]]; from != file {
		s.About = strings.TrimSuffix(from, ".yaml") + " with the changes of " + filepath.Base(file)
	}
	return s, nil
}

// YAML is the whole scenario as a file that Load reads.
func (s *Scenario) YAML() ([]byte, error) {
	var n yaml.Node
	if err := n.Encode(s); err != nil {
		return nil, fmt.Errorf("write scenario %s: %w", s.Name, err)
	}
	for _, part := range n.Content {
		flow(part)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(&n); err != nil {
		return nil, fmt.Errorf("write scenario %s: %w", s.Name, err)
	}
	return b.Bytes(), nil
}

// flow sets each innermost mapping on one line, and reports whether n is a mapping.
func flow(n *yaml.Node) bool {
	inner := true
	for _, part := range n.Content {
		inner = !flow(part) && inner
	}
	if inner && n.Kind == yaml.MappingNode {
		n.Style = yaml.FlowStyle
	}
	return n.Kind == yaml.MappingNode
}
