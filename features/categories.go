package features

import (
	"math"
	"slices"
	"strings"
	"time"

	"takt/engine"
)

// Category is a kind of data that the person concerned tells apart: what a decision used is told to
// them by categories, not by features.
type Category struct {
	ID       string
	en, de   string
	features string // names, and GroupName for the columns behind them
}

// Categories are all of them; each feature but the constant belongs to one.
var Categories = [...]Category{
	{"claim", "the claim: amount, due date, dunning level, delivery, contract, other open cases", "die Forderung: Betrag, Fälligkeit, Mahnstufe, Lieferung, Vertrag, weitere offene Fälle",
		"amount overdue overdue_long pre_due level stage_pre_due stage_dunning stage_late in_default undelivered contract_age open_cases other_debt"},
	{"reach", "addresses: on which ways you can be reached, and whether messages arrived", "Adressen: auf welchen Wegen Sie erreichbar sind und ob Nachrichten ankamen",
		"usable_email usable_sms usable_letter usable_phone usable_messenger usable_push reach_email reach_sms reach_letter reach_phone returned_mail"},
	{"contacts", "earlier contacts: how many, when, and how they were answered", "frühere Kontakte: wie viele, wann und wie darauf reagiert wurde",
		"case_contact answer_email answer_sms answer_letter answer_phone answer_messenger answer_push opens_email inbound contacts_7d contacts_30d contact"},
	{"payments", "payments, promises to pay and instalments so far", "bisherige Zahlungen, Zahlungszusagen und Raten",
		"promises_kept promise_open plans_kept payments paid_amount pay_delay last_payment paid_after"},
	{"times", "times: of this decision, and those at which you are usually active", "Zeiten: die dieser Entscheidung und die, zu denen Sie meist aktiv sind",
		"hour_sin hour_cos week_sin week_cos payday active_morning active_afternoon active_evening active_weekend"},
	{"age", "about you: age group", "zu Ihnen: Altersgruppe",
		"age_18_29 age_50_69 age_70_up"},
	{"person", "about you: private person or business, and since when you are known", "zu Ihnen: Privatperson oder Unternehmen und seit wann Sie bekannt sind",
		"business tenure"},
	{"care", "disputes, complaints, hardship or a need for protection", "Einwände, Beschwerden, Notlage oder Schutzbedarf",
		"vulnerable disputes complaints"},
	{"group", "the creditor's portfolio that the claim belongs to, and the group by payments so far that you are counted in", "der Bestand, zu dem die Forderung gehört, und die Gruppe nach bisherigen Zahlungen, zu der Sie gezählt werden",
		GroupName},
	{"scores", "scores about you that the creditor supplied", "Score-Werte über Sie, die der Gläubiger geliefert hat",
		"score_payment score_risk"},
}

// Text is the category in words, as [Text].
func (c *Category) Text(language string) string { return byLanguage(c.en, c.de, language) }

// categoryOf is the position in Categories of each feature and of the columns behind them; -1 is the constant's.
var categoryOf = func() []int {
	of := make([]int, len(Vector)+1)
	for i := range of {
		of[i] = -1
	}
	for c := range Categories {
		for name := range strings.FieldsSeq(Categories[c].features) {
			for i := range of {
				if i == len(Vector) && name == GroupName || i < len(Vector) && Vector[i].Name == name {
					of[i] = c
				}
			}
		}
	}
	return of
}()

// unknown is the vector of a debtor and a claim that nothing is known of. The moment of a decision is
// always known: NaN equals nothing.
var unknown = func() []float32 {
	x := (*Profile)(nil).Context(nil, &engine.Request{Case: engine.Case{DunningLevel: -1}}, time.Unix(0, 0), time.UTC)
	for i := range x {
		switch Vector[i].Name {
		case "hour_sin", "hour_cos", "week_sin", "week_cos", "payday":
			x[i] = float32(math.NaN())
		}
	}
	return x
}()

// Neutral reports whether feature i has the value in x that it has where nothing is known.
func Neutral(x []float32, i int) bool { return i < min(len(x), len(unknown)) && x[i] == unknown[i] }

// Scored reports whether a score that the caller supplied stands in x.
func Scored(x []float32) bool {
	for i := range min(len(x), len(Vector)) {
		if c := categoryOf[i]; c >= 0 && Categories[c].ID == "scores" && !Neutral(x, i) {
			return true
		}
	}
	return false
}

// Known divides the categories of a stored context by whether anything in them was known; grouped says
// that the columns of portfolio and segment counted. What x does not have, as it is of an older schema, was not used and
// is in neither; nor is what was denied.
func Known(x []float32, grouped bool, denied []string) (known, neutral []*Category) {
	var has, knows [len(Categories)]bool
	for i, c := range categoryOf {
		if c < 0 || i < len(Vector) && (i >= len(x) || slices.Contains(denied, Vector[i].Name)) {
			continue
		}
		if i == len(Vector) {
			has[c], knows[c] = true, grouped
			continue
		}
		has[c], knows[c] = true, knows[c] || !Neutral(x, i)
	}
	for c := range Categories {
		switch {
		case knows[c]:
			known = append(known, &Categories[c])
		case has[c]:
			neutral = append(neutral, &Categories[c])
		}
	}
	return known, neutral
}

// ownWords are those of words that speak of the debtor to the creditor, as they are said to the debtor.
var ownWords = map[string]struct{ en, de string }{
	"in_default":    {"whether you are in default", "ob Sie in Verzug sind"},
	"inbound":       {"time since you last got in touch", "Zeit seit Ihrer letzten Meldung"},
	"score_payment": {"payment score that the creditor supplied", "vom Gläubiger gelieferter Zahlungs-Score"},
	"score_risk":    {"risk score that the creditor supplied", "vom Gläubiger gelieferter Risiko-Score"},
	GroupName:       {"portfolio of the claim and your group by payments so far", "Bestand der Forderung und Ihre Gruppe nach bisherigen Zahlungen"},
}

// OwnText is what the debtor reads of feature i, as Text; len(Vector) stands for the columns of portfolio and segment, and
// what is behind has no words but that it is something else.
func OwnText(i int, language string) string {
	name := GroupName
	switch {
	case i < len(Vector):
		name = Vector[i].Name
	case i > len(Vector):
		return byLanguage("another figure of the case", "eine weitere Größe des Falls", language)
	}
	if w, ok := ownWords[name]; ok {
		return byLanguage(w.en, w.de, language)
	}
	return Text(i, language)
}
