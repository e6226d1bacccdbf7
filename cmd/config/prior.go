package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine/policy"
)

// Prior is the tenant's configured prior as it was when Load read it; nil: the default.
func (c *Config) Prior(tenant string) *policy.PriorSpec { return c.priors[tenant] }

func (c *Config) loadPriors() error {
	var errs []error
	c.priors = map[string]*policy.PriorSpec{}
	for id, y := range c.Tenants {
		if y.Prior == "" {
			continue
		}
		path := c.path(y.Prior)
		text, err := os.ReadFile(path)
		if err == nil {
			c.priors[id], err = ParsePrior(path, text)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("tenants.%s.prior: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// ParsePrior reads a prior, YAML or JSON: numbers under the names of policy.PriorSpec.Keys. What it leaves out is
// policy.DefaultPrior's. Errors name the file, the line and the key, all of them at once.
//
//	scale: .5
//	resolve: {mean: -1.2, base: .6, level: {channel: .2}, pairs: {channel_tone: .05}}
func ParsePrior(path string, text []byte) (*policy.PriorSpec, error) {
	spec := policy.DefaultPrior()
	r := priorReader{path: path, keys: map[string]policy.PriorKey{}, known: keySet{}}
	for _, k := range spec.Keys() {
		r.keys[k.Name] = k
		for i, c := range k.Name + "." {
			if c == '.' {
				r.known[k.Name[:i]] = true
			}
		}
	}
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&doc); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s is empty; takt policy prior prints the default, state what is to differ", path)
	}
	if err := d.Decode(&yaml.Node{}); err != io.EOF {
		return nil, fmt.Errorf("%s: more than one document; keep one prior in the file", path)
	}
	if r.section("", doc.Content[0]); len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	return &spec, spec.Validate()
}

type priorReader struct {
	path  string
	keys  map[string]policy.PriorKey
	known keySet // with the sections
	errs  []error
}

func (r *priorReader) fail(n *yaml.Node, format string, a ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: "+format, append([]any{r.path, n.Line}, a...)...))
}

// section reads the keys below prefix, which is "" or ends in a dot.
func (r *priorReader) section(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%swant keys and values such as %s", strings.TrimSuffix(prefix, ".")+strings.Repeat(": ", min(len(prefix), 1)), r.example(prefix))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := n.Content[i], n.Content[i+1]
		key := prefix + name.Value
		k, number := r.keys[key]
		switch {
		case strings.Contains(name.Value, "."):
			r.fail(name, "unknown key %q; write sections such as resolve: {mean: -.85}", key)
		case !r.known[key]:
			r.fail(name, "unknown key %q%s", key, r.hint(key))
		case seen[key]:
			r.fail(name, "key %q stands twice; keep one", key)
		case number:
			r.number(k, v)
		default:
			r.section(key+".", v)
		}
		seen[key] = true
	}
}

func (r *priorReader) number(k policy.PriorKey, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" && n.Tag != "!!float" || n.Decode(k.Value) != nil {
		r.fail(n, "%s: want a number, without quotes, such as %v", k.Name, *k.Value)
	} else if err := k.Check(); err != nil {
		r.fail(n, "%w", err)
	}
}

// hint is the nearest name, or all there are.
func (r *priorReader) hint(key string) string {
	if h := r.known.hint(key); h != "" {
		return h
	}
	return "; there are " + strings.Join(r.below(key[:strings.LastIndexByte(key, '.')+1]), ", ")
}

// example is a first key of a section.
func (r *priorReader) example(prefix string) string {
	name := r.below(prefix)[0]
	if _, number := r.keys[prefix+name]; number {
		return name + ": .5"
	}
	return name + ": {…}"
}

// below are the names in a section, in the order of the file that is printed.
func (r *priorReader) below(prefix string) (names []string) {
	var spec policy.PriorSpec
	for _, k := range spec.Keys() {
		rest, ok := strings.CutPrefix(k.Name, prefix)
		name, _, _ := strings.Cut(rest, ".")
		if ok && (len(names) == 0 || names[len(names)-1] != name) {
			names = append(names, name)
		}
	}
	return names
}

// FormatPrior is the YAML that ParsePrior reads, with every number written out: it gives spec back, bit for bit.
func FormatPrior(spec *policy.PriorSpec) []byte {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, k := range spec.Keys() {
		parts := strings.Split(k.Name, ".")
		at := root
		for depth, name := range parts[:len(parts)-1] {
			if n := len(at.Content); n == 0 || at.Content[n-2].Value != name {
				section := &yaml.Node{Kind: yaml.MappingNode}
				if depth == 1 {
					section.Style = yaml.FlowStyle
				}
				at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, section)
			}
			at = at.Content[len(at.Content)-1]
		}
		value := &yaml.Node{}
		if err := value.Encode(*k.Value); err != nil {
			panic("config: a number has no YAML: " + err.Error())
		}
		at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: parts[len(parts)-1]}, value)
	}
	text, err := yaml.Marshal(root)
	if err != nil {
		panic("config: a prior has no YAML: " + err.Error())
	}
	return text
}
