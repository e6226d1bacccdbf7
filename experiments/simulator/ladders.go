package simulator

import "takt/engine"

// step is one rung of a fixed ladder: the first of its channels that is known, on its day.
type step struct {
	day      int
	channels []engine.Channel
	tone     engine.Tone
	offer    engine.Offer
	window   int // anyWindow: one of the four by chance
}

const anyWindow = -1

// ladder is a fixed sequence; a step whose day passes during a hold is left out.
type ladder []step

// statusQuo is the product's default ladder of letters and calls; a call centre calls from 8 to 20.
func statusQuo() (l ladder) {
	d := engine.DefaultLadder()
	for i := range d.Steps {
		if s := &d.Steps[i]; s.Kind == engine.KindContact {
			l = append(l, step{s.Day, []engine.Channel{s.Channel}, s.Tone, s.Offer, anyWindow})
		}
	}
	return l
}

// digitalLadder is what a naive move to digital channels looks like.
var digitalLadder = ladder{
	{3, []engine.Channel{engine.Email, engine.Letter}, engine.Neutral, engine.PaymentLink, 0},
	{10, []engine.Channel{engine.Email}, engine.Firm, engine.PaymentLink, 0},
	{17, []engine.Channel{engine.SMS}, engine.Firm, engine.PaymentLink, 0},
	{27, []engine.Channel{engine.Letter}, engine.Firm, engine.OfferNone, 0},
	{41, []engine.Channel{engine.Letter}, engine.Formal, engine.OfferNone, 0},
	{48, []engine.Channel{engine.Phone}, engine.Firm, engine.OfferNone, 2},
}

func (l ladder) decide(_ *world, c *course, day int) (p plan, review int) {
	for i := range l {
		switch s := &l[i]; {
		case s.day > day:
			return p, s.day
		case s.day == day:
			p = s.plan(c, day)
		}
	}
	return p, never
}

func (s *step) plan(c *course, day int) plan {
	for _, ch := range s.channels {
		if !c.known.Has(ch) {
			continue
		}
		p := plan{Action: Action{ch, s.tone, s.offer, uint8(max(s.window, 0))}, contact: true}
		if s.window == anyWindow && ch == engine.Phone {
			p.Window = uint8(c.draw(day, forPolicy) * windows)
		}
		if !digital(ch) {
			p.Offer = engine.OfferNone
		}
		return p
	}
	return plan{}
}
