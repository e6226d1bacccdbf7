// Package strict reads YAML that people write: unknown and repeated keys and wrong values are refused
// with their line and a pointer, all of them at once.
//
//	root, err := strict.Document(text)
//	r := strict.Reader{Name: "ladder.yaml"}
//	r.Mapping(root, "", func(key string, v *yaml.Node) bool {
//		if key == "steps" { … r.Fail(v, "/steps", "is no list") … }
//		return key == "steps"
//	}, "steps")
//	return r.Err()                      // ladder.yaml:3: /steps is no list
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
)

// Reader collects what is wrong with one file.
type Reader struct {
	Name string // of the file, leads the errors; empty: they begin with "line"

	errs []error
}

// Err is everything that was wrong, or nil; each error inside wraps an *engine.FieldError.
func (r *Reader) Err() error { return errors.Join(r.errs...) }

// Failures is how many things were wrong so far.
func (r *Reader) Failures() int { return len(r.errs) }

// Fail notes that the value at node n, under the pointer, is wrong; the format is a FieldError's detail.
func (r *Reader) Fail(n *yaml.Node, pointer, format string, args ...any) {
	r.FailAt(n.Line, &engine.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// FailAt notes an error of a line.
func (r *Reader) FailAt(line int, err error) {
	if r.Name != "" {
		r.errs = append(r.errs, fmt.Errorf("%s:%d: %w", r.Name, line, err))
	} else {
		r.errs = append(r.errs, fmt.Errorf("line %d: %w", line, err))
	}
}

// Text hands the words of a plain value to read, such as an UnmarshalText, and notes under the pointer what read
// finds wrong. Nothing at all is wrong too.
func (r *Reader) Text(n *yaml.Node, pointer string, read func([]byte) error) {
	var f *engine.FieldError
	switch err := read([]byte(n.Value)); {
	case n.Kind != yaml.ScalarNode || n.Value == "":
		r.Fail(n, pointer, "is no plain value; write one word")
	case errors.As(err, &f):
		r.Fail(n, pointer, "%s", f.Detail)
	case err != nil:
		r.Fail(n, pointer, "%v", err)
	}
}

// Items are the elements of a list, aliases resolved; none of what is no list, which is noted.
func (r *Reader) Items(n *yaml.Node, pointer, advice string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.Fail(n, pointer, "is no list; %s", advice)
		return nil
	}
	items := make([]*yaml.Node, len(n.Content))
	for i, v := range n.Content {
		items[i] = Resolve(v)
	}
	return items
}

// Document is the root of the only document in text; nil if the file is empty.
func Document(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&doc); err != nil && err != io.EOF {
		return nil, err
	}
	if err := d.Decode(&yaml.Node{}); err != io.EOF {
		return nil, errors.New("more than one document; keep one in the file")
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// Mapping hands each key and value to f, which reports whether it knows the key.
func (r *Reader) Mapping(n *yaml.Node, at string, f func(key string, v *yaml.Node) bool, known ...string) {
	if n = Resolve(n); n.Kind != yaml.MappingNode {
		r.Fail(n, at, "is no mapping; use %s", strings.Join(known, ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if seen[k.Value] {
			r.Fail(k, at+"/"+k.Value, "is given twice")
		}
		seen[k.Value] = true
		if !f(k.Value, Resolve(n.Content[i+1])) {
			hint := engine.Hint(k.Value, slices.Values(known))
			if hint == "" {
				hint = "; use " + strings.Join(known, ", ")
			}
			r.Fail(k, at+"/"+k.Value, "is not known%s", hint)
		}
	}
}

// Resolve is the node that an alias stands for, or n.
func Resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
