package engine

import "time"

// Revalidate reports whether the contact that d decided may still be carried out at in.Now, from
// what the history says since: paid, disputed, promised, stopped, consent withdrawn, too many
// contacts, outside its window. KindContact means yes, anything else why not; a decision of
// another kind has nothing to carry out and gets its own kind back. in needs Tenant, Facts,
// Profiled, Now, Zone (of Action.TZ) and Zones; Request is made from the decision. The rules asked are
// noted in tr.
func (r *Decider) Revalidate(d *Decision, in *Input, tr *Trace) Verdict {
	no := func(kind Kind, reason string, until time.Time) Verdict {
		return Verdict{Kind: kind, Reason: reason, Until: until, OpenMinor: d.OpenMinor, Currency: d.Currency}
	}
	switch {
	case d.Kind != KindContact:
		v := no(d.Kind, d.Reason, d.Until)
		v.Queue = d.Queue
		return v
	case !in.Profiled || in.Facts == nil:
		tr.Add("profile", Defer, 0)
		return no(KindHold, ReasonProfile, in.Now.Add(retryProfile).UTC())
	case !in.Now.Before(d.Expires):
		tr.Add("decision.expired", Block, 0)
		return no(KindHold, ReasonExpired, time.Time{})
	case in.Now.Before(d.Action.NotBefore):
		tr.Add("decision.window", Defer, d.Action.NotBefore.Unix())
		return no(KindHold, ReasonEarly, d.Action.NotBefore.UTC())
	}
	a := *in
	a.ID = d.ID
	a.Request = &Request{
		Case:        Case{ID: d.Case, Portfolio: d.Portfolio, Open: Money{AmountMinor: d.OpenMinor, Currency: d.Currency}, DunningLevel: -1, Arrears: -1, Reminders: -1},
		Debtor:      Debtor{ID: d.Debtor, Language: d.Action.Language},
		Contacts:    []ContactPoint{{Channel: d.Action.Channel, AddressRef: d.Action.AddressRef, Validity: -1, Consent: "service"}}, // as the request had it
		AsOf:        d.IssuedAt,
		Constraints: Constraints{MaxCostMinor: -1},
	}
	f := *in.Facts
	for i := range f.Contacts {
		if f.Contacts[i].Decision == d.ID {
			copy(f.Contacts[i:], f.Contacts[i+1:])
			f.Contacts[len(f.Contacts)-1] = ContactFacts{}
			break
		}
	}
	a.Facts = &f
	return r.guard.Permits(&d.Action, &a, tr)
}
