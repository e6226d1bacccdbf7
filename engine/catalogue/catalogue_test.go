package catalogue_test

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/engine/catalogue"
)

func ExampleParse() {
	c, err := catalogue.Parse("texts.yaml", []byte(`
templates:
  - {key: erinnerung, channel: email, tone: friendly, language: de, legal_state: approved, tags: [opt_out]}
  - {key: erinnerung_mit_gebuehr, channel: email, tone: friendly, language: de, legal_state: approved, tags: [fee, opt_out]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	today, _ := engine.ParseDate("2025-11-21")
	fmt.Println(c.Find(engine.Place{Channel: engine.Email, Tone: engine.Friendly}, today, &engine.Terms{Wording: engine.ConditionalTags &^ engine.TagFee}, "de-AT").Key)
	_, err = catalogue.Parse("texts.yaml", []byte("templates:\n  - {key: a, channel: fax, tone: friendly, language: de}\n"))
	fmt.Println(err)
	// Output:
	// erinnerung
	// texts.yaml:2: /templates/0/channel "fax" is no channel; use one of email sms letter phone messenger push portal chat
}

func TestParse(t *testing.T) {
	got, err := catalogue.Parse("t.yaml", []byte(`
templates:
  - key: a
    channel: letter
    tone: firm
    language: de-AT
    legal_state: approved
    from: 2025-01-01
    until: 2025-12-31
    tags: [court_threat, right_to_defend]
  - {key: b, channel: letter, tone: firm, language: de}
`))
	if err != nil {
		t.Fatal(err)
	}
	from, _ := engine.ParseDate("2025-01-01")
	want := engine.Catalogue{{Channel: engine.Letter, Tone: engine.Firm}: {
		{Key: "a", Channel: engine.Letter, Tone: engine.Firm, Language: "de-AT", Legal: engine.Approved, From: from, Until: from + 364, Tags: engine.TagCourt | engine.TagRightToDefend},
		{Key: "b", Channel: engine.Letter, Tone: engine.Firm, Language: "de"},
	}}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseErrors(t *testing.T) {
	const good = "key: a, channel: sms, tone: firm, language: de"
	one := func(more string) string { return "templates:\n- {" + good + more + "}\n" }
	two := func(first, second string) string { return one(first) + "- {" + good + second + "}\n" }
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "t:1: /templates is missing"},
		"no templates":    {"templates: []", "t:1: /templates is empty"},
		"no list":         {"templates: {}", "t:1: /templates is no list"},
		"root":            {"- 1", "t:1: is no mapping"},
		"entry":           {"templates:\n- 1", "t:2: /templates/0 is no mapping"},
		"no yaml":         {"templates: [", "read t: yaml"},
		"two documents":   {one("") + "---\n" + one(""), "read t: more than one document"},
		"unknown":         {one(", legal: approved"), "t:2: /templates/0/legal is not known; use key, channel"},
		"twice":           {one(", key: b"), "t:2: /templates/0/key is given twice"},
		"top level":       {one("") + "texts: []", "t:3: /texts is not known; use templates"},
		"missing":         {"templates:\n- {channel: sms, tone: firm}", "t:2: /templates/0/key is missing\nt:2: /templates/0/language is missing"},
		"empty value":     {one(", from: "), "t:2: /templates/0/from is no plain value"},
		"empty channel":   {"templates:\n- {key: a, channel: '', tone: firm, language: de}", "t:2: /templates/0/channel is no plain value"},
		"list as value":   {one(", from: [1]"), "t:2: /templates/0/from is no plain value"},
		"channel":         {"templates:\n- {key: a, channel: fax, tone: firm, language: de}", `t:2: /templates/0/channel "fax" is no channel`},
		"language":        {"templates:\n- {key: a, channel: sms, tone: firm, language: deutsch}", `t:2: /templates/0/language "deutsch" is no BCP 47 tag`},
		"key":             {"templates:\n- {key: 'a ', channel: sms, tone: firm, language: de}", "t:2: /templates/0/key is no key"},
		"state":           {one(", legal_state: ok"), `t:2: /templates/0/legal_state "ok" is no legal state; use one of draft approved withdrawn`},
		"date":            {one(", from: 2025-02-30"), `t:2: /templates/0/from "2025-02-30" is no date; use YYYY-MM-DD`},
		"time":            {one(", until: 2025-02-03T10:00:00Z"), `t:2: /templates/0/until "2025-02-03T10:00:00Z" is no date`},
		"order":           {one(", from: 2025-02-02, until: 2025-02-01"), "t:2: /templates/0/until is 2025-02-01, before from, 2025-02-02"},
		"tag":             {one(", tags: [fees]"), `t:2: /templates/0/tags/0 "fees" is no tag; use some of [fee interest`},
		"tag twice":       {one(", tags: [fee, fee]"), "t:2: /templates/0/tags/1 fee is given twice"},
		"tags":            {one(", tags: fee"), "t:2: /templates/0/tags is no list"},
		"never":           {one(", legal_state: approved, tags: [court_threat]"), "t:2: /templates/0/tags court_threat needs right_to_defend"},
		"duplicate":       {two("", ""), "t:3: /templates/1 is the text of line 2 for days"},
		"state in doubt":  {two(", legal_state: approved", ", legal_state: withdrawn"), "t:3: /templates/1 is the text of line 2"},
		"letters alike":   {"templates:\n- {key: a, channel: sms, tone: firm, language: de-at}\n- {key: a, channel: sms, tone: firm, language: de-AT}", "t:3: /templates/1 is the text of line 2"},
		"overlap":         {two(", until: 2025-03-01", ", from: 2025-03-01"), "t:3: /templates/1 is the text of line 2"},
		"all of them":     {one(", from: x, tags: [y]"), "t:2: /templates/0/from \"x\" is no date; use YYYY-MM-DD\nt:2: /templates/0/tags/0"},
		"alias of a list": {"a: &a []\ntemplates: *a", "t:1: /a is not known"},
	} {
		if _, err := catalogue.Parse("t", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	for name, text := range map[string]string{
		"one after the other":    two(", until: 2025-03-01", ", from: 2025-03-02"),
		"a draft of the next":    two(", legal_state: approved", ", legal_state: draft"),
		"a draft may be unsound": one(", tags: [court_threat]"),
		"another language":       one("") + "- {key: a, channel: sms, tone: firm, language: en}\n",
	} {
		if _, err := catalogue.Parse("t", []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever parses is found, if it is approved, by its place and language on a day of its own; what does not says where.
func FuzzParse(f *testing.F) {
	f.Add([]byte("templates:\n- {key: a, channel: sms, tone: firm, language: de, legal_state: approved, until: 2025-01-01, tags: [fee]}\n"))
	f.Add([]byte("templates: [*a]"))
	f.Add([]byte("a: &a {key: b}\ntemplates: [*a, *a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := catalogue.Parse("t", text)
		if field := (*engine.FieldError)(nil); err != nil && !errors.As(err, &field) && !strings.HasPrefix(err.Error(), "read t: ") {
			t.Fatalf("%q: %v", text, err)
		}
		for place, list := range c {
			for i := range list {
				x := &list[i]
				if x.Channel == 0 || x.Tone == 0 || x.Key == "" || place.Channel != x.Channel || place.Tone != x.Tone {
					t.Fatalf("%q gives %+v", text, x)
				}
				if day := cmp.Or(x.From, x.Until, 1); x.Legal == engine.Approved && c.Find(place, day, nil, x.Language) == nil {
					t.Fatalf("%q: %+v is not found", text, x)
				}
			}
		}
	})
}
