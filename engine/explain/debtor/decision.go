package debtor

import (
	"fmt"
	"strings"
	"time"

	"takt/engine"
	"takt/engine/explain"
)

// ways are the channels after "remind you".
var ways = [engine.Channels]explain.Text{
	engine.Email:     {"by e-mail", "per E-Mail"},
	engine.SMS:       {"by text message (SMS)", "per SMS"},
	engine.Letter:    {"by letter", "per Brief"},
	engine.Phone:     {"by phone call", "per Anruf"},
	engine.Messenger: {"by messenger message", "per Messenger-Nachricht"},
	engine.Push:      {"by a notification in the app", "per Benachrichtigung in der App"},
	engine.Portal:    {"by a message in the customer portal", "per Nachricht im Kundenportal"},
	engine.Chat:      {"by chat message", "per Chat-Nachricht"},
}

// tones are how a contact speaks.
var tones = [engine.Tones]explain.Text{
	engine.Friendly:   {"in a friendly tone", "in freundlichem Ton"},
	engine.Neutral:    {"in a neutral, factual tone", "in sachlichem Ton"},
	engine.Empathetic: {"in an understanding tone", "in verständnisvollem Ton"},
	engine.LossFramed: {"in a tone that points out the disadvantages of not paying", "in einem Ton, der auf Nachteile des Nichtzahlens hinweist"},
	engine.Firm:       {"in a firm tone", "in nachdrücklichem Ton"},
	engine.Formal:     {"in a formal tone", "in förmlichem Ton"},
}

// offers are what a contact brings beside the reminder.
var offers = [engine.Offers]explain.Text{
	engine.PaymentLink: {"with a link for paying", "mit einem Link zum Bezahlen"},
	engine.Instalments: {"with the offer to pay in instalments", "mit dem Angebot, in Raten zu zahlen"},
	engine.Deferral:    {"with the offer to pay later", "mit dem Angebot, später zu zahlen"},
}

// decision says what was decided.
func (t *teller) decision() string {
	issued := t.day(t.d.IssuedAt)
	s := fmt.Sprintf(t.say("On %s it was decided ", "Am %s wurde entschieden, "), issued)
	switch t.d.Kind {
	case engine.KindContact:
		s += t.remind()
	case engine.KindHold:
		if t.d.Until.IsZero() {
			s += t.say("not to contact you for now, until something about your case changes. Then it is decided anew.",
				"Sie vorerst nicht zu kontaktieren, bis sich an Ihrem Fall etwas ändert. Dann wird neu entschieden.")
			break
		}
		s += fmt.Sprintf(t.say("not to contact you until %s (time zone %s). Then it is decided anew.", "Sie bis zum %s (Zeitzone %s) nicht zu kontaktieren. Dann wird neu entschieden."),
			t.instant(t.d.Until), t.Zone)
	case engine.KindNoContact:
		s += t.say("not to contact you about this case.", "Sie zu diesem Fall nicht zu kontaktieren.")
	case engine.KindAgentReview:
		s += t.say("that a human looks at your case before anything else happens.", "dass ein Mensch Ihren Fall ansieht, bevor etwas Weiteres geschieht.")
	case engine.KindHandover:
		s += t.say("to propose that the case be handed over, such as to a collection agency. It is a proposal only: a human decides about it.",
			"eine Übergabe des Falls vorzuschlagen, etwa an ein Inkassounternehmen. Es ist nur ein Vorschlag: Darüber entscheidet ein Mensch.")
	case engine.KindRoute:
		s += t.say("to write to your representative instead of you.", "statt Ihnen Ihre Vertretung anzuschreiben.")
	default: // of a later program
		s += t.say("something that this program has no words for.", "was dieses Programm nicht in Worte fassen kann.")
	}
	if t.d.Mode == engine.Shadow {
		s += t.say(" This was recorded for comparison only: what was really done followed the creditor's own procedure.",
			" Das wurde nur zum Vergleich festgehalten: Was wirklich geschah, folgte dem eigenen Verfahren des Gläubigers.")
	}
	return s
}

// remind says how and when the debtor is contacted.
func (t *teller) remind() string {
	a := &t.d.Action
	how := []string{ways[a.Channel][t.lang], tones[a.Tone][t.lang]}
	if s := offers[a.Offer][t.lang]; s != "" {
		how = append(how, s)
	}
	s := t.say("to remind you ", "Sie zu erinnern: ") + strings.Join(how, ", ") + ". "
	from, to := a.NotBefore.In(t.Zone), a.NotAfter.In(t.Zone)
	if engine.DateOf(from) == engine.DateOf(to) {
		return s + fmt.Sprintf(t.say("The time for it is %s, %s to %s (time zone %s).", "Vorgesehen ist dafür der %s, %s bis %s Uhr (Zeitzone %s)."),
			t.day(from), from.Format("15:04"), to.Format("15:04"), t.Zone)
	}
	return s + fmt.Sprintf(t.say("The time for it is from %s to %s (time zone %s).", "Vorgesehen ist dafür die Zeit vom %s bis zum %s (Zeitzone %s)."),
		t.instant(from), t.instant(to), t.Zone)
}

var germanMonths = [...]string{"", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

// day is a date in words, in the debtor's zone.
func (t *teller) day(at time.Time) string {
	at = at.In(t.Zone)
	if t.lang == explain.German {
		return fmt.Sprintf("%d. %s %d", at.Day(), germanMonths[at.Month()], at.Year())
	}
	return at.Format("2 January 2006")
}

// instant is a day and its time.
func (t *teller) instant(at time.Time) string {
	return t.day(at) + at.In(t.Zone).Format(t.say(", 15:04", ", 15:04 Uhr"))
}

// decider says who decided, and how.
func (t *teller) decider() string {
	switch t.by() {
	case byModel:
		return t.say("A computer model, within fixed rules. The rules first took out everything that is not allowed. For each contact that was left, and for waiting, the model estimated how probably the claim is settled, how much is paid, and whether the contact leads to a complaint or to your no longer buying from the creditor; the cost of the contact counts too. No human took part in this decision.",
			"Ein Rechenmodell, innerhalb fester Regeln. Die Regeln haben zuerst alles ausgeschlossen, was nicht erlaubt ist. Für jeden übrigen Kontakt und für das Abwarten hat das Modell geschätzt, wie wahrscheinlich die Forderung beglichen wird, wie viel gezahlt wird und ob der Kontakt zu einer Beschwerde führt oder dazu, dass Sie nicht mehr beim Gläubiger kaufen; auch die Kosten des Kontakts zählen. Ein Mensch war an dieser Entscheidung nicht beteiligt.")
	case byLadder:
		s := t.say("The creditor's fixed dunning ladder, without a model and without profiling. Its next step follows from the due date, from the dates and ways of earlier contacts and from the permitted ways alone.",
			"Die feste Mahnleiter des Gläubigers, ohne Modell und ohne Profiling. Ihre nächste Stufe folgt allein aus der Fälligkeit, aus Zeit und Weg früherer Kontakte und aus den erlaubten Wegen.")
		for _, code := range [...]string{engine.ReasonHoldout, engine.ReasonObjection, engine.ReasonPaused, engine.ReasonNoModel} {
			if t.noted(code) || code == engine.ReasonHoldout && t.d.Variant.Holdout() {
				return s + " " + t.record(code)
			}
		}
		return s
	case byRules:
		return t.say("Fixed rules, without a model, without profiling and without chance.", "Feste Regeln, ohne Modell, ohne Profiling und ohne Zufall.")
	}
	return t.say("A lot among everything that the rules allowed, with the same chance for each; no model and no profiling.",
		"Ein Los unter allem, was die Regeln erlaubten, mit gleicher Chance für jedes; ohne Modell und ohne Profiling.")
}

// record quotes what was noted; it speaks of the debtor in the third person.
func (t *teller) record(code string) string {
	return fmt.Sprintf(t.say("On record: “%s”", "Vermerkt ist: „%s“"), engine.ReasonText(code, tags[t.lang]))
}
