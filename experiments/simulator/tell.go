package simulator

import (
	"strconv"
	"time"

	"takt/engine"
)

// news is an event on its way to Takt, told on the morning of a calendar day.
type news struct {
	event engine.Event
	on    int
}

// Minutes of the local day on which things are dated. The creditor's system works in the morning:
// money is booked, cases are looked at, contacts go out in their windows.
const (
	bookedAt = 5 * 60
	reviewAt = 8 * 60
	actAfter = 20 // from a contact to what the debtor does about it

	handedOverAt = 21 * 60
)

// openedAt is the minute of a window in which a contact goes out.
func openedAt(window uint8) int { return reviewAt + int(window)*180 + 5 }

// told is the day on which a debtor's answer to a contact of a day is told.
func (w *world) told(day int, a *Action) int {
	if a.Channel == engine.Letter {
		return day + w.post
	}
	return day
}

// tell dates an event in the morning of a day past due, after what was told of that morning before.
func (c *course) tell(w *world, day int, t engine.EventType, data engine.EventData) {
	if !c.watched {
		return
	}
	if day != c.dated {
		c.dated, c.ticks = day, 0
	}
	c.event(w, day, bookedAt+c.ticks, t, data)
	c.ticks++
}

// tellLater dates what a debtor does about a contact: soon after it was noticed.
func (c *course) tellLater(w *world, day int, a *Action, t engine.EventType, data engine.EventData) {
	c.event(w, w.told(day, a), openedAt(a.Window)+actAfter, t, data)
}

// event dates an event and puts it on its way.
func (c *course) event(w *world, day, minute int, t engine.EventType, data engine.EventData) {
	if !c.watched {
		return
	}
	if day >= 0 && !aboutPerson(t) {
		data.CaseID = c.caseID
	}
	if data.AmountMinor != 0 {
		data.Currency = w.reward.Currency
	}
	data.Has |= given(&data)
	c.told++
	e := engine.Event{Source: source, ID: c.debtor + "-" + pad(c.told), Type: t, Debtor: c.debtor, At: w.at(c.arrived+day, minute), Data: data}
	if c.opening != nil {
		c.opening(&e)
		return
	}
	on := c.arrived + day
	if minute >= reviewAt {
		on++
	}
	c.send(&w.s.Creditor.Reports, &e, on)
}

// source names the creditor's system in events.
const source = "simulator"

// send puts an event on its way, on which it may be lost, late or doubled.
func (c *course) send(r *Reports, e *engine.Event, on int) {
	if c.draw(c.told, forReport) < r.Lost && isContact(e.Type) {
		return
	}
	if c.draw(c.told, forReport+1) < r.Late {
		on += 1 + int(r.LateDays*c.draw(c.told, forReport+2)*2)
	}
	c.news = append(c.news, news{*e, on})
	if c.draw(c.told, forReport+3) < r.Twice {
		c.news = append(c.news, news{*e, on + 1})
	}
}

// aboutPerson reports whether an event is about the debtor, whatever the case.
func aboutPerson(t engine.EventType) bool {
	switch t {
	case engine.DebtorUpdated, engine.AddressChanged, engine.ConsentChanged, engine.AddressReturned, engine.ContractCancelled:
		return true
	}
	return false
}

// given is the set of fields that are not empty.
func given(d *engine.EventData) (f engine.Fields) {
	for _, v := range [...]struct {
		has   bool
		field engine.Fields
	}{
		{d.CaseID != "", engine.FieldCaseID}, {d.Portfolio != "", engine.FieldPortfolio}, {d.Stage != "", engine.FieldStage},
		{d.Reason != "", engine.FieldReason}, {d.Open.Currency != "", engine.FieldOpen}, {d.OldestDue != 0, engine.FieldOldestDue},
		{d.Kind != "", engine.FieldKind}, {d.TZ != "", engine.FieldTZ}, {d.Region != "", engine.FieldRegion}, {d.Language != "", engine.FieldLanguage},
		{d.BirthYear != 0, engine.FieldBirthYear}, {d.Channel != 0, engine.FieldChannel}, {d.Tone != 0, engine.FieldTone},
		{d.AddressRef != "", engine.FieldAddressRef}, {d.Purpose != "", engine.FieldPurpose}, {d.State != "", engine.FieldState},
		{d.Validity != 0, engine.FieldValidity}, {!d.DecisionID.IsZero(), engine.FieldDecisionID}, {!d.ActedAt.IsZero(), engine.FieldAt},
		{d.Action != "", engine.FieldAction}, {d.AmountMinor != 0, engine.FieldAmountMinor}, {d.Currency != "", engine.FieldCurrency},
		{d.Due != 0, engine.FieldDue}, {d.Instalments != 0, engine.FieldInstalments}, {d.MadeTo != "", engine.FieldMadeTo},
	} {
		if v.has {
			f |= v.field
		}
	}
	return f
}

// isContact reports whether an event only tells how a contact went.
func isContact(t engine.EventType) bool {
	return t >= engine.DecisionExecuted && t <= engine.ContactConnected
}

// pad is a number that sorts as text.
func pad(n int) string {
	s := strconv.Itoa(n)
	for len(s) < 3 {
		s = "0" + s
	}
	return s
}

// fresh takes out the news that is due on the morning of a calendar day.
func (c *course) fresh(cal int, f func(e *engine.Event)) {
	keep := c.news[:0]
	for i := range c.news {
		if c.news[i].on > cal {
			keep = append(keep, c.news[i])
			continue
		}
		f(&c.news[i].event)
	}
	clear(c.news[len(keep):])
	c.news = keep
}

// tellContact reports a contact and what the creditor sees of its way.
func (c *course) tellContact(w *world, day int, p *plan, noticed bool) {
	if !c.watched || p.silent {
		return
	}
	a, minute := &p.Action, openedAt(p.Window)
	about := engine.EventData{Channel: a.Channel, Tone: a.Tone}
	if !p.id.IsZero() && !p.own {
		about.DecisionID = p.id
		cost := w.cost[a.Channel]
		if noticed {
			cost += w.reached[a.Channel]
		}
		c.event(w, day, minute, engine.DecisionExecuted, engine.EventData{Has: engine.FieldCostMicro,
			DecisionID: p.id, ActedAt: w.at(c.arrived+day, minute), CostMicro: cost})
	}
	if a.Channel == engine.Phone {
		c.event(w, day, minute, engine.ContactAttempted, about)
		if noticed {
			c.event(w, day, minute+1, engine.ContactConnected, about)
		}
		return
	}
	c.event(w, day, minute, engine.ContactSent, about)
	switch {
	case a.Channel == engine.Letter:
	case !c.right.Has(a.Channel):
		about.Reason = "bounced"
		c.event(w, day, minute+1, engine.ContactFailed, about)
	default:
		c.event(w, day, minute+1, engine.ContactDelivered, about)
		if noticed && linked(a) && c.draw(day, forAnswer) < c.answers(w, w.prefers(c.showsChannel, c.arrived+day), a.Channel) {
			c.event(w, day, minute+actAfter, engine.ContactClicked, about)
		}
	}
}

// answers is the probability that a person who seems to like a channel visibly answers a contact it noticed.
func (c *course) answers(w *world, likes, ch engine.Channel) float64 {
	if ch == likes {
		return w.s.Debtors.History.AnswersHit
	}
	return w.s.Debtors.History.Answers
}

// open tells Takt of the debtor and the case: who it is, how former contacts went, what is owed.
func (c *course) open(w *world, f func(e *engine.Event)) {
	c.opening = f
	defer func() { c.opening = nil }()
	c.past(w)
	born := w.start.AddDate(0, 0, c.arrived).Year() - w.age[c.age].years
	c.tell(w, 0, engine.DebtorUpdated, engine.EventData{Kind: "person", TZ: w.s.Creditor.Zone, Region: "DE-BE", Language: "de", BirthYear: born})
	for _, ch := range channels {
		if !c.known.Has(ch) {
			continue
		}
		c.tell(w, 0, engine.AddressChanged, engine.EventData{Channel: ch, AddressRef: c.address(ch), Validity: w.valid[ch]})
		if ch == engine.Push || ch == engine.Messenger {
			c.tell(w, 0, engine.ConsentChanged, engine.EventData{Channel: ch, State: "given", Purpose: "service"})
		}
	}
	c.tell(w, 0, engine.CaseOpened, engine.EventData{Has: engine.FieldDunningLevel,
		Portfolio: w.s.Name, Stage: "dunning", DunningLevel: 0, Open: engine.Money{AmountMinor: c.amount, Currency: w.reward.Currency}, OldestDue: w.date(c.arrived)})
}

// again tells once more what was told when the case was opened.
func (c *course) again(w *world, f func(e *engine.Event)) {
	told, dated, ticks := c.told, c.dated, c.ticks
	c.told = 0
	c.open(w, f)
	c.told, c.dated, c.ticks = told, dated, ticks
}

// address is an opaque reference.
func (c *course) address(ch engine.Channel) string { return ch.String() + ":" + c.debtor }

// pastEvery are the days between two former contacts.
const pastEvery = 18

// past tells of former contacts about other things: how often they were noticed and answered, when and where.
func (c *course) past(w *world) {
	day := 0
	for _, ch := range channels {
		day -= w.past[ch] * pastEvery
	}
	for k := 0; day < 0; k++ {
		for _, ch := range channels {
			if k < w.past[ch] {
				c.pastContact(w, day, k, ch)
				day += pastEvery
			}
		}
	}
}

func (c *course) pastContact(w *world, day, k int, ch engine.Channel) {
	if !c.known.Has(ch) {
		return
	}
	turn := int(c.draw(int(ch), forPast) * float64(w.past[ch])) // which ones were noticed is anybody's guess
	noticed := (k+turn)%w.past[ch] < int(c.noticed[ch])
	about := engine.EventData{Channel: ch}
	minute := openedAt(1)
	acts := openedAt(c.showsWindow) + actAfter
	answers := noticed && c.draw(day, forAnswer) < c.answers(w, c.showsChannel, ch)
	switch ch {
	case engine.Phone:
		c.event(w, day, acts, engine.ContactAttempted, about)
		if noticed {
			c.event(w, day, acts+1, engine.ContactConnected, about)
		}
	case engine.Letter:
		c.event(w, day, minute, engine.ContactSent, about)
		if answers {
			c.event(w, day+w.post, acts, engine.ContactReplied, about)
		}
	default:
		c.event(w, day, minute, engine.ContactSent, about)
		if !c.right.Has(ch) && k%4 == 3 { // a wrong address bounces now and then; more often it is somebody else's
			about.Reason = "bounced"
			c.event(w, day, minute+1, engine.ContactFailed, about)
			return
		}
		c.event(w, day, minute+1, engine.ContactDelivered, about)
		if answers {
			c.event(w, day+1, acts, engine.ContactClicked, about)
		}
	}
}

// stated is the open amount that the creditor's system names.
func (c *course) stated(w *world) engine.Money {
	return engine.Money{AmountMinor: c.amount - c.shown, Currency: w.reward.Currency}
}

// dayOf is the day past due of an instant.
func (c *course) dayOf(w *world, t time.Time) int {
	return int(engine.DateOf(t.In(w.loc))-w.date(0)) - c.arrived
}
