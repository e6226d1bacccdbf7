package engine_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
)

// By hand, weights 1: .41·5990·1 − 110 − (.01·12000 + .002·2500) = 2455.9 − 110 − 125 = 2220.9.
// With weights 2, .5, 3 and margin .5: 2·.41·5990·.5 − 55 − 3·125 = 2455.9 − 55 − 375 = 2025.9.
func TestValueByHand(t *testing.T) {
	r := engine.DefaultReward()
	if got := r.Value(.41, 5990, 110, .01, .002); math.Abs(got-2220.9) > 1e-9 {
		t.Errorf("value = %v, want 2220.9", got)
	}
	r.WPay, r.WCost, r.WKeep, r.Margin = 2, .5, 3, .5
	if got := r.Value(.41, 5990, 110, .01, .002); math.Abs(got-2025.9) > 1e-9 {
		t.Errorf("weighted value = %v, want 2025.9", got)
	}
}

// By hand: 5,900 of cash less 110 of a letter (1,100,000 micro) less churn and complaint.
func TestEarnedByHand(t *testing.T) {
	r := engine.DefaultReward()
	o := engine.Outcome{Resolved: true, CashMinor: 5900, CostMicro: 1_100_000}
	if got := r.Earned(&o); got != 5790 {
		t.Errorf("earned = %v, want 5790", got)
	}
	o.Churn, o.Complaint = true, true
	if got := r.Earned(&o); got != 5790-12000-2500 {
		t.Errorf("earned = %v, want %v", got, 5790-12000-2500)
	}
}

// ISO 4217 gives EUR two decimals, JPY none and KWD three: 1.10 EUR are 110 cents, 1.10 JPY 1.1 yen, 1.10 KWD 1,100 fils.
func TestMinorOfMicro(t *testing.T) {
	for cur, want := range map[string]float64{"EUR": 110, "JPY": 1.1, "KWD": 1100} {
		r := engine.Reward{Currency: cur}
		if got := r.Minor(1_100_000); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", cur, got, want)
		}
	}
}

// 5 % a year: after 365 days 1/1.05, after 28 days 1.05^(−28/365) = .996264…
func TestDiscount(t *testing.T) {
	r := engine.DefaultReward()
	for days, want := range map[int]float64{-1: 1, 0: 1, 365: 1 / 1.05, 28: math.Exp(-28. / 365 * math.Log(1.05))} {
		if got := r.Discount(time.Duration(days) * 24 * time.Hour); math.Abs(got-want) > 1e-15 {
			t.Errorf("%d days: %v, want %v", days, got, want)
		}
	}
	r.DiscountYear = 0
	if got := r.Discount(time.Hour); got != 1 {
		t.Errorf("no rate: %v", got)
	}
}

// More payment is never worth less; more cost, churn or complaint never more.
func TestValueIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string, hi float64) float64 { return rapid.Float64Range(0, hi).Draw(t, name) }
		r := engine.DefaultReward()
		r.WPay, r.WCost, r.WKeep, r.Margin = f("wPay", 5), f("wCost", 5), f("wKeep", 5), f("margin", 1)
		p, a, c, h, k, up := f("p", 1), f("amount", 1e6), f("cost", 1e4), f("churn", 1), f("complaint", 1), f("up", 1)
		v := r.Value(p, a, c, h, k)
		const tol = 1e-6
		if r.Value(p+up, a, c, h, k) < v-tol || r.Value(p, a+up, c, h, k) < v-tol {
			t.Fatal("more payment is worth less")
		}
		if r.Value(p, a, c+up, h, k) > v+tol || r.Value(p, a, c, h+up, k) > v+tol || r.Value(p, a, c, h, k+up) > v+tol {
			t.Fatal("more cost, churn or complaint is worth more")
		}
	})
}

func TestRewardValidate(t *testing.T) {
	r := engine.DefaultReward()
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(*engine.Reward){
		"currency": func(r *engine.Reward) { r.Currency = "EURO" },
		"horizon":  func(r *engine.Reward) { r.Horizon = 0 },
		"margin":   func(r *engine.Reward) { r.Margin = math.NaN() },
		"weight":   func(r *engine.Reward) { r.WKeep = -1 },
		"discount": func(r *engine.Reward) { r.DiscountYear = 2 },
		"cost":     func(r *engine.Reward) { r.ComplaintMinor = -1 },
	} {
		bad := engine.DefaultReward()
		f(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
