package content

import "takt/engine"

// previews are what a bystander may read on a screen or in a subject: no amount, no claim, no word of debt.
var previews = texts{"A message about your customer account", "Eine Nachricht zu Ihrem Kundenkonto"}

// Preview is the subject or first line of a message by a channel that shows one to whoever is near,
// and "" for the others. It gives away neither the claim nor that there is one.
func Preview(c engine.Channel, language string) string {
	switch c {
	case engine.Email, engine.SMS, engine.Messenger, engine.Push:
		return previews.in(language)
	}
	return ""
}

// texts is a sentence in English and German.
type texts struct{ en, de string }

// in is the German text for languages that start with "de", else the English one.
func (t *texts) in(language string) string {
	if engine.Primary(language) == "de" {
		return t.de
	}
	return t.en
}
