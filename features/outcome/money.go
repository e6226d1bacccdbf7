package outcome

import (
	"time"

	"takt/engine"
)

// payment is what is left of a payment after reversals.
type payment struct {
	at    time.Time
	minor int64
}

// money fills Resolved, ResolveIn and CashMinor.
func (r Rules) money(o *engine.Outcome, es []*engine.Event, d *engine.Decision, until time.Time) {
	var ledger []payment
	var closed time.Time // as paid, inside the horizon, not undone by a reversal after it
	for _, e := range es {
		if e.Data.CaseID != d.Case {
			continue
		}
		switch e.Type {
		case engine.PaymentReceived:
			if counts(e, d) {
				ledger = append(ledger, payment{e.At, e.Data.AmountMinor})
			}
		case engine.PaymentReversed:
			if counts(e, d) {
				reverse(ledger, e.Data.AmountMinor)
				if e.At.After(closed) {
					closed = time.Time{}
				}
			}
		case engine.CaseClosed:
			if closed.IsZero() && Paid(e.Data.Reason) && e.At.After(d.IssuedAt) && !e.At.After(until) {
				closed = e.At
			}
		}
	}
	sum := int64(0)
	for _, p := range ledger {
		if p.minor == 0 || !p.at.After(d.IssuedAt) || p.at.After(until) {
			continue
		}
		o.CashMinor += float64(p.minor) * r.Reward.Discount(p.at.Sub(d.IssuedAt))
		if sum += p.minor; !o.Resolved && d.OpenMinor > 0 && sum >= d.OpenMinor {
			o.Resolved, o.ResolveIn = true, p.at.Sub(d.IssuedAt)
		}
	}
	if closed.IsZero() {
		return
	}
	in := closed.Sub(d.IssuedAt)
	if !o.Resolved || in < o.ResolveIn {
		o.Resolved, o.ResolveIn = true, in
	}
	if len(ledger) == 0 { // a caller that reports no payments, only that all was paid
		o.CashMinor = float64(d.OpenMinor) * r.Reward.Discount(in)
	}
}

// counts reports whether the money of e is in the decision's currency.
func counts(e *engine.Event, d *engine.Decision) bool {
	return e.Data.AmountMinor > 0 && (e.Data.Currency == d.Currency || d.Currency == "")
}

// reverse takes an amount back: from the latest payment of exactly that amount, else from the latest ones.
func reverse(ledger []payment, minor int64) {
	for i := len(ledger) - 1; i >= 0; i-- {
		if ledger[i].minor == minor {
			ledger[i].minor = 0
			return
		}
	}
	for i := len(ledger) - 1; i >= 0 && minor > 0; i-- {
		take := min(minor, ledger[i].minor)
		ledger[i].minor -= take
		minor -= take
	}
}

// Paid reports whether a case closed with the reason was settled by its debtor.
func Paid(reason string) bool {
	switch reason {
	case "paid", "paid_in_full", "settled":
		return true
	}
	return false
}
