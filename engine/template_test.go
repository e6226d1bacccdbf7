package engine

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// shelf is a catalogue of texts that differ in what a test asks for; their keys say it.
func shelf() Catalogue {
	c := Catalogue{}
	for _, t := range []Template{
		{Key: "de-draft", Language: "de"},
		{Key: "de-withdrawn", Language: "de", Legal: Withdrawn},
		{Key: "de-old", Language: "de", Legal: Approved, Until: 99},
		{Key: "de-fee", Language: "de", Legal: Approved, From: 100, Tags: TagFee | TagOptOut},
		{Key: "de", Language: "de", Legal: Approved, From: 100, Until: 199, Tags: TagOptOut},
		{Key: "de-second", Language: "de", Legal: Approved},
		{Key: "at", Language: "de-AT", Legal: Approved, From: 150},
		{Key: "en", Language: "en", Legal: Approved},
	} {
		t.Channel, t.Tone = Email, Friendly
		c.Add(t)
	}
	return c
}

// Only what is approved and valid on the day is found; the languages are asked in their order, and of
// equals the first in the file wins.
func TestCatalogueFind(t *testing.T) {
	c, place := shelf(), Place{Email, Friendly}
	for name, f := range map[string]struct {
		day       Date
		terms     *Terms
		languages []string
		want      string
	}{
		"first in the file":     {100, nil, []string{"de"}, "de-fee"},
		"without a tag":         {100, &Terms{}, []string{"de"}, "de"},
		"with a tag":            {100, &Terms{Wording: ConditionalTags, Needs: [Channels]Tags{Email: TagOptOut}}, []string{"de"}, "de-fee"},
		"with its companion":    {100, &Terms{Wording: ConditionalTags, With: [4]Companion{{TagOptOut, TagDebtAdvice}}}, []string{"de"}, "de-second"},
		"last day":              {99, nil, []string{"de"}, "de-old"},
		"after the last day":    {200, &Terms{}, []string{"de"}, "de-second"},
		"region":                {150, nil, []string{"de-AT"}, "at"},
		"region before its day": {149, &Terms{}, []string{"de-AT"}, "de"},
		"broader":               {150, &Terms{}, []string{"de-CH-1996"}, "de"},
		"not narrower":          {150, nil, []string{"en"}, "en"},
		"case of letters":       {150, nil, []string{"DE_at"}, "de-fee"},
		"case of a region":      {150, nil, []string{"de-at"}, "at"},
		"second language":       {150, nil, []string{"fr-CH", "en-GB"}, "en"},
		"unknown language":      {150, nil, []string{"", "en"}, "en"},
		"none":                  {150, nil, []string{"fr", ""}, ""},
	} {
		got := ""
		if t := c.Find(place, f.day, f.terms, f.languages...); t != nil {
			got = t.Key
		}
		if got != f.want {
			t.Errorf("%s: %q, want %q", name, got, f.want)
		}
	}
	if c.Find(Place{SMS, Friendly}, 150, nil, "de") != nil || Catalogue(nil).Find(place, 150, nil, "de") != nil {
		t.Error("a text for another place")
	}
}

// A decided contact finds its text again.
func TestCatalogueOf(t *testing.T) {
	c := shelf()
	a := ContactAction{Channel: Email, Tone: Friendly, Template: "de", Language: "de", NotBefore: Date(120).In(time.UTC)}
	if got := c.Of(&a); got == nil || got.Key != "de" {
		t.Errorf("got %v", got)
	}
	a.Template = "de-draft"
	if got := c.Of(&a); got != nil {
		t.Errorf("a draft was found: %v", got)
	}
}

func TestTags(t *testing.T) {
	all := ^Tags(0)
	names := slices.Collect(all.Names())
	if len(names) != len(tagNames) || TagDebtAdvice != 1<<(len(tagNames)-1) {
		t.Fatalf("%d names, and the last tag is %d", len(names), TagDebtAdvice)
	}
	for i, n := range names {
		if tag, err := TagNamed(n); err != nil || tag != 1<<i || tag.String() != n {
			t.Errorf("%s is %d, %v, called %s", n, tag, err, tag)
		}
	}
	if _, err := TagNamed("fees"); err == nil {
		t.Error("fees is no tag")
	}
	if s := (TagFee | TagBureau).String(); s != "fee,bureau" {
		t.Errorf("two tags are %q", s)
	}
}

func TestValidLanguage(t *testing.T) {
	for tag, want := range map[string]bool{"de": true, "de-AT": true, "gsw-CH": true, "zh-Hans-CN": true, "": false, "d": false, "deutsch": false,
		"de_AT": false, "de-": false, "de-ABCDEFGHI": false, "d1": false, "de-Latn-AT-1996": false} {
		if ValidLanguage(tag) != want {
			t.Errorf("%q: valid %v", tag, !want)
		}
	}
}

func TestPlanLimits(t *testing.T) {
	good := DefaultPlans()
	if err := good.Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	for pointer, change := range map[string]func(*PlanLimits){
		"/min_rate_minor": func(l *PlanLimits) { l.MinRateMinor = 0 },
		"/max_count":      func(l *PlanLimits) { l.MaxCount = 1 },
		"/every_days":     func(l *PlanLimits) { l.EveryDays = 0 },
		"/max_days":       func(l *PlanLimits) { l.MaxDays = 43 }, // 14 + 30 is the second rate
	} {
		l := good
		change(&l)
		if err := l.Validate(); !at(err, pointer) {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}

// at reports whether err is, or leads with, a FieldError at the pointer.
func at(err error, pointer string) bool {
	var f *FieldError
	return errors.As(err, &f) && f.Pointer == pointer
}

func TestTemplateDoesNotAllocate(t *testing.T) {
	var w work
	tenant := Tenant{Language: "en", Catalogue: shelf()}
	a := ContactAction{Channel: Email, Tone: Friendly, NotBefore: Date(150).In(time.UTC)}
	if n := testing.AllocsPerRun(100, func() {
		a.Template, a.Language = "", "fr-CH"
		if w.template(&a, &tenant); a.Template != "en" || tenant.Catalogue.Of(&a) == nil {
			t.Fatal("no text")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
