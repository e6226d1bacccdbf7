package config

import (
	"time"

	"takt/engine"
)

// Of is the configuration that gives t back from Config.Tenant, all but its secret, clock, ladder and catalogue:
// for tenants that a program makes up, such as the simulated creditor.
func Of(t *engine.Tenant) Tenant {
	l, r := &t.Limits, &t.Reward
	horizon := int(r.Horizon / (24 * time.Hour))
	y := Tenant{Policy: t.Policy, Epsilon: &t.Epsilon, Language: t.Language, Creditor: Creditor(t.Creditor), Contact: Contact(t.Contact),
		Holdout: holdoutOf(&t.Holdout), Actions: actionsOf(t),
		Reward: Reward{r.Currency, &horizon, &r.WPay, &r.WCost, &r.WKeep, &r.Margin, &r.DiscountYear, &r.RetentionMinor, &r.ComplaintMinor},
		Rules: Rules{"", "", minutes(l.QuietFrom), minutes(l.QuietTo), &l.Sundays, &l.Cap, &l.CapWindow, &l.Gap, &l.PromiseGrace, &l.ReplyPause,
			&l.ExpireAfter, &l.ReviewAfter, &l.HoldFor}}
	y.Compiled = t.Rules
	y.Features.Deny = t.Denied.Names
	return y
}

func holdoutOf(h *engine.Holdout) Holdout {
	if h.Precision == 0 {
		return Holdout{Share: &h.Share, Salt: h.Salt, PerYear: &h.PerYear}
	}
	return Holdout{Salt: h.Salt, Precision: &h.Precision, PerYear: &h.PerYear}
}

func minutes(m int) string { return time.Time{}.Add(time.Duration(m) * time.Minute).Format("15:04") }

func actionsOf(t *engine.Tenant) Actions {
	p := &t.Plans
	y := Actions{Channels: map[string]Channel{}, Instalments: Instalments{&p.MinRateMinor, &p.MaxCount, &p.MaxDays, &p.EveryDays}}
	for _, v := range t.Methods {
		y.Methods = append(y.Methods, v.String())
	}
	for _, c := range t.Grid.Channels {
		s := &t.Specs[c]
		consent := "contract"
		if s.Opt {
			consent = "required"
		}
		y.Channels[c.String()] = Channel{&s.CostMicro, &s.ReachedMicro, &s.Reach, &s.Lag, consent, &s.AnyTime, &s.MinValidity}
	}
	for _, v := range t.Grid.Tones {
		y.Tones = append(y.Tones, v.String())
	}
	for _, v := range t.Grid.Slots {
		y.Slots = append(y.Slots, v.String())
	}
	for _, v := range t.Grid.Offers {
		y.Offers = append(y.Offers, v.String())
	}
	return y
}
