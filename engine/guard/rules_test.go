package guard_test

import (
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
)

// What single rules do to a plain debtor on a Thursday morning: the decision, the channels that stay, and what is open.
func TestRules(t *testing.T) {
	all := "email,sms,letter,phone,messenger,push,portal,chat"
	key := func(c engine.Channel) uint64 { return engine.AddressKey(c, "a") }
	day := int64(86400e6)
	for name, c := range map[string]struct {
		pack   string
		change func(in *engine.Input)
		want   string // kind, reason, channels
		open   int64
	}{
		"nothing": {"de", func(*engine.Input) {}, "contact " + all, 12_000},
		"a wish: no calls, no letters": {"de", func(in *engine.Input) {
			in.Facts.Wishes.Avoid = engine.ChannelSet(0).With(engine.Phone).With(engine.Letter)
		}, "contact email,sms,messenger,push,portal,chat", 12_000},
		"a wish: not at this address": {"de", func(in *engine.Input) { in.Facts.Wishes.Places[1] = key(engine.Email) }, "contact sms,letter,phone,messenger,push,portal,chat", 12_000},
		"a wish: never on weekdays of the slots, which letters have not": {"de", func(in *engine.Input) {
			in.Facts.Wishes.Not = engine.SetOf(engine.Thursday, engine.Friday)
		}, "contact letter", 12_000},
		"an address at work, UK": {"uk", func(in *engine.Input) {
			in.Request.Contacts[0].Place = "work"
			in.Facts.Work[3] = key(engine.Phone)
		}, "contact sms,letter,messenger,push,portal,chat", 12_000},
		"an address at work, DE": {"de", func(in *engine.Input) { in.Request.Contacts[0].Place = "work" }, "contact " + all, 12_000},
		"no consent by contract alone, US": {"us", func(in *engine.Input) {
			for i := range in.Request.Contacts {
				in.Request.Contacts[i].Consent = ""
			}
		}, "contact email,letter,portal", 12_000},
		"the agency's first contact": {"de", func(in *engine.Input) { in.Request.Case.Stage = "agency" }, "contact email,letter", 12_000},
		"the agency's second contact": {"de", func(in *engine.Input) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Stage: 3, LastContact: 1}
		}, "contact " + all, 12_000},
		"a part is disputed": {"de", func(in *engine.Input) {
			in.Request.Case.Disputed, in.Request.Case.DisputeScope, in.Request.Case.PartMinor = true, "part", 5_000
		}, "contact " + all, 7_000},
		"a part that nobody can name": {"de", func(in *engine.Input) { in.Request.Case.Disputed, in.Request.Case.DisputeScope = true, "part" }, "hold disputed ", 12_000},
		"a part is all": {"de", func(in *engine.Input) {
			in.Request.Case.Disputed, in.Request.Case.DisputeScope, in.Request.Case.PartMinor = true, "part", 12_000
		}, "hold disputed ", 12_000},
		"a part, UK": {"uk", func(in *engine.Input) {
			in.Request.Case.Disputed, in.Request.Case.DisputeScope, in.Request.Case.PartMinor = true, "part", 5_000
		}, "hold disputed ", 12_000},
		"an invoice on hold, another disputed": {"de", func(in *engine.Input) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Parts: [2]engine.Part{
				{Till: in.Now.UnixMicro() + 9*day, Minor: 3_000, For: engine.HoldAsked}, {Till: engine.HoldForever, Minor: 2_000, For: engine.HoldDispute}}}
		}, "contact " + all, 7_000},
		"all invoices on hold": {"de", func(in *engine.Input) {
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Parts: [2]engine.Part{
				{Till: in.Now.UnixMicro() + 9*day, Minor: 6_000, For: engine.HoldAsked}, {Till: in.Now.UnixMicro() + 2*day, Minor: 6_000, For: engine.HoldAsked}}}
		}, "hold hold_set ", 12_000},
		"a contact for another case": {"de", func(in *engine.Input) {
			in.Facts.Contacts[0] = engine.ContactFacts{At: in.Now.UnixMicro() - day/2, Channel: engine.Email, State: engine.ContactDone, Case: uint32(engine.KeyOf("C-2"))}
		}, "hold bundled ", 12_000},
		"a contact for this case": {"de", func(in *engine.Input) {
			in.Facts.Contacts[0] = engine.ContactFacts{At: in.Now.UnixMicro() - day/2, Channel: engine.Email, State: engine.ContactDone, Case: uint32(engine.KeyOf("C-1"))}
		}, "hold contact_gap ", 12_000},
		"hardship, and no plan fits": {"de", func(in *engine.Input) {
			in.Facts.Hardship, in.Request.Case.Open.AmountMinor = 1, 3_000
		}, "agent_review no_offer ", 3_000},
		"closed and held: what ended does not wait": {"de", func(in *engine.Input) {
			in.Facts.HoldTill, in.Facts.Cases[0] = engine.HoldForever, engine.CaseFacts{Key: engine.KeyOf("C-1"), OpenMinor: -1, Closed: true}
		}, "no_contact case_closed ", 12_000},
		"dead and represented: the hardest stop": {"de", func(in *engine.Input) {
			in.Request.Debtor.Flags = engine.Represented | engine.Guardian | engine.Deceased
		}, "no_contact deceased ", 12_000},
	} {
		in := plain(t, c.pack, "Europe/Berlin", "2025-11-20 09:00")
		c.change(in)
		v, list := options(in)
		var names []string
		for ch := engine.Email; ch < engine.Channels; ch++ {
			if channelsOf(in, list).Has(ch) {
				names = append(names, ch.String())
			}
		}
		if got := strings.Replace(v.Kind.String()+" "+v.Reason+" "+strings.Join(names, ","), "  ", " ", 1); got != c.want || v.OpenMinor != c.open {
			t.Errorf("%s: %s, open %d; want %s, open %d", name, got, v.OpenMinor, c.want, c.open)
		}
	}
}

// Where the debtor may be in several zones the hour suits in all of them, or another day is looked for.
func TestSeveralZones(t *testing.T) {
	for zones, want := range map[string]string{
		"America/New_York":                 "20 14:00 20:00",
		"Asia/Kolkata":                     "20 09:00 15:30",
		"America/New_York Asia/Kolkata":    "20 14:00 15:30",
		"America/Los_Angeles":              "20 17:00 20:00",
		"America/Los_Angeles Asia/Kolkata": "",
		"Pacific/Auckland":                 "20 20:00 20:00",
	} {
		in := plain(t, "de", "Europe/Berlin", "2025-11-20 09:00")
		in.Tenant.Grid.Slots = []engine.Slot{{Day: 0, From: 480, To: 1200}}
		for _, name := range strings.Fields(zones) {
			loc, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			in.Zones = append(in.Zones, loc)
		}
		if want == "20 20:00 20:00" {
			want = ""
		}
		v, list := options(in)
		if got := strings.Join(on(in, engine.Email, list), ", "); got != want {
			t.Errorf("%s: %q, want %q", zones, got, want)
		}
		if letters := on(in, engine.Letter, list); len(letters) != 1 || letters[0] != "20 09:00 20:00" {
			t.Errorf("%s: letters %v, %s", zones, letters, v.Reason)
		}
	}
}

// Terms follow the facts: what a text may say, what it must carry, what may be charged.
func TestTerms(t *testing.T) {
	proof := engine.TagFee | engine.TagInterest | engine.TagDefault
	today := func(in *engine.Input) engine.Date { return engine.DateOf(in.Now) }
	for name, c := range map[string]struct {
		pack   string
		change func(in *engine.Input)
		check  func(v *engine.Terms) bool
	}{
		"nothing is proven": {"de", func(*engine.Input) {}, func(v *engine.Terms) bool { return v.Wording == 0 && v.FeeMinor == 0 && v.Points == 0 && v.Lump == 0 }},
		"default, first reminder": {"de", func(in *engine.Input) { in.Request.Case.DefaultSince = today(in) }, func(v *engine.Terms) bool {
			return v.Wording == proof&^engine.TagFee && v.FeeMinor == 76 && v.Points == 5
		}},
		"default, a business, second reminder": {"de", func(in *engine.Input) {
			in.Request.Case.DefaultSince, in.Request.Case.Reminders, in.Request.Debtor.Kind = today(in), 1, "business"
		}, func(v *engine.Terms) bool { return v.Wording == proof && v.Points == 9 && v.Lump == 4_000 }},
		"default in other money": {"de", func(in *engine.Input) { in.Request.Case.DefaultSince, in.Request.Case.Open.Currency = today(in), "CHF" }, func(v *engine.Terms) bool { return v.FeeMinor == 0 && v.Lump == 0 }},
		"a bureau": {"de", func(in *engine.Input) {
			q := &in.Request.Case
			q.Reminders, q.FirstReminder, q.Informed = 2, today(in)-28, today(in)
		}, func(v *engine.Terms) bool { return v.Wording == engine.TagBureau }},
		"a bureau, disputed": {"de", func(in *engine.Input) {
			q := &in.Request.Case
			q.Reminders, q.FirstReminder, q.Informed, q.Disputed, q.DisputeScope, q.PartMinor = 2, today(in)-28, today(in), true, "part", 1
		}, func(v *engine.Terms) bool { return v.Wording == 0 }},
		"a block of a phone": {"de", func(in *engine.Input) { in.Request.Case.Service = engine.Telco }, func(v *engine.Terms) bool {
			return v.Wording == engine.TagBlock && v.Permit(engine.TagBlock|engine.TagRightToDefend, engine.Email) && !v.Permit(engine.TagBlock, engine.Email)
		}},
		"a block of power needs two instalments":     {"de", func(in *engine.Input) { in.Request.Case.Service, in.Request.Case.Arrears = engine.Energy, 1 }, func(v *engine.Terms) bool { return v.Wording == 0 }},
		"advertising needs consent by every channel": {"de", func(in *engine.Input) { in.Facts.Consents[engine.Email].Marketing = engine.ConsentGiven }, func(v *engine.Terms) bool { return v.Wording&engine.TagMarketing == 0 }},
		"advertising, e-mail alone": {"de", func(in *engine.Input) {
			in.Facts.Consents[engine.Email].Marketing, in.Request.Contacts = engine.ConsentGiven, in.Request.Contacts[:1]
		}, func(v *engine.Terms) bool { return v.Wording == engine.TagMarketing }},
		"the agency's first letter": {"de", func(in *engine.Input) { in.Request.Case.Stage = "agency" }, func(v *engine.Terms) bool { return v.Needs[engine.Letter] == engine.TagRDG13a }},
		"no court without defence":  {"at", func(*engine.Input) {}, func(v *engine.Terms) bool { return !v.Permit(engine.TagCourt, engine.Letter) }},
		"opt-out, identity, discretion": {"us", func(*engine.Input) {}, func(v *engine.Terms) bool {
			return v.Needs[engine.SMS] == engine.TagOptOut && v.Needs[engine.Letter] == 0 && v.Identify.Has(engine.Phone) && v.Discreet.Has(engine.Letter)
		}},
		"acts": {"uk", func(in *engine.Input) { in.Request.Debtor.Flags = engine.Objection }, func(v *engine.Terms) bool {
			return v.Approve.Has(engine.ActHandover) && v.Forbear.Has(engine.ActCourt) && v.Ladder
		}},
	} {
		in := plain(t, c.pack, "Europe/Berlin", "2025-11-20 09:00")
		c.change(in)
		if v, _ := options(in); v.Kind != engine.KindContact || !c.check(&v.Terms) {
			t.Errorf("%s: %v %s %+v", name, v.Kind, v.Reason, v.Terms)
		}
	}
}

// Nothing allocates, whatever is asked: catalogue, region and language of the history, several zones, the trace.
func TestGuardDoesNotAllocate(t *testing.T) {
	if slow > 1 {
		t.Skip("the race detector empties pools at random")
	}
	for _, pack := range []string{"de", "us", "uk"} {
		in := plain(t, pack, "Europe/Berlin", "2025-11-20 09:00")
		in.Request.Debtor.Region = ""
		copy(in.Facts.Region[:], "DE-BY")
		copy(in.Facts.Language[:], "de-AT")
		in.Zones, in.Tenant.Language, in.Tenant.Catalogue = []*time.Location{time.UTC}, "de", engine.Catalogue{}
		for c := engine.Email; c < engine.Channels; c++ {
			in.Tenant.Catalogue.Add(engine.Template{Key: "k", Channel: c, Tone: engine.Neutral, Language: "de", Legal: engine.Approved, Tags: engine.TagOptOut})
		}
		g, b, tr := guard.New(), new(engine.Ballot), new(engine.Trace)
		if n := testing.AllocsPerRun(100, func() {
			tr.Reset()
			if v := g.Options(b, in, tr); v.Kind != engine.KindContact {
				t.Fatal(pack, v)
			}
		}); n >= 1 {
			t.Errorf("%s: %v allocations", pack, n)
		}
	}
}
