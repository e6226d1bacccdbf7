package engine

import (
	"fmt"
	"math"
	"time"
)

// Value prices one decision over the horizon, in minor units:
//
//	w_pay·P(resolve)·E[amount | resolve]·margin − w_cost·cost − w_keep·(P(churn)·retention + P(complaint)·complaint)
//
// It is the one such formula: engine, learner, simulator and reports call it, the latter with
// probabilities 0 and 1. amount is discounted cash and cost the contacts' cost, both in minor
// units; round only what is shown (RoundMinor).
func (r *Reward) Value(pResolve, amount, cost, pChurn, pComplaint float64) float64 {
	return r.WPay*pResolve*amount*r.Margin - r.WCost*cost -
		r.WKeep*(pChurn*float64(r.RetentionMinor)+pComplaint*float64(r.ComplaintMinor))
}

// Earned is the value of what really happened: Value with the outcome's discounted cash.
// An open or missing label has a value too, of what is known of it; the caller decides what it means.
func (r *Reward) Earned(o *Outcome) float64 {
	return r.Value(1, o.CashMinor, r.Minor(o.CostMicro), one(o.Churn), one(o.Complaint))
}

// Discount is what one unit of cash is worth that arrives after the delay: (1+rate)^(−delay/365 days).
// No delay, or a negative one, is worth 1.
func (r *Reward) Discount(delay time.Duration) float64 {
	if delay <= 0 || r.DiscountYear == 0 {
		return 1
	}
	return math.Pow(1+r.DiscountYear, -delay.Hours()/(365*24))
}

// Minor converts a cost in micro-units to minor units of the tenant's currency, unrounded.
func (r *Reward) Minor(micro int64) float64 {
	return float64(micro) / float64(MicroPerMinor(r.Currency))
}

// Validate reports what is wrong with the prices, or nil.
func (r *Reward) Validate() error {
	switch {
	case !ValidCurrency(r.Currency):
		return &FieldError{"/currency", fmt.Sprintf("%q is no ISO 4217 code; use three capital letters such as EUR", r.Currency)}
	case r.Horizon < 24*time.Hour || r.Horizon > 366*24*time.Hour:
		return &FieldError{"/horizon", fmt.Sprintf("is %v; use 1 to 366 days", r.Horizon)}
	case !(r.Margin >= 0 && r.Margin <= 1):
		return &FieldError{"/margin", fmt.Sprintf("is %g; use 0 to 1", r.Margin)}
	case !(r.DiscountYear >= 0 && r.DiscountYear <= 1):
		return &FieldError{"/discount_year", fmt.Sprintf("is %g; use 0 to 1", r.DiscountYear)}
	case r.RetentionMinor < 0 || r.ComplaintMinor < 0:
		return &FieldError{"/retention_minor", "and complaint_minor are costs; use 0 or more"}
	}
	for _, w := range []float64{r.WPay, r.WCost, r.WKeep} {
		if !(w >= 0) || math.IsInf(w, 0) {
			return &FieldError{"/weights", fmt.Sprintf("hold %g; use 0 or more", w)}
		}
	}
	return nil
}

// MicroPerMinor is the number of micro-units (millionths of a major unit) in one minor unit:
// 10^(6−e) where e is the currency's number of decimals in ISO 4217: 10,000 for EUR (e = 2),
// 1,000,000 for JPY (e = 0), 1,000 for KWD (e = 3).
func MicroPerMinor(currency string) int64 {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 1_000_000
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 1_000
	}
	return 10_000
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
