package fairness

import (
	"fmt"
	"strconv"
	"strings"
)

type language int

const (
	english language = iota
	german
)

// words are what people read of measures, characteristics and groups; what has none reads as itself.
var words = map[string][2]string{
	"age": {"age", "Alter"}, "region": {"region", "Region"}, "language": {"language", "Sprache"},
	Unknown: {"not known", "nicht bekannt"}, Others: {"others", "übrige"}, "under_18": {"under 18", "unter 18"},
	"contacts":   {"contacts per case and 28 days", "Kontakte je Fall und 28 Tage"},
	"pressing":   {"share of contacts in a pressing tone", "Anteil der Kontakte in forderndem Ton"},
	"calls":      {"calls per case and 28 days", "Anrufe je Fall und 28 Tage"},
	"plans":      {"plans offered per case and 28 days", "angebotene Raten oder Aufschübe je Fall und 28 Tage"},
	"complaints": {"share of cases with a complaint", "Anteil der Fälle mit Beschwerde"},
	"resolved":   {"share of cases settled", "Anteil der erledigten Fälle"},
	"recovered":  {"share of the open amount recovered", "Anteil des offenen Betrags, der einging"},
}

func word(id string, l language) string {
	if w, ok := words[id]; ok {
		return w[l]
	}
	return id
}

func wordsOf(id string) map[string]string {
	return map[string]string{"en": word(id, english), "de": word(id, german)}
}

// Words is what people read of a measure, characteristic or group: German for de, else English.
func Words(id, lang string) string {
	if lang == "de" {
		return word(id, german)
	}
	return word(id, english)
}

// sentences tell which groups differ.
func (r *Report) sentences(l language) string {
	say := func(en, de string) string { return [2]string{en, de}[l] }
	if r.Debtors == 0 {
		return fmt.Sprintf(say("Fewer than %d debtors have a closed result in this time; nothing is shown. Take a longer time.",
			"Weniger als %d Personen haben in dieser Zeit ein abgeschlossenes Ergebnis; gezeigt wird nichts. Wählen Sie einen längeren Zeitraum."), r.Least)
	}
	text := fmt.Sprintf(say("%d debtors, %d times a case and %g days. Compared at equal balance and days past due; no figure rests on fewer than %d debtors.",
		"%d Personen, %d-mal ein Fall und %g Tage. Verglichen bei gleichem Betrag und gleichem Verzug; keine Zahl beruht auf weniger als %d Personen."), r.Debtors, r.Periods, r.Days, r.Least)
	var found []string
	for _, c := range r.By {
		if len(c.Groups) == 0 {
			text += fmt.Sprintf(say(" By %s there are no two groups large enough to compare.", " Nach %s gibt es keine zwei Gruppen, die für einen Vergleich groß genug sind."), word(string(c.By), l))
		}
		for _, g := range c.Groups {
			for i, f := range g.Figures {
				if f.Notable {
					found = append(found, fmt.Sprintf(say("%s %s: %s %s, all %s", "%s %s: %s %s, alle %s"), word(string(c.By), l), word(g.Group, l),
						word(f.Measure, l), short(f.Adjusted.Value, l), short(r.Whole[i].Raw.Value, l)))
				}
			}
		}
	}
	if len(found) == 0 {
		return text + say(" No group differs by more than chance explains.", " Keine Gruppe weicht stärker ab, als der Zufall erklärt.")
	}
	return text + say(" These differ by more than chance explains, all comparisons taken together: ", " Stärker, als der Zufall bei allen Vergleichen zusammen erklärt, weichen ab: ") + strings.Join(found, "; ") + "."
}

// short has three significant digits.
func short(v float64, l language) string {
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if l == german {
		s = strings.ReplaceAll(s, ".", ",")
	}
	return s
}
