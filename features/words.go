package features

import "takt/engine"

// words are what people read of each feature, in the order of Vector: short noun phrases. How a
// feature is computed is Feature.Doc. Features of the same words are one thing in two numbers.
var words = [...]struct{ name, en, de string }{
	{"bias", "usual effect of such a contact", "übliche Wirkung eines solchen Kontakts"},
	{"amount", "open amount of this case", "offener Betrag dieses Falls"},
	{"overdue", "days past due", "Tage überfällig"},
	{"overdue_long", "very long delay", "sehr langer Rückstand"},
	{"pre_due", "days until the due date", "Tage bis zur Fälligkeit"},
	{"level", "dunning level", "Mahnstufe"},
	{"stage_pre_due", "case before its due date", "Fall vor der Fälligkeit"},
	{"stage_dunning", "case in dunning", "Fall in der Mahnphase"},
	{"stage_late", "case with an agency or at court", "Fall bei Inkasso oder Gericht"},
	{"in_default", "debtor in default", "Person in Verzug"},
	{"undelivered", "goods under way, returned or refunded", "Ware unterwegs, zurückgegeben oder erstattet"},
	{"contract_age", "age of the contract", "Alter des Vertrags"},
	{"case_contact", "time since the last contact about this case", "Zeit seit dem letzten Kontakt zu diesem Fall"},
	{"hour_sin", "time of day", "Tageszeit"},
	{"hour_cos", "time of day", "Tageszeit"},
	{"week_sin", "day of the week", "Wochentag"},
	{"week_cos", "day of the week", "Wochentag"},
	{"payday", "time since a common payday", "Zeit seit einem üblichen Zahltag"},
	{"tenure", "length of the known history", "Dauer der bekannten Vorgeschichte"},
	{"business", "business rather than private person", "Unternehmen statt Privatperson"},
	{"age_18_29", "age below 30", "Alter unter 30"},
	{"age_50_69", "age from 50 to 69", "Alter von 50 bis 69"},
	{"age_70_up", "age of 70 and above", "Alter ab 70"},
	{"vulnerable", "hardship or special need for protection", "Notlage oder besonderer Schutzbedarf"},
	{"open_cases", "number of open cases", "Zahl der offenen Fälle"},
	{"other_debt", "open amount of other cases", "offener Betrag anderer Fälle"},
	{"usable_email", "usable e-mail address", "nutzbare E-Mail-Adresse"},
	{"usable_sms", "usable number for text messages", "nutzbare Nummer für SMS"},
	{"usable_letter", "usable postal address", "nutzbare Postanschrift"},
	{"usable_phone", "usable number for calls", "nutzbare Nummer für Anrufe"},
	{"usable_messenger", "usable messenger address", "nutzbare Messenger-Adresse"},
	{"usable_push", "usable app for notifications", "nutzbare App für Benachrichtigungen"},
	{"reach_email", "share of e-mails delivered", "Anteil der zugestellten E-Mails"},
	{"reach_sms", "share of text messages delivered", "Anteil der zugestellten SMS"},
	{"reach_letter", "share of letters delivered", "Anteil der zugestellten Briefe"},
	{"reach_phone", "share of calls picked up", "Anteil der angenommenen Anrufe"},
	{"answer_email", "share of e-mails that got a response", "Anteil der E-Mails mit Reaktion"},
	{"answer_sms", "share of text messages that got a response", "Anteil der SMS mit Reaktion"},
	{"answer_letter", "share of letters that got a response", "Anteil der Briefe mit Reaktion"},
	{"answer_phone", "share of calls that got a response", "Anteil der Anrufe mit Reaktion"},
	{"answer_messenger", "share of messenger messages that got a response", "Anteil der Messenger-Nachrichten mit Reaktion"},
	{"answer_push", "share of app notifications that got a response", "Anteil der App-Benachrichtigungen mit Reaktion"},
	{"opens_email", "share of e-mails opened", "Anteil der geöffneten E-Mails"},
	{"inbound", "time since the debtor last got in touch", "Zeit seit der letzten Meldung der Person"},
	{"contacts_7d", "contacts of the last 7 days", "Kontakte der letzten 7 Tage"},
	{"contacts_30d", "contacts of the last 30 days", "Kontakte der letzten 30 Tage"},
	{"contact", "time since the last contact", "Zeit seit dem letzten Kontakt"},
	{"active_morning", "activity in the morning", "Aktivität am Vormittag"},
	{"active_afternoon", "activity in the afternoon", "Aktivität am Nachmittag"},
	{"active_evening", "activity in the evening", "Aktivität am Abend"},
	{"active_weekend", "activity at the weekend", "Aktivität am Wochenende"},
	{"promises_kept", "share of promises to pay that were kept", "Anteil der eingehaltenen Zahlungszusagen"},
	{"promise_open", "open promise to pay", "offene Zahlungszusage"},
	{"plans_kept", "share of instalments paid", "Anteil der gezahlten Raten"},
	{"payments", "number of payments so far", "Zahl der bisherigen Zahlungen"},
	{"paid_amount", "usual amount of a payment", "übliche Höhe einer Zahlung"},
	{"pay_delay", "usual delay of payments", "übliche Verspätung der Zahlungen"},
	{"last_payment", "time since the last payment", "Zeit seit der letzten Zahlung"},
	{"paid_after", "share of contacts followed by a payment", "Anteil der Kontakte, auf die eine Zahlung folgte"},
	{"disputes", "number of disputes so far", "Zahl der bisherigen Einwände"},
	{"complaints", "number of complaints so far", "Zahl der bisherigen Beschwerden"},
	{"returned_mail", "number of undeliverable addresses", "Zahl der unzustellbaren Adressen"},
	{"score_payment", "payment score you supplied", "von Ihnen übermittelter Zahlungs-Score"},
	{"score_risk", "risk score you supplied", "von Ihnen übermittelter Risiko-Score"},
}

// segmentWords are what people read of each rule segment.
var segmentWords = [len(Segments)]struct{ id, en, de string }{
	{"broken_promises", "breaks promises to pay", "hält Zahlungszusagen nicht ein"},
	{"new", "payment behaviour not known yet", "Zahlungsverhalten noch nicht bekannt"},
	{"prompt", "pays promptly", "zahlt zeitnah"},
	{"late", "pays late", "zahlt spät"},
}

// SegmentText is what people read of a rule segment, as Text; an id that is none reads as itself.
func SegmentText(id, language string) string {
	for i := range segmentWords {
		if w := &segmentWords[i]; w.id == id {
			return byLanguage(w.en, w.de, language)
		}
	}
	return id
}

// GroupName and GroupText stand for the columns of a model behind its features, which set the debtor's portfolio and
// segment apart.
const GroupName = "group"

// GroupText is what people read of them, as Text.
func GroupText(language string) string {
	return byLanguage("portfolio and segment of the debtor", "Portfolio und Segment der Person", language)
}

// Constant is the feature that is always 1, an index in Vector.
const Constant = 0

// Text is what people read of feature i, an index in Vector: German for languages that start with
// "de", else English.
func Text(i int, language string) string {
	return byLanguage(words[i].en, words[i].de, language)
}

func byLanguage(en, de, language string) string {
	if engine.Primary(language) == "de" {
		return de
	}
	return en
}

// Groups is, for each feature, the first one of the same words (most often itself): sine and cosine
// of the hour are one thing for people, and an explanation adds their weights.
var Groups = groups()

func groups() []int {
	first, g := map[string]int{}, make([]int, len(words))
	for i := range words {
		j, ok := first[words[i].en]
		if !ok {
			first[words[i].en], j = i, i
		}
		g[i] = j
	}
	return g
}
