package experiments

import (
	"fmt"
	"strconv"
	"strings"

	"takt/engine"
)

// english tells the result in sentences.
func (r *HoldoutResult) english() string {
	s := &r.Sizing
	if s.Share <= 0 {
		return fmt.Sprintf("%d: nobody is held out, so nothing tells what the policy is worth.", s.Year)
	}
	why := map[Source]string{
		SourceSet:      "as configured",
		SourceExpected: fmt.Sprintf("sized for ±%s points with %d expected debtors a year", short(s.Precision), s.Debtors),
		SourceHistory:  fmt.Sprintf("sized for ±%s points with the %d debtors of the year before", short(s.Precision), s.Debtors),
		SourceKept:     "as the year began with",
	}[s.Source]
	if r.Points != nil {
		why += "; in a year that tells ±" + short(*r.Points) + " points"
	}
	text := fmt.Sprintf("%d (UTC): %s %% of debtors stay on the ladder, %s. So far %d debtors on the ladder, %d with the policy.",
		s.Year, short(100*s.Share), why, r.Holdout.Debtors, r.Policy.Debtors)
	if r.Resolved == nil || r.Value == nil {
		return text + " Too few labels are closed for a comparison."
	}
	return text + fmt.Sprintf(" Resolved: policy %s %%, ladder %s %%, difference %+.1f points (95 %%: %+.1f to %+.1f). Value per case: policy %s, ladder %s, difference %s (95 %%: %s to %s).",
		short(100**r.Policy.Resolved), short(100**r.Holdout.Resolved), r.Resolved.Estimate, r.Resolved.Lower, r.Resolved.Upper,
		r.money(*r.Policy.Value), r.money(*r.Holdout.Value), r.money(r.Value.Estimate), r.money(r.Value.Lower), r.money(r.Value.Upper))
}

// german tells the same.
func (r *HoldoutResult) german() string {
	s := &r.Sizing
	if s.Share <= 0 {
		return fmt.Sprintf("%d: Es gibt keine Kontrollgruppe, also zeigt nichts, was das Verfahren wert ist.", s.Year)
	}
	why := map[Source]string{
		SourceSet:      "wie eingestellt",
		SourceExpected: fmt.Sprintf("bemessen für ±%s Punkte bei %d erwarteten Schuldnern im Jahr", comma(short(s.Precision)), s.Debtors),
		SourceHistory:  fmt.Sprintf("bemessen für ±%s Punkte bei den %d Schuldnern des Jahres davor", comma(short(s.Precision)), s.Debtors),
		SourceKept:     "wie zu Beginn des Jahres",
	}[s.Source]
	if r.Points != nil {
		why += "; in einem Jahr zeigt das ±" + comma(short(*r.Points)) + " Punkte"
	}
	text := fmt.Sprintf("%d (UTC): %s %% der Schuldner bleiben auf der Mahnleiter, %s. Bisher %d Schuldner auf der Leiter, %d mit dem Verfahren.",
		s.Year, comma(short(100*s.Share)), why, r.Holdout.Debtors, r.Policy.Debtors)
	if r.Resolved == nil || r.Value == nil {
		return text + " Für einen Vergleich stehen noch zu wenige Ergebnisse fest."
	}
	return text + comma(fmt.Sprintf(" Erledigt: Verfahren %s %%, Leiter %s %%, Unterschied %+.1f Punkte (95 %%: %+.1f bis %+.1f).",
		short(100**r.Policy.Resolved), short(100**r.Holdout.Resolved), r.Resolved.Estimate, r.Resolved.Lower, r.Resolved.Upper)) +
		fmt.Sprintf(" Wert je Fall: Verfahren %s, Leiter %s, Unterschied %s (95 %%: %s bis %s).",
			comma(r.money(*r.Policy.Value)), comma(r.money(*r.Holdout.Value)), comma(r.money(r.Value.Estimate)), comma(r.money(r.Value.Lower)), comma(r.money(r.Value.Upper)))
}

// short has one decimal at most.
func short(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }

// comma writes decimals the German way.
func comma(s string) string {
	b := []byte(s)
	for i := 1; i+1 < len(b); i++ {
		if b[i] == '.' && digit(b[i-1]) && digit(b[i+1]) {
			b[i] = ','
		}
	}
	return string(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// money is an amount of minor units in words.
func (r *HoldoutResult) money(minor float64) string {
	per := 1_000_000 / engine.MicroPerMinor(r.Currency)
	decimals := len(strconv.FormatInt(per, 10)) - 1
	return strconv.FormatFloat(minor/float64(per), 'f', decimals, 64) + " " + r.Currency
}
