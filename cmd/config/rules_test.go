package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"takt/engine/rules"
)

func TestRulesOfTenant(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file("own.yaml", "name: acme\nversion: acme-1\npack: de\nrules:\n  - {id: core.cap.week, params: {max: 1}}\n")
	file("loose.yaml", "name: acme\nversion: acme-1\npack: de\nrules:\n  - {id: core.cap.week, params: {max: 3}}\n")
	file("pack.yaml", "name: mine\nversion: mine-1\nabout: {en: \"Mine.\", de: \"Meins.\"}\nrules: [{id: mine.plan, kind: plan, from: 2020-01-01, status: verified, source: me, text: {en: \"A.\", de: \"A.\"}}]\n")
	de, err := rules.Load("de")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(file("takt.yaml", "tenants:\n  a: {rules: {pack: de}}\n  b: {rules: {pack: de, file: own.yaml, cap: 3}}\n  c: {rules: {file: own.yaml}}\n  d: {}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	most := map[string]int16{"a": 2, "b": 1, "c": 1, "d": 2}
	for id := range c.Tenants {
		tenant, err := c.Tenant(id, make([]byte, 32))
		switch r := tenant.Rules; {
		case err != nil:
			t.Error(err)
		case (id == "a" || id == "d") && r != de:
			t.Errorf("%s: the pack is not shared, or not the default one", id)
		case r.On(20000).Rule("core.cap.week").Params.Max != most[id]:
			t.Errorf("%s: %+v", id, r.On(20000).Rule("core.cap.week").Params)
		}
		if again, err := (&Config{Tenants: map[string]Tenant{"x": Of(tenant)}}).Tenant("x", make([]byte, 32)); err != nil || id == "a" && again.Rules != de {
			t.Errorf("%s does not come back: %v", id, err)
		}
	}
	for text, want := range map[string]string{
		"tenants: {a: {rules: {pack: dee}}}":                 `tenants.a.rules: pack "dee" is not known; did you mean "de"?`,
		"tenants: {a: {rules: {pack: core}}}":                `pack core is a part of others; choose one of at, ch, de, uk, us`,
		"tenants: {a: {rules: {pakc: de}}}":                  `unknown key "tenants.a.rules.pakc"; did you mean "pack"?`,
		"tenants: {a: {rules: {file: none.yaml}}}":           "tenants.a.rules: file: open",
		"tenants: {a: {rules: {file: loose.yaml}}}":          "loose.yaml:5: rule core.cap.week: loosens the pack: max 2 -> 3",
		"tenants: {a: {rules: {file: pack.yaml}}}":           "pack.yaml:1: pack: is missing",
		"tenants: {a: {rules: {pack: us, file: own.yaml}}}":  "own.yaml:1: pack: is de, but the configuration says us",
		"tenants: {a: {rules: {pack: de, file: takt.yaml}}}": `takt.yaml:1: pack/tenants is not known`,
	} {
		if _, err := Load(file("takt.yaml", text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
