package rules

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"takt/engine"
)

//go:embed packs
var packs embed.FS

// Names are the names of the embedded packs.
func Names() (names []string) {
	files, err := packs.ReadDir("packs")
	if err != nil {
		panic("rules: no embedded packs: " + err.Error())
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// packFile reads an embedded pack.
func packFile(name string) (*file, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("pack %w", unknown(name, Names()))
	}
	path := "packs/" + name + ".yaml"
	text, err := packs.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := parse(path, text)
	if err == nil && f.name != name {
		err = fmt.Errorf("%s: is named %s", path, f.name)
	}
	return f, err
}

// compiled are the embedded packs, compiled when first asked for; tenants share them.
var compiled = sync.OnceValues(func() (map[string]*engine.Rules, error) {
	all := map[string]*engine.Rules{}
	for _, name := range Names() {
		f, err := packFile(name)
		if err != nil {
			return nil, err
		}
		if all[name], err = compilePack(f); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// Load gives an embedded pack, compiled; the same pointer each time.
func Load(name string) (*engine.Rules, error) {
	all, err := compiled()
	if err != nil {
		return nil, err
	}
	if r := all[name]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("pack %w", unknown(name, Names()))
}
