package rules

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"takt/engine"
)

// pack is a pack of two rules, the second in line 13, with some of it replaced.
func pack(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`name: x
version: x-1
about: {en: "For tests.", de: "Für Tests."}
countries: [DE]
rules:
  - id: x.cap
    kind: cap
    from: 2020-01-01
    status: verified
    source: a statute
    text: {en: "At most two.", de: "Höchstens zwei."}
    params: {max: 2, window: 7d, per: debtor, counts: attempts}
  - id: x.hours
    kind: hours
    from: 2020-01-01
    until: 2020-12-31
    status: unverified
    source: practice
    text: {en: "By day.", de: "Am Tage."}
    params: {open: "08:00", close: "20:00", weekdays: [mon, sat], holidays: false, channels: [sms]}
`)
}

func TestParse(t *testing.T) {
	r, err := Parse("x.yaml", []byte(pack()))
	if err != nil {
		t.Fatal(err)
	}
	hours := r.On(dateOf(t, "2020-12-31")).Rule("x.hours")
	want := engine.RuleParams{Open: 480, Close: 1200, Weekdays: engine.SetOf(engine.Monday, engine.Saturday), Channels: engine.ChannelSet(0).With(engine.SMS)}
	if hours == nil || hours.Params != want || !hours.Unverified || hours.Source != "practice" || hours.Text.In("de-AT") != "Am Tage." || hours.Origin != "x" {
		t.Errorf("got %+v", hours)
	}
	if c := r.On(dateOf(t, "2026-01-01")).Of(engine.RuleCap)[0].Params; c.Max != 2 || c.Window != 7*day || c.Channels != allChannels {
		t.Errorf("got %+v", c)
	}
	if r.On(dateOf(t, "2021-01-01")).Rule("x.hours") != nil || len(r.On(dateOf(t, "2019-12-31")).Rules) != 0 {
		t.Error("rules hold outside their dates")
	}
}

// Every mistake is refused with its file, its line and what would be right.
func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "x.yaml:1: the file is empty"},
		"no yaml":            {"name: [", "x.yaml:1: did not find expected"},
		"two documents":      {pack() + "---\nname: y\n", "more than one document"},
		"no mapping":         {"- 1", "x.yaml:1: pack is no mapping; use name, version"},
		"key of pack":        {pack("countries:", "contries:"), `x.yaml:4: pack/contries is not known; did you mean "countries"?`},
		"key twice":          {pack("countries: [DE]", "name: x"), `x.yaml:4: pack/name is given twice`},
		"no name":            {pack("name: x\n", ""), "x.yaml:1: pack: name is missing"},
		"version":            {pack("version: x-1", "version: y-1"), `x.yaml:1: pack: version "y-1" does not start with the name; write version: x-2026.11`},
		"about":              {pack(`about: {en: "For tests.", de: "Für Tests."}`, ""), "about is missing"},
		"about half":         {pack(`, de: "Für Tests."`, ""), "x.yaml:3: about: want both en and de"},
		"country":            {pack("[DE]", "[Germany]"), `x.yaml:4: pack: countries: "Germany" is no ISO 3166-1 code`},
		"include":            {pack("countries: [DE]", "include: [cor]"), `x.yaml: include: pack "cor" is not known; did you mean "core"?`},
		"include nested":     {pack("countries: [DE]", "include: [de]"), `include: pack de includes others itself`},
		"no list":            {pack()[:strings.Index(pack(), "rules:")] + "rules: 3\n", "x.yaml:5: rules: want a list"},
		"key of rule":        {pack("source: a", "sorce: a"), `x.yaml:10: rule/sorce is not known; did you mean "source"?`},
		"id":                 {pack("id: x.cap", "id: Cap"), `x.yaml:6: rule: id: "Cap" is no id`},
		"foreign id":         {pack("id: x.cap", "id: y.cap"), "x.yaml:6: rule y.cap: ids of pack x start with x."},
		"no id":              {pack("id: x.cap\n    kind: cap", "kind: cap"), "x.yaml:6: rule: id is missing"},
		"kind":               {pack("kind: cap", "kind: cup"), `x.yaml:7: rule: kind: "cup" is not known; did you mean "cap"?`},
		"no kind":            {pack("    kind: cap\n", ""), "x.yaml:6: rule x.cap: kind is missing"},
		"date":               {pack("until: 2020-12-31", "until: 2020-13-01"), `x.yaml:16: rule: until: "2020-13-01" is no date; write YYYY-MM-DD`},
		"leap day":           {pack("until: 2020-12-31", "until: 2021-02-29"), `x.yaml:16: rule: until: "2021-02-29" is no date`},
		"until before from":  {pack("until: 2020-12-31", "until: 2019-12-31"), "x.yaml:13: rule x.hours: until 2019-12-31 is before from 2020-01-01"},
		"no from":            {pack("    from: 2020-01-01\n    until", "    until"), "x.yaml:13: rule x.hours: from is missing"},
		"status":             {pack("status: verified", "status: verifed"), `x.yaml:9: rule: status: "verifed" is not known; did you mean "verified"?`},
		"no status":          {pack("    status: verified\n", ""), "x.yaml:6: rule x.cap: status is missing"},
		"no source":          {pack("    source: a statute\n", ""), "x.yaml:6: rule x.cap: source is missing"},
		"empty source":       {pack("a statute", `" "`), "x.yaml:10: rule: source: want a text in one line"},
		"no text":            {pack(`    text: {en: "By day.", de: "Am Tage."}`+"\n", ""), "x.yaml:13: rule x.hours: text is missing"},
		"no sentence":        {pack(`"By day."`, `"By day"`), "x.yaml:19: text: en: want a sentence that ends with a full stop"},
		"language":           {pack(`{en: "By day.", de:`, `{en: "By day.", fr:`), `x.yaml:19: text/fr is not known`},
		"param":              {pack("max: 2", "maxx: 2"), `x.yaml:12: params/maxx is not known; did you mean "max"?`},
		"param of others":    {pack("max: 2", "max: 2, gap: 2d"), `x.yaml:12: rule x.cap: params: "gap" is not known`},
		"param missing":      {pack("max: 2, ", ""), "x.yaml:6: rule x.cap: params: max is missing; kind cap has max, window, per, counts, channels"},
		"out of range":       {pack("max: 2", "max: 17"), "x.yaml:12: rule x.cap: params: max: 17 is not between 0 and 16"},
		"negative":           {pack("max: 2", "max: -1"), "x.yaml:12: rule x.cap: params: max: -1 is not between 0 and 16"},
		"no number":          {pack("max: 2", "max: two"), `x.yaml:12: rule x.cap: params: max: "two" is no number`},
		"no whole number":    {pack("max: 2", "max: 2.5"), `params: max: "2.5" is no number`},
		"duration":           {pack("window: 7d", "window: week"), `x.yaml:12: rule x.cap: params: window: "week" is no duration; write 48h or 7d`},
		"long":               {pack("window: 7d", "window: 9999d"), "window: 9999d is not between 0 and 3660 days"},
		"word":               {pack("per: debtor", "per: deptor"), `x.yaml:12: rule x.cap: params: per: "deptor" is not known; did you mean "debtor"?`},
		"channel":            {pack("[sms]", "[smss]"), `x.yaml:20: rule x.hours: params: channels: "smss" is not known; did you mean "sms"?`},
		"channel twice":      {pack("[sms]", "[sms, sms]"), `x.yaml:20: rule x.hours: params: channels: "sms" stands twice`},
		"empty list":         {pack("[sms]", "[]"), "x.yaml:20: rule x.hours: params: channels: want a list"},
		"time":               {pack(`"20:00"`, `"8pm"`), `x.yaml:20: rule x.hours: params: close: "8pm" is no time of day; write "08:00"`},
		"open after close":   {pack(`"08:00"`, `"20:30"`), "x.yaml:20: rule x.hours: params: open 20:30 is not before close 20:00"},
		"truth":              {pack("holidays: false", "holidays: no"), `x.yaml:20: rule x.hours: params: holidays: "no" is neither true nor false`},
		"overlap":            {pack("id: x.hours", "id: x.cap", "kind: hours", "kind: cap", `{open: "08:00", close: "20:00", weekdays: [mon, sat], holidays: false, channels: [sms]}`, "{max: 1, window: 1d, per: case, counts: contacts}"), "x.yaml:13: rule x.cap: holds with the entry of line 6 at once from 2020-01-01 until 2020-12-31; let the earlier one end the day before"},
		"two kinds":          {pack("id: x.hours", "id: x.cap", "from: 2020-01-01\n    status", "from: 2021-01-01\n    status"), "x.yaml:13: rule x.cap: is of kind cap in line 6; one id keeps its kind"},
		"override in a pack": {pack("    source: a statute\n", "    source: a statute\n    drop: true\n"), "rule x.cap: is dropped; it has neither kind nor params"},
		"note in a pack":     {pack("    source: a statute\n", "    source: a statute\n    verified: {by: A, date: 2026-01-01}\n"), "rule x.cap: a new rule needs neither override nor verified"},
		"outcome":            {pack("kind: cap", "kind: stop", "{max: 2, window: 7d, per: debtor, counts: attempts}", "{flags: [deceased], outcome: contact}"), "x.yaml:12: rule x.cap: params: outcome: a stop ends in no_contact, agent_review or route"},
		"flag":               {pack("kind: cap", "kind: stop", "{max: 2, window: 7d, per: debtor, counts: attempts}", "{flags: [diseased], outcome: route}"), `flags: "diseased" is not known; did you mean "deceased"?`},
		"currency":           {pack("kind: cap", "kind: fee_cap", "{max: 2, window: 7d, per: debtor, counts: attempts}", "{max_minor: 1, currency: EURO, in_contract: true}"), `currency: "EURO" is no ISO 4217 code`},
	} {
		_, err := Parse("x.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v\nwant %s", name, err, c.want)
		}
	}
}

// All mistakes are told at once, each in a line of its own.
func TestParseTellsAll(t *testing.T) {
	_, err := Parse("x.yaml", []byte(pack("max: 2", "max: 20", "kind: hours", "kind: hour", "[DE]", "[de]")))
	if err == nil || strings.Count(err.Error(), "x.yaml:") != 3 {
		t.Errorf("got %v", err)
	}
}

// Every kind's rule reads its params back as they were written; the schema has a type for each.
func TestParamsComeBack(t *testing.T) {
	used := map[string]bool{}
	for _, name := range Names() {
		for _, r := range load(t, name).All() {
			for _, p := range of(r.Kind) {
				used[p.name] = true
			}
		}
	}
	for i := range params {
		if !used[params[i].name] {
			t.Errorf("param %s is used by no pack", params[i].name)
		}
	}
	for k := engine.RuleKind(1); k < engine.RuleKinds; k++ {
		if k.String() == "" || strings.HasPrefix(k.String(), "level") {
			t.Errorf("kind %d has no name", k)
		}
	}
}

// The same rules have the same version, whatever the file looks like; other rules have another.
func TestVersion(t *testing.T) {
	version := func(text string) string {
		r, err := Parse("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return r.Version
	}
	base := version(pack())
	if !regexp.MustCompile(`^x-1\+[0-9a-f]{8}$`).MatchString(base) {
		t.Errorf("version %s", base)
	}
	if v := version("# a comment\n" + pack("max: 2, window: 7d", "window: 168h, max: 2")); v != base {
		t.Errorf("the same rules: %s and %s", base, v)
	}
	for i, other := range []string{pack("max: 2", "max: 1"), pack("a statute", "another"), pack("2020-12-31", "2020-12-30"), pack("unverified", "verified"), pack("By day.", "By daylight.")} {
		if v := version(other); v == base {
			t.Errorf("%d: other rules have the version %s too", i, v)
		}
	}
}

// Whatever parses compiles to rules that keep the package's invariants, or is refused with a line of the file.
func FuzzParse(f *testing.F) {
	f.Add([]byte(pack()))
	f.Add([]byte(ownFile(`  - {id: core.cap.week, params: {max: 1}}`)))
	f.Add([]byte(ownFile(`  - {id: de.fee, from: 2027-01-01, drop: true, override: {reason: r, by: b, date: 2026-12-01}}`)))
	f.Add([]byte("a: &a [*a]\nrules: *a"))
	f.Add([]byte("rules: [{id: x.y, params: {max: .nan, window: -1d}}]"))
	for _, name := range Names() {
		text, err := packs.ReadFile("packs/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse("x.yaml", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.yaml") {
				t.Fatalf("no file in %q", err)
			}
			return
		}
		for _, s := range r.Spans() {
			seen := map[string]bool{}
			for _, rule := range s.Rules {
				if seen[rule.ID] || rule.Source == "" || rule.Text.EN == "" || rule.Text.DE == "" || rule.Kind == 0 || rule.Kind >= engine.RuleKinds {
					t.Fatalf("%q gives %+v", text, rule)
				}
				seen[rule.ID] = true
			}
		}
		if n := len(r.Spans()); n == 0 || r.Version == "" {
			t.Fatal(fmt.Sprint(n, r.Version))
		}
	})
}
