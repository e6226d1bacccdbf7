package content

import "takt/engine"

// Guidance is what an agent keeps to on the phone. The person is identified before anything else, and
// told that the call is to be recorded: both always.
type Guidance struct {
	Opener   string         // first sentences; {agent}, {creditor} and {debtor} stand for names
	MayOffer []engine.Offer // the decision's own first; nothing that was not eligible for this call
	Plan     Plan           // of instalments, if they may be offered
	MustSay  []string
	MustNot  []string
}

// call is what guidance depends on.
type call struct {
	own    engine.Offer        // of the decision
	offers [engine.Offers]bool // that may be made
	gentle bool                // hardship or vulnerable
	may    engine.Tags         // of conditional tags those that a text might have
}

// Guide is the guidance for a decided call, in German for languages that start with "de", else in
// English. It goes by the guard's own findings: offers are those of the eligible calls, and what must not
// be said follows from its terms.
func Guide(d *engine.Decision, in *engine.Input, terms *engine.Terms, language string) Guidance {
	flags := in.Facts.Flags | in.Request.Debtor.Flags
	c := call{own: d.Action.Offer, gentle: flags&(engine.Hardship|engine.Vulnerable) != 0 || in.Facts.Hardship != 0, may: terms.Wording}
	g := Guidance{Opener: openers[d.Action.Tone].in(language)}
	var fits bool
	g.Plan, fits = PlanOf(d, in.Tenant)
	g.MayOffer = offers(d, &in.Tenant.Grid, fits)
	for _, o := range g.MayOffer {
		c.offers[o] = true
	}
	g.MustSay = say(mustSay[:], &c, language)
	g.MustNot = say(mustNot[:], &c, language)
	return g
}

// offers are what the eligible actions by the decision's channel offer, its own first; instalments only
// if a plan fits.
func offers(d *engine.Decision, g *engine.Grid, plan bool) []engine.Offer {
	list := make([]engine.Offer, 0, engine.Offers)
	var seen [engine.Offers]bool
	add := func(o engine.Offer) {
		if !seen[o] && o > engine.OfferNone && (plan || o != engine.Instalments) {
			list = append(list, o)
		}
		seen[o] = true
	}
	add(d.Action.Offer)
	for _, a := range d.Eligible {
		if a == engine.Hold {
			continue
		}
		if l := g.Levels(int(a)); g.Channels[l.Channel] == d.Action.Channel {
			add(g.Offers[l.Offer])
		}
	}
	return list
}

// say picks the lines that hold for the call.
func say(lines []line, c *call, language string) []string {
	list := make([]string, 0, len(lines))
	for i := range lines {
		if l := &lines[i]; l.when == nil || l.when(c) {
			list = append(list, l.text.in(language))
		}
	}
	return list
}

func gentle(c *call) bool { return c.gentle }

func may(o engine.Offer) func(*call) bool { return func(c *call) bool { return c.offers[o] } }

// first holds where an offer is to be named unasked: the decision's own, and to those in need whatever helps.
func first(o engine.Offer) func(*call) bool {
	return func(c *call) bool { return c.offers[o] && (c.own == o || c.gentle) }
}

// lacks holds where a text with the tags would be refused.
func lacks(tags engine.Tags) func(*call) bool {
	return func(c *call) bool { return tags&^c.may != 0 }
}
