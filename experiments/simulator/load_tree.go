package simulator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// loader reads one scenario file over those it extends, and remembers where everything stands.
type loader struct {
	file   map[*yaml.Node]string
	keys   map[string]*yaml.Node // the key node that gives debtors.types.wont
	faults []fault
}

func newLoader() *loader {
	return &loader{file: map[*yaml.Node]string{}, keys: map[string]*yaml.Node{}}
}

// fault is one thing to mend in a file.
type fault struct {
	file string
	line int
	text string
}

// Error gives place and text in one line.
func (f *fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// refuse notes a fault of a key; n is the node that the reader shall look at.
func (l *loader) refuse(n *yaml.Node, key, format string, args ...any) {
	text := cmp.Or(key, "the scenario") + " " + fmt.Sprintf(format, args...)
	l.faults = append(l.faults, fault{l.file[n], max(n.Line, 1), text})
}

// err joins all faults in the order of the lines.
func (l *loader) err() error {
	slices.SortStableFunc(l.faults, func(a, b fault) int {
		return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line)
	})
	errs := make([]error, len(l.faults))
	for i := range l.faults {
		errs[i] = &l.faults[i]
	}
	return errors.Join(errs...)
}

// tree parses a file and lays it over the one that it extends; nil means that there is nothing to check.
func (l *loader) tree(file string, text []byte) *yaml.Node {
	root := l.parse(file, text)
	if root == nil || root.Kind != yaml.MappingNode {
		return root
	}
	i := find(root, "extends")
	if i < 0 {
		return root
	}
	name := root.Content[i+1]
	root.Content = slices.Delete(root.Content, i, i+2)
	if !slices.Contains(Names(), name.Value) {
		l.refuse(name, "extends", "is %s; use one of %s", shown(name), strings.Join(Names(), ", "))
		return nil
	}
	under := l.tree(name.Value+".yaml", builtInText(name.Value))
	return l.merge(under, root)
}

// parse gives the root of the only document.
func (l *loader) parse(file string, text []byte) *yaml.Node {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	err := d.Decode(&doc)
	if err == io.EOF || err == nil && doc.Content[0].ShortTag() == "!!null" {
		l.file[&doc] = file
		l.refuse(&doc, "", "is empty; say extends: base and what differs")
		return nil
	}
	if err == nil {
		if err = d.Decode(&second); err == nil {
			l.file[&second] = file
			l.refuse(&second, "", "ends before this second document; keep one in the file")
		}
	}
	if err != nil && err != io.EOF {
		at := &yaml.Node{}
		why := strings.TrimPrefix(err.Error(), "yaml: ")
		if n, _ := fmt.Sscanf(why, "line %d: ", &at.Line); n == 1 {
			_, why, _ = strings.Cut(why, ": ")
		}
		l.file[at] = file
		l.refuse(at, "", "is no YAML: %s; mend the line or the one before", why)
		return nil
	}
	l.note(file, "", doc.Content[0])
	return doc.Content[0]
}

// note remembers the file of all nodes, puts what aliases stand for in their place, and refuses keys
// given twice.
func (l *loader) note(file, at string, n *yaml.Node) {
	if l.file[n] != "" {
		return // an alias's target, met before
	}
	l.file[n] = file
	for i, part := range n.Content {
		if part.Kind == yaml.AliasNode {
			part = part.Alias
			n.Content[i] = part
		}
		key := at
		if n.Kind == yaml.MappingNode {
			key = join(at, n.Content[i&^1].Value)
		}
		l.note(file, key, part)
		if n.Kind == yaml.MappingNode && i%2 == 0 && find(n, part.Value) < i {
			l.refuse(part, key, "is given twice; keep one")
		}
	}
}

// merge lays the keys of over onto under. Neither changes.
func (l *loader) merge(under, over *yaml.Node) *yaml.Node {
	if under.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		return over
	}
	m := &yaml.Node{Kind: yaml.MappingNode, Line: over.Line, Content: slices.Clone(under.Content)}
	l.file[m] = l.file[over]
	for i := 0; i < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		if at := find(m, key.Value); at >= 0 {
			m.Content[at], m.Content[at+1] = key, l.merge(m.Content[at+1], value)
		} else {
			m.Content = append(m.Content, key, value)
		}
	}
	return m
}

// find is the index of a key of a mapping, or -1.
func find(n *yaml.Node, key string) int {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func join(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }
