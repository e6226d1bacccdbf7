package features

import (
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

// Every feature but the constant belongs to one category, and every name in the table is a feature's.
func TestEveryFeatureHasACategory(t *testing.T) {
	of := map[string]string{}
	for i := range Categories {
		c := &Categories[i]
		for name := range strings.FieldsSeq(c.features) {
			if was := of[name]; was != "" {
				t.Errorf("%s is %s and %s", name, was, c.ID)
			}
			of[name] = c.ID
		}
		if en, de := c.Text("en"), c.Text("de-AT"); len(en) < 15 || len(de) < 15 || en == de || strings.ContainsAny(en+de, "_;.()") {
			t.Errorf("%s: %q, %q", c.ID, en, de)
		}
	}
	for i := range Vector {
		if name := Vector[i].Name; of[name] == "" && i != Constant {
			t.Errorf("%s has no category", name)
		}
	}
	if len(of) != len(Vector) || of[GroupName] == "" || of[Vector[Constant].Name] != "" { // without the constant, with the group
		t.Errorf("%d names for %d features", len(of), len(Vector))
	}
}

func ids(list []*Category) string {
	var names []string
	for _, c := range list {
		names = append(names, c.ID)
	}
	return strings.Join(names, " ")
}

// What is known is told apart from what stands at the value of nobody.
func TestKnownCategories(t *testing.T) {
	now := time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC)
	blank := engine.Request{Case: engine.Case{ID: "C-1", DunningLevel: -1}}
	x := (*Profile)(nil).Context(nil, &blank, now, nil)
	known, neutral := Known(x, false, nil)
	if ids(known) != "times" || ids(neutral) != "claim reach contacts payments age person care group scores" || Scored(x) {
		t.Errorf("of nobody: %s; %s", ids(known), ids(neutral))
	}
	p := New()
	p.PromisesBroken = 1
	p.Scores[1].Set, p.Scores[1].Value = true, .3
	blank.Case.Open = engine.Money{AmountMinor: 5990, Currency: "EUR"}
	blank.Debtor.BirthYear = 1960
	x = p.Context(nil, &blank, now, nil)
	known, neutral = Known(x, true, nil)
	if ids(known) != "claim payments times age group scores" || ids(neutral) != "reach contacts person care" || !Scored(x) {
		t.Errorf("known: %s; neutral: %s", ids(known), ids(neutral))
	}
	if !Neutral(x, index(t, "plans_kept")) || Neutral(x, index(t, "promises_kept")) || Neutral(x, index(t, "hour_sin")) || Neutral(x, len(Vector)) {
		t.Error("neutral values")
	}
	if known, neutral = Known(x, true, []string{"age_18_29", "age_50_69", "age_70_up"}); strings.Contains(ids(known)+ids(neutral), "age") {
		t.Errorf("of denied age: %s; %s", ids(known), ids(neutral))
	}
	if known, neutral = Known(x[:3], false, nil); ids(known) != "claim" || ids(neutral) != "group" {
		t.Errorf("of an older schema: %s; %s", ids(known), ids(neutral))
	}
}

// Nothing said to the debtor speaks to the creditor or of a third person.
func TestOwnWords(t *testing.T) {
	names := []string{GroupName}
	for i := range len(Vector) + 2 {
		if i < len(Vector) {
			names = append(names, Vector[i].Name)
		}
		en, de := OwnText(i, "en"), OwnText(i, "de")
		for _, bad := range []string{"debtor", "you supplied", "Person in", "der Person", "von Ihnen"} {
			if strings.Contains(en+de, bad) {
				t.Errorf("%d: %q, %q", i, en, de)
			}
		}
		if en == "" || en == de {
			t.Errorf("%d: %q, %q", i, en, de)
		}
	}
	for name := range ownWords {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no feature", name)
		}
	}
}
