package explain

import (
	"cmp"
	"slices"
	"strings"

	"takt/engine"
)

// statusTexts are the sentences of decisions without a comparison.
var statusTexts = [...]Text{
	NoModel:         {"No model decided, so there are no expected values to compare.", "Kein Modell hat entschieden; es gibt keine Erwartungswerte zu vergleichen."},
	SnapshotGone:    {"The snapshot of the model that voted is no longer stored, so its values cannot be told any more.", "Der Stand des Modells, der abgestimmt hat, ist nicht mehr gespeichert; seine Werte lassen sich nicht mehr nennen."},
	OtherModel:      {"The snapshot that voted is of another version of the model, whose values this program does not compute.", "Der Stand, der abgestimmt hat, gehört zu einer anderen Version des Modells, deren Werte dieses Programm nicht berechnet."},
	NotReproducible: {"What is stored does not give the values of then, so no comparison is shown rather than a false one.", "Das Gespeicherte ergibt nicht die Werte von damals; statt eines falschen wird kein Vergleich gezeigt."},
}

// deciders say who decided instead of a model.
var deciders = map[string]Text{
	engine.LadderName: {"The fixed dunning ladder decided.", "Entschieden hat die feste Mahnleiter."},
	engine.GuardName:  {"The rules settled it.", "Entschieden haben die Regeln."},
	"uniform":         {"It was drawn among the permitted actions, all alike.", "Es wurde unter den erlaubten Aktionen gleichmäßig gelost."},
}

var (
	onlyWaiting = Text{"Waiting was the only permitted action.", "Abwarten war die einzige erlaubte Aktion."}
	drawn       = Text{"It was drawn all the same: part of the decisions serve to learn.", "Gezogen wurde die Aktion trotzdem: Ein Teil der Entscheidungen dient dem Lernen."}
)

// Text is the explanation in a sentence or two.
func (a *Account) Text() Text {
	var t Text
	for lang := range t {
		t[lang] = a.text(lang)
	}
	return t
}

func (a *Account) text(lang int) string {
	if a.Status != Compared {
		return strings.Join(append(a.decider(lang), statusTexts[a.Status][lang]), " ")
	}
	main := a.Hold
	if main == nil {
		main = a.Next
	}
	if main == nil {
		return onlyWaiting[lang]
	}
	s := main.Text()[lang]
	if a.Next != nil && a.Next.Difference() < 0 {
		if main != a.Next {
			s += " " + a.Next.Text()[lang]
		}
		s += " " + drawn[lang]
	}
	return s
}

// decider says who decided where it was no model, and the reason that the row holds.
func (a *Account) decider(lang int) []string {
	var list []string
	if a.Status != NoModel {
		return nil
	}
	if t, ok := deciders[a.Decision.Policy]; ok {
		list = append(list, t[lang])
	}
	if a.Decision.Variant.Holdout() && a.Decision.Policy == engine.LadderName {
		list = append(list, engine.ReasonText(engine.ReasonHoldout, tags[lang]))
	}
	if r := a.Decision.Reason; r != "" && r != engine.ReasonDrawn { // deciders say it
		list = append(list, engine.ReasonText(r, tags[lang]))
	}
	return list
}

// Action is what was chosen in words; empty where no model's contact was.
func (a *Account) Action() Text {
	var t Text
	if a.Status == Compared {
		for lang := range t {
			t[lang] = action(a.tenant, a.Decision.Chosen, lang, false, false)
		}
	}
	return t
}

// OtherAction is what the chosen action is compared with, in words.
func (c *Comparison) OtherAction() Text {
	var t Text
	for lang := range t {
		t[lang] = action(c.account.tenant, c.Other, lang, c.alike(lang), false)
	}
	return t
}

// alike reports whether the words of both actions are the same unless hours are given.
func (c *Comparison) alike(lang int) bool {
	return c.Chosen != engine.Hold && c.Other != engine.Hold && contact(c.account.tenant, c.Chosen, lang, false) == contact(c.account.tenant, c.Other, lang, false)
}

// frames are the sentence around two actions, a sum of money and what moved it most.
var frames = [2]struct{ more, less, same, because string }{
	English: {" is worth %d more than ", " is worth %d less than ", " is worth as much as ", ", mostly because of: "},
	German:  {" ist %d mehr wert als ", " ist %d weniger wert als ", " ist so viel wert wie ", ", vor allem wegen: "},
}

// Text is the comparison in a sentence.
func (c *Comparison) Text() Text {
	var t Text
	for lang := range t {
		f, d := &frames[lang], c.Difference()
		frame := f.same
		if d > 0 {
			frame = f.more
		} else if d < 0 {
			frame = f.less
		}
		exact := c.alike(lang)
		s := action(c.account.tenant, c.Chosen, lang, exact, true) +
			strings.Replace(frame, "%d", amount(d, c.currency(), lang), 1) +
			action(c.account.tenant, c.Other, lang, exact, false)
		var why []string
		for _, l := range c.drivers() {
			why = append(why, c.label(&l, lang)+" ("+signed(l.Minor, c.currency(), lang)+")")
		}
		if len(why) > 0 {
			s += f.because + strings.Join(why, ", ")
		}
		t[lang] = s + "."
	}
	return t
}

// drivers are the two lines that moved the difference most its own way: features against waiting,
// factors between two contacts, for there the features mostly cancel.
func (c *Comparison) drivers() []Line {
	list, d := c.Features, c.Difference()
	if c.Chosen != engine.Hold && c.Other != engine.Hold {
		list = c.Factors
	}
	list = slices.DeleteFunc(slices.Clone(list), func(l Line) bool {
		return l.Code == CodeRest || l.Code == CodeRounding || l.Minor == 0 || l.Minor > 0 != (d > 0) || d == 0
	})
	slices.SortStableFunc(list, func(a, b Line) int { return cmp.Compare(max(b.Minor, -b.Minor), max(a.Minor, -a.Minor)) })
	return list[:min(2, len(list))]
}

// Currency is that of the values; empty where there are none.
func (a *Account) Currency() string {
	if a.tenant == nil {
		return ""
	}
	return a.tenant.Reward.Currency
}

func (c *Comparison) currency() string { return c.account.Currency() }
