package guard_test

import (
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"

	"takt/engine"
	"takt/engine/rules"
)

// world draws inputs that meet many rules at once.
type world struct {
	*rand.Rand
	zones []*time.Location
}

// loose are the rules that the oracle knows: what it reads from the tenant's limits is theirs alone.
var loose = rules.Default().Without("de.quiet_hours").Without("de.quiet_hours.phone").Without("core.cap.week").Without("core.gap").
	Without("de.contact.spacing").Without("core.plan_offer").Without("de.agency.first_letter")

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 1))}
	for _, z := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"} {
		loc, err := time.LoadLocation(z)
		if err != nil {
			t.Fatal(err)
		}
		w.zones = append(w.zones, loc)
	}
	return w
}

func (w *world) maybe(p float64) bool { return w.Float64() < p }

// near is a time up to n days before or after t.
func (w *world) near(t time.Time, before, after int) time.Time {
	span := time.Duration(before+after) * 24 * time.Hour
	return t.Add(time.Duration(w.Int64N(int64(span))) - time.Duration(before)*24*time.Hour)
}

// input draws an input. calm ones have no stop and no hold, so that channels, caps and hours are met.
func (w *world) input(calm bool) *engine.Input {
	q, f := &engine.Request{}, &engine.Facts{}
	in := &engine.Input{Tenant: w.tenant(), Request: q, Facts: f, Profiled: true, Zone: w.zones[w.IntN(len(w.zones))]}
	w.Shuffle(16, func(i, j int) { in.ID[i], in.ID[j] = byte(w.IntN(256)), byte(w.IntN(256)) })
	in.Now = w.near(time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), 200, 200)
	if w.maybe(.1) { // around a clock change, on a day before one
		in.Now = w.near(time.Date(2025, 10, 25, 12, 0, 0, 0, time.UTC), 1, 2)
	}
	in.X, in.Schema = []float32{1, w.Float32()}, 1
	q.Case = engine.Case{ID: "C-1", Open: engine.Money{AmountMinor: 1 + w.Int64N(90000), Currency: "EUR"}, OldestDue: engine.DateOf(in.Now) - engine.Date(w.IntN(90)-5)}
	q.Debtor = engine.Debtor{ID: "D-1", Language: "de"}
	q.Constraints.MaxCostMinor = -1
	for range w.IntN(7) {
		q.Contacts = append(q.Contacts, engine.ContactPoint{
			Channel:    engine.Channel(1 + w.IntN(5)),
			AddressRef: string(rune('a' + w.IntN(4))),
			Validity:   []float64{-1, .1, .5, .95}[w.IntN(4)],
			Consent:    []string{"", "", "service", "none", "marketing"}[w.IntN(5)],
		})
	}
	w.constraints(in)
	w.history(in)
	if !calm {
		w.stops(in)
	}
	return in
}

func (w *world) tenant() *engine.Tenant {
	t := engine.DefaultTenant("acme")
	t.Policy = "uniform"
	t.Grid.Channels = append(t.Grid.Channels, engine.Messenger)
	t.Rules, t.Plans.MinRateMinor = loose, 1
	l := &t.Limits
	l.Cap, l.Sundays = 1+w.IntN(3), w.maybe(.2)
	l.Gap = time.Duration(w.IntN(4)) * 24 * time.Hour
	if w.maybe(.3) {
		l.QuietTo, l.QuietFrom = 9*60, 18*60+30
	}
	return t
}

func (w *world) constraints(in *engine.Input) {
	k := &in.Request.Constraints
	if w.maybe(.1) {
		k.MaxCostMinor = w.Int64N(700)
	}
	if w.maybe(.1) {
		k.AllowChannels = []engine.Channel{engine.Email, engine.Letter}
	}
	if w.maybe(.1) {
		k.AllowTones = []engine.Tone{engine.Neutral, engine.Firm}
	}
	if w.maybe(.1) {
		k.AllowOffers = []engine.Offer{engine.PaymentLink}
	}
	if w.maybe(.1) {
		k.EarliestExecute = w.near(in.Now, 1, 2)
	}
	if w.maybe(.1) {
		k.LatestExecute = w.near(in.Now, 0, 2)
	}
}

// history draws contacts, consents, stops of channels and returned addresses.
func (w *world) history(in *engine.Input) {
	f := in.Facts
	at := in.Now.UnixMicro()
	for i := range w.IntN(5) {
		at -= w.Int64N(5 * 24 * 3600 * 1e6)
		f.Contacts[i] = engine.ContactFacts{At: at, Channel: engine.Channel(1 + w.IntN(5)), State: engine.ContactDone}
		if i == 0 && w.maybe(.4) { // decided, perhaps for tomorrow, not reported
			p := w.near(in.Now, 2, 1).UnixMicro()
			f.Contacts[0] = engine.ContactFacts{At: p, Expires: p + w.Int64N(36e8), Channel: engine.Email, State: engine.ContactPending}
			at = min(at, p)
		}
	}
	for range w.IntN(3) {
		f.Consents[1+w.IntN(5)].Service = engine.Consent(1 + w.IntN(2))
	}
	if w.maybe(.2) {
		f.Stopped = f.Stopped.With(engine.Channel(1 + w.IntN(5)))
	}
	for i := range w.IntN(3) {
		f.Returned[i] = engine.AddressKey(engine.Channel(1+w.IntN(5)), string(rune('a'+w.IntN(4))))
	}
	if c := engine.Channel(1 + w.IntN(5)); w.maybe(.3) {
		f.Addresses[c] = engine.AddressFacts{Key: engine.AddressKey(c, "a"), Validity: w.Float32(), At: 1}
	}
	if w.maybe(.2) {
		f.Flags |= []engine.Flags{engine.Hardship, engine.Vulnerable}[w.IntN(2)]
	}
	if w.maybe(.1) {
		in.Zone = nil
	}
}

// stops draws what holds or ends a case.
func (w *world) stops(in *engine.Input) {
	f, q := in.Facts, in.Request
	f.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1}
	c := &f.Cases[0]
	at := func() int64 { return w.near(in.Now, 3, 6).UnixMicro() }
	for range 1 + w.IntN(2) {
		switch w.IntN(16) {
		case 0:
			f.Flags |= 1 << w.IntN(13)
		case 1:
			q.Debtor.Flags |= 1 << w.IntN(13)
		case 2:
			c.PromiseDue = engine.DateOf(in.Now) + engine.Date(w.IntN(10)-5)
		case 3:
			c.HoldTill = at()
		case 4:
			f.HoldTill, f.HoldFor = at(), engine.HoldAsked
		case 5:
			c.Plan = true
		case 6:
			c.Disputes = 1
		case 7:
			q.Case.Disputed = true
		case 8:
			q.Case.Fulfilment = engine.Fulfilments[w.IntN(5)]
		case 9:
			c.Fulfilled = uint8(w.IntN(5))
		case 10:
			c.Closed = true
		case 11:
			c.OpenMinor, c.OpenAt = w.Int64N(2)*100, at()
		case 12:
			f.Reply = w.near(in.Now, 4, 0).UnixMicro()
		case 13:
			q.Debtor.BirthYear = 1990 + w.IntN(30)
		case 14:
			q.Case.Stage = engine.Stages[w.IntN(5)]
		case 15:
			q.Case.Open.AmountMinor = 0
			if w.IntN(2) == 0 {
				q.Case.Open.Currency = "" // the caller does not know it
			}
		}
	}
}
