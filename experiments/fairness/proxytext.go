package fairness

import (
	"fmt"
	"strings"
)

// sentences tell what is told by proxy.
func (r *ProxyReport) sentences(l language) string {
	say := func(en, de string) string { return [2]string{en, de}[l] }
	lang := say("en", "de")
	if r.Debtors == 0 {
		return fmt.Sprintf(say("Fewer than %d debtors were decided for in this time; nothing is shown.", "Für weniger als %d Personen wurde in dieser Zeit entschieden; gezeigt wird nichts."), r.Least)
	}
	text := fmt.Sprintf(say("%d debtors.", "%d Personen."), r.Debtors)
	if len(r.Denied) == 0 {
		text += say(" No feature is denied (features.deny).", " Kein Merkmal ist ausgeschlossen (features.deny).")
	} else {
		text += say(" Denied: ", " Ausgeschlossen: ") + strings.Join(r.Denied, ", ") + "."
	}
	if !r.Segments {
		text += say(" Segments are made of what is denied: there are none.", " Die Segmente beruhen auf Ausgeschlossenem: Es gibt keine.")
	}
	var found []string
	for _, p := range r.Proxies {
		if !p.Notable {
			continue
		}
		var by []string
		for _, t := range p.Top {
			by = append(by, t.Text[lang])
		}
		how := fmt.Sprintf("R² %s", short(*p.R2, l))
		if p.AUC != nil {
			how = fmt.Sprintf("AUC %s", short(p.AUC.Value, l))
		}
		found = append(found, fmt.Sprintf("%s (%s): %s", p.name(l), how, strings.Join(by, ", ")))
	}
	if len(found) == 0 {
		return text + say(" What is used tells nothing of them that is worth a look.", " Was verwendet wird, verrät davon nichts Nennenswertes.")
	}
	return text + say(" What is used tells by proxy, most by the features named: ", " Was verwendet wird, verrät mittelbar, am meisten durch die genannten Merkmale: ") + strings.Join(found, "; ") + "."
}

// name is what people read of the target.
func (p *Proxy) name(l language) string {
	if who, group, ok := strings.Cut(p.Of, "="); ok {
		return word(who, l) + " " + word(group, l)
	}
	return p.Of
}
