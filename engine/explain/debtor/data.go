package debtor

import (
	"slices"

	"takt/engine"
	"takt/engine/explain"
)

// looks are what the rules look at, kind by kind in the order in which a guard asks them: up to a last kind, each with the
// reasons by which it may settle a decision. Holds and the claim's state are asked together.
var looks = [...]struct {
	last    engine.RuleKind
	text    explain.Text
	reasons []string
}{
	{engine.RuleMinor,
		explain.Text{"facts that protect you: death, insolvency, a request for erasure, a representative, minority (year of birth), a guardian", "Tatsachen, die Sie schützen: Tod, Insolvenz, Löschungswunsch, Vertretung, Minderjährigkeit (Geburtsjahr), Betreuung"},
		[]string{engine.ReasonDeceased, engine.ReasonInsolvent, engine.ReasonErasure, engine.ReasonRepresented, engine.ReasonMinor, engine.ReasonGuardian, engine.ReasonObjection, engine.ReasonRule}},
	{engine.RuleReply,
		explain.Text{"disputes, dunning stops, hardship, a moratorium, delivery, promises to pay, instalment plans, and whether you got in touch a short time ago", "Einwände, Mahnstopps, Notlage, Moratorium, Lieferung, Zahlungszusagen, Ratenpläne und ob Sie sich vor Kurzem gemeldet haben"},
		nil},
	{engine.RuleLimitation,
		explain.Text{"the claim: open amount, stage and age, whether it is closed, handed over or written off", "die Forderung: offener Betrag, Stand und Alter, ob sie geschlossen, übergeben oder ausgebucht ist"},
		[]string{engine.ReasonMoratorium, engine.ReasonDisputed, engine.ReasonHold, engine.ReasonHardship, engine.ReasonNotDelivered, engine.ReasonPromise, engine.ReasonPlan, engine.ReasonReply,
			engine.ReasonHandedOver, engine.ReasonWrittenOff, engine.ReasonClosed, engine.ReasonNothingOpen, engine.ReasonAmount, engine.ReasonLegal, engine.ReasonTimeBarred}},
	{engine.RuleWishes,
		explain.Text{"your addresses, consents, refusals and wishes, and your time zone", "Ihre Adressen, Einwilligungen, Ablehnungen und Wünsche und Ihre Zeitzone"},
		[]string{engine.ReasonNoChannel, engine.ReasonZone}},
	{engine.RuleHours,
		explain.Text{"number and times of recent contacts, your region for public holidays, and the permitted hours", "Zahl und Zeiten der letzten Kontakte, Ihre Region für Feiertage und die erlaubten Uhrzeiten"},
		[]string{engine.ReasonCap, engine.ReasonGap, engine.ReasonBundled, engine.ReasonConversation, engine.ReasonHours, engine.ReasonConstraints}},
	{engine.RulePreDue,
		explain.Text{"the due date, hardship and a need for protection, for the tone", "Fälligkeit, Notlage und Schutzbedarf, für den Ton"},
		[]string{engine.ReasonNoTone}},
	{engine.RuleObjection,
		explain.Text{"default, earlier reminders and consents, for what a text may say and offer", "Verzug, frühere Mahnungen und Einwilligungen, für das, was ein Text sagen und anbieten darf"},
		[]string{engine.ReasonNoOffer, engine.ReasonNoText}},
}

// looked is how many of looks the decision's rules came to.
func (t *teller) looked() int {
	if t.by() == byRules {
		for i := range looks {
			if slices.Contains(looks[i].reasons, t.d.Reason) {
				return i + 1
			}
		}
	}
	return len(looks)
}

// data says which data were used.
func (t *teller) data() string {
	if t.d.Reason == engine.ReasonProfile {
		return t.say("None: what is known of you could not be read at that moment. That is why nothing was done.",
			"Keine: Was über Sie bekannt ist, war in diesem Moment nicht lesbar. Deshalb geschah nichts.")
	}
	var facts []string
	for i := range t.looked() {
		facts = append(facts, looks[i].text[t.lang])
	}
	switch t.by() {
	case byModel:
	case byRules:
		return t.list(t.say("The rules looked at these facts, one after the other, until one settled the decision:", "Die Regeln sahen der Reihe nach auf diese Tatsachen, bis eine die Entscheidung bestimmte:"), facts)
	case byLadder:
		facts = append(facts, t.say("for the ladder: the due date, and the dates and ways of earlier contacts", "für die Mahnleiter: die Fälligkeit sowie Zeit und Weg früherer Kontakte"))
		fallthrough
	default:
		return t.list(t.say("The rules looked at these facts, to find what is allowed:", "Die Regeln sahen auf diese Tatsachen, um zu finden, was erlaubt ist:"), facts)
	}
	s := ""
	if len(t.Data.Known) > 0 {
		s = t.list(t.say("The model could use these data; something was known of each kind:", "Das Modell konnte diese Daten verwenden; zu jeder Art war etwas bekannt:"), t.texts(t.Data.Known)) + "\n"
	}
	if len(t.Data.Neutral) > 0 {
		s += t.list(t.say("Of these kinds nothing was known that differs from what is assumed of everybody:", "Zu diesen Arten war nichts bekannt, was von dem abweicht, was für alle angenommen wird:"), t.texts(t.Data.Neutral)) + "\n"
	}
	return s + t.list(t.say("Before that, the rules looked at these facts, to find what is allowed:", "Davor sahen die Regeln auf diese Tatsachen, um zu finden, was erlaubt ist:"), facts)
}

func (t *teller) texts(list []explain.Text) []string {
	var s []string
	for i := range list {
		s = append(s, list[i][t.lang])
	}
	return s
}

// unused says which data were not used.
func (t *teller) unused() string {
	s := t.say("No score of a credit bureau and no other score about you that others made.", "Kein Score einer Auskunftei und kein anderer Score-Wert über Sie, den andere gebildet haben.")
	if t.by() == byModel && t.Data.Scored {
		s = t.say("No score about you that others made, except what the creditor supplied.", "Kein Score-Wert über Sie, den andere gebildet haben, außer dem, den der Gläubiger geliefert hat.")
	}
	return s + " " + t.say("No special categories of data such as health, religion, origin or political opinion; of hardship or a need for protection only that it is on record, not why. No value that is derived from your address alone: addresses serve to reach you, not to rate you.",
		"Keine besonderen Arten von Daten wie Gesundheit, Religion, Herkunft oder politische Meinung; von Notlage oder Schutzbedarf nur, dass sie vermerkt sind, nicht warum. Kein Wert, der allein aus Ihrer Anschrift folgt: Adressen dienen dazu, Sie zu erreichen, nicht dazu, Sie zu bewerten.")
}
