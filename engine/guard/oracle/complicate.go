package oracle

import (
	"time"

	"takt/engine"
	"takt/engine/holiday"
)

// complicate adds facts that a rule of the day asks about, on either side of what it forbids.
func (w *World) complicate(in *engine.Input, r *engine.Rule) {
	q, f, p := in.Request, in.Facts, &r.Params
	c := &f.Cases[0]
	today := w.today(in)
	soon := func(days int) int64 { // up to two days ago, or so many ahead
		return in.Now.Add(time.Duration(w.Int64N(int64(days+2)*int64(wholeDay))) - 2*wholeDay).UnixMicro()
	}
	switch r.Kind {
	case engine.RuleStop, engine.RuleSoftTones, engine.RulePlanOffer, engine.RuleObjection:
		flag := engine.Objection
		for i := w.IntN(13); p.Flags != 0; i = (i + 1) % 13 {
			if flag = 1 << i; p.Flags&flag != 0 {
				break
			}
		}
		*one(w, &q.Debtor.Flags, &f.Flags) |= flag
	case engine.RuleMinor:
		w.birth(in, p.Age)
	case engine.RuleMoratorium:
		q.Case.ContractDate = one(w, 0, p.ContractBefore-1, p.ContractBefore, p.ContractBefore+engine.Date(w.IntN(200)-150))
		c.Contract = one(w, 0, p.ContractBefore-40)
		q.Debtor.Kind = one(w, "", "person", "micro_business", "business")
	case engine.RuleBreathingSpace:
		w.breathing(in, today)
	case engine.RuleDispute:
		w.dispute(in)
	case engine.RuleHold:
		w.stand(in, soon)
	case engine.RuleFulfilment:
		if n := 1 + w.IntN(4); w.maybe(.5) {
			q.Case.Fulfilment = engine.Fulfilments[n]
		} else {
			c.Fulfilled = uint8(n)
		}
	case engine.RulePromise:
		c.PromiseDue = today + engine.Date(w.IntN(9)-5)
	case engine.RulePlan:
		c.Plan = true
	case engine.RuleReply:
		heard := in.Now.Add(-time.Duration(w.Int64N(int64(5 * wholeDay)))).UnixMicro()
		if f.Reply = heard; w.maybe(.3) {
			f.Reply, f.Complain = 0, heard
		}
	case engine.RuleClaim:
		w.claimed(in)
	case engine.RuleLimitation:
		q.Case.OldestDue = today - engine.Date(int(p.Years)*365+w.IntN(800)-380)
	case engine.RulePreDue:
		q.Case.OldestDue = today + engine.Date(w.IntN(8)-4)
		if w.maybe(.3) {
			q.Case.Stage, q.Case.OldestDue = "pre_due", today-30
		}
	case engine.RuleFirstContact:
		w.agency(in)
	case engine.RuleChannelConsent, engine.RuleChannelStop, engine.RuleReturnedAddress, engine.RuleAddress, engine.RuleWorkAddress:
		w.address(in, r.Kind)
	case engine.RulePurpose:
		w.purposes(in, p.Purpose)
	case engine.RuleZone:
		w.astray(in)
	case engine.RuleWishes:
		w.wish(in)
	case engine.RuleCap:
		w.history(in, p, max(p.Window, wholeDay), int(p.Max)+1)
	case engine.RuleGap:
		w.history(in, p, p.Gap+wholeDay, 1)
	case engine.RuleConversation:
		w.history(in, p, time.Duration(p.Days+1)*wholeDay, 2)
	case engine.RuleHours:
		w.hour(in)
	case engine.RuleDefaultClaims, engine.RuleFeeCap, engine.RuleLumpSum, engine.RuleInterest:
		q.Case.DefaultSince = one(w, 0, today-20, today-20, today, today+1)
		q.Case.Reminders, c.Reminders = w.IntN(4)-1, uint8(w.IntN(3))
		q.Debtor.Kind = one(w, "", "person", "business", "micro_business")
		if w.maybe(.1) {
			q.Case.Open.Currency = one(w, "EUR", "CHF", "GBP")
		}
	case engine.RuleBureau:
		w.reminders(in, p, today)
	case engine.RuleServiceBlock:
		q.Case.Service = one(w, p.Service, p.Service, p.Service, engine.Telco, engine.Energy, 0)
		q.Case.Open.AmountMinor = p.MinMinor + one(w, -1, 0, 500, w.Int64N(20_000))
		q.Case.Arrears = w.IntN(5) - 1
		if w.maybe(.15) {
			w.dispute(in)
		}
	}
}

func (w *World) birth(in *engine.Input, age int16) {
	born := in.Now.Year() - int(age) + w.IntN(5) - 3
	switch in.Request.Debtor.Kind = one(w, "", "person", "person", "business"); {
	case w.maybe(.2):
		*one(w, &in.Request.Debtor.Flags, &in.Facts.Flags) |= engine.Minor
	case w.maybe(.5):
		in.Request.Debtor.BirthYear = born
	default:
		in.Facts.BornYear = int16(born)
	}
}

func (w *World) breathing(in *engine.Input, today engine.Date) {
	b := &in.Facts.Breathing
	b.From = today - engine.Date(w.IntN(100))
	if b.Treatment = w.maybe(.5); !b.Treatment {
		return
	}
	b.From = today - engine.Date(30+w.IntN(200))
	if w.maybe(.6) {
		b.Ended = max(b.From, today-engine.Date(w.IntN(60)))
	}
}

// dispute disputes all or a part of the claim, by request or history.
func (w *World) dispute(in *engine.Input) {
	k, c := &in.Request.Case, &in.Facts.Cases[0]
	part := one(w, 0, k.Open.AmountMinor, 1+w.Int64N(k.Open.AmountMinor+1))
	switch w.IntN(4) {
	case 0:
		k.Disputed = true
	case 1:
		c.Disputes = 1
	case 2:
		k.Disputed, k.DisputeScope, k.PartMinor = true, "part", part
	case 3:
		c.Parts[0] = engine.Part{Till: one(w, engine.HoldForever, in.Now.Add(time.Duration(w.Int64N(int64(9*wholeDay)))-wholeDay).UnixMicro()), Minor: part, Key: 1, For: engine.HoldDispute}
	}
}

// stand sets a hold of the debtor, the case or an invoice.
func (w *World) stand(in *engine.Input, at func(days int) int64) {
	f, c := in.Facts, &in.Facts.Cases[0]
	till := one(w, at(5), at(5), engine.HoldForever)
	switch w.IntN(6) {
	case 0, 1:
		f.HoldTill, f.HoldFor = till, engine.HoldReason(1+w.IntN(4))
	case 2:
		c.HoldTill = till
	case 3:
		*one(w, &in.Request.Debtor.Flags, &f.Flags) |= engine.Moratorium
	default:
		for i := range 1 + w.IntN(2) {
			c.Parts[i] = engine.Part{Till: one(w, till, at(9)), Minor: one(w, 0, 1+w.Int64N(in.Request.Case.Open.AmountMinor+1)), Key: uint32(i + 1), For: engine.HoldAsked}
		}
	}
}

func (w *World) claimed(in *engine.Input) {
	q, f, c := in.Request, in.Facts, &in.Facts.Cases[0]
	switch w.IntN(9) {
	case 0:
		c.Closed = true
	case 1, 2:
		*one(w, &q.Debtor.Flags, &f.Flags) |= one(w, engine.WrittenOffFlag, engine.Agency)
	case 3:
		q.Case.Open.AmountMinor = 0
	case 4:
		q.Case.Open = engine.Money{}
	case 5:
		q.Case.Stage = "legal"
	case 6:
		c.Stage = 4
	default: // the history knows better, for once
		c.OpenMinor, c.OpenAt = w.Int64N(3)*500, in.Now.UnixMicro()+one[int64](w, -2e6, 2e6)
		copy(c.Currency[:], q.Case.Open.Currency)
		if w.maybe(.3) {
			q.Case.Open = engine.Money{}
		}
	}
}

func (w *World) agency(in *engine.Input) {
	q, c := in.Request, &in.Facts.Cases[0]
	if w.maybe(.5) {
		q.Case.Stage = "agency"
	} else {
		c.Stage = 3
	}
	if w.maybe(.8) {
		c.LastContact = 0
	}
	q.Debtor.Kind = one(w, "", "person", "person", "business")
}

// address spoils some of the ways to the debtor.
func (w *World) address(in *engine.Input, kind engine.RuleKind) {
	f := in.Facts
	for i := range in.Request.Contacts {
		p := &in.Request.Contacts[i]
		key := engine.AddressKey(p.Channel, p.AddressRef)
		if w.maybe(.4) {
			continue
		}
		switch kind {
		case engine.RuleChannelConsent:
			p.Consent = one(w, "", "", "none", "marketing")
			f.Consents[p.Channel].Service = engine.Consent(w.IntN(3))
		case engine.RuleChannelStop:
			f.Stopped = f.Stopped.With(p.Channel)
		case engine.RuleReturnedAddress:
			f.Returned[i%8] = key
		case engine.RuleAddress:
			p.Validity = one(w, -1, .1, .25, .4, .6)
			if w.maybe(.5) {
				f.Addresses[p.Channel] = engine.AddressFacts{Key: key, Validity: one[float32](w, .1, .4, .9), At: 1}
			}
		case engine.RuleWorkAddress:
			if p.Place = "work"; w.maybe(.5) {
				p.Place, f.Work[i%4] = "", key
			}
		}
	}
}

// purposes gives consent to advertising or tracking on all channels, most or none.
func (w *World) purposes(in *engine.Input, p engine.Purpose) {
	share := one(w, 0, .8, 1, 1)
	for i := range in.Request.Contacts {
		c := &in.Request.Contacts[i]
		state := &in.Facts.Consents[c.Channel].Marketing
		word := "marketing"
		if p == engine.Tracking {
			state, word = &in.Facts.Consents[c.Channel].Tracking, "tracking"
		}
		switch {
		case !w.maybe(share):
			*state = engine.Consent(w.IntN(2)) * engine.ConsentWithdrawn
		case w.maybe(.8):
			*state = engine.ConsentGiven
		default:
			c.Consent = word
		}
	}
}

// astray leaves the debtor's zone unknown, or several possible.
func (w *World) astray(in *engine.Input) {
	if w.maybe(.7) {
		in.Zone, in.Request.Debtor.TZ = nil, ""
		return
	}
	for _, z := range countries["US"].others[:1+w.IntN(3)] {
		in.Zones = append(in.Zones, w.load(z))
		in.Request.Debtor.Zones = append(in.Request.Debtor.Zones, z)
	}
}

func (w *World) wish(in *engine.Input) {
	f := in.Facts
	if w.maybe(.5) {
		from := 420 + w.IntN(600)
		f.Wishes.From, f.Wishes.To = int16(from), int16(from+60+w.IntN(300))
	}
	if w.maybe(.4) {
		f.Wishes.Not = engine.Set[engine.Weekday](w.IntN(128) << 1)
	}
	if w.maybe(.4) {
		f.Wishes.Avoid = everyChannel & engine.ChannelSet(w.IntN(512)&w.IntN(512))
	}
	for i, p := range in.Request.Contacts {
		if w.maybe(.2) {
			f.Wishes.Places[i%4] = engine.AddressKey(p.Channel, p.AddressRef)
		}
	}
}

// history draws contacts around the edge of a span, mostly ones that the params count.
func (w *World) history(in *engine.Input, p *engine.RuleParams, span time.Duration, n int) {
	f := in.Facts
	if w.maybe(.3) {
		n = 1 + w.IntN(8)
	}
	var listed []engine.Channel
	for c := engine.Email; c < engine.Channels; c++ {
		if p.Channels.Has(c) || w.maybe(.1) {
			listed = append(listed, c)
		}
	}
	if len(listed) == 0 {
		return
	}
	talks := .1
	if p.Days > 0 || p.Counts == engine.CountContacts {
		talks = .7
	}
	for i := range min(n, len(f.Contacts)) {
		ago := time.Duration(w.Int64N(int64(span)))
		if w.maybe(.3) { // the edge itself
			ago = span + time.Duration(w.Int64N(int64(48*time.Hour))) - 30*time.Hour
		}
		ago = max(ago, 0)
		at := in.Now.Add(-ago)
		k := engine.ContactFacts{At: at.UnixMicro(), Channel: one(w, listed...), State: engine.ContactDone, Tone: engine.Friendly}
		if w.maybe(talks) {
			k.State = engine.ContactTalked
		}
		k.Case = one(w, uint32(engine.KeyOf("C-1")), uint32(engine.KeyOf("C-1")), uint32(engine.KeyOf("C-2")), 0)
		if w.maybe(.15) {
			k.At += one(w, 0, w.Int64N(int64(ago+wholeDay))/1000) // perhaps still to come
			k.State, k.Expires = engine.ContactPending, k.At+w.Int64N(int64(2*wholeDay))/1000
		}
		f.Contacts[i] = k
	}
	newestFirst(f)
}

// newestFirst brings the contacts into the order of a profile.
func newestFirst(f *engine.Facts) {
	for i := range f.Contacts {
		for j := i; j > 0 && f.Contacts[j].At > f.Contacts[j-1].At; j-- {
			f.Contacts[j], f.Contacts[j-1] = f.Contacts[j-1], f.Contacts[j]
		}
	}
}

// hour moves the decision to an hour or a day on which contacts may not suit.
func (w *World) hour(in *engine.Input) {
	if w.maybe(.3) {
		in.Zone = w.load(one(w, "Europe/Berlin", "America/New_York"))
		in.Zones, in.Request.Debtor.Zones, in.Request.Debtor.TZ = nil, nil, in.Zone.String()
	}
	if region := look(in.Tenant.Rules, in).region(); w.maybe(.3) {
		for d := range 40 { // a holiday of the region is near
			day := in.Now.AddDate(0, 0, d)
			if holiday.Is(region, engine.DateOf(day)) && in.Tenant.Rules.On(engine.DateOf(day)) == in.Tenant.Rules.On(engine.DateOf(in.Now)) {
				in.Now = day.AddDate(0, 0, -w.IntN(2))
				return
			}
		}
	}
}

func (w *World) reminders(in *engine.Input, p *engine.RuleParams, today engine.Date) {
	k, c := &in.Request.Case, &in.Facts.Cases[0]
	k.Reminders = int(p.Reminders) + one(w, -1, 0, 0, 0, 1)
	k.FirstReminder = one(w, 0, today-engine.Date(p.Days), today-engine.Date(p.Days), today-engine.Date(p.Days)+1, today-90)
	if w.maybe(.3) {
		c.Reminders, c.FirstReminder = uint8(max(k.Reminders, 0)), k.FirstReminder
		k.Reminders, k.FirstReminder = -1, 0
	}
	k.Informed = one(w, 0, today, today-10, today-10, today+1)
	if w.maybe(.2) {
		w.dispute(in)
	}
}
