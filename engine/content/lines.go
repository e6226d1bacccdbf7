package content

import "takt/engine"

// openers do not say why the call is made: nobody has said yet who is listening.
var openers = [engine.Tones]texts{
	engine.Friendly: {
		"Hello, this is {agent} from {creditor}. Am I speaking to {debtor}? Do you have two minutes? I would like to help you with your customer account.",
		"Hallo, hier ist {agent} von {creditor}. Spreche ich mit {debtor}? Haben Sie zwei Minuten? Ich möchte Ihnen bei Ihrem Kundenkonto weiterhelfen.",
	},
	engine.Neutral: {
		"Good day, this is {agent} from {creditor}. Am I speaking to {debtor}? It is about your customer account.",
		"Guten Tag, hier ist {agent} von {creditor}. Spreche ich mit {debtor}? Es geht um Ihr Kundenkonto.",
	},
	engine.Empathetic: {
		"Good day, this is {agent} from {creditor}. Am I speaking to {debtor}? Is this a good moment? I would like to find out with you what suits your situation.",
		"Guten Tag, hier ist {agent} von {creditor}. Spreche ich mit {debtor}? Passt es gerade? Ich möchte mit Ihnen herausfinden, was zu Ihrer Lage passt.",
	},
	engine.LossFramed: {
		"Good day, this is {agent} from {creditor}. Am I speaking to {debtor}? There is something on your customer account that is easily put right today.",
		"Guten Tag, hier ist {agent} von {creditor}. Spreche ich mit {debtor}? Auf Ihrem Kundenkonto gibt es etwas, das sich heute leicht klären lässt.",
	},
	engine.Firm: {
		"Good day, this is {agent} from {creditor}. Am I speaking to {debtor}? I need an answer from you about your customer account.",
		"Guten Tag, hier ist {agent} von {creditor}. Spreche ich mit {debtor}? Ich brauche eine Antwort von Ihnen zu Ihrem Kundenkonto.",
	},
	engine.Formal: {
		"Good day. My name is {agent}, I am calling for {creditor}. Please confirm first that I am speaking to {debtor}.",
		"Guten Tag. Mein Name ist {agent}, ich rufe für {creditor} an. Bitte bestätigen Sie zuerst, dass ich mit {debtor} spreche.",
	},
}

// line is one rule for a call.
type line struct {
	text texts
	when func(*call) bool // nil: always
}

var mustSay = [...]line{
	{texts{"Make sure that you are speaking to the debtor before you say a word about the claim.", "Sich vor jedem Wort über die Forderung vergewissern, dass die richtige Person am Telefon ist."},
		nil}, // CONC 7.9.7, 7.9.10; GDPR Art. 5(1)(f)
	{texts{"Say that the call is to be recorded, and record only after a yes.", "Sagen, dass das Gespräch aufgezeichnet werden soll, und erst nach einem Ja aufzeichnen."},
		nil}, // StGB §201; GDPR Art. 6, 13
	{texts{"Name the creditor, what the claim is for and how much is open.", "Nennen, wer fordert, wofür und wie viel offen ist."},
		nil}, // GDPR Art. 13, 14
	{texts{"Say that the claim can be disputed, and how.", "Sagen, dass der Forderung widersprochen werden kann, und wie."},
		nil}, // UWG §§4a, 5
	{texts{"Say that instalments are possible, and ask which rate fits.", "Sagen, dass Raten möglich sind, und fragen, welche passt."},
		first(engine.Instalments)}, // Directive (EU) 2023/2225 Art. 35
	{texts{"Say that paying later is possible, and ask until when.", "Sagen, dass eine spätere Zahlung möglich ist, und fragen, bis wann."},
		first(engine.Deferral)}, // Directive (EU) 2023/2225 Art. 35
	{texts{"Ask what is possible, and name free debt advice.", "Fragen, was möglich ist, und auf kostenlose Schuldnerberatung hinweisen."},
		gentle}, // Directive (EU) 2023/2225 Art. 36; CONC 7.3.4
}

var mustNot = [...]line{
	{texts{"Do not threaten with a court, a credit bureau or a collection agency.", "Nicht mit Gericht, Auskunftei oder Inkasso drohen."},
		nil}, // BGH I ZR 25/17, I ZR 157/13; BDSG §31(2)
	{texts{"Do not speak about the claim to anybody else, nor to an answering machine.", "Mit niemand anderem über die Forderung sprechen, auch nicht mit einem Anrufbeantworter."},
		nil}, // CONC 7.9; GDPR Art. 5(1)(f)
	{texts{"Do not offer or promise what is not listed here.", "Nichts anbieten oder zusagen, was hier nicht steht."},
		nil},
	{texts{"Do not speak of default, fees or interest: default is not proven.", "Nicht von Verzug, Gebühren oder Zinsen sprechen: Der Verzug ist nicht belegt."},
		lacks(engine.TagFee | engine.TagInterest | engine.TagDefault)}, // BGB §§286, 288, §309 Nr. 4
	{texts{"Do not advertise anything: there is no consent to it.", "Nichts bewerben: Dafür fehlt die Einwilligung."},
		lacks(engine.TagMarketing)}, // UWG §7
	{texts{"Do not take down bank or card data: send the payment link while you speak.", "Keine Bank- oder Kartendaten aufnehmen: den Zahlungslink während des Gesprächs senden."},
		may(engine.PaymentLink)},
	{texts{"Do not press for the whole amount in one payment.", "Nicht auf Zahlung in einer Summe drängen."},
		gentle}, // CONC 7.3.10
}
