package guard_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/rules"
)

// plain is a debtor in Berlin with an open claim, reachable by every channel, on a pack.
func plain(t testing.TB, pack, zone, now string) *engine.Input {
	t.Helper()
	law, err := rules.Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", now, loc)
	if err != nil {
		t.Fatal(err)
	}
	tenant := engine.DefaultTenant("acme")
	tenant.Rules = law
	in := &engine.Input{Tenant: tenant, Facts: &engine.Facts{}, Profiled: true, Zone: loc, Now: at, Request: &engine.Request{
		Case:        engine.Case{ID: "C-1", Open: engine.Money{AmountMinor: 12_000, Currency: "EUR"}, OldestDue: engine.DateOf(at) - 30, ContractDate: engine.DateOf(at) - 400, Reminders: -1, Arrears: -1},
		Debtor:      engine.Debtor{ID: "D-1", Kind: "person", Region: map[string]string{"de": "DE-BE", "us": "US", "uk": "GB-ENG"}[pack]},
		Constraints: engine.Constraints{MaxCostMinor: -1},
	}}
	tenant.Grid.Channels = nil
	for c := engine.Email; c < engine.Channels; c++ {
		tenant.Grid.Channels = append(tenant.Grid.Channels, c)
		in.Request.Contacts = append(in.Request.Contacts, engine.ContactPoint{Channel: c, AddressRef: "a", Validity: .9, Consent: "service"})
	}
	return in
}

func options(in *engine.Input) (engine.Verdict, []engine.Option) {
	var b engine.Ballot
	v := guard.New().Options(&b, in, nil)
	return v, b.Options[1:]
}

// channelsOf are the channels that occur among the options.
func channelsOf(in *engine.Input, list []engine.Option) (s engine.ChannelSet) {
	for _, o := range list {
		s = s.With(in.Tenant.Grid.Channels[in.Tenant.Grid.Levels(o.Action).Channel])
	}
	return s
}

// on is the instants of a channel's windows, local.
func on(in *engine.Input, c engine.Channel, list []engine.Option) (windows []string) {
	for _, o := range list {
		if in.Tenant.Grid.Channels[in.Tenant.Grid.Levels(o.Action).Channel] != c {
			continue
		}
		w := time.Unix(o.NotBefore, 0).In(in.Zone).Format("02 15:04") + " " + time.Unix(o.NotAfter, 0).In(in.Zone).Format("15:04")
		if !slices.Contains(windows, w) {
			windows = append(windows, w)
		}
	}
	return windows
}

// EGBGB Art. 240 §1: consumers and micro businesses with contracts from before 8 March 2020 were left alone from April to June 2020.
func TestMoratoriumOf2020(t *testing.T) {
	for _, c := range []struct {
		now, kind string
		contract  string
		held      bool
	}{
		{"2020-03-31 09:00", "person", "2019-01-01", false},
		{"2020-05-04 09:00", "person", "2019-01-01", true},
		{"2020-05-04 09:00", "micro_business", "2019-01-01", true},
		{"2020-05-04 09:00", "business", "2019-01-01", false},
		{"2020-05-04 09:00", "", "2019-01-01", true},
		{"2020-05-04 09:00", "person", "2020-03-08", false},
		{"2020-05-04 09:00", "person", "", true},
		{"2020-07-01 09:00", "person", "2019-01-01", false},
	} {
		in := plain(t, "de", "Europe/Berlin", c.now)
		in.Request.Debtor.Kind = c.kind
		if err := in.Request.Case.ContractDate.UnmarshalText([]byte(c.contract)); err != nil {
			t.Fatal(err)
		}
		v, _ := options(in)
		until := ""
		if c.held {
			until = "2020-07-01 00:00"
		}
		if got := v.Until.In(in.Zone).Format("2006-01-02 15:04"); (v.Reason == engine.ReasonMoratorium) != c.held || c.held && got != until || !c.held && v.Kind != engine.KindContact {
			t.Errorf("%+v: %v %s until %s", c, v.Kind, v.Reason, got)
		}
	}
}

// 12 CFR 1006.14(b)(2): seven calls within seven days, and after a conversation none for seven days, whose day is day 1.
func TestSevenInSeven(t *testing.T) {
	call := func(in *engine.Input, days float64, state engine.ContactState, of string) engine.ContactFacts {
		return engine.ContactFacts{At: in.Now.UnixMicro() - int64(days*86400e6), Channel: engine.Phone, State: state, Case: uint32(engine.KeyOf(of))}
	}
	for name, c := range map[string]struct {
		now   string
		talk  string
		calls int
		of    string
		phone bool
	}{
		"six calls":                       {"2025-11-20 10:00", "", 6, "C-1", true},
		"seven calls":                     {"2025-11-20 10:00", "", 7, "C-1", false},
		"seven about another case":        {"2025-11-20 10:00", "", 7, "C-2", true},
		"talked on Wednesday, day 7":      {"2025-11-18 10:00", "2025-11-12 18:00", 0, "C-1", false},
		"talked on Wednesday, day 8":      {"2025-11-19 10:00", "2025-11-12 18:00", 0, "C-1", true},
		"talked about another case":       {"2025-11-18 10:00", "2025-11-12 18:00", 0, "C-2", true},
		"talked, over the end of DST":     {"2025-11-06 08:00", "2025-10-30 20:30", 0, "C-1", true},
		"talked, last day over DST's end": {"2025-11-05 19:40", "2025-10-30 20:30", 0, "C-1", false},
	} {
		in := plain(t, "us", "America/New_York", c.now)
		in.Tenant.Rules = in.Tenant.Rules.Without("core.cap.week").Without("core.gap") // courtesy is stricter than the law
		in.Tenant.Limits.Cap, in.Tenant.Limits.Gap = 16, 0
		in.Tenant.Grid.Slots = []engine.Slot{{Day: 0, From: 0, To: 1440}}
		for i := range c.calls {
			in.Facts.Contacts[i] = call(in, .5+float64(i)*.9, engine.ContactDone, c.of)
		}
		if c.talk != "" {
			at, err := time.ParseInLocation("2006-01-02 15:04", c.talk, in.Zone)
			if err != nil {
				t.Fatal(err)
			}
			in.Facts.Contacts[0] = engine.ContactFacts{At: at.UnixMicro(), Channel: engine.Phone, State: engine.ContactTalked, Case: uint32(engine.KeyOf(c.of))}
		}
		v, list := options(in)
		if got := channelsOf(in, list); got.Has(engine.Phone) != c.phone || !got.Has(engine.Email) {
			t.Errorf("%s: %v %s %b", name, v.Kind, v.Reason, got)
		}
	}
}

// SI 2020/1311: 60 days whose first is the day it starts; with treatment, as long as that lasts and 30 days more.
func TestBreathingSpace(t *testing.T) {
	day := func(s string) (d engine.Date) { _ = d.UnmarshalText([]byte(s)); return d }
	for _, c := range []struct {
		pack, now string
		b         engine.Breathing
		until     string
	}{
		{"uk", "2025-06-02 09:00", engine.Breathing{From: day("2025-05-01")}, "2025-06-30 00:00"},
		{"uk", "2025-06-30 09:00", engine.Breathing{From: day("2025-05-01")}, ""},
		{"uk", "2025-06-30 09:00", engine.Breathing{From: day("2025-05-01"), Treatment: true}, "forever"},
		{"uk", "2025-06-30 09:00", engine.Breathing{From: day("2025-05-01"), Treatment: true, Ended: day("2025-06-10")}, "2025-07-11 00:00"},
		{"uk", "2025-07-11 09:00", engine.Breathing{From: day("2025-05-01"), Treatment: true, Ended: day("2025-06-10")}, ""},
		{"de", "2025-06-02 09:00", engine.Breathing{From: day("2025-05-01")}, "2025-06-30 00:00"}, // no such rule: held all the same
	} {
		in := plain(t, c.pack, "Europe/London", c.now)
		in.Facts.Breathing = c.b
		v, _ := options(in)
		until := ""
		if v.Kind == engine.KindHold && v.Reason == engine.ReasonMoratorium {
			if until = "forever"; !v.Until.IsZero() {
				until = v.Until.In(in.Zone).Format("2006-01-02 15:04")
			}
		}
		if until != c.until || until == "" && v.Kind != engine.KindContact {
			t.Errorf("%+v: %v %s until %s", c, v.Kind, v.Reason, until)
		}
	}
}

// Quiet hours in the debtor's zone on the days on which clocks change, and on a leap day.
func TestHoursOnOddDays(t *testing.T) {
	for name, c := range map[string]struct {
		pack, zone, now, slot string
		open, close           int16
		want                  string
	}{
		"Berlin, into summer":               {"us", "Europe/Berlin", "2025-03-29 22:00", "d1.0000-2400", 0, 0, "30 08:00 21:00"},
		"Berlin, into winter":               {"us", "Europe/Berlin", "2025-10-25 22:00", "d1.0000-2400", 0, 0, "26 08:00 21:00"},
		"New York, into summer":             {"us", "America/New_York", "2025-03-08 22:00", "d1.0000-2400", 0, 0, "09 08:00 21:00"},
		"New York, into winter":             {"us", "America/New_York", "2025-11-01 22:00", "d1.0000-2400", 0, 0, "02 08:00 21:00"},
		"open in the gap":                   {"us", "Europe/Berlin", "2025-03-29 22:00", "d1.0000-2400", 150, 600, "30 03:00 10:00"},
		"open in the fold: the second time": {"us", "Europe/Berlin", "2025-10-25 22:00", "d1.0000-2400", 150, 600, "26 02:30 10:00"},
		"close in the fold: the first time": {"us", "Europe/Berlin", "2025-10-25 22:00", "d1.0000-2400", 60, 150, "26 01:00 02:30"},
		"leap day":                          {"de", "Europe/Berlin", "2024-02-28 22:00", "d1.0000-2400", 0, 0, "29 08:00 20:00"},
	} {
		in := plain(t, c.pack, c.zone, c.now)
		in.Tenant.Limits.Sundays, in.Tenant.Limits.QuietTo, in.Tenant.Limits.QuietFrom = true, 0, 1440
		in.Tenant.Grid.Slots = []engine.Slot{{Day: 1, From: 0, To: 1440}}
		if c.close != 0 {
			var err error
			own := engine.Rule{ID: "own.hours", Kind: engine.RuleHours, From: 1, Params: engine.RuleParams{Open: c.open, Close: c.close, Weekdays: 1<<8 - 2, Holidays: true, Channels: 1<<engine.Channels - 2}}
			if in.Tenant.Rules, err = engine.NewRules(engine.Rules{Version: "own"}, []engine.Rule{own}, nil); err != nil {
				t.Fatal(err)
			}
		}
		_, list := options(in)
		if got := strings.Join(on(in, engine.Email, list), ", "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.close == 150 || c.open == 150 && c.now[5:7] == "10" { // an hour that comes twice
			first := time.Unix(list[0].NotBefore, 0).In(in.Zone)
			if _, ahead := first.Zone(); (ahead == 3600) != (c.open == 150) {
				t.Errorf("%s: starts at %v", name, first)
			}
		}
	}
}

// Public holidays by Land; an unknown region has those of all Länder.
func TestHolidaysByLand(t *testing.T) {
	for _, c := range []struct {
		now, region string
		open        bool
	}{
		{"2025-06-19 08:30", "DE-BY", false}, // Corpus Christi
		{"2025-06-19 08:30", "DE-BE", true},
		{"2025-06-19 08:30", "", false},
		{"2025-10-31 08:30", "DE-BB", false}, // Reformation Day
		{"2025-10-31 08:30", "DE-BY", true},
		{"2017-10-31 08:30", "DE-BY", false}, // once everywhere
		{"2025-03-08 08:30", "DE-BE", false}, // Women's Day
		{"2018-03-08 08:30", "DE-BE", true},  // not yet
		{"2025-10-03 08:30", "DE-HH", false},
		{"2025-10-26 08:30", "AT-9", false}, // a debtor elsewhere has the holidays there, and this is a Sunday, too
	} {
		in := plain(t, "de", "Europe/Berlin", c.now)
		in.Request.Debtor.Region = c.region
		in.Tenant.Grid.Slots = []engine.Slot{{Day: 0, From: 480, To: 1200}}
		v, list := options(in)
		if got := channelsOf(in, list); got.Has(engine.Email) != c.open || !got.Has(engine.Letter) && in.Now.Weekday() != time.Sunday {
			t.Errorf("%+v: %v %s %b", c, v.Kind, v.Reason, got)
		}
		in.Request.Debtor.Region = ""
		copy(in.Facts.Region[:], c.region)
		if _, list = options(in); channelsOf(in, list).Has(engine.Email) != c.open {
			t.Errorf("%+v: the history's region counts otherwise", c)
		}
	}
}

// A claim is time-barred after its years; 29 February ends on the 28th.
func TestLimitation(t *testing.T) {
	for _, c := range []struct {
		pack, due, now string
		barred         bool
	}{
		{"de", "2022-05-01", "2025-12-31 09:00", false},
		{"de", "2022-05-01", "2026-01-02 09:00", true},
		{"us", "2024-02-29", "2027-02-27 09:00", false},
		{"us", "2024-02-29", "2027-03-01 09:00", true},
		{"us", "2022-05-02", "2025-05-02 09:00", false},
		{"us", "2022-05-02", "2025-05-03 09:00", true},
	} {
		in := plain(t, c.pack, "Europe/Berlin", c.now)
		_ = in.Request.Case.OldestDue.UnmarshalText([]byte(c.due))
		if v, _ := options(in); (v.Reason == engine.ReasonTimeBarred) != c.barred || c.barred && v.Queue != "legal" {
			t.Errorf("%+v: %v %s", c, v.Kind, v.Reason)
		}
	}
}
