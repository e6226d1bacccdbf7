package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"takt/engine/policy"
)

// A file states what differs from the default, YAML or JSON; its path is relative to the configuration.
func TestPriorFromFile(t *testing.T) {
	want := policy.DefaultPrior()
	want.Scale = .7
	want.Heads[policy.Resolve].Mean, want.Heads[policy.Resolve].Level[0] = -1.5, .25
	want.Heads[policy.Churn].Pairs[3], want.Heads[policy.Churn].HoldSD = .004, 1
	for name, text := range map[string]string{
		"prior.yaml": "scale: .7\nresolve: {mean: -1.5, level: {channel: .25}}\nchurn:\n  hold_sd: 1\n  pairs:\n    channel_offer: 4e-3\n",
		"prior.json": "{\n\t\"scale\": 0.7,\n\t\"resolve\": {\"mean\": -1.5, \"level\": {\"channel\": 0.25}},\n\t\"churn\": {\"hold_sd\": 1, \"pairs\": {\"channel_offer\": 0.004}}\n}\n",
	} {
		path := write(t, "takt.yaml", "tenants: {acme: {prior: "+name+"}, other: {epsilon: .1}}\n")
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := c.Prior("acme"); got == nil || *got != want || c.Prior("other") != nil || c.Prior("nobody") != nil {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestWrongPriorsNameFileLineAndKey(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       `p.yaml is empty; takt policy prior prints the default`,
		"- 1":                                    `p.yaml:1: want keys and values such as scale: .5`,
		"scale: 1\n---\nscale: 2":                `p.yaml: more than one document`,
		"scael: 1":                               `p.yaml:1: unknown key "scael"; did you mean "scale"?`,
		"collection: {}":                         `p.yaml:1: unknown key "collection"; there are scale, resolve, amount, complaint, churn`,
		"resolve:\n  maen: 1":                    `p.yaml:2: unknown key "resolve.maen"; did you mean "mean"?`,
		"resolve: {level: {chanel: 1}}":          `unknown key "resolve.level.chanel"; did you mean "channel"?`,
		"resolve.mean: 1":                        `unknown key "resolve.mean"; write sections such as resolve: {mean: -.85}`,
		"resolve: 1":                             `p.yaml:1: resolve: want keys and values such as mean: .5`,
		"resolve: {level: [.1, .1, .1, .1]}":     `p.yaml:1: resolve.level: want keys and values such as channel: .5`,
		"scale: {}":                              `p.yaml:1: scale: want a number, without quotes, such as 0.25`,
		"scale: '1'":                             `scale: want a number`,
		"scale: ~":                               `scale: want a number`,
		"scale: true":                            `scale: want a number`,
		"scale: 101":                             `p.yaml:1: scale: 101 is not between 0 and 100`,
		"scale: .nan":                            `scale: NaN is not between`,
		"amount:\n  noise: 0":                    `p.yaml:2: amount.noise: 0 is not above 0 and below 1e6`,
		"amount: {mean: .inf}":                   `amount.mean: +Inf is not between -1e6 and 1e6`,
		"churn: {pairs: {tone_slot: -1}}":        `churn.pairs.tone_slot: -1 is not above 0`,
		"scale: 1\nscale: 2":                     `p.yaml:2: key "scale" stands twice`,
		"scale: [":                               `read p.yaml: yaml`,
		"churn: {own: 0}\nscale: -1\nbogus: {}":  `p.yaml:3: unknown key "bogus"`, // all errors at once
		"scale: -1\ncomplaint: {group_x: 1e300}": `p.yaml:2: complaint.group_x`,
	} {
		if _, err := ParsePrior("p.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	path := write(t, "takt.yaml", "tenants: {a: {prior: none.yaml}}")
	if _, err := Load(path, nil); err == nil || !strings.Contains(err.Error(), "tenants.a.prior: open ") {
		t.Errorf("missing file: got %v", err)
	}
}

// What is printed reads back, bit for bit, as YAML and as JSON.
func TestPriorComesBack(t *testing.T) {
	spec := policy.DefaultPrior()
	for i, k := range spec.Keys() {
		*k.Value /= 3 + float64(i)*1e-9
		if *k.Value == 0 {
			*k.Value = 0 // not -0
		}
	}
	text := FormatPrior(&spec)
	var v map[string]any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{text, asJSON} {
		if got, err := ParsePrior("p", text); err != nil || *got != spec {
			t.Errorf("%s\ngives %+v, %v", text, got, err)
		}
	}
}
