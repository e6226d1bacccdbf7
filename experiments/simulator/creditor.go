package simulator

import (
	_ "embed"
	"sync"
	"time"

	"takt/engine"
	"takt/engine/rules"
)

//go:embed rules.yaml
var ownRules []byte

// contactRules are the simulated creditor's, compiled once.
var contactRules = sync.OnceValue(func() *engine.Rules {
	r, err := rules.ParseOwn("experiments/simulator/rules.yaml", ownRules, "de")
	if err != nil {
		panic("simulator: " + err.Error())
	}
	return r
})

// Tenant is the scenario's creditor as Takt is configured for it: channels and their costs, tones,
// the four windows of the day as slots, contact rules and prices. Nobody is held out, so that figures are
// the policy's alone; it lives by the replay clock.
func (s *Scenario) Tenant(id string) *engine.Tenant {
	t := engine.DefaultTenant(id)
	t.Clock = engine.ReplayClock
	t.Holdout.Share, t.Holdout.Precision = 0, 0
	t.Reward = s.Reward()
	t.Rules = contactRules()
	t.Plans.MinRateMinor, t.Plans.MaxCount = 1, 2 // any claim may be paid in two rates
	t.Grid = engine.Grid{
		Channels: []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone, engine.Messenger, engine.Push},
		Tones:    []engine.Tone{engine.Friendly, engine.Neutral, engine.Empathetic, engine.LossFramed, engine.Firm, engine.Formal},
		Offers:   []engine.Offer{engine.OfferNone, engine.PaymentLink, engine.Instalments},
	}
	for i := range windows {
		t.Grid.Slots = append(t.Grid.Slots, engine.Slot{From: reviewAt + 180*i, To: reviewAt + 180*(i+1)})
	}
	for c, v := range s.Creditor.Costs.list() {
		t.Specs[c].CostMicro, t.Specs[c].ReachedMicro = int64(v.Micro), int64(v.Reached)
	}
	// Rules count days, Takt hours: half a day less leaves a contact of the evening free on the same day.
	r, l := &s.Creditor.Rules, &t.Limits
	l.Sundays = true
	l.Gap, l.Cap, l.CapWindow = days(r.Gap-.5), int(r.Cap), days(r.CapDays-.5)
	return t
}

func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }
