package payload

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"takt/engine"
)

// Bounds of a request; more is a fault.
const (
	maxID       = 200 // bytes of an id, as in events
	maxRef      = 256 // bytes of an address_ref
	maxContacts = 64
	maxZones    = 4
	maxCount    = 999 // of instalments, of reminders
)

// Ask is a request as it came in.
type Ask struct {
	engine.Request
	Zone  *time.Location   // of Debtor.TZ; nil: unknown
	Zones []*time.Location // of Debtor.Zones
	Key   string           // idempotency_key of a line of a batch

	asOf, earliest, latest stamp
}

// Codec reads requests. The zero value is ready; it is safe for concurrent use.
type Codec struct {
	parsers sync.Pool
	zones   zones
}

// Parse reads a body into ask, whose slices are used again. With line the member idempotency_key
// is a part of it. It returns a *SyntaxError, or *engine.FieldErrors joined.
func (c *Codec) Parse(ask *Ask, body []byte, line bool) error {
	p, _ := c.parsers.Get().(*parser)
	if p == nil {
		p = new(parser)
	}
	defer c.parsers.Put(p)
	p.reset(body)
	*ask = Ask{Zones: ask.Zones[:0], Request: engine.Request{Contacts: ask.Contacts[:0], Debtor: engine.Debtor{Zones: ask.Debtor.Zones[:0]},
		Case: engine.Case{DunningLevel: -1, Arrears: -1, Reminders: -1}, Constraints: engine.Constraints{MaxCostMinor: -1}, Want: engine.Want{Explain: "short"}}}
	if !p.ask(ask, line) && p.syntax == nil && len(p.faults) == 0 {
		p.faultAt("", "is null; use an object")
	}
	p.end()
	if p.syntax == nil {
		p.check(ask, &c.zones)
	}
	err := p.err()
	p.src, p.body, p.faults = bytes.Buffer{}, "", nil // a pooled parser keeps no body alive
	return err
}

// Zone is the time zone of an IANA name; nil for a name that is none.
func (c *Codec) Zone(name string) *time.Location {
	if name == "" {
		return nil
	}
	return c.zones.load(name)
}

// OtherZones appends to dst the zones besides zone that the debtor may be in: the history's, whose name is passed over
// if it is none, and those asked for. Zone is the request's or else the history's, and of a decision that is revalidated
// its action's.
func (c *Codec) OtherZones(dst []*time.Location, zone *time.Location, f *engine.Facts, asked []*time.Location) []*time.Location {
	add := func(z *time.Location) {
		same := func(o *time.Location) bool { return o.String() == z.String() }
		if z != nil && (zone == nil || !same(zone)) && !slices.ContainsFunc(dst, same) {
			dst = append(dst, z)
		}
	}
	if known := engine.Unpad(f.TZ[:]); len(known) > 0 && (zone == nil || string(known) != zone.String()) { // mostly the same: no text is made of it
		add(c.Zone(string(known)))
	}
	for _, z := range asked {
		add(z)
	}
	return dst
}

func (p *parser) ask(a *Ask, line bool) bool {
	return p.object(func(name string) bool {
		switch name {
		case "case":
			p.caseOf(&a.Case)
		case "debtor":
			p.debtor(&a.Debtor)
		case "channels":
			p.array(maxContacts, func(int) { a.Contacts = append(a.Contacts, p.contact()) })
		case "as_of":
			a.asOf = p.instant("/as_of")
		case "constraints":
			p.constraints(a)
		case "want":
			p.want(&a.Want)
		case "idempotency_key":
			if !line {
				return false
			}
			a.Key = p.text(MaxKey)
		default:
			return false
		}
		return true
	})
}

func (p *parser) caseOf(c *engine.Case) {
	p.object(func(name string) bool {
		switch name {
		case "id":
			c.ID = p.id()
		case "portfolio":
			c.Portfolio = p.text(maxID)
		case "stage":
			c.Stage = p.word(engine.Stages[1:]...)
		case "open":
			p.money(&c.Open)
		case "oldest_due":
			c.OldestDue = p.date()
		case "dunning_level":
			c.DunningLevel = int(p.integer(0, 99, -1))
		case "default_since":
			c.DefaultSince = p.date()
		case "contract_date":
			c.ContractDate = p.date()
		case "fulfilment":
			c.Fulfilment = p.word(engine.Fulfilments[1:]...)
		case "dispute":
			p.dispute(c)
		default:
			return p.standing(name, c)
		}
		return true
	})
}

// standing reads what rules about certain claims and acts ask for.
func (p *parser) standing(name string, c *engine.Case) bool {
	switch name {
	case "service":
		c.Service = level(p, engine.Energy, "service")
	case "arrears":
		c.Arrears = int(p.integer(0, maxCount, -1))
	case "reminders":
		c.Reminders = int(p.integer(0, maxCount, -1))
	case "first_reminder":
		c.FirstReminder = p.date()
	case "informed":
		c.Informed = p.date()
	default:
		return false
	}
	return true
}

func (p *parser) money(m *engine.Money) {
	m.AmountMinor = -1
	if !p.object(func(name string) bool {
		switch name {
		case "amount_minor":
			m.AmountMinor = p.integer(0, engine.MaxAmountMinor, -2)
		case "currency":
			if m.Currency = p.text(maxID); m.Currency != "" && !engine.ValidCurrency(m.Currency) {
				p.fault("%q is no ISO 4217 code; use three capital letters such as EUR", clip(m.Currency))
			}
		default:
			return false
		}
		return true
	}) {
		*m = engine.Money{}
		return
	}
	if m.AmountMinor == -1 {
		p.faultAt(string(p.dec.StackPointer())+"/amount_minor", "is missing")
	}
	if m.Currency == "" {
		p.faultAt(string(p.dec.StackPointer())+"/currency", "is missing")
	}
}

func (p *parser) dispute(c *engine.Case) {
	state := ""
	if p.object(func(name string) bool {
		switch name {
		case "state":
			state = p.word("open", "resolved")
		case "scope":
			c.DisputeScope = p.text(maxID)
		case "amount_minor":
			c.PartMinor = p.integer(1, engine.MaxAmountMinor, 0)
		default:
			return false
		}
		return true
	}) {
		// A dispute that does not say it is resolved is open: unknown state fails closed.
		c.Disputed = state != "resolved"
		if c.PartMinor != 0 && c.DisputeScope != "part" {
			p.faultAt(string(p.dec.StackPointer())+"/amount_minor", "is the disputed part; say scope part beside it, or leave it out")
		}
	}
}
