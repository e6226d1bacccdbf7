package debtor

import (
	"fmt"
	"math"

	"takt/engine"
)

// chance says what part chance had, in this decision and in who decided.
func (t *teller) chance() string {
	s := t.drawn()
	v := &t.d.Variant
	switch {
	case v.Holdout():
		s += "\n" + fmt.Sprintf(t.say("You belong to the control group: %s of all debtors, chosen by lot for a year, for whom the fixed ladder decides. They show whether the model does better than the ladder. How you pay has no part in who belongs to it.",
			"Sie gehören zur Kontrollgruppe: %s aller Betroffenen, für ein Jahr ausgelost, für die die feste Mahnleiter entscheidet. An ihnen zeigt sich, ob das Modell besser ist als die Leiter. Wie Sie zahlen, spielt für die Auswahl keine Rolle."), t.share(v.Share))
	default:
		s += "\n" + t.say("You do not belong to the control group, whose members are chosen by lot and for whom the fixed ladder decides.", "Sie gehören nicht zur Kontrollgruppe, deren Mitglieder ausgelost werden und für die die feste Mahnleiter entscheidet.")
		if v.Experiment != "" && v.Arm != policyArm {
			s += " " + fmt.Sprintf(t.say("By lot you are in one of the groups (%s of all debtors) by which two states of the model are compared.", "Durch das Los sind Sie in einer der Gruppen (%s aller Betroffenen), an denen zwei Stände des Modells verglichen werden."), t.share(v.Share))
		}
	}
	return s
}

// policyArm is the arm of everybody outside the hold-out where nothing else is compared.
const policyArm = "policy"

// drawn says how the choice itself came about.
func (t *teller) drawn() string {
	p := t.d.Propensity
	switch by := t.by(); {
	case by == byLot && p < 1:
		return fmt.Sprintf(t.say("It was drawn by lot. In the same situation this choice is drawn %s.", "Es wurde gelost. In derselben Lage wird diese Wahl %s gezogen."), t.times(p))
	case by == byModel && p < 1:
		s := fmt.Sprintf(t.say("The model does not always take what it rates highest: it draws, and what is rated better is drawn more often. In the same situation exactly this choice is drawn %s.",
			"Das Modell nimmt nicht immer, was es am besten bewertet: Es zieht, und besser Bewertetes wird öfter gezogen. In derselben Lage wird genau diese Wahl %s gezogen."), t.times(p))
		if t.a.Explored {
			return s + " " + t.say("This time another choice was rated better. This one was drawn all the same, to learn from it.", "Diesmal war eine andere Wahl besser bewertet. Gezogen wurde trotzdem diese, um daraus zu lernen.")
		}
		return s + " " + t.say("This time no other choice was rated better.", "Diesmal war keine andere Wahl besser bewertet.")
	case t.noted(engine.ReasonCalm):
		return t.say("Chance had no part in this choice: because of your situation nothing is tried out on you.", "Der Zufall hatte an dieser Wahl keinen Anteil: Wegen Ihrer Lage wird bei Ihnen nichts ausprobiert.")
	}
	return t.say("Chance had no part in this choice: in the same situation it is always the same.", "Der Zufall hatte an dieser Wahl keinen Anteil: In derselben Lage fällt sie immer gleich aus.")
}

// times is a probability below 1 as a count of 100 and in percent.
func (t *teller) times(p float64) string {
	n := math.Round(100 * p)
	switch {
	case n < 1:
		return t.say("less than 1 of 100 times (less than 1 %)", "seltener als 1 von 100 Malen (weniger als 1 %)")
	case n > 99:
		return t.say("more than 99 of 100 times (more than 99 %)", "öfter als 99 von 100 Malen (mehr als 99 %)")
	}
	return fmt.Sprintf(t.say("about %.0f of 100 times (%.0f %%)", "etwa %.0f von 100 Malen (%.0f %%)"), n, n)
}

// share is a share of people in percent.
func (t *teller) share(p float64) string {
	n := math.Round(100 * p)
	switch {
	case n < 1:
		return t.say("less than 1 %", "weniger als 1 %")
	case n > 99:
		return t.say("more than 99 %", "mehr als 99 %")
	}
	return fmt.Sprintf(t.say("about %.0f %%", "etwa %.0f %%"), n)
}
