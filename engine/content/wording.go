package content

import "takt/engine"

// Conditions are the facts that a text may rest on, as of the day it goes out.
type Conditions struct {
	Day           engine.Date // on which it goes out
	DefaultSince  engine.Date // proven default (Verzug); zero: not proven
	Disputed      bool        // the claim or a part of it
	Open          engine.Money
	Reminders     int         // written ones, for this claim
	FirstReminder engine.Date // the day of the first written one; zero: none
	Marketing     bool        // consent to advertising by this channel
	Tracking      bool        // consent to being told that a message was opened
}

const (
	bureauReminders = 2  // written ones before a bureau may be named
	bureauDays      = 28 // since the first of them
	blockMinor      = 100_00
)

// wordings say what a tag needs, in the order in which they are asked; a tag that is not here needs nothing.
var wordings = [...]struct {
	tag    engine.Tags
	needs  string // in words, behind "needs"
	source string
	holds  func(c *Conditions, with engine.Tags) bool
}{
	{engine.TagFee, "proven default", "BGB §286, §309 Nr. 4, Nr. 5; BGH VIII ZR 95/18", proven},
	{engine.TagInterest, "proven default", "BGB §§286, 288", proven},
	{engine.TagDefault, "proven default", "BGB §286", proven},
	{engine.TagCourt, "right_to_defend in the same text", "BGH I ZR 25/17, I ZR 157/13", defended},
	{engine.TagBureau, "two written reminders, the first four weeks ago, and no dispute", "BDSG §31(2)", warned},
	{engine.TagBlock, "100 EUR open and no dispute", "TKG §61", blockable},
	{engine.TagMarketing, "consent to advertising", "UWG §7", func(c *Conditions, _ engine.Tags) bool { return c.Marketing }},
	{engine.TagTracking, "consent to tracking", "TDDDG §25", func(c *Conditions, _ engine.Tags) bool { return c.Tracking }},
}

// Permitted reports whether a text with the tags may go out under the conditions; if not, lacking is
// the first tag that may not stand in it.
func Permitted(tags engine.Tags, c *Conditions) (ok bool, lacking engine.Tags) {
	for i := range wordings {
		if w := &wordings[i]; tags&w.tag != 0 && !w.holds(c, tags) {
			return false, w.tag
		}
	}
	return true, 0
}

// Allowed are the tags of engine.ConditionalTags that a text may have under the conditions: what a guard
// says in [engine.Verdict.Wording].
func Allowed(c *Conditions) engine.Tags {
	allowed := engine.ConditionalTags
	for i := range wordings {
		if w := &wordings[i]; !w.holds(c, ^engine.Tags(0)) {
			allowed &^= w.tag
		}
	}
	return allowed
}

// Sound reports whether a text with the tags could ever go out; if not, lacking is the tag and needs
// what is missing beside it.
func Sound(tags engine.Tags) (ok bool, lacking engine.Tags, needs string) {
	day := engine.Date(bureauDays + 1)
	ok, lacking = Permitted(tags, &Conditions{Day: day, DefaultSince: day, Open: engine.Money{AmountMinor: blockMinor, Currency: "EUR"},
		Reminders: bureauReminders, FirstReminder: 1, Marketing: true, Tracking: true})
	needs, _ = Needs(lacking)
	return ok, lacking, needs
}

// Needs says in words what a single tag needs, and by which source; empty for one that needs nothing.
func Needs(tag engine.Tags) (needs, source string) {
	for i := range wordings {
		if wordings[i].tag == tag {
			return wordings[i].needs, wordings[i].source
		}
	}
	return "", ""
}

func proven(c *Conditions, _ engine.Tags) bool {
	return !c.DefaultSince.IsZero() && c.DefaultSince <= c.Day
}

func defended(_ *Conditions, with engine.Tags) bool { return with&engine.TagRightToDefend != 0 }

func warned(c *Conditions, _ engine.Tags) bool {
	return c.Reminders >= bureauReminders && !c.FirstReminder.IsZero() && c.Day-c.FirstReminder >= bureauDays && !c.Disputed
}

func blockable(c *Conditions, _ engine.Tags) bool {
	return c.Open.Currency == "EUR" && c.Open.AmountMinor >= blockMinor && !c.Disputed
}
