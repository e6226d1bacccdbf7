package payload

import (
	"strings"

	"takt/engine"
)

func (p *parser) debtor(d *engine.Debtor) {
	p.object(func(name string) bool {
		switch name {
		case "id":
			d.ID = p.id()
		case "kind":
			d.Kind = p.word("person", "micro_business", "business")
		case "tz":
			d.TZ = p.text(maxID)
		case "zones":
			p.array(maxZones, func(int) { d.Zones = append(d.Zones, p.text(maxID)) })
		case "region":
			if d.Region = p.text(maxID); d.Region != "" && !isRegion(d.Region) {
				p.fault("%q is no ISO 3166-2 code; use one such as DE or DE-BY", clip(d.Region))
			}
		case "language":
			if d.Language = p.text(maxID); d.Language != "" && !engine.ValidLanguage(d.Language) {
				p.fault("%q is no BCP 47 tag; use one such as de or de-AT", clip(d.Language))
			}
		case "birth_year":
			d.BirthYear = int(p.integer(1880, 2100, 0))
		case "flags":
			p.array(32, func(int) { d.Flags |= p.flag() })
		default:
			return false
		}
		return true
	})
}

func (p *parser) flag() engine.Flags {
	s := p.text(maxID)
	if s == "" {
		return 0
	}
	f, err := engine.FlagNamed(s)
	if err != nil {
		p.fault("%q is no flag; use some of %s", clip(s), strings.Join((^engine.Flags(0)).Names(), ", "))
	}
	return f
}

// isRegion has the form of ISO 3166-2: two capital letters, then at most one part of one to three.
func isRegion(s string) bool {
	country, part, sub := strings.Cut(s, "-")
	return len(country) == 2 && all(country, upper) && (!sub || len(part) >= 1 && len(part) <= 3 && all(part, upperDigit))
}

func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func upper(c byte) bool      { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool      { return c >= '0' && c <= '9' }
func upperDigit(c byte) bool { return upper(c) || digit(c) }
