package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The spec types are the mapping as YAML has it.
type mappingSpec struct {
	Source   string     `yaml:"source"`
	Debtor   string     `yaml:"debtor"`
	Zone     string     `yaml:"zone"`
	Currency string     `yaml:"currency"`
	Missing  words      `yaml:"missing"`
	CSV      dialect    `yaml:"csv"`
	Events   []ruleSpec `yaml:"events"`
}

type ruleSpec struct {
	Type string               `yaml:"type"`
	ID   string               `yaml:"id"`
	When []whenSpec           `yaml:"when"`
	Time valueSpec            `yaml:"time"`
	Data map[string]valueSpec `yaml:"data"`
}

type whenSpec struct {
	Column string `yaml:"column"`
	Equals words  `yaml:"equals"`
	Not    words  `yaml:"not"`
	Exists *bool  `yaml:"exists"`
}

type valueSpec struct {
	Column    string            `yaml:"column"`
	Value     *string           `yaml:"value"`
	Transform words             `yaml:"transform"`
	Map       map[string]string `yaml:"map"`
	Layout    string            `yaml:"layout"`
	Zone      string            `yaml:"zone"`
	Clock     string            `yaml:"clock"`
}

// words is one text or a list of them.
type words []string

// UnmarshalYAML reads either form. It takes the older signature because that one stays strict
// about unknown keys.
func (w *words) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*w = words{one}
		return nil
	}
	var many []string
	err := unmarshal(&many)
	*w = many
	return err
}

// ParseMapping reads a mapping's YAML; see the README for its words. An error names the line.
func ParseMapping(b []byte) (*Mapping, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	var spec mappingSpec
	if err := d.Decode(&spec); err == io.EOF {
		return nil, errors.New("is empty; a mapping has source, debtor, zone and events")
	} else if err != nil {
		return nil, errors.New(strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), " in type importer.", " in "))
	}
	if err := d.Decode(new(any)); err != io.EOF {
		return nil, errors.New("has a second document; keep one")
	}
	var root yaml.Node
	if err := yaml.Unmarshal(b, &root); err != nil {
		return nil, err
	}
	c := compiler{root: &root}
	m := c.mapping(&spec)
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return m, nil
}

// fault notes what is wrong at a path of keys and indices.
func (c *compiler) fault(path []any, format string, args ...any) {
	node := c.root
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	var name strings.Builder
	for _, step := range path {
		if node = child(node, step); node != nil {
			line = node.Line
		}
		switch s := step.(type) {
		case int:
			fmt.Fprintf(&name, "[%d]", s)
		case string:
			fmt.Fprintf(&name, ".%s", s)
		}
	}
	c.errs = append(c.errs, fmt.Errorf("line %d: %s %s", line, strings.TrimPrefix(name.String(), "."), fmt.Sprintf(format, args...)))
}

// child is the node at a key or index, nil if there is none.
func child(n *yaml.Node, step any) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil {
		return nil
	}
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s < len(n.Content) {
			return n.Content[s]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	}
	return nil
}
