package content_test

import (
	"testing"

	"takt/engine"
	"takt/engine/content"
)

const day = engine.Date(20_000)

// every condition holds, each by no more than it must.
func every() content.Conditions {
	return content.Conditions{Day: day, DefaultSince: day, Open: engine.Money{AmountMinor: 10_000, Currency: "EUR"},
		Reminders: 2, FirstReminder: day - 28, Marketing: true, Tracking: true}
}

// Each tag is permitted while its own facts hold, and refused when one of them does not.
func TestPermitted(t *testing.T) {
	undue := func(c *content.Conditions) { c.DefaultSince = 0 }
	early := func(c *content.Conditions) { c.DefaultSince = day + 1 }
	disputed := func(c *content.Conditions) { c.Disputed = true }
	for tag, bad := range map[engine.Tags][]func(*content.Conditions){
		engine.TagFee:      {undue, early},
		engine.TagInterest: {undue, early},
		engine.TagDefault:  {undue, early},
		engine.TagBureau: {disputed, func(c *content.Conditions) { c.Reminders = 1 }, func(c *content.Conditions) { c.FirstReminder = day - 27 },
			func(c *content.Conditions) { c.FirstReminder = 0 }},
		engine.TagBlock: {disputed, func(c *content.Conditions) { c.Open.AmountMinor = 9_999 }, func(c *content.Conditions) { c.Open.Currency = "CHF" },
			func(c *content.Conditions) { c.Open = engine.Money{} }},
		engine.TagMarketing:     {func(c *content.Conditions) { c.Marketing = false }},
		engine.TagTracking:      {func(c *content.Conditions) { c.Tracking = false }},
		engine.TagRightToDefend: nil,
		engine.TagPlan:          nil,
		engine.TagOptOut:        nil,
		engine.TagRDG13a:        nil,
	} {
		c := every()
		if ok, lacking := content.Permitted(tag|engine.TagOptOut, &c); !ok || content.Allowed(&c) != engine.ConditionalTags {
			t.Errorf("%s: refused for %s; allowed are %s", tag, lacking, content.Allowed(&c))
		}
		for i, change := range bad {
			c := every()
			change(&c)
			if ok, lacking := content.Permitted(tag|engine.TagOptOut, &c); ok || lacking != tag || content.Allowed(&c)&tag != 0 {
				t.Errorf("%s, fact %d: permitted %v, lacking %s, allowed %s", tag, i, ok, lacking, content.Allowed(&c))
			}
		}
		if needs, source := content.Needs(tag); (len(bad) > 0) != (needs != "" && source != "") || (engine.ConditionalTags&tag != 0) != (len(bad) > 0) {
			t.Errorf("%s needs %q by %q; conditional is %v", tag, needs, source, engine.ConditionalTags&tag != 0)
		}
	}
}

// A threat with a court is permitted only beside the right to defend oneself, whatever the facts.
func TestCourtThreat(t *testing.T) {
	all, none := every(), content.Conditions{}
	for _, c := range []*content.Conditions{&all, &none} {
		if ok, lacking := content.Permitted(engine.TagCourt, c); ok || lacking != engine.TagCourt {
			t.Errorf("alone: permitted %v, lacking %s", ok, lacking)
		}
		if ok, _ := content.Permitted(engine.TagCourt|engine.TagRightToDefend, c); !ok {
			t.Error("refused beside the right to defend oneself")
		}
	}
	if ok, lacking, needs := content.Sound(engine.TagCourt | engine.TagFee); ok || lacking != engine.TagCourt || needs == "" {
		t.Errorf("sound %v, lacking %s, which needs %q", ok, lacking, needs)
	}
	if ok, lacking, _ := content.Sound(^engine.Tags(0)); !ok {
		t.Errorf("all tags together lack %s", lacking)
	}
}

// Nothing is known: only what needs nothing is permitted.
func TestNothingKnown(t *testing.T) {
	if got := content.Allowed(&content.Conditions{}); got != 0 {
		t.Errorf("allowed %s", got)
	}
	if ok, _ := content.Permitted(engine.TagPlan|engine.TagOptOut|engine.TagRDG13a|engine.TagRightToDefend, &content.Conditions{}); !ok {
		t.Error("refused")
	}
}
