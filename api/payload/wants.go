package payload

import (
	"takt/engine"
)

func (p *parser) contact() (c engine.ContactPoint) {
	c.Validity = -1
	if !p.object(func(name string) bool {
		switch name {
		case "channel":
			c.Channel = level(p, engine.Chat, "channel")
		case "address_ref":
			if c.AddressRef = p.text(maxRef); !engine.Opaque(c.AddressRef) {
				p.fault(engine.NotOpaque)
			}
		case "validity":
			c.Validity = p.share(-1)
		case "consent":
			c.Consent = p.word("service", "marketing", "tracking", "none")
		case "place":
			c.Place = p.word("private", "work")
		default:
			return false
		}
		return true
	}) {
		p.fault("is null; use an object")
	} else if c.Channel == 0 && p.syntax == nil && !p.has(string(p.dec.StackPointer())+"/channel") {
		p.faultAt(string(p.dec.StackPointer())+"/channel", "is missing")
	}
	return c
}

func (p *parser) constraints(a *Ask) {
	c := &a.Constraints
	p.object(func(name string) bool {
		switch name {
		case "earliest_execute":
			a.earliest = p.instant("/constraints/earliest_execute")
		case "latest_execute":
			a.latest = p.instant("/constraints/latest_execute")
		case "max_cost_minor":
			c.MaxCostMinor = p.integer(0, engine.MaxAmountMinor, -1)
		case "allow_channels":
			c.AllowChannels = levels(p, c.AllowChannels, engine.Chat, "channel")
		case "allow_tones":
			c.AllowTones = levels(p, c.AllowTones, engine.Formal, "tone")
		case "allow_offers":
			c.AllowOffers = levels(p, c.AllowOffers, engine.Deferral, "offer")
		default:
			return false
		}
		return true
	})
}

func (p *parser) want(w *engine.Want) {
	p.object(func(name string) bool {
		switch name {
		case "alternatives":
			w.Alternatives = int(p.integer(0, 10, 0))
		case "explain":
			if s := p.word("none", "short", "full"); s != "" {
				w.Explain = s
			}
		case "mode":
			switch p.word("live", "shadow", "dry_run") {
			case "shadow":
				w.Mode = engine.Shadow
			case "dry_run":
				w.Mode = engine.DryRun
			}
		default:
			return false
		}
		return true
	})
}
