package engine

// Reason codes: why a decision holds, stops or asks for a human, and what spoke for a contact.
// The codes are stored and shown: append only.
const (
	ReasonDeceased       = "deceased"
	ReasonInsolvent      = "insolvent"
	ReasonErasure        = "erasure_requested"
	ReasonRepresented    = "represented"
	ReasonMinor          = "minor"
	ReasonGuardian       = "guardian"
	ReasonMoratorium     = "moratorium"
	ReasonDisputed       = "disputed"
	ReasonHold           = "hold_set"
	ReasonClosed         = "case_closed"
	ReasonNothingOpen    = "nothing_open"
	ReasonHandedOver     = "handed_over"
	ReasonWrittenOff     = "written_off"
	ReasonLegal          = "stage_legal"
	ReasonNotDelivered   = "not_delivered"
	ReasonPromise        = "promise_open"
	ReasonPlan           = "plan_running"
	ReasonReply          = "reply_pause"
	ReasonNoChannel      = "no_channel"
	ReasonZone           = "zone_unknown"
	ReasonCap            = "contact_cap"
	ReasonGap            = "contact_gap"
	ReasonHours          = "outside_hours"
	ReasonConstraints    = "constraints"
	ReasonNoTone         = "no_tone"
	ReasonProfile        = "profile_unavailable"
	ReasonWait           = "wait_is_worth_more"
	ReasonLadderWait     = "ladder_wait"
	ReasonLadderDone     = "ladder_done"
	ReasonLadderHandover = "ladder_handover"
	ReasonDue            = "due_unknown"
	ReasonLadderStep     = "ladder_step"
	ReasonExplored       = "explored"
	ReasonDrawn          = "drawn"
	ReasonPayment        = "expected_payment"
	ReasonCost           = "contact_cost"
	ReasonComplaint      = "complaint_risk"
	ReasonChurn          = "churn_risk"
	ReasonCalm           = "no_exploration"
	ReasonFeature        = "feature"
	ReasonHoldout        = "holdout"
	ReasonObjection      = "objection"
	ReasonNoModel        = "no_model"
	ReasonHardship       = "hardship"
	ReasonExpired        = "expired"
	ReasonEarly          = "window_not_open"
	ReasonAmount         = "amount_unknown"
	ReasonPaused         = "policy_paused"
	ReasonBundled        = "bundled"
	ReasonConversation   = "after_conversation"
	ReasonTimeBarred     = "time_barred"
	ReasonNoText         = "no_text"
	ReasonNoOffer        = "no_offer"
	ReasonRule           = "contact_rule"
	ReasonReported       = "reported"
	ReasonShadow         = "shadow"
)

var reasonTexts = [...]struct{ code, en, de string }{
	{ReasonDeceased, "The debtor has died; only the estate may be addressed.", "Die Person ist verstorben; nur der Nachlass darf angesprochen werden."},
	{ReasonInsolvent, "Insolvency proceedings are open; the administrator is in charge.", "Ein Insolvenzverfahren läuft; zuständig ist die Insolvenzverwaltung."},
	{ReasonErasure, "The debtor asked to be erased.", "Die Person hat die Löschung ihrer Daten verlangt."},
	{ReasonRepresented, "A representative was named; write to them.", "Eine Vertretung ist benannt; sie ist anzuschreiben."},
	{ReasonMinor, "The debtor is or may be under age; a human decides.", "Die Person ist oder könnte minderjährig sein; ein Mensch entscheidet."},
	{ReasonGuardian, "The debtor has a guardian; a human decides.", "Die Person hat eine Betreuung; ein Mensch entscheidet."},
	{ReasonMoratorium, "A moratorium was claimed.", "Ein Moratorium wurde geltend gemacht."},
	{ReasonDisputed, "The claim is disputed; answer the dispute first.", "Die Forderung ist bestritten; zuerst ist der Einwand zu beantworten."},
	{ReasonHold, "A dunning stop is set.", "Ein Mahnstopp ist gesetzt."},
	{ReasonClosed, "The case is closed.", "Der Fall ist geschlossen."},
	{ReasonNothingOpen, "Nothing is open any more.", "Es ist nichts mehr offen."},
	{ReasonAmount, "Neither the request nor the history says how much is open.", "Weder die Anfrage noch die Historie nennt den offenen Betrag."},
	{ReasonHandedOver, "The case was handed over.", "Der Fall wurde übergeben."},
	{ReasonWrittenOff, "The claim was written off.", "Die Forderung wurde ausgebucht."},
	{ReasonLegal, "The case is at court; a human decides.", "Der Fall ist im gerichtlichen Verfahren; ein Mensch entscheidet."},
	{ReasonNotDelivered, "The goods have not arrived or are on their way back.", "Die Ware ist nicht angekommen oder auf dem Rückweg."},
	{ReasonPromise, "A promise to pay is not due yet.", "Eine Zahlungszusage ist noch nicht fällig."},
	{ReasonPlan, "An agreed instalment plan is running.", "Eine vereinbarte Ratenzahlung läuft."},
	{ReasonReply, "The debtor got in touch a short time ago.", "Die Person hat sich vor Kurzem gemeldet."},
	{ReasonNoChannel, "No permitted way to reach the debtor is known.", "Kein erlaubter Weg zur Person ist bekannt."},
	{ReasonZone, "The debtor's time zone is unknown and no letter can be sent.", "Die Zeitzone der Person ist unbekannt und kein Brief möglich."},
	{ReasonCap, "The permitted number of contacts is used up for now.", "Die erlaubte Zahl an Kontakten ist vorerst ausgeschöpft."},
	{ReasonGap, "The last contact is too recent.", "Der letzte Kontakt liegt zu kurz zurück."},
	{ReasonBundled, "Another case of the debtor was the reason for a contact a short time ago; one contact serves all of them.", "Wegen eines anderen Falls der Person gab es vor Kurzem einen Kontakt; einer genügt für alle."},
	{ReasonConversation, "A conversation with the debtor took place a short time ago.", "Mit der Person wurde vor Kurzem gesprochen."},
	{ReasonTimeBarred, "The claim may be time-barred; a human decides.", "Die Forderung könnte verjährt sein; ein Mensch entscheidet."},
	{ReasonNoText, "No approved text of the catalogue may be used here.", "Kein freigegebener Text des Katalogs darf hier benutzt werden."},
	{ReasonNoOffer, "None of the offers that the rules ask for can be made.", "Keines der Angebote, die die Regeln verlangen, ist möglich."},
	{ReasonRule, "A contact rule forbids it.", "Eine Kontaktregel steht dem entgegen."},
	{ReasonHours, "No permitted hour is left in the planned days.", "In den geplanten Tagen ist keine erlaubte Uhrzeit mehr frei."},
	{ReasonConstraints, "The request's own limits leave no contact.", "Die Vorgaben der Anfrage lassen keinen Kontakt zu."},
	{ReasonNoTone, "No permitted tone is configured.", "Kein erlaubter Ton ist eingerichtet."},
	{ReasonProfile, "The debtor's history cannot be read at the moment.", "Die Vorgeschichte der Person ist gerade nicht lesbar."},
	{ReasonWait, "Waiting is expected to be worth more than any contact.", "Abwarten ist voraussichtlich mehr wert als jeder Kontakt."},
	{ReasonLadderWait, "The next step of the ladder is not due yet.", "Die nächste Mahnstufe ist noch nicht erreicht."},
	{ReasonLadderDone, "The ladder has no further step.", "Die Mahnleiter hat keine weitere Stufe."},
	{ReasonLadderHandover, "The ladder ends with the hand-over; a human carries it out.", "Die Mahnleiter endet mit der Übergabe; ein Mensch führt sie aus."},
	{ReasonDue, "The due date is unknown, so no step of the ladder can be named.", "Die Fälligkeit ist unbekannt, daher lässt sich keine Mahnstufe bestimmen."},
	{ReasonLadderStep, "The fixed ladder's step is due.", "Die Stufe der festen Mahnleiter ist erreicht."},
	{ReasonDrawn, "Drawn among the permitted actions, all alike.", "Unter den erlaubten Aktionen gleichmäßig gelost."},
	{ReasonExplored, "Chosen to learn; another action got more votes.", "Zum Lernen gewählt; eine andere Aktion erhielt mehr Stimmen."},
	{ReasonPayment, "Expected payment, compared with waiting.", "Erwartete Zahlung, verglichen mit Abwarten."},
	{ReasonCost, "Cost of the contact.", "Kosten des Kontakts."},
	{ReasonComplaint, "Change in the risk of a complaint.", "Verändertes Risiko einer Beschwerde."},
	{ReasonChurn, "Change in the risk of losing the customer.", "Verändertes Risiko, die Kundschaft zu verlieren."},
	{ReasonCalm, "The debtor's situation forbids exploration.", "Die Lage der Person verbietet es, auszuprobieren."},
	{ReasonFeature, "A feature of the case.", "Ein Merkmal des Falls."},
	{ReasonHardship, "Hardship was declared; nothing is asked for until then.", "Eine Notlage wurde erklärt; bis dahin wird nichts gefordert."},
	{ReasonExpired, "The decision has expired; ask for a new one.", "Die Entscheidung ist abgelaufen; bitte eine neue anfordern."},
	{ReasonReported, "What became of the decision was reported already; ask for a new one.", "Was aus der Entscheidung wurde, ist bereits gemeldet; bitte eine neue anfordern."},
	{ReasonShadow, "The decision was only logged; the caller's own ladder is carried out.", "Die Entscheidung wurde nur protokolliert; ausgeführt wird die eigene Mahnleiter."},
	{ReasonEarly, "The send window has not opened yet.", "Das Sendefenster ist noch nicht offen."},
	{ReasonHoldout, "The debtor belongs to the control group that stays on the ladder.", "Die Person gehört zur Kontrollgruppe, die auf der Mahnleiter bleibt."},
	{ReasonObjection, "The debtor objected to profiling; the ladder decides.", "Die Person hat dem Profiling widersprochen; die Mahnleiter entscheidet."},
	{ReasonNoModel, "No model fits this case; the ladder decides.", "Kein Modell passt zu diesem Fall; die Mahnleiter entscheidet."},
	{ReasonPaused, "The policies are paused; the ladder decides.", "Die Strategien sind angehalten; die Mahnleiter entscheidet."},
}

// ReasonText is a reason code in a sentence, German for languages that start with "de", else
// English. An unknown code is its own text.
func ReasonText(code, language string) string {
	for i := range reasonTexts {
		if r := &reasonTexts[i]; r.code == code {
			if Primary(language) == "de" {
				return r.de
			}
			return r.en
		}
	}
	return code
}
