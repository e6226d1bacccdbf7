package debtor

import (
	"strings"
	"time"

	"takt/engine"
	"takt/engine/explain"
)

// Basis is what a decision is told from, beside its account.
type Basis struct {
	Contact engine.Service  // of the creditor
	Zone    *time.Location  // the debtor's; nil is UTC
	Noted   []engine.Reason // that were answered with the decision; none if they were not asked for
	Data    Data
	Words   func(feature int, language string) string // noun phrase for the debtor
}

// Data are the categories of the decision's context in words. They count where a model decided.
type Data struct {
	Known   []explain.Text // something was known
	Neutral []explain.Text // nothing was: values that stand for that
	Blank   func(feature int) bool
	Scored  bool // a score that the creditor supplied was among them
}

// Section is one part of the text.
type Section struct {
	Code        string
	Title, Text explain.Text
}

// Explanation is the text in sections, in the order of reading.
type Explanation struct {
	Decision *engine.Decision
	Sections []Section
}

// teller writes one explanation in one language.
type teller struct {
	*Basis
	a    *explain.Account
	d    *engine.Decision
	lang int
}

// parts are the sections.
var parts = [...]struct {
	code  string
	title explain.Text
	text  func(*teller) string
}{
	{"decision", explain.Text{"What was decided", "Was entschieden wurde"}, (*teller).decision},
	{"decider", explain.Text{"Who decided", "Wer entschieden hat"}, (*teller).decider},
	{"data", explain.Text{"Which data were used", "Welche Daten verwendet wurden"}, (*teller).data},
	{"not_used", explain.Text{"What was not used", "Was nicht verwendet wurde"}, (*teller).unused},
	{"reasons", explain.Text{"The main reasons", "Die wichtigsten Gründe"}, (*teller).reasons},
	{"chance", explain.Text{"Chance and the control group", "Zufall und Kontrollgruppe"}, (*teller).chance},
	{"effect", explain.Text{"What follows from it", "Was daraus folgt"}, (*teller).effect},
	{"rights", explain.Text{"Your rights", "Ihre Rechte"}, (*teller).rights},
	{"contact", explain.Text{"How to reach a human", "So erreichen Sie einen Menschen"}, (*teller).contact},
}

// Of tells the decision of an account, whatever its status.
func Of(a *explain.Account, b Basis) *Explanation {
	if b.Zone == nil {
		b.Zone = time.UTC
	}
	e := &Explanation{Decision: a.Decision}
	for i := range parts {
		s := Section{Code: parts[i].code, Title: parts[i].title}
		for lang := range s.Text {
			s.Text[lang] = parts[i].text(&teller{&b, a, a.Decision, lang})
		}
		e.Sections = append(e.Sections, s)
	}
	return e
}

// Text is the whole in paragraphs, each under its title.
func (e *Explanation) Text() explain.Text {
	var t explain.Text
	for lang := range t {
		var all []string
		for i := range e.Sections {
			all = append(all, e.Sections[i].Title[lang]+"\n"+e.Sections[i].Text[lang])
		}
		t[lang] = strings.Join(all, "\n\n")
	}
	return t
}

// tags are the languages in BCP 47.
var tags = explain.Text{explain.English: "en", explain.German: "de"}

// say picks the language.
func (t *teller) say(en, de string) string { return explain.Text{en, de}[t.lang] }

// list is a sentence and what it announces, each on a line.
func (t *teller) list(head string, items []string) string {
	return head + "\n- " + strings.Join(items, "\n- ")
}

// noted reports whether a reason with the code was answered with the decision.
func (t *teller) noted(code string) bool {
	for i := range t.Noted {
		if t.Noted[i].Code == code {
			return true
		}
	}
	return false
}

// by is who decided.
type by uint8

const (
	byRules by = iota
	byLadder
	byLot
	byModel
)

func (t *teller) by() by {
	switch {
	case t.d.Snapshot != "":
		return byModel
	case t.d.Policy == engine.LadderName:
		return byLadder
	case t.d.Policy == engine.GuardName:
		return byRules
	}
	return byLot
}
