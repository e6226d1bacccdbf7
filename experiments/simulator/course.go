package simulator

import (
	"math"

	"takt/engine"
)

// Action is a contact that a policy chose: the window is the local band of hours it goes out in.
type Action struct {
	Channel engine.Channel
	Tone    engine.Tone
	Offer   engine.Offer
	Window  uint8
}

// course is one case on its way from the due date to money or agency. Days count from the due date.
//
// The order of a day: what is due happens (money is booked, a plan breaks, a dispute ends); the
// debtor may pay by itself; then the creditor looks at the case and may contact; a contact that is
// noticed may draw a complaint, then a dispute, then a decision to pay, then a plan; on the last day
// the case goes to the agency unless money is on its way.
type course struct {
	person
	n       int // number of the case
	arrived int // calendar day of the due date
	watched bool

	review   int // next day on which the creditor looks
	held     int // the creditor knows of a dispute, plan or promise until this day
	queue    []coming
	paid     int64
	shown    int64 // of it, what the creditor's balance shows
	promised bool  // a promise is open
	settled  int   // day on which everything was paid; 0: not yet
	cured    int   // day on which it was, or on which the first instalment of a plan came that is kept
	closed   bool
	ended    bool // nothing more will happen
	lived    int  // days so far
	agency   bool

	contacts  []contact
	fatigue   int
	costMicro int64
	complaint bool
	churned   bool
	answered  int // phone calls
	quick     int // text messages read within 3 minutes
	delivered int // text messages

	plan plan // what a policy decided for today

	// What Takt sees; only if watched.
	debtor, caseID string
	desk           *desk
	news           []news
	told           int                 // events so far
	opening        func(*engine.Event) // takes what is told while the case is opened
	dated, ticks   int                 // day and minutes of the last one told in a morning
}

// contact is one that was carried out.
type contact struct {
	Action
	day int
}

// plan is a policy's answer: a contact, or none.
type plan struct {
	Action
	contact bool
	id      engine.ID // of Takt's decision
	own     bool      // the caller does something else instead
	silent  bool      // the caller does not report it
}

// coming is something that will happen on a day.
type coming struct {
	day    int
	what   happening
	amount int64
}

type happening uint8

const (
	money happening = iota
	instalment
	planBreaks
	promiseBreaks
	disputeEnds
	letterReturns
	shows
)

// come notes what will happen; what is due at once happens the next morning.
func (c *course) come(day int, what happening, amount int64) {
	c.queue = append(c.queue, coming{day: day, what: what, amount: amount})
}

// morning lets happen what is due on the day, in the order in which it was caused, then lets the
// debtor pay by itself.
func (c *course) morning(w *world, day int) {
	for i := 0; i < len(c.queue); i++ {
		e := c.queue[i]
		if e.day > day {
			continue
		}
		c.queue = append(c.queue[:i], c.queue[i+1:]...)
		i--
		c.happen(w, day, &e)
	}
	if c.settled == 0 && day >= 1 && day <= w.handover && c.draw(day, forCure) < w.cure(&c.person, day) {
		c.pay(w, day, c.amount-c.paid)
	}
}

func (c *course) happen(w *world, day int, e *coming) {
	switch e.what {
	case shows:
		c.show(w, day, e.amount)
	case letterReturns:
		c.tell(w, day, engine.AddressReturned, engine.EventData{Channel: engine.Letter, AddressRef: c.address(engine.Letter)})
	}
	if c.settled != 0 {
		return
	}
	switch e.what {
	case money:
		c.pay(w, day, c.amount-c.paid)
	case instalment:
		if c.cured == 0 {
			c.cured = day
		}
		c.tell(w, day, engine.PlanPaid, engine.EventData{AmountMinor: e.amount})
		c.pay(w, day, e.amount)
	case planBreaks:
		c.tell(w, day, engine.PlanMissed, engine.EventData{})
	case promiseBreaks:
		c.promised = false
		c.tell(w, day, engine.PromiseBroken, engine.EventData{})
	case disputeEnds:
		c.tell(w, day, engine.DisputeResolved, engine.EventData{})
		if c.draw(day, forSettled) < w.s.Debtors.Disputes.Settled {
			c.pay(w, day, c.amount-c.paid)
		}
	}
}

// pay books money; with the last of it the case is settled.
func (c *course) pay(w *world, day int, amount int64) {
	amount = min(amount, c.amount-c.paid)
	c.paid += amount
	c.tell(w, day, engine.PaymentReceived, engine.EventData{AmountMinor: amount})
	if c.paid == c.amount {
		c.settled = day
		if c.promised {
			c.tell(w, day, engine.PromiseKept, engine.EventData{AmountMinor: amount})
		}
		if c.cured == 0 {
			c.cured = day
		}
	}
	if late := int(w.s.Creditor.Caller.BalanceDays); late > 0 {
		c.come(day+late, shows, amount)
		return
	}
	c.show(w, day, amount)
}

// show brings a payment into the creditor's balance, and closes the case with the last of it.
func (c *course) show(w *world, day int, amount int64) {
	if c.shown += amount; c.shown == c.amount {
		c.closed = true
		c.tell(w, day, engine.CaseClosed, engine.EventData{Reason: "paid"})
	}
}

// cure is the probability that a person pays by itself on the day.
func (w *world) cure(p *person, day int) float64 {
	k := &w.kind[p.kind]
	if p.kind == short && day >= int(p.liquid) {
		return w.s.Debtors.Liquidity.Cure
	}
	if k.CureEarly == 0 {
		return k.Cure
	}
	return k.Cure + k.CureEarly*math.Exp(-float64(day)/k.CureFades)
}

// asks reports whether the creditor looks at the case today.
func (c *course) asks(w *world, day int) bool {
	if c.closed || c.agency || day < c.review || day > w.handover || len(c.contacts) >= w.most {
		return false
	}
	return true
}

// execute carries out what was decided, as the caller does such things.
func (c *course) execute(w *world, day int) {
	p := &c.plan
	if !p.contact {
		return
	}
	f := &w.s.Creditor.Caller
	switch u := c.draw(day, forCaller); {
	case u < f.Skip:
		c.decided(w, day, engine.DecisionSkipped, engine.EventData{DecisionID: p.id, Reason: "operator"})
		return
	case u < f.Skip+f.Override:
		p.Action, p.own = action(engine.Letter, engine.Neutral, 0), true
		c.decided(w, day, engine.DecisionOverridden, engine.EventData{DecisionID: p.id, Reason: "operator", Action: p.Action.String()})
	case u < f.Skip+f.Override+f.Silent:
		p.silent = true
	}
	c.carryOut(w, day, p)
}

// decided reports about a decision of Takt.
func (c *course) decided(w *world, day int, t engine.EventType, data engine.EventData) {
	if !data.DecisionID.IsZero() {
		c.event(w, day, reviewAt, t, data)
	}
}

// evening ends the case on its last day: to the agency, unless money is on its way.
func (c *course) evening(w *world, day int) {
	c.lived = day
	if c.settled == 0 && day >= w.handover && !c.agency && !c.moneyComes() {
		c.agency, c.cured, c.queue = true, 0, c.queue[:0]
		c.event(w, day, handedOverAt, engine.HandedOver, engine.EventData{})
		if !c.churned && c.draw(day, forHandover) < w.s.Debtors.Complaints.Handover {
			c.cancel(w, day)
		}
	}
	c.ended = (c.agency || c.closed && len(c.queue) == 0) && len(c.news) == 0
}

func (c *course) moneyComes() bool {
	for i := range c.queue {
		if c.queue[i].what == money || c.queue[i].what == instalment {
			return true
		}
	}
	return false
}

// cancel ends the contract some days after its cause.
func (c *course) cancel(w *world, day int) {
	c.churned = true
	c.tell(w, day+w.cancels, engine.ContractCancelled, engine.EventData{})
}
