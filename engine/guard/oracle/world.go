package oracle

import (
	"math/rand/v2"
	"slices"
	"time"

	"takt/engine"
)

// World draws random inputs that meet contact rules: mostly clean facts with one or two complications, so that each
// rule is alone to decide now and then. The same seed and packs give the same inputs. It is for one goroutine.
type World struct {
	*rand.Rand
	packs    []*engine.Rules
	variants map[string][]*engine.Rules // by pack and rule
	zones    map[string]*time.Location
}

// The days on which decisions are asked for, and how many variants are kept of each pack and rule.
var (
	firstDay = engine.DateOf(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))
	lastDay  = engine.DateOf(time.Date(2027, 12, 31, 0, 0, 0, 0, time.UTC))
)

const variants = 24

// NewWorld draws worlds under the packs and random variants of them. It needs the time zones of the system or of
// time/tzdata, and panics without.
func NewWorld(seed uint64, packs ...*engine.Rules) *World {
	return &World{rand.New(rand.NewPCG(seed, 3)), packs, map[string][]*engine.Rules{}, map[string]*time.Location{}}
}

// Input is an input under one of the packs or a variant of it, with up to three complications of any kind.
func (w *World) Input() *engine.Input {
	pack := w.packs[w.IntN(len(w.packs))]
	in := w.clean(w.variant(pack, ""), w.instant(pack, ""))
	rules := in.Tenant.Rules.On(w.today(in)).Rules
	for range w.IntN(4) {
		w.complicate(in, rules[w.IntN(len(rules))])
	}
	w.constrain(in)
	if f := in.Facts; w.maybe(.03) { // the case found no place in the profile, which keeps its restrictions alone
		c := &f.Cases[0]
		f.Rest = engine.CaseFacts{OpenMinor: -1, Level: -1, Disputes: c.Disputes, HoldTill: c.HoldTill, LastContact: c.LastContact, Plan: c.Plan,
			PromiseDue: c.PromiseDue, Fulfilled: c.Fulfilled, Parts: c.Parts}
		c.Key = engine.KeyOf("C-9")
	}
	return in
}

// Plain is an input with at most one complication, under a pack as it is written or a variant.
func (w *World) Plain() *engine.Input {
	pack := w.packs[w.IntN(len(w.packs))]
	in := w.clean(w.variant(pack, ""), w.instant(pack, ""))
	rules := in.Tenant.Rules.On(w.today(in)).Rules
	if w.maybe(.7) {
		w.complicate(in, rules[w.IntN(len(rules))])
	}
	return in
}

// About is an input on a day on which the pack's rule holds, complicated to meet it. Half of them are under a variant
// that may lack the other rules of its kind, so that it decides alone even if another one says the same.
func (w *World) About(pack *engine.Rules, id string) *engine.Input {
	in := w.clean(w.variant(pack, id), w.instant(pack, id))
	rules := in.Tenant.Rules.On(w.today(in))
	if r := rules.Rule(id); r != nil {
		w.complicate(in, r)
	}
	if w.maybe(.1) {
		w.complicate(in, rules.Rules[w.IntN(len(rules.Rules))])
	}
	return in
}

func (w *World) maybe(p float64) bool { return w.Float64() < p }

// one is one of the values.
func one[T any](w *World, values ...T) T { return values[w.IntN(len(values))] }

func (w *World) load(name string) *time.Location {
	z := w.zones[name]
	if z == nil {
		var err error
		if z, err = time.LoadLocation(name); err != nil {
			panic("oracle: " + err.Error())
		}
		w.zones[name] = z
	}
	return z
}

func (w *World) today(in *engine.Input) engine.Date { return look(in.Tenant.Rules, in).day }

// instant is a random one on a day of the pack, or of its rule: often beside a day on which the rules change, or on
// which clocks do in Berlin or New York.
func (w *World) instant(pack *engine.Rules, id string) time.Time {
	var days []engine.Date
	lo, hi := firstDay, lastDay
	for _, r := range pack.All() {
		if id == "" || r.ID == id {
			days = append(days, r.From-1, r.From, r.Until, r.Until+1)
		}
		if r.ID == id && r.Until != 0 && w.maybe(.5) { // a short law is met by chance hardly ever
			lo, hi = max(lo, r.From), min(hi, r.Until)
		} else if r.ID == id {
			lo = max(lo, min(r.From, hi))
		}
	}
	days = slices.DeleteFunc(days, func(d engine.Date) bool { return d < lo || d > hi })
	day := lo + engine.Date(w.IntN(int(max(hi-lo, 0))+1))
	switch p := w.Float64(); {
	case p < .1 && len(days) > 0:
		day = days[w.IntN(len(days))]
	case p < .25:
		z := w.load(one(w, "Europe/Berlin", "America/New_York"))
		if _, change := day.In(z).ZoneBounds(); !change.IsZero() {
			day = engine.DateOf(change) + engine.Date(w.IntN(4)-2)
		}
	case p < .28:
		day = engine.DateOf(time.Date(one(w, 2020, 2024), 2, 28, 0, 0, 0, 0, time.UTC)) + engine.Date(w.IntN(3))
	}
	day = min(max(day, lo), hi)
	return day.In(time.UTC).Add(time.Duration(w.Int64N(int64(wholeDay)))).Truncate(time.Microsecond)
}

// countries are what debtors of a pack have in common.
var countries = map[string]struct {
	zone, currency string
	others         []string
	regions        []string
}{
	"DE": {"Europe/Berlin", "EUR", []string{"Atlantic/Canary"}, []string{"DE-BE", "DE-BY", "DE-SN", "DE-NI", "DE-TH"}},
	"AT": {"Europe/Vienna", "EUR", []string{"Europe/Lisbon"}, []string{"AT", "AT-9"}},
	"CH": {"Europe/Zurich", "CHF", []string{"Europe/London"}, []string{"CH-ZH", "CH-GE", "CH-UR"}},
	"GB": {"Europe/London", "GBP", []string{"Europe/Madrid"}, []string{"GB-EAW", "GB-SCT", "GB-NIR"}},
	"US": {"America/New_York", "USD", []string{"America/Denver", "America/Los_Angeles", "Pacific/Honolulu"}, []string{"US-NY", "US-CA", "US"}},
}

// clean is an input of which no rule has much to say: late, known, open, and reachable with consent.
func (w *World) clean(rules *engine.Rules, now time.Time) *engine.Input {
	home := countries["DE"]
	if len(rules.Countries) > 0 {
		home = countries[rules.Countries[0]]
	}
	q, f := &engine.Request{}, &engine.Facts{}
	in := &engine.Input{Tenant: w.tenant(rules, home.currency), Request: q, Facts: f, Profiled: true, Now: now, Zone: w.load(home.zone)}
	for i := range in.ID {
		in.ID[i] = byte(w.IntN(256))
	}
	if w.maybe(.2) {
		in.Zone = w.load(one(w, "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"))
	}
	in.X, in.Schema = []float32{1, w.Float32()}, 1
	today := engine.DateOf(now.In(in.Zone))
	q.Case = engine.Case{ID: "C-1", Open: engine.Money{AmountMinor: 1 + w.Int64N(40_000), Currency: home.currency}, OldestDue: today - 15 - engine.Date(w.IntN(200)),
		DunningLevel: -1, ContractDate: max(today-300, engine.DateOf(time.Date(2020, 3, 20, 0, 0, 0, 0, time.UTC))),
		Fulfilment: one(w, "", "delivered"), Arrears: -1, Reminders: -1}
	q.Debtor = engine.Debtor{ID: "D-1", Kind: one(w, "person", "person", "person", "business", "micro_business", ""), TZ: in.Zone.String(), Language: "de"}
	if w.maybe(.85) {
		q.Debtor.Region = one(w, home.regions...)
	}
	if w.maybe(.5) {
		q.Case.DefaultSince = q.Case.OldestDue + 10
		q.Case.Reminders = 1 + w.IntN(3)
	}
	q.Constraints.MaxCostMinor = -1
	f.Rest.OpenMinor, f.Rest.Level = -1, -1
	f.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Level: -1, LastContact: now.Add(-90 * wholeDay).UnixMicro()}
	w.contacts(in)
	return in
}

// contacts are one way to most channels and two to some.
func (w *World) contacts(in *engine.Input) {
	for c := engine.Email; c < engine.Channels; c++ {
		for n := range 2 {
			if w.maybe(.75 - .55*float64(n)) {
				in.Request.Contacts = append(in.Request.Contacts, engine.ContactPoint{Channel: c, AddressRef: string(rune('a' + n)),
					Validity: one(w, -1, .9), Consent: one(w, "service", "service", "service", ""), Place: one(w, "", "private")})
			}
		}
	}
}

// tenant leaves most to the rules: its own limits are wide but in one of four.
func (w *World) tenant(rules *engine.Rules, currency string) *engine.Tenant {
	t := engine.DefaultTenant("acme")
	t.Policy, t.Rules, t.Reward.Currency = "uniform", rules, currency
	g := &t.Grid
	g.Channels = []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone, engine.Messenger, engine.Push, engine.Portal, engine.Chat}
	w.Shuffle(len(g.Channels), func(i, j int) { g.Channels[i], g.Channels[j] = g.Channels[j], g.Channels[i] })
	g.Channels = g.Channels[:4+w.IntN(5)]
	slices.Sort(g.Channels)
	g.Tones = one(w, []engine.Tone{engine.Friendly, engine.Firm}, []engine.Tone{engine.Neutral, engine.LossFramed, engine.Formal}, []engine.Tone{engine.Empathetic, engine.Firm})
	g.Offers = one(w, []engine.Offer{engine.OfferNone, engine.Instalments}, []engine.Offer{engine.PaymentLink, engine.Deferral}, []engine.Offer{engine.OfferNone},
		[]engine.Offer{engine.OfferNone, engine.PaymentLink, engine.Instalments, engine.Deferral})
	g.Slots = []engine.Slot{{Day: 0, From: 360, To: 540}, {Day: 0, From: 540, To: 900}, {Day: 0, From: 900, To: 1140}, {Day: 0, From: 1140, To: 1320},
		{Day: 1, From: 0, To: 240}, {Day: 1, From: 450, To: 720}, {Day: 1, From: 1080, To: 1380}, {Day: 2, From: 600, To: 720}}
	w.Shuffle(len(g.Slots), func(i, j int) { g.Slots[i], g.Slots[j] = g.Slots[j], g.Slots[i] })
	g.Slots = g.Slots[:3+w.IntN(4)]
	slices.SortFunc(g.Slots, func(a, b engine.Slot) int { return (a.Day-b.Day)*1440 + a.From - b.From })
	if w.maybe(.75) {
		t.Limits.QuietTo, t.Limits.QuietFrom, t.Limits.Sundays = 0, 1440, true
		t.Limits.Cap, t.Limits.Gap, t.Limits.CapWindow, t.Limits.PromiseGrace, t.Limits.ReplyPause = 16, 0, time.Hour, 0, 0
	}
	for c := range t.Specs {
		t.Specs[c].Opt = t.Specs[c].Opt && w.maybe(.3)
		t.Specs[c].MinValidity *= float64(w.IntN(2))
	}
	return t
}

// constrain adds limits of the request.
func (w *World) constrain(in *engine.Input) {
	k := &in.Request.Constraints
	if w.maybe(.05) {
		k.MaxCostMinor = w.Int64N(700)
	}
	if w.maybe(.05) {
		k.AllowChannels = []engine.Channel{engine.Email, engine.Letter, engine.Phone}
	}
	if w.maybe(.05) {
		k.AllowTones = []engine.Tone{engine.Neutral, engine.Firm}
	}
	if w.maybe(.05) {
		k.AllowOffers = []engine.Offer{engine.OfferNone, engine.Instalments}
	}
	if w.maybe(.05) {
		k.EarliestExecute = in.Now.Add(time.Duration(w.Int64N(int64(2 * wholeDay))))
	}
	if w.maybe(.05) {
		k.LatestExecute = in.Now.Add(time.Duration(w.Int64N(int64(2 * wholeDay))))
	}
}
