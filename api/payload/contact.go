package payload

import (
	"takt/engine"
	"takt/engine/content"
)

// contact is the action of a contact: whom, what, how, when, and what comes with it.
func (o *out) contact(d *engine.Decision, e *engine.Explanation, f *Frame) {
	a := &d.Action
	o.raw(`{"channel":"`)
	o.raw(a.Channel.String())
	o.raw(`"`)
	o.textOrNull("address_ref", a.AddressRef)
	o.key("template")
	o.template(a, e, f.Input.Tenant)
	o.text("tone", a.Tone.String())
	o.window(a)
	o.key("offer")
	o.offer(d, f.Input.Tenant)
	o.key("call_guidance")
	o.guidance(d, e, f)
	o.raw("}")
}

// template names the text, what may be read of it by whoever is near, and what it must carry.
func (o *out) template(a *engine.ContactAction, e *engine.Explanation, t *engine.Tenant) {
	if a.Template == "" {
		o.raw("null")
		return
	}
	preview := content.Preview(a.Channel, a.Language)
	o.raw("{")
	o.text("key", a.Template)
	o.textOrNull("language", a.Language)
	o.raw(`,"params":{`)
	if preview != "" {
		o.flag("discreet_subject", true)
	}
	o.raw("}")
	o.textOrNull("preview", preview)
	var tags engine.Tags
	if found := t.Catalogue.Of(a); found != nil {
		tags = found.Tags
	}
	o.tags("tags", tags)
	o.tags("must_carry", e.Terms.Needs[a.Channel])
	o.raw("}")
}

// tags writes the names of a set of tags.
func (o *out) tags(name string, t engine.Tags) {
	o.key(name)
	o.raw("[")
	for tag := range t.Names() {
		o.item()
		o.b = AppendText(o.b, tag)
	}
	o.raw("]")
}

func (o *out) window(a *engine.ContactAction) {
	o.key("send_window")
	o.raw("{")
	o.time("not_before", a.NotBefore)
	o.time("not_after", a.NotAfter)
	o.textOrNull("tz", a.TZ)
	o.raw("}")
}

func (o *out) offer(d *engine.Decision, t *engine.Tenant) {
	a := &d.Action
	o.raw("{")
	o.text("type", a.Offer.String())
	o.flag("payment_link", a.Offer == engine.PaymentLink)
	o.raw(`,"methods":[`)
	var buf [engine.Methods]engine.Method
	for _, m := range content.Methods(buf[:0], t.Methods, a.Channel, a.Offer == engine.PaymentLink) {
		o.item()
		o.b = AppendText(o.b, m.String())
	}
	o.raw("]")
	plan, fits := content.PlanOf(d, t)
	o.plan("instalments", &plan, fits && a.Offer == engine.Instalments, d.Currency)
	o.key("deferral")
	if a.Offer == engine.Deferral {
		o.raw(`{"offered":true}`)
	} else {
		o.raw("null")
	}
	o.textOrNull("giro_code", content.GiroCodeOf(d, t))
	o.raw("}")
}

// plan writes an instalment plan, or null if there is none.
func (o *out) plan(name string, p *content.Plan, ok bool, currency string) {
	o.key(name)
	if !ok {
		o.raw("null")
		return
	}
	o.raw(`{"offered":true`)
	o.integer("count", int64(p.Count))
	o.text("currency", currency)
	o.raw(`,"rates":[`)
	for i := range p.Count {
		due, minor := p.Rate(i)
		o.item()
		o.raw("{")
		o.date("due", due)
		o.integer("amount_minor", minor)
		o.raw("}")
	}
	o.raw("]}")
}

// guidance is what an agent on the phone has to keep to.
func (o *out) guidance(d *engine.Decision, e *engine.Explanation, f *Frame) {
	if d.Action.Channel != engine.Phone {
		o.raw("null")
		return
	}
	g := content.Guide(d, f.Input, &e.Terms, f.Language)
	o.raw("{")
	o.text("opener", g.Opener)
	o.text("tone", d.Action.Tone.String())
	o.raw(`,"may_offer":[`)
	plan := false
	for _, offer := range g.MayOffer {
		o.item()
		o.b = AppendText(o.b, offer.String())
		plan = plan || offer == engine.Instalments
	}
	o.raw("]")
	o.plan("instalments", &g.Plan, plan, d.Currency)
	o.list("must_say", g.MustSay)
	o.list("must_not", g.MustNot)
	o.raw(`,"identify_first":true,"recording_notice":true}`)
}
