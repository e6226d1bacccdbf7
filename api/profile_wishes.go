package api

import (
	"fmt"
	"time"

	"takt/engine"
)

// wishesView is when and how a debtor asked to be contacted, or not to be.
type wishesView struct {
	Hours    string           `json:"hours,omitempty"`          // that suit, as in events
	Weekdays []string         `json:"avoid_weekdays,omitempty"` // that do not
	Channels []engine.Channel `json:"avoid_channels,omitempty"`
	Places   int              `json:"avoid_addresses,omitempty"` // how many: a profile keeps no references
}

type breathingView struct {
	From      string `json:"from"`
	Treatment bool   `json:"mental_health"`
	Ended     string `json:"treatment_ended,omitempty"`
}

// partView is a part of a claim that is left alone.
type partView struct {
	Reason      string    `json:"reason"`
	AmountMinor int64     `json:"amount_minor,omitempty"` // absent: not stated, so all of the claim
	Until       time.Time `json:"until,omitzero"`         // absent: until an event ends it
}

// wishFacts is nil for a debtor without wishes.
func wishFacts(w *engine.Wishes) *wishesView {
	if *w == (engine.Wishes{}) {
		return nil
	}
	v := &wishesView{}
	if w.To != 0 {
		v.Hours = fmt.Sprintf("%02d%02d-%02d%02d", w.From/60, w.From%60, w.To/60, w.To%60)
	}
	for d := engine.Sunday; d <= engine.Saturday; d++ {
		if w.Not.Has(d) {
			v.Weekdays = append(v.Weekdays, d.String())
		}
	}
	for c := engine.Email; c < engine.Channels; c++ {
		if w.Avoid.Has(c) {
			v.Channels = append(v.Channels, c)
		}
	}
	for _, key := range w.Places {
		if key != 0 {
			v.Places++
		}
	}
	return v
}

func breathingFacts(b *engine.Breathing) *breathingView {
	if b.From == 0 {
		return nil
	}
	return &breathingView{b.From.String(), b.Treatment, b.Ended.String()}
}

func partFacts(c *engine.CaseFacts) (parts []partView) {
	for _, part := range c.Parts {
		if part.Till == 0 {
			continue
		}
		v := partView{Reason: part.For.String(), AmountMinor: part.Minor}
		if part.Till < engine.HoldForever {
			v.Until = micro(part.Till)
		}
		parts = append(parts, v)
	}
	return parts
}
