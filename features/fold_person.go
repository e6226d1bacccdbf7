package features

import (
	"math"
	"slices"

	"takt/engine"
)

// foldPerson takes what is said about the debtor as a person and how they want to be reached.
func (p *Profile) foldPerson(e *engine.Event, at int64) {
	d := &e.Data
	switch e.Type {
	case engine.DebtorUpdated:
		p.person(d)
	case engine.ConsentChanged:
		p.consent(d)
	case engine.AddressChanged:
		p.address(d, at)
	case engine.AddressReturned:
		p.returned(d)
	case engine.WishStated:
		p.wish(d)
	case engine.StopReceived:
		inc(&p.OptOuts)
		p.Stopped = p.Stopped.With(d.Channel)
	case engine.ComplaintReceived:
		inc(&p.Complaints)
		inc(&p.Channels[d.Channel].Complains)
		p.Complain = at
	case engine.ContractCancelled:
		p.Cancelled = at
	case engine.ObjectionRaised:
		p.Raised |= engine.Objection
	case engine.ErasureRequested:
		p.Raised |= engine.Erasure
	case engine.InsolvencyOpened:
		p.Raised |= engine.Insolvent
	case engine.DebtorDeceased:
		p.Raised |= engine.Deceased
	case engine.RepresentativeNamed:
		p.Raised |= engine.Represented
	}
	p.flags()
}

// person takes statements about the debtor. A list of flags is the whole list of what the caller
// holds true, so it replaces the list before; flags that events of their own raised stay.
func (p *Profile) person(d *engine.EventData) {
	if d.Has&engine.FieldFlags != 0 {
		p.Told = d.Flags
	}
	if d.Has&engine.FieldKind != 0 {
		p.Kind = engine.Party(max(slices.Index(kinds[:], d.Kind), 0))
	}
	if d.Has&engine.FieldTZ != 0 {
		var tz [32]byte
		copy(tz[:], d.TZ)
		if tz != p.TZ {
			p.TZ, p.Zone = tz, ZoneSpan{}
		}
	}
	if d.Has&engine.FieldRegion != 0 {
		p.Region = [8]byte{}
		copy(p.Region[:], d.Region)
	}
	if d.Has&engine.FieldLanguage != 0 {
		p.Language = [12]byte{}
		copy(p.Language[:], d.Language)
	}
	if d.Has&engine.FieldBirthYear != 0 {
		p.BornYear = int16(min(max(d.BirthYear, 0), math.MaxInt16))
	}
}

// kinds are the kinds of debtors by their names in events and requests.
var kinds = [...]string{engine.Consumer: "person", engine.MicroBusiness: "micro_business", engine.Business: "business"}

// KindName is the name that events and requests have for a kind of debtor; "" for none.
func KindName(k engine.Party) string { return kinds[k] }

// consent takes a permission for a purpose. Without purpose a consent is for service messages and a
// refusal is for all; words that nobody knows refuse.
func (p *Profile) consent(d *engine.EventData) {
	state := engine.ConsentWithdrawn
	if d.State == "given" {
		state = engine.ConsentGiven
	}
	c := &p.Consents[d.Channel]
	switch d.Purpose {
	case "service":
		c.Service = state
	case "marketing":
		c.Marketing = state
	case "tracking":
		c.Tracking = state
	default:
		c.Service = state
		if state == engine.ConsentWithdrawn {
			*c = engine.Consents{Service: state, Marketing: state, Tracking: state}
		}
	}
	if state == engine.ConsentGiven && c.Service == engine.ConsentGiven && d.Purpose != "marketing" && d.Purpose != "tracking" {
		p.Stopped &^= engine.ChannelSet(0).With(d.Channel) // a later consent lifts the stop
	}
}

// address takes the newest address of a channel; a validity that nobody stated is -1, unknown.
func (p *Profile) address(d *engine.EventData, at int64) {
	a := engine.AddressFacts{Key: engine.AddressKey(d.Channel, d.AddressRef), Validity: -1, At: at}
	if d.Has&engine.FieldValidity != 0 {
		a.Validity = float32(d.Validity)
	}
	p.Addresses[d.Channel] = a
	switch d.Purpose {
	case "":
	case "work":
		putFirst(p.Work[:], a.Key)
	default:
		remove(p.Work[:], a.Key)
	}
}

// returned remembers an address that came back; without a reference it was the newest one known.
func (p *Profile) returned(d *engine.EventData) {
	inc(&p.Returns)
	a := &p.Addresses[d.Channel]
	key := a.Key
	if d.AddressRef != "" {
		key = engine.AddressKey(d.Channel, d.AddressRef)
	}
	if key == 0 {
		return
	}
	if key == a.Key {
		a.Validity = 0
	}
	putFirst(p.Returned[:], key)
}

// putFirst makes key the first of the keys; the last one falls off if it is new and all places are taken.
func putFirst(keys []uint64, key uint64) {
	i := slices.Index(keys, key)
	if i < 0 {
		i = len(keys) - 1
	}
	copy(keys[1:i+1], keys[:i])
	keys[0] = key
}

// remove takes key out of the keys; those after it move up.
func remove(keys []uint64, key uint64) {
	if i := slices.Index(keys, key); i >= 0 {
		copy(keys[i:], keys[i+1:])
		keys[len(keys)-1] = 0
	}
}
