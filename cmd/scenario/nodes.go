package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/api/payload"
	"takt/engine"
	"takt/engine/strict"
	"takt/features/wire"
)

// overlay is a mapping with another one laid over it, key by key; anything else replaces what is below it. The nodes
// keep their lines. Either may be nil.
func overlay(below, over *yaml.Node) *yaml.Node { return overlayTo(maxDepth, below, over) }

// The bounds of a request or of data: aliases may stand for themselves, or for more than anybody wrote.
const (
	maxDepth = 20
	maxBytes = 64 << 10
)

func overlayTo(depth int, below, over *yaml.Node) *yaml.Node {
	switch {
	case over == nil:
		return below
	case below == nil:
		return over
	}
	below, over = strict.Resolve(below), strict.Resolve(over)
	if below.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode || depth == 0 {
		return over
	}
	sum := *over
	sum.Content = slices.Clone(over.Content)
	for i := 0; i+1 < len(below.Content); i += 2 {
		k, v := below.Content[i], below.Content[i+1]
		if j := keyOf(&sum, k.Value); j < 0 {
			sum.Content = append(sum.Content, k, v)
		} else {
			sum.Content[j+1] = overlayTo(depth-1, v, sum.Content[j+1])
		}
	}
	return &sum
}

// keyOf is the place of a key in a mapping, or -1.
func keyOf(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// renamed is a mapping with one key under another name.
func renamed(n *yaml.Node, from, to string) *yaml.Node {
	i := keyOf(n, from)
	if i < 0 {
		return n
	}
	other := *n
	other.Content = slices.Clone(n.Content)
	key := *n.Content[i]
	key.Value = to
	other.Content[i] = &key
	return &other
}

// json appends a node as JSON. Dates and times become strings, as they are written.
func (r *reader) json(b []byte, n *yaml.Node, at string) ([]byte, bool) {
	if len(b) > maxBytes || strings.Count(at, "/") > maxDepth {
		r.Fail(n, at, "is too large, or an alias of itself; write it out")
		return b, false
	}
	ok := true
	switch n = strict.Resolve(n); n.Kind {
	case yaml.MappingNode:
		b = append(b, '{')
		for i := 0; i+1 < len(n.Content) && ok; i += 2 {
			k := n.Content[i]
			if keyOf(n, k.Value) < i {
				r.Fail(k, at+"/"+k.Value, "is given twice")
				return b, false
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(quoted(b, k.Value), ':')
			b, ok = r.json(b, n.Content[i+1], at+"/"+k.Value)
		}
		return append(b, '}'), ok
	case yaml.SequenceNode:
		b = append(b, '[')
		for i, v := range n.Content {
			if !ok {
				break
			}
			if i > 0 {
				b = append(b, ',')
			}
			b, ok = r.json(b, v, at+"/"+strconv.Itoa(i))
		}
		return append(b, ']'), ok
	}
	return r.scalar(b, n, at)
}

func (r *reader) scalar(b []byte, n *yaml.Node, at string) ([]byte, bool) {
	var v any
	switch n.ShortTag() {
	case "!!null":
		return append(b, "null"...), true
	case "!!int", "!!float", "!!bool":
		err := n.Decode(&v)
		if text, bad := json.Marshal(v); err == nil && bad == nil {
			return append(b, text...), true
		}
		r.Fail(n, at, "is %q; write a plain number", n.Value)
		return b, false
	}
	return quoted(b, n.Value), true
}

func quoted(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("scenario: a string that JSON cannot hold") // there is none
	}
	return append(b, text...)
}

// faults notes what a parser of JSON found, at the lines of the nodes it came from; unknown names get their nearest one.
func (r *reader) faults(n *yaml.Node, at string, err error, known []string) {
	var s *payload.SyntaxError
	if errors.As(err, &s) {
		r.Fail(nodeAt(n, s.Pointer), at+s.Pointer, "%s", s.Detail)
		return
	}
	fields := wire.FieldErrors(err)
	if len(fields) == 0 {
		r.FailAt(n.Line, err)
	}
	for _, f := range fields {
		detail, place := f.Detail, nodeAt(n, f.Pointer)
		name := f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]
		if strings.HasPrefix(detail, "is no field") && !slices.Contains(known, name) {
			detail = "is not known" + engine.Hint(name, slices.Values(known))
		}
		if r.told[wrong{place, detail}] {
			continue
		}
		r.told[wrong{place, detail}] = true
		r.Fail(place, at+strings.Replace(f.Pointer, "/as_of", "/at", 1), "%s", detail)
	}
}

// nodeAt is the node under a JSON pointer, or the nearest one above it.
func nodeAt(n *yaml.Node, pointer string) *yaml.Node {
	for _, name := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		n = strict.Resolve(n)
		switch i := keyOf(n, name); {
		case n.Kind == yaml.MappingNode && i >= 0:
			n = n.Content[i+1]
		case n.Kind == yaml.SequenceNode:
			if i, err := strconv.Atoi(name); err == nil && i < len(n.Content) {
				n = n.Content[i]
			}
		}
	}
	return n
}

// word reads one of the known words.
func (r *reader) word(n *yaml.Node, at string, known []string) (s string) {
	r.Text(n, at, func(b []byte) error {
		if s = string(b); slices.Contains(known, s) {
			return nil
		}
		return &engine.FieldError{Detail: fmt.Sprintf("%q is none of %s", s, strings.Join(known, ", "))}
	})
	return s
}

// words reads a list of known words; nil knows all.
func (r *reader) words(n *yaml.Node, at string, known []string) []string {
	list := []string{}
	for i, v := range r.Items(n, at, "write it in brackets, such as [email, letter]") {
		p := at + "/" + strconv.Itoa(i)
		if known == nil {
			list = append(list, r.text(v, p))
		} else {
			list = append(list, r.word(v, p, known))
		}
	}
	return list
}

// requestNames are the names of a request, for the nearest one to a name that is not known.
var requestNames = []string{"at", "case", "debtor", "channels", "constraints", "want", "id", "portfolio", "stage", "open", "amount_minor", "currency",
	"oldest_due", "dunning_level", "default_since", "contract_date", "fulfilment", "dispute", "state", "scope", "service", "arrears", "reminders",
	"first_reminder", "informed", "kind", "tz", "zones", "region", "language", "birth_year", "flags", "channel", "address_ref", "validity", "consent",
	"place", "earliest_execute", "latest_execute", "max_cost_minor", "allow_channels", "allow_tones", "allow_offers"}
