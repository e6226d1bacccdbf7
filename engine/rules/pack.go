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

// Law is Load for a tenant: packs that are parts of others and name no country are refused.
func Law(name string) (*engine.Rules, error) {
	r, err := Load(name)
	if err != nil || len(r.Countries) > 0 {
		return r, err
	}
	var whole []string
	for _, n := range Names() {
		if r, err := Load(n); err == nil && len(r.Countries) > 0 {
			whole = append(whole, n)
		}
	}
	return nil, fmt.Errorf("pack %s is a part of others; choose one of %s", name, strings.Join(whole, ", "))
}

// DefaultPack is the pack of a tenant that names none.
const DefaultPack = "de"

// Default gives the pack of a tenant that names none; the same pointer each time.
func Default() *engine.Rules {
	r, err := Load(DefaultPack)
	if err != nil {
		panic("rules: the embedded packs do not compile: " + err.Error())
	}
	return r
}
