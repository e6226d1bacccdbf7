package payload

import "takt/engine"

// terms writes what whoever carries a contact by the channel or an act out has to keep to.
func (o *out) terms(t *engine.Terms, c engine.Channel) {
	o.key("terms")
	o.raw("{")
	o.tags("may_hold", t.Wording)
	o.flag("identify_first", t.Identify.Has(c))
	o.flag("discreet", t.Discreet.Has(c))
	if t.FeeMinor == engine.MaxAmountMinor {
		o.null("fee_minor")
	} else {
		o.integer("fee_minor", t.FeeMinor)
	}
	o.integer("lump_minor", t.Lump)
	o.number("interest_points", t.Points)
	o.acts("human", t.Approve)
	o.acts("forbearance_before", t.Forbear)
	o.raw("}")
}

func (o *out) acts(name string, s engine.Set[engine.Act]) {
	o.key(name)
	o.raw("[")
	for a := engine.ActHandover; a <= engine.ActCourt; a++ {
		if s.Has(a) {
			o.item()
			o.b = AppendText(o.b, a.String())
		}
	}
	o.raw("]")
}
