package engine

import "cmp"

// Revalidate reports whether the contact that d decided may still be carried out at in.Now, from
// what the history says since: paid, disputed, promised, stopped, consent withdrawn, too many
// contacts, reported already, outside its window. KindContact means yes, anything else why not. Before
// the window opens it is asked as of its opening, so that what stops the contact by then is told at once. A
// hand-over keeps its kind unless the person or the claim has come to stand against it; a decision of
// another kind has nothing to carry out and gets its own kind back. in needs Tenant, Facts,
// Profiled, Now, Zone (of Action.TZ) and Zones; Request is made from the decision. The rules asked are
// noted in tr. The verdict's amount is the decision's, or what the history has stated since.
func (r *Decider) Revalidate(d *Decision, in *Input, tr *Trace) Verdict {
	no := func(rule string, result Result, v Verdict) Verdict {
		until := int64(0)
		if !v.Until.IsZero() {
			until = v.Until.Unix()
		}
		tr.Add(rule, result, until, Text("reason", v.Reason))
		v.OpenMinor, v.Currency = d.owed(in.Facts)
		return v
	}
	act := d.Kind == KindContact || d.Kind == KindHandover
	switch {
	case !act:
		return no("decision.kind", Block, Verdict{Kind: d.Kind, Reason: d.Reason, Until: d.Until, Queue: d.Queue})
	case !in.Profiled || in.Facts == nil:
		return no("profile", Defer, Verdict{Kind: KindHold, Reason: ReasonProfile, Until: in.Now.Add(retryProfile).UTC()})
	case !in.Now.Before(d.Expires):
		return no("decision.expired", Block, Verdict{Kind: KindHold, Reason: ReasonExpired})
	case d.Mode == Shadow:
		return no("decision.mode", Block, Verdict{Kind: KindHold, Reason: ReasonShadow})
	}
	a, f := *in, *in.Facts
	a.ID, a.Facts = d.ID, &f
	if d.reported(&f) {
		return no("decision.reported", Block, Verdict{Kind: KindHold, Reason: ReasonReported})
	}
	a.Request = d.asked()
	early := in.Now.Before(d.Action.NotBefore)
	if early {
		a.Now = d.Action.NotBefore
	}
	v := r.guard.Permits(&d.Action, &a, tr)
	switch {
	case v.Kind != KindContact:
	case d.Kind == KindHandover:
		v.Kind, v.Reason = KindHandover, d.Reason
	case early:
		tr.Add("decision.window", Defer, d.Action.NotBefore.Unix())
		v.Kind, v.Reason, v.Until = KindHold, ReasonEarly, d.Action.NotBefore.UTC()
	}
	return v
}

// reported reports whether f tells what became of the contact d, and takes the contact out of f if it is
// pending: it is no obstacle to itself. A call may take several attempts, which count like any other's.
func (d *Decision) reported(f *Facts) bool {
	if d.Kind != KindContact {
		return false
	}
	mine := false
	for i := range f.Contacts {
		k := &f.Contacts[i]
		if k.State == 0 || k.Decision != d.ID {
			continue
		}
		switch {
		case k.State == ContactPending:
			copy(f.Contacts[i:], f.Contacts[i+1:])
			f.Contacts[len(f.Contacts)-1] = ContactFacts{}
			return false
		case k.State == ContactTalked || k.Channel != Phone:
			return true
		}
		mine = true
	}
	return !mine // skipped: a decided contact is among the facts until then
}

// asked is a request as d had it, as far as d says.
func (d *Decision) asked() *Request {
	q := &Request{
		Case:        Case{ID: d.Case, Portfolio: d.Portfolio, Open: Money{AmountMinor: d.OpenMinor, Currency: d.Currency}, DunningLevel: -1, Arrears: -1, Reminders: -1},
		Debtor:      Debtor{ID: d.Debtor, Language: d.Action.Language},
		AsOf:        d.IssuedAt,
		Constraints: Constraints{MaxCostMinor: -1},
	}
	if d.Kind == KindContact {
		q.Contacts = []ContactPoint{{Channel: d.Action.Channel, AddressRef: d.Action.AddressRef, Validity: -1, Consent: "service"}} // as the request had it
	}
	return q
}

// owed is the open amount that d was made on, or what f has stated since.
func (d *Decision) owed(f *Facts) (minor int64, currency string) {
	if f != nil {
		key := KeyOf(d.Case)
		if c := f.Case(key); c.Key == key && c.OpenMinor >= 0 && c.OpenAt > d.IssuedAt.UnixMicro() {
			return c.OpenMinor, cmp.Or(string(Unpad(c.Currency[:])), d.Currency)
		}
	}
	return d.OpenMinor, d.Currency
}
