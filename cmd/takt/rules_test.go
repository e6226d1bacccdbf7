package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// takt rules check, show and diff on packs, files and a tenant of takt.yaml.
func TestRulesCommands(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	head := "name: acme\nversion: acme-1\npack: de\nrules:\n"
	good := file("good.yaml", head+"  - {id: core.cap.week, params: {max: 1}}\n  - {id: de.fee, params: {max_minor: 90}, override: {reason: postage, by: Erika Muster, date: 2026-12-01}}\n")
	bad := file("bad.yaml", head+"  - {id: core.cap.wek, params: {max: 1}}\n  - {id: core.gap, params: {gap: 1d}}\n")
	const scene = "pack: de\nscenarios:\n  - name: the fee of the postage\n    rule: de.fee\n    when: {at: 2026-06-10T10:00:00Z, debtor: {id: D-1, tz: Europe/Berlin}, case: {id: C-1, open: {amount_minor: 5990, currency: EUR}, default_since: 2026-05-01, reminders: 1}, channels: [{channel: letter, address_ref: l1}]}\n    expect: {terms: {fee_minor: 90}}\n"
	scenes := file("scenes.yaml", scene)
	conf := file("takt.yaml", "data: "+dir+"/data\ntenants: {acme: {rules: {file: good.yaml}}, plain: {}}\n")
	for name, c := range map[string]struct {
		args []string
		code int
		out  []string // of standard output
		errs []string
	}{
		"help":           {[]string{}, 0, []string{"check", "show", "diff"}, nil},
		"unknown":        {[]string{"chek"}, 2, nil, []string{`unknown command "chek" of rules`}},
		"check":          {[]string{"check", good}, 0, []string{"good.yaml: acme-1+", "over pack de, ", " unverified, 1 overrides", "de.fee: max_minor 76 -> 90, by Erika Muster on 2026-12-01: postage"}, nil},
		"check two":      {[]string{"check", good, bad}, 1, []string{"good.yaml: acme-1+"}, []string{`bad.yaml:5: rule core.cap.wek: no such rule in pack de; did you mean "core.cap.week"?`, "bad.yaml:6: rule core.gap: loosens the pack: gap 2d -> 1d"}},
		"check json":     {[]string{"check", good, "--json"}, 0, []string{`"version": "acme-1+`, `"by": "Erika Muster"`}, nil},
		"check none":     {[]string{"check"}, 2, nil, []string{"requires at least 1 arg"}},
		"check missing":  {[]string{"check", dir + "/none.yaml"}, 2, nil, []string{"none.yaml"}},
		"show":           {[]string{"show"}, 0, []string{"de-2026.11+", "de.quiet_hours", "open 08:00, close 20:00", "unverified", "BGB §286"}, nil},
		"show then":      {[]string{"show", "--pack", "de", "--on", "2020-05-01", "--lang", "de"}, 0, []string{"on 2020-05-01", "de.moratorium.covid", "Kleinstunternehmen"}, nil},
		"show all":       {[]string{"show", "--pack", "us", "--on", "all", "--lang", "en"}, 0, []string{"us.calls.seven_in_seven", "more than seven times"}, nil},
		"show tenant":    {[]string{"show", "--tenant", "acme"}, 0, []string{"acme-1+", "max 1, window 7d"}, nil},
		"show json":      {[]string{"show", "--pack", "uk", "--json", "--on", "2026-01-01"}, 0, []string{`"id": "uk.breathing_space"`, `"treatment_days": 30`, `"kind": "breathing_space"`}, nil},
		"show both":      {[]string{"show", "--tenant", "acme", "--pack", "de"}, 2, nil, []string{"--pack: leave it out"}},
		"show none":      {[]string{"show", "--tenant", "plain"}, 0, []string{"de-2026.11+"}, nil},
		"show who":       {[]string{"show", "--tenant", "who"}, 2, nil, []string{`nobody knows "who"`}},
		"show pack":      {[]string{"show", "--pack", "dee"}, 2, nil, []string{`pack "dee" is not known; did you mean "de"?`}},
		"show day":       {[]string{"show", "--on", "1 May"}, 2, nil, []string{`--on:`, "YYYY-MM-DD"}},
		"show lang":      {[]string{"show", "--lang", "fr"}, 2, nil, []string{"neither en nor de"}},
		"diff":           {[]string{"diff", "de", good}, 0, []string{"tightened", "max 2 -> 1", "loosened", "max_minor 76 -> 90"}, nil},
		"diff on":        {[]string{"diff", "de", good, "--on", "2019-01-01"}, 0, []string{"core.cap.week"}, nil},
		"diff packs":     {[]string{"diff", "de", "at", "--json"}, 0, []string{`"what": "removed"`, `"what": "added"`, `"id": "at.fee"`}, nil},
		"diff same":      {[]string{"diff", "us", "us"}, 0, []string{"the same rules"}, nil},
		"diff same json": {[]string{"diff", "us", "us", "--json"}, 0, []string{"[]"}, nil},
		"diff bad":       {[]string{"diff", "de", bad}, 1, nil, []string{"bad.yaml:5:"}},
		"test":           {[]string{"test", "--pack", "de"}, 0, []string{"pass  de.quiet_hours ", "pass  core.gap ", "pass  eu.ai.bot ", " scenarios, 0 fail"}, nil},
		"test all":       {[]string{"test"}, 0, []string{"us.calls.seven_in_seven", "uk.breathing_space", " scenarios, 0 fail"}, nil},
		"test own":       {[]string{"test", "--file", good}, 1, []string{"FAIL  core.cap.week ", "core.yaml:", "by acme-1+", "kind: expected contact, got hold", "trace: core.cap.week defer used=1 max=1"}, []string{" scenarios fail"}},
		"test tenant":    {[]string{"test", "--tenant", "acme", scenes}, 0, []string{"1 scenarios, 0 fail"}, nil},
		"test file":      {[]string{"test", "--json", scenes}, 1, []string{`"scenarios": 1`, `"failed": 1`, `"what": "terms fee_minor"`, `"expected": "90"`, `"got": "76"`, `"rule": "de.fee"`, `"source": "BGH`}, []string{"1 of 1 scenarios fail"}},
		"test both":      {[]string{"test", "--pack", "de", "--file", good}, 2, nil, []string{"--pack: leave it out"}},
		"test missing":   {[]string{"test", dir + "/none.yaml"}, 2, nil, []string{"none.yaml"}},
		"test bad":       {[]string{"test", file("sbad.yaml", "pack: de\nscenarios:\n  - {name: x, whn: {}}\n")}, 1, nil, []string{`sbad.yaml:3: /scenarios/0/whn is not known; did you mean "when"?`}},
		"test packless":  {[]string{"test", file("sfree.yaml", strings.TrimPrefix(scene, "pack: de\n"))}, 2, nil, []string{"sfree.yaml: names no pack; write pack: de"}},
		"diff one":       {[]string{"diff", "de"}, 2, nil, []string{"accepts 2 arg"}},
	} {
		out, errs, code := takt(t, append([]string{"rules", "--config", conf}, c.args...)...)
		if code != c.code {
			t.Errorf("%s: code %d: %s%s", name, code, out, errs)
		}
		for _, want := range c.out {
			if !strings.Contains(out, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, out)
			}
		}
		for _, want := range c.errs {
			if !strings.Contains(errs, want) {
				t.Errorf("%s says %s, want %s", name, errs, want)
			}
		}
	}
	out, _, _ := takt(t, "rules", "show", "--json", "--pack", "de", "--on", "2020-07-01")
	if strings.Contains(out, "de.moratorium.covid") || !json.Valid([]byte(out)) {
		t.Error("the moratorium holds on 2020-07-01, or the JSON is none")
	}
}
