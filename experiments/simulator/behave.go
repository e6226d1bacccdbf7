package simulator

import (
	"math"

	"takt/engine"
)

// digital reports whether a channel carries links and has a window of attention.
func digital(c engine.Channel) bool { return c != engine.Letter && c != engine.Phone }

// linked reports whether an action carries a way to pay at once; a plan's page has one, too.
func linked(a *Action) bool { return digital(a.Channel) && a.Offer != engine.OfferNone && a.Offer != 0 }

// pNotice is the probability that a contact reaches the person's mind.
func (w *world) pNotice(p *person, a *Action, day int) float64 {
	if !p.right.Has(a.Channel) || a.Channel == engine.Letter && day >= int(p.moved) {
		return 0
	}
	return w.attention(float64(p.notice[a.Channel]), p.window, a)
}

// attention is the probability of noticing that is left of a person's own on a channel in a window.
func (w *world) attention(notice float64, own uint8, a *Action) float64 {
	v := &w.s.Debtors.Windows
	switch {
	case a.Channel == engine.Phone:
		notice *= w.answerPhone[a.Window]
	case !digital(a.Channel):
	case a.Window == own:
		notice *= v.NoticeHit
	default:
		notice *= v.NoticeMiss
	}
	return min(notice, .99)
}

// trait is what paying depends on: a person, or what a creditor believes of one.
type trait struct {
	kind, age uint8
	window    uint8 // noWindow: unknown
	group     int8
	prefers   engine.Channel
	liquid    int
	turned    bool // the drift has come
}

const noWindow = windows

// traits are the person's on a day past due.
func (c *course) traits(w *world, day int) trait {
	return trait{c.kind, c.age, c.window, c.group, w.prefers(c.prefers, c.arrived+day), int(c.liquid), w.turns(c.arrived + day)}
}

// prefers is what a preferred channel has become by a calendar day.
func (w *world) prefers(ch engine.Channel, calendar int) engine.Channel {
	if w.turns(calendar) {
		return w.turned[ch]
	}
	return ch
}

// turns reports whether the drift has come by a calendar day.
func (w *world) turns(calendar int) bool {
	turn := int(w.s.Debtors.Drift.Day)
	return turn > 0 && calendar >= turn
}

// pPay is the probability that whoever noticed the contact decides to pay, after so many noticed before.
func (w *world) pPay(t *trait, a *Action, day int, fatigue float64) float64 {
	d, k := &w.s.Debtors, &w.kind[t.kind]
	p := k.Respond
	if t.kind == short && day >= t.liquid {
		p = d.Liquidity.Respond
	}
	odds := k.tone[a.Tone] * w.talk[a.Channel] * w.groups.odds(t.group, a.Tone)
	if linked(a) {
		odds *= k.Link
	}
	if a.Channel == engine.SMS {
		odds *= w.age[t.age].trust
	}
	if digital(a.Channel) {
		if a.Window == t.window {
			odds *= d.Windows.PayHit
		} else {
			odds *= d.Windows.PayMiss
		}
		if float64(day) < d.Digital.From {
			odds *= d.Digital.Early
		} else {
			odds *= d.Digital.Late
		}
	}
	if t.turned {
		odds *= w.turnOdds[a.Channel]
	}
	odds *= math.Exp(-d.Fatigue * fatigue)
	if a.Channel == t.prefers {
		odds *= d.Preference.Hit
	} else {
		odds *= d.Preference.Miss
	}
	return w.link(min(p, .999), odds)
}

func (g *groupModel) odds(group int8, t engine.Tone) float64 {
	if group == 0 {
		return 1
	}
	return g.tone[group][t]
}

// pComplain is the probability that a noticed contact, the nth of the case, draws a complaint.
func (w *world) pComplain(a *Action, nth, calendar int) float64 {
	d := &w.s.Debtors
	p := w.complain[a.Tone] * (1 + d.Complaints.PerContact*float64(nth)) * w.grudge[a.Channel]
	if s := &d.Storm; calendar >= int(s.From) && calendar < int(s.To) {
		p *= s.Complaints
	}
	return min(p, 1)
}

// pPlan is the probability that whoever noticed and did not pay takes the plan that is offered.
func (w *world) pPlan(kind uint8, a *Action) float64 {
	if a.Offer != engine.Instalments {
		return 0
	}
	return w.kind[kind].Plan * w.planTone[a.Tone]
}

// carryOut lets a contact go out and be noticed, or not.
func (c *course) carryOut(w *world, day int, p *plan) {
	a := &p.Action
	c.contacts = append(c.contacts, contact{*a, day})
	c.costMicro += w.cost[a.Channel]
	noticed := c.draw(day, forNotice) < w.pNotice(&c.person, a, day)
	if noticed {
		c.costMicro += w.reached[a.Channel]
	}
	if noticed && a.Channel == engine.Phone {
		c.answered++
	}
	c.read(w, day, a, noticed)
	c.tellContact(w, day, p, noticed)
	if c.returns(w, day, a) {
		c.come(day+w.returned, letterReturns, 0)
	}
	if noticed {
		c.fatigue++
		c.react(w, day, a)
	}
}

// read counts how text messages are read: attention is not payment.
func (c *course) read(w *world, day int, a *Action, noticed bool) {
	if a.Channel != engine.SMS || !c.right.Has(engine.SMS) {
		return
	}
	c.delivered++
	share := w.s.Debtors.Reading.Glanced
	if noticed {
		share = w.s.Debtors.Reading.Noticed
	}
	if c.draw(day, forReading) < share {
		c.quick++
	}
}

func (c *course) returns(w *world, day int, a *Action) bool {
	return a.Channel == engine.Letter && (!c.right.Has(engine.Letter) || day >= int(c.moved))
}

// react is what a noticed contact leads to.
func (c *course) react(w *world, day int, a *Action) {
	d := &w.s.Debtors
	complain := w.pComplain(a, len(c.contacts), c.arrived+day)
	if c.settled != 0 {
		complain = min(1, complain*d.Complaints.AfterPaid)
	}
	if c.draw(day, forComplaint) < complain {
		c.complaint = true
		c.tellLater(w, day, a, engine.ComplaintReceived, engine.EventData{Channel: a.Channel})
		if !c.churned && c.draw(day, forChurn) < d.Complaints.Churn {
			c.cancel(w, w.told(day, a))
		}
	}
	if c.settled != 0 || c.moneyComes() {
		return // they have decided already
	}
	if c.draw(day, forDispute) < w.kind[c.kind].Dispute {
		c.disputes(w, day, a)
		return
	}
	t := c.traits(w, day)
	lag := c.lag(w, day, a.Channel)
	pays := c.draw(day, forPay) < w.pPay(&t, a, day, float64(c.fatigue))
	if a.Channel == engine.Phone {
		c.promises(w, day, a, pays, lag)
	}
	if pays {
		c.come(day+lag, money, 0)
		return
	}
	if c.draw(day, forPlan) < w.pPlan(c.kind, a) {
		c.agrees(w, day, a, lag)
	}
}

// lag is the days from a contact to booked money: the channel's least and a geometric rest.
func (c *course) lag(w *world, day int, ch engine.Channel) int {
	least, wait := w.least[ch], w.wait[ch]
	if wait <= 0 {
		return int(least)
	}
	u := 1 - c.draw(day, forLag)
	return int(least) + min(int(math.Log(u)/math.Log(wait/(1+wait))), 30)
}

func (c *course) disputes(w *world, day int, a *Action) {
	end := max(day+w.settles, w.told(day, a)+1)
	c.held = max(c.held, end)
	c.come(end, disputeEnds, 0)
	c.tellLater(w, day, a, engine.DisputeOpened, engine.EventData{Reason: "claim_disputed"})
}

// promises may be said in a conversation: by those who will pay, and by some who will not.
func (c *course) promises(w *world, day int, a *Action, pays bool, lag int) {
	p := &w.s.Debtors.Promises
	u := c.draw(day, forPromise)
	switch {
	case pays && u < p.Told:
		c.promise(w, day, a, day+lag)
	case !pays && u < p.False:
		c.promise(w, day, a, day+w.promised)
		c.come(day+w.promised+1, promiseBreaks, 0)
	}
}

func (c *course) promise(w *world, day int, a *Action, due int) {
	c.held, c.promised = max(c.held, due), true
	c.tellLater(w, day, a, engine.PromiseMade, engine.EventData{Due: w.date(c.arrived + due), AmountMinor: c.amount - c.paid, Channel: a.Channel, MadeTo: "human"})
}

// agrees starts a plan, which is kept to the end or breaks without any money.
func (c *course) agrees(w *world, day int, a *Action, lag int) {
	rest := c.amount - c.paid
	n := min(max(1, int(w.s.Debtors.Plans.Instalments)), int(rest))
	c.tellLater(w, day, a, engine.PlanAgreed, engine.EventData{Instalments: n, AmountMinor: rest})
	if c.draw(day, forKept) >= w.kind[c.kind].PlanKept {
		end := max(day+w.breaks, w.told(day, a)+1)
		c.held = max(c.held, end)
		c.come(end, planBreaks, 0)
		return
	}
	part := rest / int64(n)
	for i := range n {
		if i == n-1 {
			part = rest
		}
		c.come(day+lag+i*w.every, instalment, part)
		rest -= part
	}
	c.held = max(c.held, day+lag+(n-1)*w.every)
}
