package debtor

import (
	"fmt"
	"math"

	"takt/engine"
	"takt/engine/explain"
)

// most is how many reasons are told.
const most = 3

// reason is a feature and which way it moved the choice.
type reason struct {
	feature int
	weight  int64 // its sign is told, never its size
}

// gone are the sentences of decisions whose values cannot be computed again.
var gone = [...]explain.Text{
	explain.SnapshotGone:    {"The state of the model that decided is no longer stored, so its estimates cannot be computed again.", "Der Stand des Modells, der entschieden hat, ist nicht mehr gespeichert; seine Schätzungen lassen sich nicht mehr berechnen."},
	explain.OtherModel:      {"The model that decided was of another version than today's, so its estimates cannot be computed again.", "Das Modell, das entschieden hat, war von einer anderen Version als das heutige; seine Schätzungen lassen sich nicht mehr berechnen."},
	explain.NotReproducible: {"What is stored does not give the estimates of then again.", "Das Gespeicherte ergibt die Schätzungen von damals nicht wieder."},
}

// reasons says what moved the choice most.
func (t *teller) reasons() string {
	switch t.by() {
	case byModel:
	case byLot:
		return t.say("There is none but the lot, and that it was allowed.", "Es gibt keinen außer dem Los und dass es erlaubt war.")
	default:
		if t.d.Reason == "" {
			return t.record(engine.ReasonLadderStep)
		}
		return t.record(t.d.Reason)
	}
	if t.a.Status != explain.Compared {
		return t.gone()
	}
	c := t.a.Hold
	if c == nil {
		c = t.a.Next
	}
	if c == nil {
		return t.say("Waiting was the only permitted choice.", "Abwarten war die einzige erlaubte Wahl.")
	}
	var list []reason
	usual, largest := 0., 0.
	for i := range c.Features {
		switch l := &c.Features[i]; l.Code {
		case explain.CodeUsual:
			usual = l.Exact
		case engine.ReasonFeature:
			largest = max(largest, math.Abs(l.Exact))
			list = append(list, reason{l.Feature, l.Minor})
		}
	}
	s := t.moved(list)
	if s == "" {
		return t.say("The estimates rested on what usually holds for everybody; nothing known of you in particular moved them noticeably.",
			"Die Schätzungen beruhten auf dem, was üblicherweise für alle gilt; nichts, was zu Ihnen im Besonderen bekannt ist, hat sie merklich bewegt.")
	}
	if math.Abs(usual) > largest {
		s += "\n" + fmt.Sprintf(t.say("More than any of these counted what usually holds, whoever it is: that %s.", "Mehr als jeder davon zählte, was üblicherweise gilt, wer auch immer es ist: Das %s."), t.spoke(usual > 0))
	}
	return s
}

// gone says why there is no account of the model, and what was answered then.
func (t *teller) gone() string {
	s := gone[t.a.Status][t.lang]
	var list []reason
	for i := range t.Noted {
		if r := &t.Noted[i]; r.Code == engine.ReasonFeature {
			list = append(list, reason{r.Feature, engine.RoundMinor(r.WeightMinor)})
		}
	}
	if moved := t.moved(list); moved != "" {
		return s + " " + t.say("This was noted when it was decided.", "Bei der Entscheidung wurde Folgendes vermerkt.") + "\n" + moved
	}
	return s + " " + t.say("No reasons are named rather than false ones; a human can look into your case.", "Statt falscher werden keine Gründe genannt; ein Mensch kann sich Ihren Fall ansehen.")
}

// moved lists the first of the reasons, largest first, with their directions; it is empty if there are none.
func (t *teller) moved(all []reason) string {
	head := t.say("Compared with waiting, these spoke most for or against this contact:", "Verglichen mit Abwarten sprach dies am meisten für oder gegen diesen Kontakt:")
	if t.d.Chosen == engine.Hold {
		head = t.say("Compared with the best permitted contact, these spoke most for or against waiting:", "Verglichen mit dem besten erlaubten Kontakt sprach dies am meisten für oder gegen das Abwarten:")
	}
	var items []string
	for _, r := range all {
		if r.weight == 0 || len(items) == most {
			continue
		}
		s := t.Words(r.feature, tags[t.lang]) + ": " + t.spoke(r.weight > 0)
		if t.Data.Blank(r.feature) {
			s += t.say(" (nothing particular known of you; the value assumed of everybody counted)", " (zu Ihnen nichts Besonderes bekannt; es zählte der Wert, der für alle angenommen wird)")
		}
		items = append(items, s)
	}
	if len(items) == 0 {
		return ""
	}
	return t.list(head, items)
}

// spoke says which way something moved the choice.
func (t *teller) spoke(up bool) string {
	switch {
	case !up && t.d.Chosen == engine.Hold:
		return t.say("spoke against waiting", "sprach gegen das Abwarten")
	case !up:
		return t.say("spoke against this contact", "sprach gegen diesen Kontakt")
	case t.d.Chosen == engine.Hold:
		return t.say("spoke for waiting", "sprach für das Abwarten")
	}
	return t.say("spoke for this contact", "sprach für diesen Kontakt")
}
