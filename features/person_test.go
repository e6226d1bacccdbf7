package features

import (
	"slices"
	"testing"
	"time"

	"takt/engine"
)

func TestKindOfDebtor(t *testing.T) {
	kind := func(k string) engine.EventData { return engine.EventData{Has: engine.FieldKind, Kind: k} }
	for name, want := range map[string]engine.Party{"person": engine.Consumer, "micro_business": engine.MicroBusiness, "business": engine.Business, "": 0} {
		p := start(t).event(engine.DebtorUpdated, kind("business")).event(engine.DebtorUpdated, kind(name)).profile()
		x := p.Context(nil, &engine.Request{Case: engine.Case{ID: "C", DunningLevel: -1}}, t0, nil)
		i := slices.IndexFunc(Vector[:], func(f Feature) bool { return f.Name == "business" })
		if p.Kind != want || (x[i] == 1) != (want > engine.Consumer) {
			t.Errorf("%q: kind %v, feature business %v", name, p.Kind, x[i])
		}
	}
}

func TestAddressesAtWork(t *testing.T) {
	address := func(ref, purpose string) engine.EventData {
		return engine.EventData{Channel: engine.Phone, AddressRef: ref, Purpose: purpose}
	}
	g := start(t)
	for _, ref := range []string{"a", "b", "c", "d", "e", "c"} {
		g.event(engine.AddressChanged, address(ref, "work"))
	}
	p := g.event(engine.AddressChanged, address("b", "private")).event(engine.AddressChanged, address("d", "")).profile()
	key := func(ref string) uint64 { return engine.AddressKey(engine.Phone, ref) }
	if p.Work != [4]uint64{key("c"), key("e"), key("d")} || p.Addresses[engine.Phone].Key != key("d") {
		t.Errorf("at work %x, want c, e, d: %x %x %x", p.Work, key("c"), key("e"), key("d"))
	}
}

func TestWishes(t *testing.T) {
	const hours, days, place, channel = 1, 2, 4, 8
	wish := func(state string, what int) engine.EventData {
		d := engine.EventData{State: state}
		if what&hours != 0 {
			d.HourFrom, d.HourTo = 540, 1020
		}
		if what&days != 0 {
			d.Weekdays = engine.SetOf(engine.Saturday, engine.Sunday)
		}
		if what&place != 0 {
			d.Channel, d.AddressRef = engine.Phone, "p"
		}
		if what&channel != 0 {
			d.Channel = engine.Phone
		}
		return d
	}
	weekend, phone := engine.SetOf(engine.Saturday, engine.Sunday), engine.ChannelSet(0).With(engine.Phone)
	places := [4]uint64{engine.AddressKey(engine.Phone, "p")}
	whole := engine.Wishes{From: 540, To: 1020, Not: weekend, Avoid: phone, Places: places}
	all := func() *given {
		return start(t).event(engine.WishStated, wish("avoid", hours|days|place)).event(engine.WishStated, wish("avoid", channel))
	}
	later := engine.EventData{State: "avoid", HourFrom: 600, HourTo: 660, Weekdays: engine.SetOf(engine.Monday)}
	for name, c := range map[string]struct {
		g    *given
		want engine.Wishes
	}{
		"hours":               {start(t).event(engine.WishStated, wish("avoid", hours)), engine.Wishes{From: 540, To: 1020}},
		"hours of a channel":  {start(t).event(engine.WishStated, wish("avoid", hours|channel)), engine.Wishes{From: 540, To: 1020}},
		"days":                {start(t).event(engine.WishStated, wish("avoid", days)), engine.Wishes{Not: weekend}},
		"place":               {start(t).event(engine.WishStated, wish("avoid", place)), engine.Wishes{Places: places}},
		"channel":             {start(t).event(engine.WishStated, wish("avoid", channel)), engine.Wishes{Avoid: phone}},
		"all":                 {all(), whole},
		"later hours, days":   {start(t).event(engine.WishStated, wish("avoid", hours|days)).event(engine.WishStated, later), engine.Wishes{From: 600, To: 660, Not: weekend.With(engine.Monday)}},
		"channel lifted":      {all().event(engine.WishStated, wish("lifted", channel)), engine.Wishes{From: 540, To: 1020, Not: weekend, Places: places}},
		"place lifted":        {all().event(engine.WishStated, wish("lifted", place)), engine.Wishes{From: 540, To: 1020, Not: weekend, Avoid: phone}},
		"the rest lifted":     {all().event(engine.WishStated, wish("lifted", hours|days)), engine.Wishes{Avoid: phone, Places: places}},
		"other hours lifted":  {start(t).event(engine.WishStated, later).event(engine.WishStated, wish("lifted", hours)), engine.Wishes{From: 600, To: 660, Not: engine.SetOf(engine.Monday)}},
		"everything lifted":   {all().event(engine.WishStated, wish("lifted", 0)), engine.Wishes{}},
		"lifted with a case":  {all().event(engine.WishStated, engine.EventData{State: "lifted", CaseID: "C-1"}), engine.Wishes{}},
		"nothing to avoid":    {start(t).event(engine.WishStated, wish("avoid", 0)), engine.Wishes{}},
		"retracted":           {start(t).event(engine.WishStated, wish("avoid", hours)).event(engine.EventRetracted, engine.EventData{EventID: "e-001"}), engine.Wishes{}},
		"a consent, no wish":  {start(t).event(engine.ConsentChanged, engine.EventData{Channel: engine.Phone, State: "withdrawn"}), engine.Wishes{}},
		"lifted before it is": {start(t).event(engine.WishStated, wish("lifted", channel)).event(engine.WishStated, wish("avoid", channel)), engine.Wishes{Avoid: phone}},
	} {
		if got := c.g.profile().Wishes; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestBreathingSpace(t *testing.T) {
	today := engine.DateOf(t0)
	claim := func(reason string, date engine.Date, until time.Time) engine.EventData {
		return engine.EventData{Reason: reason, Date: date, Until: until}
	}
	const space, crisis = "breathing_space", "mental_health"
	none := time.Time{}
	far := start(t).event(engine.DebtorUpdated, engine.EventData{Has: engine.FieldTZ, TZ: "Pacific/Auckland"}).after(8 * time.Hour) // 18:00 UTC is the next day there
	for name, c := range map[string]struct {
		g    *given
		want engine.Breathing
	}{
		"from the date":       {start(t).event(engine.MoratoriumClaimed, claim(space, today-3, none)), engine.Breathing{From: today - 3}},
		"from the day":        {start(t).event(engine.MoratoriumClaimed, claim(space, 0, none)), engine.Breathing{From: today}},
		"from the local day":  {far.event(engine.MoratoriumClaimed, claim(space, 0, none)), engine.Breathing{From: today + 1}},
		"crisis":              {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, none)), engine.Breathing{From: today, Treatment: true}},
		"crisis with an end":  {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, at(9, 0))), engine.Breathing{From: today, Treatment: true, Ended: today + 9}},
		"its end told later":  {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, none)).after(48*time.Hour).event(engine.MoratoriumClaimed, claim(crisis, 0, at(9, 0))), engine.Breathing{From: today, Treatment: true, Ended: today + 9}},
		"not cut short":       {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, none)).event(engine.MoratoriumClaimed, claim(space, today, none)), engine.Breathing{From: today, Treatment: true}},
		"a second one":        {start(t).event(engine.MoratoriumClaimed, claim(space, today-90, none)).event(engine.MoratoriumClaimed, claim(space, today, none)), engine.Breathing{From: today}},
		"lifted":              {start(t).event(engine.MoratoriumClaimed, claim(space, 0, none)).event(engine.HoldLifted, claim(space, 0, none)), engine.Breathing{}},
		"lifted as a crisis":  {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, none)).event(engine.HoldLifted, claim(crisis, 0, none)), engine.Breathing{}},
		"lifted as any":       {start(t).event(engine.MoratoriumClaimed, claim(crisis, 0, none)).event(engine.HoldLifted, claim("moratorium", 0, none)), engine.Breathing{}},
		"another hold lifted": {start(t).event(engine.MoratoriumClaimed, claim(space, 0, none)).event(engine.HoldLifted, claim("", 0, none)), engine.Breathing{From: today}},
		"any other":           {start(t).event(engine.MoratoriumClaimed, claim("art. 6", 0, none)), engine.Breathing{}},
	} {
		p := c.g.profile()
		if p.Breathing != c.want || (p.HoldTill != 0) != (name == "any other") || (p.Flags != 0) != (name == "any other") {
			t.Errorf("%s: %+v, hold %d, flags %v; want %+v", name, p.Breathing, p.HoldTill, p.Flags.Names(), c.want)
		}
	}
}
