package explain

import (
	"fmt"

	"takt/engine"
)

// channelWords are what is sent; in German masculine says ein Brief, the others are eine.
var channelWords = [engine.Channels]struct {
	text      Text
	masculine bool
}{
	engine.Email:     {text: Text{"e-mail", "E-Mail"}},
	engine.SMS:       {text: Text{"SMS", "SMS"}},
	engine.Letter:    {text: Text{"letter", "Brief"}, masculine: true},
	engine.Phone:     {text: Text{"phone call", "Anruf"}, masculine: true},
	engine.Messenger: {text: Text{"messenger message", "Messenger-Nachricht"}},
	engine.Push:      {text: Text{"app notification", "App-Benachrichtigung"}},
	engine.Portal:    {text: Text{"portal message", "Portal-Nachricht"}},
	engine.Chat:      {text: Text{"chat message", "Chat-Nachricht"}},
}

// toneWords are adjectives; the German ones take an ending.
var toneWords = [engine.Tones]Text{
	engine.Friendly:   {"friendly", "freundlich"},
	engine.Neutral:    {"neutral", "sachlich"},
	engine.Empathetic: {"empathetic", "einfühlsam"},
	engine.LossFramed: {"loss-framed", "auf Nachteile hinweisend"},
	engine.Firm:       {"firm", "nachdrücklich"},
	engine.Formal:     {"formal", "förmlich"},
}

// offerWords are an offer by itself and as a part of a contact.
var offerWords = [engine.Offers]struct{ alone, with Text }{
	engine.OfferNone:   {Text{"no extra offer", "kein Zusatzangebot"}, Text{}},
	engine.PaymentLink: {Text{"payment link", "Zahlungslink"}, Text{" with a payment link", " mit Zahlungslink"}},
	engine.Instalments: {Text{"offer of instalments", "Angebot einer Ratenzahlung"}, Text{" with an offer of instalments", " mit Angebot einer Ratenzahlung"}},
	engine.Deferral:    {Text{"offer of a deferral", "Angebot eines Aufschubs"}, Text{" with an offer of a deferral", " mit Angebot eines Aufschubs"}},
}

// part is a part of the day: by itself with "in the", as one of the next day, and in German with "am".
type part struct{ english, next, german, nextGerman string }

// partOf is the part of the day that the middle of a slot lies in.
func partOf(s engine.Slot) part {
	switch hour := (s.From + s.To) / 120; {
	case hour < 5 || hour >= 22:
		return part{"at night", "the next night", "in der Nacht", "in der nächsten Nacht"}
	case hour < 11:
		return part{"in the morning", "the next morning", "am Vormittag", "am nächsten Vormittag"}
	case hour < 14:
		return part{"at midday", "at midday the next day", "am Mittag", "am nächsten Mittag"}
	case hour < 18:
		return part{"in the afternoon", "the next afternoon", "am Nachmittag", "am nächsten Nachmittag"}
	}
	return part{"in the evening", "the next evening", "am Abend", "am nächsten Abend"}
}

// slotWords is a send time in a sentence.
func slotWords(s engine.Slot, lang int) string {
	p := partOf(s)
	switch {
	case lang == English && s.Day == 0:
		return p.english
	case lang == English && s.Day == 1:
		return p.next
	case lang == English:
		return fmt.Sprintf("%s %d days later", p.english, s.Day)
	case s.Day == 0:
		return p.german
	case s.Day == 1:
		return p.nextGerman
	}
	return fmt.Sprintf("%s %d Tage später", p.german, s.Day)
}

// slotHours is a send time by itself, to the minute.
func slotHours(s engine.Slot, lang int) string {
	hours := fmt.Sprintf("%d:%02d–%d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
	day := [2]string{fmt.Sprintf("%d days later", s.Day), fmt.Sprintf("%d Tage später", s.Day)}
	switch s.Day {
	case 0:
		day = [2]string{"same day", "gleicher Tag"}
	case 1:
		day = [2]string{"next day", "nächster Tag"}
	}
	if lang == German {
		hours += " Uhr"
	}
	return day[lang] + " " + hours
}

// contact is an action in words without its article: friendly SMS in the evening with a payment
// link. Of a channel whose send time does not matter it says none; exact gives hours for it.
func contact(t *engine.Tenant, action, lang int, exact bool) string {
	l := t.Grid.Levels(action)
	channel, slot := t.Grid.Channels[l.Channel], t.Grid.Slots[l.Slot]
	word := &channelWords[channel]
	s := toneWords[t.Grid.Tones[l.Tone]][lang]
	if lang == German {
		s += ending(word.masculine)
	}
	s += " " + word.text[lang]
	switch {
	case exact:
		s += " (" + slotHours(slot, lang) + ")"
	case !t.Specs[channel].AnyTime:
		s += " " + slotWords(slot, lang)
	}
	return s + offerWords[t.Grid.Offers[l.Offer]].with[lang]
}

// ending is that of an adjective after ein or eine.
func ending(masculine bool) string {
	if masculine {
		return "er"
	}
	return "e"
}

// action is an action in words with its article, such as at the start of a sentence.
func action(t *engine.Tenant, a, lang int, exact, start bool) string {
	if a == engine.Hold {
		return [2][2]string{English: {"waiting", "Waiting"}, German: {"Abwarten", "Abwarten"}}[lang][index(start)]
	}
	s := contact(t, a, lang, exact)
	article := "a"
	switch {
	case lang == German && channelWords[t.Grid.Channels[t.Grid.Levels(a).Channel]].masculine:
		article = "ein"
	case lang == German:
		article = "eine"
	case s[0] == 'e': // of the tones empathetic alone
		article = "an"
	}
	if start {
		article = string(article[0]-'a'+'A') + article[1:]
	}
	return article + " " + s
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
