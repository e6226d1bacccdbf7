package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const head = `pack: core
defaults:
  when:
    at: 2026-06-10T10:00:00+02:00
    case: {id: C-1, stage: dunning, open: {amount_minor: 5990, currency: EUR}, oldest_due: 2026-05-01}
    debtor: {id: D-1, kind: person, tz: Europe/Berlin, region: DE-BE}
    channels: [{channel: email, address_ref: e1}, {channel: letter, address_ref: l1}]
scenarios:
`

// Every expectation says what it got instead, and what is met differs in nothing.
func TestExpectationsDiffer(t *testing.T) {
	for expect, want := range map[string]string{
		"{kind: hold, reason: x, queue: y}":                                       "kind: hold contact; reason: x ; queue: y ",
		"{until: 2026-06-11T00:00:00Z}":                                           "until: 2026-06-11T00:00:00Z none",
		"{until: none, policy: uniform, result: pass}":                            "",
		"{policy: ladder, result: defer}":                                         "policy: ladder uniform; result: core.gap defer core.gap pass",
		"{channels: [email], has_channels: [sms, email], not_channels: [letter]}": "channels: [email] [email, letter]; has_channels: [email, sms] [email, letter]; not_channels: [letter] [email, letter]",
		"{channels: [letter, email], has_channels: [email], not_channels: [sms]}": "",
		"{tones: [firm]}":                   "tones: [firm] [empathetic, firm, formal, friendly, loss_framed, neutral]",
		"{not_offers: [deferral]}":          "not_offers: [deferral] [deferral, instalments, none, payment_link]",
		"{open_minor: 1, currency: CHF}":    "open_minor: 1 5990; currency: CHF EUR",
		"{open_minor: 5990, currency: EUR}": "",
		"{trace: [{rule: core.gap, result: pass}, {rule: core.x, result: none}]}":                                 "",
		"{trace: [{rule: core.gap, result: none}, {rule: core.x, result: block}]}":                                "trace: core.gap none core.gap pass; trace: core.x block not asked",
		"{window: {channel: email, not_before: 2026-06-10T10:00:00+02:00, not_after: 2026-06-11T00:00:00+02:00}}": "",
		"{window: {not_before: 2026-06-10T11:00:00+02:00, not_after: none}}":                                      "window not_before: 2026-06-10T11:00:00+02:00 2026-06-10T10:00:00+02:00; window not_after: none 2026-06-11T00:00:00+02:00",
		"{window: {channel: phone, not_before: none}}":                                                            "",
		"{terms: {discreet: [email], identify: [], ladder: true, points: 1, fee_minor: 2, lump_minor: 3}}":        "terms discreet: [email] [email, letter, messenger, push, sms]; terms ladder: true false; terms points: 1 0; terms fee_minor: 2 0; terms lump_minor: 3 0",
		"{terms: {has_approve: [court], not_forbear: [court], needs: {email: [opt_out]}, with: {fee: [fee]}}}":    "terms needs email: [opt_out] []; terms with fee: [fee] []",
		"{terms: {has_wording: [fee], not_wording: [court_threat]}}":                                              "",
	} {
		f, err := Parse("t.yaml", []byte(head+"  - {name: x, rule: core.gap, expect: "+expect+"}\n"))
		if err != nil {
			t.Errorf("%s: %v", expect, err)
			continue
		}
		r := f.Run(load(t, "core"))[0]
		var got []string
		for _, d := range r.Differences {
			got = append(got, d.What+": "+d.Expected+" "+d.Got)
		}
		if text := strings.Join(got, "; "); text != want || r.Pass != (want == "") {
			t.Errorf("%s:\n got %s\nwant %s", expect, text, want)
		}
	}
}

// What is laid over defaults: mappings by key, lists whole, null takes away; other debtors' events are not folded.
func TestDefaultsAreLaidUnder(t *testing.T) {
	f, err := Parse("t.yaml", []byte(strings.Replace(head, "  when:", "  given: [{type: wish_stated, at: 2026-06-01T09:00:00+02:00, state: avoid, channel: letter}]\n  when:", 1)+`
  - {name: defaults, expect: {channels: [email], open_minor: 5990}}
  - {name: own amount, when: {case: {open: {amount_minor: 7}}}, expect: {channels: [email], open_minor: 7, currency: EUR}}
  - {name: own list, when: {channels: [{channel: sms, address_ref: s1}]}, expect: {channels: [sms]}}
  - {name: nothing known, when: {debtor: {tz: null}}, expect: {kind: agent_review, queue: data}}
  - {name: somebody else's, given: [{type: debtor_deceased, at: 2026-06-09T09:00:00Z, debtor: D-2}], expect: {kind: contact}}
  - {name: lifted later, given: [{type: wish_stated, at: 2026-06-02T09:00:00+02:00, state: lifted}], expect: {channels: [email, letter]}}
  - {name: without the rule, without: [core.wishes], expect: {channels: [email, letter]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Run(load(t, "core")) {
		if !r.Pass {
			t.Error(describe(&r))
		}
	}
	if r := f.Scenarios[0].run(load(t, "core").Without("core.wishes")); r.Pass {
		t.Error("the default event is not folded")
	}
}

// Mistakes are told with file, line and nearest name, all at once.
func TestMistakesNameTheirLine(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                 {"t.yaml:1: the file is empty"},
		"pack: [":                          {"t.yaml:1: did not find expected"},
		"pck: de":                          {`t.yaml:1: /pck is not known; did you mean "pack"?`, "/scenarios is missing"},
		"defaults: {wen: 1}":               {`t.yaml:1: /defaults/wen is not known; did you mean "when"?`},
		"scenarios: 1":                     {"t.yaml:1: /scenarios is no list"},
		"scenarios: []":                    {"t.yaml:1: /scenarios is empty"},
		"scenarios: [{name: x}]":           {"t.yaml:1: /scenarios/0/when is missing"},
		head + "  - {}":                    {"t.yaml:9: /scenarios/0/name is missing", "t.yaml:9: /scenarios/0/expect is missing"},
		head + "  - {name: x, expect: {}}": {"t.yaml:9: /scenarios/0/expect says nothing"},
		head + "  - {name: x, when: &w {case: *w}, expect: {kind: hold}}":                                                                                        {"is too large, or an alias of itself"},
		head + "  - {name: x, sort: ugly, expect: {kind: hold}}":                                                                                                 {`t.yaml:9: /scenarios/0/sort "ugly" is none of bad, good`},
		head + "  - {name: x, expect: {result: pass}}":                                                                                                           {"t.yaml:9: /scenarios/0/expect/result is of the scenario's rule; name one"},
		head + "  - {name: x, expect: {chanels: [email]}}":                                                                                                       {`t.yaml:9: /scenarios/0/expect/chanels is not known; did you mean "channels"?`},
		head + "  - {name: x, expect: {channels: [fax]}}":                                                                                                        {`t.yaml:9: /scenarios/0/expect/channels/0 "fax" is none of email, sms`},
		head + "  - {name: x, expect: {until: today}}":                                                                                                           {`t.yaml:9: /scenarios/0/expect/until "today" is no time; write RFC 3339`},
		head + "  - {name: x, expect: {open_minor: much}}":                                                                                                       {`/scenarios/0/expect/open_minor is "much"; write a plain number`},
		head + "  - {name: x, expect: {terms: {wordng: [fee]}}}":                                                                                                 {`/terms/wordng is not known; did you mean "wording"?`},
		head + "  - {name: x, expect: {trace: [{rule: core.gap}]}}":                                                                                              {"/trace/0 lacks rule or result"},
		head + "  - {name: x, when: {cse: {}}, expect: {kind: hold}}":                                                                                            {`t.yaml:9: /scenarios/0/when/cse is not known; did you mean "case"?`},
		head + "  - {name: x, when: {at: noon}, expect: {kind: hold}}":                                                                                           {`t.yaml:9: /scenarios/0/when/at "noon" is no time`},
		head + "  - {name: x, when: {at: null}, expect: {kind: hold}}":                                                                                           {"/scenarios/0/when/at is missing"},
		head + "  - {name: x, when: {case: {id: A, id: B}}, expect: {kind: hold}}":                                                                               {"/scenarios/0/when/case/id is given twice"},
		head + "  - {name: x, when: {channels: [{channel: fax}]}, expect: {kind: hold}}":                                                                         {"t.yaml:9: /scenarios/0/when/channels/0/channel"},
		head + "  - {name: x, given: [{type: promise_mad, at: 1}], expect: {kind: hold}}":                                                                        {`t.yaml:9: /scenarios/0/given/0/type "promise_mad" is no event type`, `/given/0/at "1" is no time`},
		head + "  - {name: x, given: [{at: 2026-06-09T10:00:00Z}], expect: {kind: hold}}":                                                                        {"/scenarios/0/given/0 lacks type or at"},
		head + "  - {name: x, given: [{type: promise_made, at: 2026-06-09T10:00:00Z, deu: 1}], expect: {kind: hold}}":                                            {`t.yaml:9: /scenarios/0/given/0/deu is not known; did you mean "due"?`, "/given/0/due is required for promise_made"},
		head + "  - {name: x, given: [{type: portal_visited, at: 2026-06-10T10:00:00Z}], expect: {kind: hold}}":                                                  {"/given/0/at is 2026-06-10T10:00:00Z, after the decision"},
		head + "  - {name: x, expect: {kind: hold}}\n  - {name: x, expect: {kind: hold}}":                                                                        {`t.yaml:10: /scenarios/1/name "x" stands in line 9 already`},
		strings.Replace(head, "stage:", "stge:", 1) + "  - {name: x, expect: {kind: hold}}\n  - {name: y, expect: {kind: hold}}":                                 {`t.yaml:5: /scenarios/0/when/case/stge is not known; did you mean "stage"?`},
		strings.Replace(head, "  when:", "  given: [{type: x, at: 1}]\n  when:", 1) + "  - {name: x, expect: {kind: hold}}\n  - {name: y, expect: {kind: hold}}": {`t.yaml:3: /defaults/given/0/type "x" is no event type`},
	} {
		_, err := Parse("t.yaml", []byte(text))
		if err == nil {
			t.Errorf("%q is taken", text)
			continue
		}
		for _, w := range want {
			if strings.Count(err.Error(), w) != 1 {
				t.Errorf("%q:\n got %v\nwant %s", text, err, w)
			}
		}
	}
}

// Directories are read whole, files by name, and a rule that nobody has differs with the nearest name.
func TestReadAndUnknownRule(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": head + "  - {name: a, rule: core.gpa, expect: {kind: contact}}\n", "sub/b.yaml": head + "  - {name: b, expect: {kind: contact}}\n", "c.txt": "-"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Read(dir, filepath.Join(dir, "a.yaml"))
	if err != nil || len(files) != 3 || files[0].Path != filepath.Join(dir, "a.yaml") || files[2].Path != files[0].Path {
		t.Fatalf("%d files, %v", len(files), err)
	}
	r := files[0].Run(load(t, "core"))[0]
	if r.Pass || r.Differences[0].Got != `no such rule; did you mean "core.gap"?` {
		t.Errorf("%+v", r.Differences)
	}
	for _, path := range []string{t.TempDir(), filepath.Join(dir, "none.yaml"), filepath.Join(dir, "c.txt")} {
		if _, err := Read(path); err == nil {
			t.Errorf("%s is read", path)
		}
	}
}

// The example of the README passes with its pack.
func TestReadmeExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\npack: de")
	example, _, ok := strings.Cut(rest, "```")
	f, err := Parse("README.md", []byte("pack: de"+example))
	if err != nil || !ok || len(f.Scenarios) != 2 {
		t.Fatalf("%v: %d bytes", err, len(example))
	}
	for _, r := range f.Run(load(t, f.Pack)) {
		if !r.Pass {
			t.Error(describe(&r))
		}
	}
}

// FuzzParse: no file makes the parser fail otherwise than by an error.
func FuzzParse(f *testing.F) {
	f.Add(head + "  - {name: x, rule: core.gap, sort: bad, given: [{type: portal_visited, at: 2026-06-09T10:00:00Z}], expect: {kind: hold, window: {not_before: none}}}\n")
	f.Add("defaults: &d {when: *d}\nscenarios: [{when: *d, expect: {terms: {needs: {email: [fee]}}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		if file, err := Parse("t.yaml", []byte(text)); err == nil {
			file.Run(load(t, "core"))
		}
	})
}
