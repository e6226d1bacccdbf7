package oracle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

// given are plain facts under a pack at a local time of the debtor, which a case may spoil.
type given struct {
	*engine.Input
	q *engine.Request
	f *engine.Facts
	c *engine.CaseFacts
}

func plain(t *testing.T, pack, at string) *given {
	t.Helper()
	law := packs(t)[slices.Index(laws, pack)]
	zone := countries[law.Countries[0]]
	loc, err := time.LoadLocation(zone.zone)
	if err != nil {
		t.Fatal(err)
	}
	tenant := engine.DefaultTenant("acme")
	tenant.Rules = law
	tenant.Grid.Channels = []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone, engine.Messenger}
	tenant.Grid.Tones = []engine.Tone{engine.Friendly, engine.Firm}
	tenant.Grid.Slots = []engine.Slot{{Day: 0, From: 0, To: 1440}}
	in := &engine.Input{Tenant: tenant, Request: &engine.Request{}, Facts: &engine.Facts{}, Zone: loc, Now: local(t, at, loc)}
	g := &given{in, in.Request, in.Facts, &in.Facts.Cases[0]}
	g.q.Case = engine.Case{ID: "C-1", Open: engine.Money{AmountMinor: 20_000, Currency: zone.currency}, OldestDue: g.day(-40), Reminders: -1, Arrears: -1, ContractDate: g.day(-60)}
	g.q.Debtor = engine.Debtor{ID: "D-1", Kind: "person", Region: zone.regions[0], TZ: zone.zone}
	g.q.Constraints.MaxCostMinor = -1
	for _, c := range tenant.Grid.Channels {
		g.q.Contacts = append(g.q.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: -1, Consent: "service"})
	}
	*g.c = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, LastContact: 1}
	return g
}

func local(t *testing.T, s string, loc *time.Location) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// day is the local day of the decision and so many more.
func (g *given) day(n int) engine.Date { return engine.DateOf(g.Now.In(g.Zone)) + engine.Date(n) }

// contacted adds a contact so long ago.
func (g *given) contacted(ago time.Duration, c engine.Channel, s engine.ContactState) {
	copy(g.f.Contacts[1:], g.f.Contacts[:])
	g.f.Contacts[0] = engine.ContactFacts{At: g.Now.Add(-ago).UnixMicro(), Channel: c, State: s, Case: uint32(g.c.Key)}
}

// broken are the rules that a contact right now for half an hour would break, with terms that break none.
func (g *given) broken(c engine.Channel, tone engine.Tone) string {
	grid := &g.Tenant.Grid
	l := engine.Levels{Channel: slices.Index(grid.Channels, c), Tone: slices.Index(grid.Tones, tone)}
	options := []engine.Option{{Action: engine.Hold, Contact: -1},
		{Action: grid.Index(l), Contact: l.Channel, NotBefore: g.Now.Unix(), NotAfter: g.Now.Add(30 * time.Minute).Unix()}}
	w := look(g.Tenant.Rules, g.Input)
	v := engine.Verdict{Kind: engine.KindContact, OpenMinor: w.rest()}
	w.ask(&v.Terms, options)
	var ids []string
	for _, b := range Check(g.Tenant.Rules, g.Input, v, options) {
		ids = append(ids, b.Rule)
	}
	return strings.Join(ids, " ")
}

// The figures of the rule table, good and bad, each at its edge. The time is the debtor's.
func TestFiguresOfTheTable(t *testing.T) {
	const hour = time.Hour
	march := engine.DateOf(time.Date(2020, 3, 7, 0, 0, 0, 0, time.UTC))
	agency := func(g *given) { g.q.Case.Stage, g.c.LastContact = "agency", 0 }
	region := func(s string) func(*given) { return func(g *given) { g.q.Debtor.Region = s } }
	contract := func(d engine.Date, kind string) func(*given) {
		return func(g *given) { g.q.Case.ContractDate, g.q.Debtor.Kind = d, kind }
	}
	contacted := func(ago ...time.Duration) func(*given) {
		return func(g *given) {
			for _, a := range ago {
				g.contacted(a, engine.Email, engine.ContactDone)
			}
		}
	}
	due := func(y int, m time.Month, d int) func(*given) {
		return func(g *given) { g.q.Case.OldestDue = engine.DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) }
	}
	space := func(days int) func(*given) { return func(g *given) { g.f.Breathing.From = g.day(-days) } }
	treated := func(ended int) func(*given) {
		return func(g *given) {
			g.f.Breathing = engine.Breathing{From: g.day(-200), Treatment: true}
			if ended > 0 {
				g.f.Breathing.Ended = g.day(-ended)
			}
		}
	}
	calls := func(n int, oldest time.Duration) func(*given) {
		return func(g *given) {
			for i := range n {
				g.contacted(oldest-time.Duration(i)*hour, engine.Phone, engine.ContactDone)
			}
		}
	}
	talked := func(days int) func(*given) {
		return func(g *given) { g.contacted(time.Duration(days)*24*hour, engine.Phone, engine.ContactTalked) }
	}
	for _, c := range []struct {
		what, pack, at string
		set            func(*given)
		channel        engine.Channel
		tone           engine.Tone
		broken         string
	}{
		{"moratorium", "de", "2020-05-04 10:00", contract(march, "person"), engine.Email, engine.Friendly, "de.moratorium.covid"},
		{"moratorium on 1 May, Friday", "de", "2020-05-01 10:00", contract(march, "person"), engine.Letter, engine.Friendly, "de.moratorium.covid"},
		{"moratorium over", "de", "2020-07-01 10:00", contract(march, "person"), engine.Email, engine.Friendly, ""},
		{"moratorium, its last day", "de", "2020-06-30 10:00", contract(march, "micro_business"), engine.Email, engine.Friendly, "de.moratorium.covid"},
		{"contract after the day", "de", "2020-05-04 10:00", contract(march+1, "person"), engine.Email, engine.Friendly, ""},
		{"contract unknown", "de", "2020-05-04 10:00", contract(0, ""), engine.Email, engine.Friendly, "de.moratorium.covid"},
		{"business", "de", "2020-05-04 10:00", contract(march, "business"), engine.Email, engine.Friendly, ""},

		{"Berlin, evening before the clock change", "de", "2025-03-29 19:30", nil, engine.Email, engine.Friendly, ""},
		{"Berlin, past eight", "de", "2025-03-29 19:31", nil, engine.Email, engine.Friendly, "de.quiet_hours"},
		{"Berlin, day of the change", "de", "2025-03-30 12:00", nil, engine.Phone, engine.Friendly, "de.quiet_hours.phone"},
		{"Berlin, morning after", "de", "2025-03-31 07:59", nil, engine.Phone, engine.Friendly, "de.quiet_hours.phone"},
		{"Berlin, morning after at eight", "de", "2025-03-31 08:00", nil, engine.Phone, engine.Friendly, ""},
		{"Berlin, autumn", "de", "2025-10-27 07:59", nil, engine.SMS, engine.Friendly, "de.quiet_hours"},
		{"Berlin, autumn at eight", "de", "2025-10-27 08:00", nil, engine.SMS, engine.Friendly, ""},
		{"New York, day of the change", "us", "2025-03-09 08:00", nil, engine.SMS, engine.Friendly, ""},
		{"New York, too early", "us", "2025-03-09 07:59", nil, engine.SMS, engine.Friendly, "us.hours"},
		{"New York, autumn evening", "us", "2025-11-02 20:30", nil, engine.SMS, engine.Friendly, ""},
		{"New York, past nine", "us", "2025-11-02 20:31", nil, engine.SMS, engine.Friendly, "us.hours"},
		{"leap day", "de", "2024-02-29 10:00", nil, engine.Email, engine.Friendly, ""},
		{"Epiphany in Bavaria", "de", "2026-01-06 10:00", region("DE-BY"), engine.Email, engine.Friendly, "de.quiet_hours"},
		{"Epiphany in Berlin", "de", "2026-01-06 10:00", region("DE-BE"), engine.Email, engine.Friendly, ""},
		{"Epiphany somewhere", "de", "2026-01-06 10:00", region(""), engine.Email, engine.Friendly, "de.quiet_hours"},
		{"letters have no hour", "de", "2026-01-06 03:00", region("DE-BY"), engine.Letter, engine.Friendly, ""},
		{"all zones", "us", "2025-06-03 10:59", func(g *given) {
			la, _ := time.LoadLocation("America/Los_Angeles")
			g.Zones = append(g.Zones, la)
		}, engine.SMS, engine.Friendly, "us.hours"},
		{"all zones awake", "us", "2025-06-03 11:00", func(g *given) {
			la, _ := time.LoadLocation("America/Los_Angeles")
			g.Zones = append(g.Zones, la)
		}, engine.SMS, engine.Friendly, ""},

		{"a day after", "de", "2025-06-04 10:00", contacted(24 * hour), engine.Email, engine.Friendly, "core.gap"},
		{"less than a day", "de", "2025-06-04 10:00", contacted(23 * hour), engine.Email, engine.Friendly, "core.gap de.contact.spacing"},
		{"two days after", "de", "2025-06-04 10:00", contacted(48 * hour), engine.Email, engine.Friendly, ""},
		{"two in a week", "de", "2025-06-04 10:00", contacted(168*hour-time.Second, 49*hour), engine.Email, engine.Friendly, "core.cap.week"},
		{"two, one a week ago", "de", "2025-06-04 10:00", contacted(168*hour, 49*hour), engine.Email, engine.Friendly, ""},
		{"seven calls", "us", "2025-06-04 10:00", calls(7, 168*hour-time.Second), engine.Phone, engine.Friendly, "core.cap.week us.calls.seven_in_seven"},
		{"seven calls, the first a week ago", "us", "2025-06-04 10:00", calls(7, 168*hour), engine.Phone, engine.Friendly, "core.cap.week"},
		{"seven calls do not count for a letter", "us", "2025-06-04 10:00", calls(7, 160*hour), engine.Letter, engine.Friendly, "core.cap.week"},
		{"talked six days ago, day 7", "us", "2025-06-10 10:00", talked(6), engine.Phone, engine.Friendly, "us.calls.after_conversation"},
		{"talked seven days ago, day 8", "us", "2025-06-11 10:00", talked(7), engine.Phone, engine.Friendly, ""},
		{"no consent to be called", "us", "2025-06-11 10:00", func(g *given) { g.q.Contacts[3].Consent = "" }, engine.Phone, engine.Friendly, "us.consent.channels"},
		{"no consent needed for letters", "us", "2025-06-11 10:00", func(g *given) { g.q.Contacts[2].Consent = "" }, engine.Letter, engine.Friendly, ""},

		{"breathing space, day 60", "uk", "2022-03-02 10:00", space(59), engine.Email, engine.Friendly, "uk.breathing_space"},
		{"breathing space over", "uk", "2022-03-02 10:00", space(60), engine.Email, engine.Friendly, ""},
		{"treatment goes on", "uk", "2022-03-02 10:00", treated(0), engine.Letter, engine.Friendly, "uk.breathing_space"},
		{"treatment and 30 days", "uk", "2022-03-02 10:00", treated(30), engine.Letter, engine.Friendly, "uk.breathing_space"},
		{"treatment over", "uk", "2022-03-02 10:00", treated(31), engine.Letter, engine.Friendly, ""},
		{"breathing space elsewhere, as a moratorium", "de", "2022-03-02 10:00", space(59), engine.Letter, engine.Friendly, "core.hold"},
		{"elsewhere over", "de", "2022-03-02 10:00", space(60), engine.Letter, engine.Friendly, ""},

		{"three years to the year's end", "de", "2024-12-31 10:00", due(2021, 5, 10), engine.Letter, engine.Friendly, ""},
		{"barred", "de", "2025-01-02 10:00", due(2021, 5, 10), engine.Letter, engine.Firm, "de.limitation"},
		{"five years from a leap day", "uk", "2025-02-28 10:00", due(2020, 2, 29), engine.Letter, engine.Firm, ""},
		{"barred after a leap day", "uk", "2025-03-01 10:00", due(2020, 2, 29), engine.Letter, engine.Friendly, "uk.limitation"},
		{"agency's first contact", "de", "2024-06-04 10:00", agency, engine.SMS, engine.Friendly, "de.agency.first_letter"},
		{"agency's first letter", "de", "2024-06-04 10:00", agency, engine.Letter, engine.Friendly, ""},
		{"agency before the law", "de", "2021-09-30 10:00", agency, engine.SMS, engine.Friendly, ""},
		{"not late yet", "de", "2024-06-04 10:00", due(2024, 6, 4), engine.Email, engine.Firm, "core.tones.pre_due"},
		{"late", "de", "2024-06-04 10:00", due(2024, 6, 3), engine.Email, engine.Firm, ""},
		{"hardship", "uk", "2024-06-04 10:00", func(g *given) { g.f.Flags = engine.Hardship }, engine.Email, engine.Firm,
			"core.tones.soft uk.tones.vulnerable core.plan_offer uk.plan_offer"},
		{"promise due tomorrow", "de", "2024-06-04 10:00", func(g *given) { g.c.PromiseDue = g.day(1) }, engine.Email, engine.Friendly, "core.promise"},
		{"grace", "de", "2024-06-04 10:00", func(g *given) { g.c.PromiseDue = g.day(-2) }, engine.Email, engine.Friendly, "core.promise"},
		{"grace over", "de", "2024-06-04 10:00", func(g *given) { g.c.PromiseDue = g.day(-3) }, engine.Email, engine.Friendly, ""},
		{"eighteen this year", "de", "2024-06-04 10:00", func(g *given) { g.f.BornYear = 2006 }, engine.Email, engine.Friendly, "de.stop.minor"},
		{"nineteen this year", "de", "2024-06-04 10:00", func(g *given) { g.f.BornYear = 2005 }, engine.Email, engine.Friendly, ""},
		{"part disputed", "de", "2024-06-04 10:00", func(g *given) {
			g.q.Case.Disputed, g.q.Case.DisputeScope, g.q.Case.PartMinor = true, "part", 5000
		}, engine.Email, engine.Friendly, ""},
		{"part disputed in Austria", "at", "2024-06-04 10:00", func(g *given) {
			g.q.Case.Disputed, g.q.Case.DisputeScope, g.q.Case.PartMinor = true, "part", 5000
		}, engine.Email, engine.Friendly, "at.dispute"},
		{"zone unknown", "us", "2024-06-04 10:00", func(g *given) { g.Zone = nil }, engine.Letter, engine.Friendly, ""},
		{"zone unknown, message", "de", "2024-06-04 10:00", func(g *given) { g.Zone = nil }, engine.SMS, engine.Friendly, "core.zone"},
	} {
		g := plain(t, c.pack, c.at)
		if c.set != nil {
			c.set(g)
		}
		if got := g.broken(c.channel, c.tone); got != c.broken {
			t.Errorf("%s: breaks %q, want %q", c.what, got, c.broken)
		}
	}
}

// What a text may hold and charge, by the figures of the table.
func TestTermsOfTheTable(t *testing.T) {
	late := func(g *given) { g.q.Case.DefaultSince, g.q.Case.Reminders = g.day(-10), 1 }
	informed := func(g *given) {
		g.q.Case.Reminders, g.q.Case.FirstReminder, g.q.Case.Informed = 2, g.day(-28), g.day(0)
	}
	telco := func(cents int64) func(*given) {
		return func(g *given) { g.q.Case.Service, g.q.Case.Open.AmountMinor = engine.Telco, cents }
	}
	const claims = engine.TagFee | engine.TagInterest | engine.TagDefault
	for _, c := range []struct {
		what, pack, at string
		set            []func(*given)
		kind           string
		want           engine.Terms // wording, fee, lump sum and points
	}{
		{"no default", "de", "2024-06-04 10:00", nil, "person", engine.Terms{}},
		{"default", "de", "2024-06-04 10:00", []func(*given){late}, "person", engine.Terms{Wording: claims, FeeMinor: 76, Points: 5}},
		{"first reminder", "de", "2024-06-04 10:00", []func(*given){late, func(g *given) { g.q.Case.Reminders = 0 }}, "person",
			engine.Terms{Wording: claims &^ engine.TagFee, FeeMinor: 76, Points: 5}},
		{"business", "de", "2024-06-04 10:00", []func(*given){late}, "business", engine.Terms{Wording: claims, FeeMinor: 76, Lump: 4000, Points: 9}},
		{"unknown kind", "de", "2024-06-04 10:00", []func(*given){late}, "", engine.Terms{Wording: claims, FeeMinor: 76, Points: 5}},
		{"Switzerland", "ch", "2024-06-04 10:00", []func(*given){late}, "business", engine.Terms{Wording: claims | engine.TagBlock, Points: 5}},
		{"bureau", "de", "2024-06-04 10:00", []func(*given){informed}, "person", engine.Terms{Wording: engine.TagBureau}},
		{"bureau a day early", "de", "2024-06-04 10:00", []func(*given){informed, func(g *given) { g.q.Case.FirstReminder++ }}, "person", engine.Terms{}},
		{"bureau, one reminder", "de", "2024-06-04 10:00", []func(*given){informed, func(g *given) { g.q.Case.Reminders = 1 }}, "person", engine.Terms{}},
		{"bureau, not told", "de", "2024-06-04 10:00", []func(*given){informed, func(g *given) { g.q.Case.Informed = 0 }}, "person", engine.Terms{}},
		{"telco at 75 euros", "de", "2021-11-30 10:00", []func(*given){telco(7500)}, "person", engine.Terms{Wording: engine.TagBlock | engine.TagTracking}},
		{"telco at 75 euros a day later", "de", "2021-12-01 10:00", []func(*given){telco(7500)}, "person", engine.Terms{}},
		{"telco at 100 euros", "de", "2021-12-01 10:00", []func(*given){telco(10_000)}, "person", engine.Terms{Wording: engine.TagBlock}},
		{"energy, one instalment", "de", "2022-12-01 10:00", []func(*given){telco(10_000), func(g *given) { g.q.Case.Service, g.q.Case.Arrears = engine.Energy, 1 }}, "person", engine.Terms{}},
		{"energy", "de", "2022-12-01 10:00", []func(*given){telco(10_000), func(g *given) { g.q.Case.Service, g.q.Case.Arrears = engine.Energy, 2 }}, "person",
			engine.Terms{Wording: engine.TagBlock}},
		{"advertising", "de", "2024-06-04 10:00", []func(*given){func(g *given) { g.f.Consents[engine.Email].Marketing = engine.ConsentGiven }}, "person",
			engine.Terms{Wording: engine.TagMarketing}},
	} {
		g := plain(t, c.pack, c.at)
		for _, f := range c.set {
			f(g)
		}
		g.q.Debtor.Kind = c.kind
		options := []engine.Option{{Action: engine.Hold, Contact: -1}, {Action: 1, NotBefore: g.Now.Unix(), NotAfter: g.Now.Unix() + 1800}} // by e-mail
		var got engine.Terms
		look(g.Tenant.Rules, g.Input).ask(&got, options)
		if got.Wording != c.want.Wording || got.FeeMinor != c.want.FeeMinor || got.Lump != c.want.Lump || got.Points != c.want.Points {
			t.Errorf("%s: %v, fee %d, lump %d, %v points; want %v, %d, %d, %v", c.what, got.Wording, got.FeeMinor, got.Lump, got.Points,
				c.want.Wording, c.want.FeeMinor, c.want.Lump, c.want.Points)
		}
		more := got
		more.Wording, more.FeeMinor, more.Lump, more.Points = engine.ConditionalTags, got.FeeMinor+1, got.Lump+1, got.Points+1
		w := look(g.Tenant.Rules, g.Input)
		if w.terms(&engine.Verdict{Kind: engine.KindContact, Terms: more}, options); len(w.found) == 0 {
			t.Errorf("%s: nobody minds more", c.what)
		}
	}
}

// A verdict that ends the decision is as hard as the hardest stop, and no hold is shorter than what holds.
func TestEndings(t *testing.T) {
	hold := []engine.Option{{Action: engine.Hold, Contact: -1}}
	for _, c := range []struct {
		what, broken string
		set          func(*given)
		v            engine.Verdict
	}{
		{"death over insolvency", "", func(g *given) { g.f.Flags = engine.Deceased | engine.Insolvent }, engine.Verdict{Kind: engine.KindNoContact}},
		{"routed although dead", "de.stop.deceased", func(g *given) { g.f.Flags = engine.Deceased | engine.Insolvent }, engine.Verdict{Kind: engine.KindRoute}},
		{"held although insolvent", "de.stop.insolvency", func(g *given) { g.q.Debtor.Flags = engine.Insolvent }, engine.Verdict{Kind: engine.KindHold}},
		{"guardian", "", func(g *given) { g.q.Debtor.Flags = engine.Guardian }, engine.Verdict{Kind: engine.KindAgentReview}},
		{"held to the end", "", func(g *given) { g.f.HoldTill = g.Now.Add(time.Hour).UnixMicro() }, engine.Verdict{Kind: engine.KindHold}},
		{"held too short", "core.hold", func(g *given) { g.f.HoldTill = g.Now.Add(time.Hour).UnixMicro() }, engine.Verdict{Kind: engine.KindHold, Until: time.Unix(1, 0)}},
		{"held although closed", "core.claim", func(g *given) { g.c.Closed = true }, engine.Verdict{Kind: engine.KindHold}},
		{"closed", "", func(g *given) { g.c.Closed = true }, engine.Verdict{Kind: engine.KindNoContact}},
		{"stricter than any rule", "", func(*given) {}, engine.Verdict{Kind: engine.KindNoContact}},
	} {
		g := plain(t, "de", "2024-06-04 10:00")
		c.set(g)
		ids := ""
		for _, b := range Check(g.Tenant.Rules, g.Input, c.v, hold) {
			ids += b.Rule
		}
		if ids != c.broken {
			t.Errorf("%s: %q, want %q", c.what, ids, c.broken)
		}
	}
	g := plain(t, "de", "2024-06-04 10:00")
	if bad := Missing(g.Tenant.Rules, g.Input, engine.Verdict{Kind: engine.KindHold}, hold); len(bad) == 0 {
		t.Error("a hold for nothing, and nothing is missing")
	}
	g.f.Flags = engine.Deceased
	if bad := Missing(g.Tenant.Rules, g.Input, engine.Verdict{Kind: engine.KindNoContact}, hold); len(bad) > 0 {
		t.Error(bad)
	}
}

// A part left alone is out of the amount, and nothing left is a hold to the first part's end.
func TestParts(t *testing.T) {
	g := plain(t, "de", "2024-06-04 10:00")
	g.q.Case.Disputed, g.q.Case.DisputeScope, g.q.Case.PartMinor = true, "part", 5000
	till := g.Now.Add(time.Hour)
	g.c.Parts[0] = engine.Part{Till: till.UnixMicro(), Minor: 7000, For: engine.HoldAsked}
	g.c.Parts[1] = engine.Part{Till: g.Now.UnixMicro(), Minor: 100, For: engine.HoldAsked} // over
	w := look(g.Tenant.Rules, g.Input)
	if w.rest() != 8000 {
		t.Errorf("rest %d", w.rest())
	}
	v := engine.Verdict{Kind: engine.KindContact, OpenMinor: 8001}
	if w.amounts(&v); len(w.found) != 2 {
		t.Errorf("%v", w.found)
	}
	g.c.Parts[0].Minor = 15_000
	w = look(g.Tenant.Rules, g.Input)
	if e := w.hold(w.of(engine.RuleHold)[0]); e.kind != engine.KindHold || !e.until.Equal(till) {
		t.Errorf("%v until %v", e.kind, e.until)
	}
}
