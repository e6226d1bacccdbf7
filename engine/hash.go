package engine

import (
	"math"
	"time"
)

// RequestHash is a hash of everything a request states, AsOf and Want left out but for the mode:
// two requests with the same hash state the same facts for the same end. Order counts in lists. It
// is FNV-1a over the fields in the order below, texts closed by their length.
func RequestHash(r *Request) uint64 {
	h := hasher(14695981039346656037)
	if r.Want.Mode != Live {
		h.number(uint64(r.Want.Mode)) // a shadow decision is no answer to a live request
	}
	h.text(r.Case.ID)
	h.text(r.Case.Portfolio)
	h.text(r.Case.Stage)
	h.number(uint64(r.Case.Open.AmountMinor))
	h.text(r.Case.Open.Currency)
	h.number(uint64(r.Case.OldestDue))
	h.number(uint64(r.Case.DunningLevel))
	h.number(uint64(r.Case.DefaultSince))
	h.number(uint64(r.Case.ContractDate))
	h.text(r.Case.Fulfilment)
	h.flag(r.Case.Disputed)
	h.text(r.Case.DisputeScope)
	h.number(uint64(r.Case.PartMinor))
	h.number(uint64(r.Case.Service))
	h.number(uint64(r.Case.Arrears))
	h.number(uint64(r.Case.Reminders))
	h.number(uint64(r.Case.FirstReminder))
	h.number(uint64(r.Case.Informed))
	h.text(r.Debtor.ID)
	h.text(r.Debtor.Kind)
	h.text(r.Debtor.TZ)
	h.number(uint64(len(r.Debtor.Zones)))
	for _, z := range r.Debtor.Zones {
		h.text(z)
	}
	h.text(r.Debtor.Region)
	h.text(r.Debtor.Language)
	h.number(uint64(r.Debtor.BirthYear))
	h.number(uint64(r.Debtor.Flags))
	h.number(uint64(len(r.Contacts)))
	for i := range r.Contacts {
		c := &r.Contacts[i]
		h.number(uint64(c.Channel))
		h.text(c.AddressRef)
		h.number(math.Float64bits(c.Validity))
		h.text(c.Consent)
		h.text(c.Place)
	}
	h.constraints(&r.Constraints)
	return uint64(h)
}

// OpenDecision is the case's open decision at the instant, if it was made for a request that
// states the same facts: it is answered again, nobody re-rolls. A profile drops the decision of
// a case when an event changes what it rests on.
func (f *Facts) OpenDecision(r *Request, now time.Time) (ID, bool) {
	key := KeyOf(r.Case.ID)
	c := f.Case(key)
	if c.Key != key || c.Decision.IsZero() || now.UnixMicro() >= c.DecisionEnd || c.RequestHash != RequestHash(r) {
		return ID{}, false
	}
	return c.Decision, true
}

type hasher uint64

func (h *hasher) constraints(c *Constraints) {
	h.time(c.EarliestExecute)
	h.time(c.LatestExecute)
	h.number(uint64(c.MaxCostMinor))
	h.number(uint64(len(c.AllowChannels)))
	for _, l := range c.AllowChannels {
		h.number(uint64(l))
	}
	h.number(uint64(len(c.AllowTones)))
	for _, l := range c.AllowTones {
		h.number(uint64(l))
	}
	h.number(uint64(len(c.AllowOffers)))
	for _, l := range c.AllowOffers {
		h.number(uint64(l))
	}
}

func (h *hasher) text(s string) {
	for i := range len(s) {
		*h = (*h ^ hasher(s[i])) * 1099511628211
	}
	h.number(uint64(len(s)))
}

func (h *hasher) number(v uint64) {
	for range 8 {
		*h = (*h ^ hasher(v&255)) * 1099511628211
		v >>= 8
	}
}

func (h *hasher) flag(b bool) { h.number(uint64(one(b))) }

func (h *hasher) time(t time.Time) {
	if t.IsZero() {
		h.number(0)
		return
	}
	h.number(uint64(t.UnixMicro()))
}
