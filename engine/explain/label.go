package explain

import (
	"takt/engine"
	"takt/engine/policy"
)

// Line is a line in words with its sum of money, such as "SMS statt Brief: +1,20 €".
func (c *Comparison) Line(l *Line) Text {
	var t Text
	for lang := range t {
		t[lang] = c.label(l, lang) + ": " + signed(l.Minor, c.currency(), lang)
	}
	return t
}

// labels are the lines that are always called the same.
var labels = map[string]Text{
	factorCodes[policy.PartPairs]: {"how channel, tone, time and offer go together", "Zusammenspiel von Kanal, Ton, Zeit und Angebot"},
	factorCodes[policy.PartCost]:  {"cost of the contact", "Kosten des Kontakts"},
	CodeUsual:                     {"usual effect", "übliche Wirkung"},
	CodeRest:                      {"everything else", "alles Übrige"},
	CodeRounding:                  {"rounding", "Rundung"},
}

func (c *Comparison) label(l *Line, lang int) string {
	if t, ok := labels[l.Code]; ok {
		return t[lang]
	}
	if l.Code == engine.ReasonFeature {
		return c.account.words.Text(l.Feature, tags[lang])
	}
	s := c.factor(l.Part, lang)
	switch {
	case l.Feature < 0:
		return s
	case l.Feature == c.account.words.Constant:
		return s + " · " + labels[CodeUsual][lang]
	}
	return s + " · " + c.account.words.Text(l.Feature, tags[lang])
}

// factor says in what the two actions differ: SMS instead of letter; against waiting just SMS.
func (c *Comparison) factor(p policy.Part, lang int) string {
	instead := [2]string{" instead of ", " statt "}[lang]
	switch {
	case p == policy.PartHold && c.Chosen == engine.Hold:
		return [2]string{"waiting", "Abwarten"}[lang]
	case p == policy.PartHold:
		return [2]string{"instead of waiting", "statt abzuwarten"}[lang]
	case c.Other == engine.Hold:
		return c.level(c.Chosen, p, lang, true)
	case c.Chosen == engine.Hold:
		return [2]string{"not chosen: ", "nicht gewählt: "}[lang] + c.level(c.Other, p, lang, true)
	}
	a, b := c.level(c.Chosen, p, lang, false), c.level(c.Other, p, lang, true)
	if full := c.level(c.Chosen, p, lang, true); full == b {
		return full
	}
	return a + instead + b
}

// level is an action's level of a factor in words; a tone says "tone" where it stands alone.
func (c *Comparison) level(a int, p policy.Part, lang int, alone bool) string {
	g := &c.account.tenant.Grid
	l := g.Levels(a)
	switch p {
	case policy.PartChannel:
		return channelWords[g.Channels[l.Channel]].text[lang]
	case policy.PartTone:
		s := toneWords[g.Tones[l.Tone]][lang] + [2]string{"", "er"}[lang]
		if alone {
			s += [2]string{" tone", " Ton"}[lang]
		}
		return s
	case policy.PartSlot:
		return slotHours(g.Slots[l.Slot], lang)
	}
	return offerWords[g.Offers[l.Offer]].alone[lang]
}
