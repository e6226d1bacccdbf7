package simulator

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadRefuses(t *testing.T) {
	const ext = "extends: base\n"
	for name, c := range map[string]struct{ text, want string }{
		"unknown":     {ext + "debtors:\n  tipes: {}", ":3: debtors.tipes is not known; did you mean types?"},
		"no likeness": {ext + "debtors: {plans: {zzz: 1}}", ":2: debtors.plans.zzz is not known; use tone, instalments, every, breaks"},
		"above 1":     {ext + "debtors:\n  types:\n    wont: {share: 1.2}", ":4: debtors.types.wont.share is 1.2; use a share from 0 to 1"},
		"in a table":  {ext + "debtors: {ages: {70+: {known: {sms: -.1}}}}", ":2: debtors.ages.70+.known.sms is -.1; use a share from 0 to 1"},
		"odds":        {ext + "debtors:\n  preference: {hit: 0}", ":3: debtors.preference.hit is 0; use a factor above 0, at most 1000"},
		"infinite":    {ext + "debtors: {fatigue: .inf}", ":2: debtors.fatigue is .inf; use a rate"},
		"no number":   {ext + "debtors: {fatigue: .nan}", ":2: debtors.fatigue is .nan; use a rate"},
		"text":        {ext + "creditor:\n  cases_a_day: many", `:3: creditor.cases_a_day is "many"; use a number above 0`},
		"quoted":      {ext + `debtors: {fatigue: "1"}`, `:2: debtors.fatigue is "1"; use a rate`},
		"nothing":     {ext + "debtors:\n  plans:\n", ":3: debtors.plans is empty; give it the keys tone"},
		"no mapping":  {ext + "debtors: {plans: [1]}", ":2: debtors.plans is a list; give it the keys"},
		"mapping":     {ext + "debtors: {fatigue: {a: 1}}", ":2: debtors.fatigue is a mapping; use a rate"},
		"no bool":     {ext + "debtors: {groups: {planted: 1}}", ":2: debtors.groups.planted is 1; use true or false"},
		"no text":     {ext + "name: [a]", ":2: name is a list; use a text"},
		"twice":       {ext + "debtors:\n  fatigue: .1\n  fatigue: .2", ":4: debtors.fatigue is given twice; keep one"},
		"half a cap":  {ext + "creditor: {rules: {cap: 1.5}}", ":2: creditor.rules.cap is 1.5; use a whole number from 1"},
		"window":      {ext + "debtors: {groups: {a: {window: 4}}}", ":2: debtors.groups.a.window is 4; use 0, 1, 2 or 3"},
		"bad yaml":    {ext + "debtors: {", ":2: the scenario is no YAML: did not find expected node content"},
		"anchor":      {ext + "debtors: *x", ":1: the scenario is no YAML: unknown anchor 'x' referenced"},
		"empty":       {"", ":1: the scenario is empty; say extends: base"},
		"comment":     {"# nothing\n", ":1: the scenario is empty"},
		"list":        {"- 1", ":1: the scenario is a list; give it the keys name, about, creditor, debtors"},
		"second":      {ext + "---\nextends: base", ":2: the scenario ends before this second document"},
		"extends":     {"name: x\nextends: bass", `:2: extends is "bass"; use one of base, telco`},
		"extend all":  {"extends: [base]", ":1: extends is a list; use one of base"},
		"sum":         {ext + "debtors:\n  types: {wont: {share: .1}}", ":3: debtors.types has shares that sum to "},
		"preferences": {ext + "debtors: {ages: {70+: {prefer: {sms: .5}}}}", ":2: debtors.ages.70+.prefer has shares that sum to "},
		"link":        {ext + "debtors:\n  link: cauchit", `:3: debtors.link is "cauchit"; use one of cloglog, logit, probit`},
		"zone":        {ext + "creditor: {zone: Berlin}", `:2: creditor.zone is "Berlin"; use a time zone`},
		"start":       {ext + "creditor: {start: 2026-02-30}", `:2: creditor.start is "2026-02-30"; use a date`},
		"currency":    {ext + "creditor: {money: {currency: EURO}}", `:2: creditor.money.currency is "EURO"; use an ISO 4217 code`},
		"channel":     {ext + "debtors: {drift: {to: {sms: fax}}}", `:2: debtors.drift.to.sms is "fax"; use one of letter, phone`},
		"group":       {ext + "debtors: {groups: {b: {prefer: chat}}}", `:2: debtors.groups.b.prefer is "chat"; use one of letter`},
		"lag":         {ext + "debtors:\n  channels: {email: {least: 9}}", ":3: debtors.channels.email has mean "},
		"review":      {ext + "creditor: {rules: {first_review: 60}}", ":2: creditor.rules has first_review 60 and handover 60; review earlier"},
		"storm":       {ext + "debtors: {storm: {from: 9}}", ":2: debtors.storm has from 9 and to 0; end it later"},
	} {
		path := write(t, c.text)
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), path+c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestLoadTellsAllFaultsInOrder(t *testing.T) {
	path := write(t, "extends: base\ndebtors:\n  fatigue: x\n  links: logit\ncreditor:\n  start: {}\n  zone:\n")
	_, err := Load(path)
	want := path + ":3: debtors.fatigue is \"x\"; use a rate from 0 to 1e9\n" +
		path + ":4: debtors.links is not known; did you mean link?\n" +
		path + ":6: creditor.start is a mapping; use a text\n" +
		path + ":7: creditor.zone is empty; use a text"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// A full file, which extends nothing, must have every key.
func TestLoadMissing(t *testing.T) {
	before, after, ok := strings.Cut(string(builtInText("base")), "\n    wont:")
	if !ok {
		t.Fatal("base has no type wont")
	}
	_, err := Load(write(t, before+"\n    will:"+after))
	line := 1 + strings.Count(before[:strings.Index(before, "\n  types:")+1], "\n")
	want := fmt.Sprintf("x.yaml:%d: debtors.types.wont is missing; copy it from scenario base or say extends: base\n", line)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
	if _, err := Load(write(t, "name: x")); err == nil || !strings.Contains(err.Error(), "x.yaml:1: debtors is missing") {
		t.Errorf("error %v, want debtors missing", err)
	}
}

func TestLoadUnknown(t *testing.T) {
	for name, want := range map[string]string{
		"bas":        `scenario "bas" is not known; use base, telco`,
		"world-x":    `scenario "world-x" is not known`,
		"world-31":   "world 31 is not known; use 1 to 30",
		"world-0":    "world 0 is not known",
		"gone.yaml":  "read scenario: open gone.yaml",
		"../go.mod":  "is not known",
		"/dev/null/": "is not known",
	} {
		if _, err := Load(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

// Only what a file states differs, and it is called after its file unless it has a name.
func TestExtends(t *testing.T) {
	got, err := Load(write(t, "extends: telco\ndebtors: {types: {wont: {link: 2}}}"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Load("telco")
	if err != nil {
		t.Fatal(err)
	}
	want.Name, want.About, want.Debtors.Types.Wont.Link = "x", "telco with the changes of x.yaml", 2
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestBuiltIn(t *testing.T) {
	files, err := fs.Glob(builtIn, "scenarios/*.yaml")
	if err != nil || len(files) != len(Names()) {
		t.Errorf("files %q, names %q (%v)", files, Names(), err)
	}
	for _, name := range Names() {
		s := roundTrip(t, name)
		if s.Name != name || s.About == "" {
			t.Errorf("%s calls itself %s: %s", name, s.Name, s.About)
		}
	}
}

// roundTrip loads a scenario, writes it and reads it again.
func roundTrip(t *testing.T, name string) *Scenario {
	t.Helper()
	s, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(write(t, string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s, again) {
		t.Errorf("%s changes on its way through YAML:\n%s", name, text)
	}
	return s
}

// Without a limit a number would be refused always, and a limit without numbers is a misspelt key.
func TestEveryNumberHasALimit(t *testing.T) {
	var keys []string
	visit(reflect.ValueOf(&Scenario{}).Elem(), "", "", func(key, is string, _ *float64) {
		keys = append(keys, key)
		if _, ok := byTag[is]; !ok {
			t.Errorf("%s is %q, which has no limit", key, is)
		}
	})
	for _, row := range byKey {
		if !slices.ContainsFunc(keys, func(key string) bool { return matches([]string{row.keys}, key) }) {
			t.Errorf("no number matches %s", row.keys)
		}
	}
}

// Whatever loads can be written and loads again.
func FuzzLoad(f *testing.F) {
	f.Add(builtInText("null_tone"))
	f.Add([]byte("extends: base\ndebtors: &a {types: *a}"))
	f.Add([]byte("a: &a {b: *a}\n*a : 1"))
	f.Add([]byte("extends: base\ncreditor: {cases_a_day: 1_000}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := read("x.yaml", text)
		if err != nil {
			return
		}
		out, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := read("x.yaml", out); err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("%s\n%v", out, err)
		}
	})
}
