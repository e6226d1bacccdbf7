package content_test

import (
	"regexp"
	"testing"

	"takt/engine"
	"takt/engine/content"
)

// revealing is what a bystander must not read: amounts, currencies, and every word by which a claim is known.
var revealing = regexp.MustCompile(`(?i)[0-9€$£%]|\b(EUR|CHF|USD|GBP|euros?|francs?|franken|pounds?)\b|mahn|inkasso|schuld|forderung|rechnung|zahl|betrag|rückstand|verzug|fällig|gericht|` +
	`debt|owe|remind|dunning|collect|claim|invoice|bill|pay|amount|overdue|arrears|default|due\b|court|bureau|auskunftei`)

// A preview gives nothing away; what shows none has none.
func TestPreviewIsDiscreet(t *testing.T) {
	seen := map[string]bool{}
	for c := engine.Channel(1); c < engine.Channels; c++ {
		for _, language := range []string{"de", "de-AT", "DE", "en", "fr", ""} {
			text := content.Preview(c, language)
			if want := c == engine.Email || c == engine.SMS || c == engine.Messenger || c == engine.Push; (text != "") != want {
				t.Errorf("%s has %q", c, text)
			}
			if found := revealing.FindString(text); found != "" {
				t.Errorf("%s, %s: %q gives away %q", c, language, text, found)
			}
			seen[text] = true
		}
	}
	if len(seen) != 3 || content.Preview(engine.SMS, "de-CH") == content.Preview(engine.SMS, "fr") {
		t.Errorf("one text in each language, and none: %v", seen)
	}
	for _, text := range []string{"Mahnung über 59,90 €", "Your debt", "Inkasso", "Payment reminder", "Offene Forderung"} {
		if !revealing.MatchString(text) {
			t.Errorf("%q passes for discreet", text)
		}
	}
}
