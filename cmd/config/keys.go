package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
)

// keySet are the known keys with dots; "*" stands for any name (a tenant, a channel).
type keySet map[string]bool

// knownKeys reads the keys off the koanf tags of Config, so that there is one list of them.
func knownKeys() keySet {
	keys := keySet{}
	keys.add("", reflect.TypeOf(Config{}))
	return keys
}

func (k keySet) add(prefix string, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Map:
		k[prefix+"*"] = true
		k.add(prefix+"*.", t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if name := t.Field(i).Tag.Get("koanf"); name != "" {
				k[prefix+name] = true
				k.add(prefix+name+".", t.Field(i).Type)
			}
		}
	}
}

// has reports whether the key is known, names standing for "*".
func (k keySet) has(key string) bool {
	_, ok := k.shape(key)
	return ok
}

// leaf reports whether the key is known and has a value of its own: a flag of a command may be named like a section.
func (k keySet) leaf(key string) bool {
	shape, ok := k.shape(key)
	for other := range k {
		ok = ok && !strings.HasPrefix(other, shape+".")
	}
	return ok
}

// shape is the key as it stands in the set.
func (k keySet) shape(key string) (string, bool) {
	at := ""
	for _, part := range strings.Split(key, ".") {
		switch {
		case k[at+part]:
			at += part + "."
		case k[at+"*"]:
			at += "*."
		default:
			return at + part, false
		}
	}
	return strings.TrimSuffix(at, "."), true
}

// hint names the known key nearest to an unknown one, or nothing.
func (k keySet) hint(key string) string {
	shape, _ := k.shape(key)
	cut := strings.LastIndexByte(shape, '.') + 1
	return engine.Hint(shape[cut:], func(yield func(string) bool) {
		for known := range k {
			if name, ok := strings.CutPrefix(known, shape[:cut]); ok && name != "*" && !strings.Contains(name, ".") && !yield(name) {
				return
			}
		}
	})
}

// checkKeys refuses keys of the file that no part of Config reads.
func checkKeys(path string, text []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want keys and values such as \"data: ./takt-data\"", path, doc.Content[0].Line)
	}
	var errs []error
	knownKeys().walk(path, "", doc.Content[0], &errs)
	return errors.Join(errs...)
}

func (k keySet) walk(path, prefix string, n *yaml.Node, errs *[]error) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		key := prefix + name.Value
		if !k.has(key) {
			*errs = append(*errs, fmt.Errorf("%s:%d: unknown key %q%s", path, name.Line, key, k.hint(key)))
			continue
		}
		k.walk(path, key+".", n.Content[i+1], errs)
	}
}
