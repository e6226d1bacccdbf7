package debtor

import (
	"fmt"
	"strings"

	"takt/engine"
)

// effect says what the decision is about and what is never decided this way.
func (t *teller) effect() string {
	s := t.say("The decision only concerns whether, how and when you are reminded. It does not change the claim.", "Die Entscheidung betrifft nur, ob, wie und wann Sie erinnert werden. Die Forderung ändert sie nicht.")
	if t.d.Kind == engine.KindHandover {
		s = t.say("By itself nothing follows from the proposal. It does not change the claim.", "Aus dem Vorschlag allein folgt nichts. Die Forderung ändert er nicht.")
	}
	if t.by() == byModel {
		s += " " + t.say("The model's estimate serves to choose the reminder; it does not judge your creditworthiness.", "Die Schätzung des Modells dient der Wahl der Erinnerung; Ihre Kreditwürdigkeit beurteilt sie nicht.")
	}
	return s + " " + t.say("Handing a case over to a collection agency, blocking a service, refusing an instalment plan and reporting to a credit bureau are never decided without a human (Art. 22 GDPR).",
		"Über die Abgabe an ein Inkassounternehmen, die Sperre einer Leistung, die Ablehnung einer Ratenzahlung und die Meldung an eine Auskunftei wird nie ohne einen Menschen entschieden (Art. 22 DSGVO).")
}

// rights says what the debtor may ask for.
func (t *teller) rights() string {
	s := t.say("You may object to profiling at any time (Art. 21 GDPR). From then on the fixed dunning ladder decides, by due date and earlier contacts, without profiling.",
		"Sie können dem Profiling jederzeit widersprechen (Art. 21 DSGVO). Von da an entscheidet die feste Mahnleiter, nach Fälligkeit und früheren Kontakten, ohne Profiling.")
	if t.noted(engine.ReasonObjection) {
		s = t.say("You have objected to profiling (Art. 21 GDPR); therefore the fixed dunning ladder decides, by due date and earlier contacts, without profiling.",
			"Sie haben dem Profiling widersprochen (Art. 21 DSGVO); deshalb entscheidet die feste Mahnleiter, nach Fälligkeit und früheren Kontakten, ohne Profiling.")
	}
	return s + " " + t.say("You may ask for access to your data and a copy of them (Art. 15 GDPR), and for their erasure unless they must be kept by law (Art. 17 GDPR). For all of this a message to the contact below is enough; no form is needed. You may also complain to a data protection authority (Art. 77 GDPR).",
		"Sie können Auskunft über Ihre Daten und eine Kopie verlangen (Art. 15 DSGVO) und ihre Löschung, soweit sie nicht von Gesetzes wegen aufzubewahren sind (Art. 17 DSGVO). Für all das genügt eine Nachricht an den unten genannten Kontakt; eine Form ist nicht nötig. Sie können sich auch bei einer Datenschutzbehörde beschweren (Art. 77 DSGVO).")
}

// contact says where a human is.
func (t *teller) contact() string {
	name := t.Contact.Name
	if name == "" {
		name = t.say("the creditor's customer service", "den Kundenservice des Gläubigers")
	}
	var ways []string
	for _, w := range [...]struct{ en, de, text string }{
		{"e-mail", "E-Mail", t.Contact.Email}, {"phone", "Telefon", t.Contact.Phone}, {"web", "Web", t.Contact.URL},
	} {
		if w.text != "" {
			ways = append(ways, t.say(w.en, w.de)+" "+w.text)
		}
	}
	if len(ways) > 0 {
		name += " (" + strings.Join(ways, ", ") + ")"
	}
	return fmt.Sprintf(t.say("Please turn to %s. A human looks at this decision with you, hears your view and can change what happens next. The number of the decision is %s.",
		"Wenden Sie sich an %s. Ein Mensch sieht sich diese Entscheidung mit Ihnen an, hört Ihre Sicht und kann ändern, was als Nächstes geschieht. Die Nummer der Entscheidung ist %s."), name, t.d.ID)
}
