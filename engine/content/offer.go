package content

import "takt/engine"

// PlanOf is the plan that a contact proposes where its offer is instalments. It is false where no
// amount is known, the amount is too small for two rates, or the bounds are in another currency.
func PlanOf(d *engine.Decision, t *engine.Tenant) (Plan, bool) {
	if d.Currency != t.Reward.Currency {
		return Plan{}, false
	}
	a := &d.Action
	return NewPlan(d.OpenMinor, &t.Plans, engine.DateOf(a.NotBefore.Add(t.Specs[a.Channel].Lag)))
}

// GiroCodeOf is the payload that a contact shows, with the case id as reference: of every letter, and
// of what carries the payment link. It is "" where none may be made: no creditor is configured, the
// claim is not in EUR, or the id is no reference a bank takes.
func GiroCodeOf(d *engine.Decision, t *engine.Tenant) string {
	a := &d.Action
	if t.Creditor.IBAN == "" || a.Channel != engine.Letter && a.Offer != engine.PaymentLink || d.Currency != "EUR" || d.OpenMinor < 1 {
		return ""
	}
	code, err := GiroCode(t.Creditor, d.OpenMinor, d.Currency, d.Case)
	if err != nil {
		return ""
	}
	return code
}
