package historytest

import (
	"time"

	"pgregory.net/rapid"

	"takt/engine"
)

// noon is an instant that generated facts lie around.
var noon = time.Date(2025, 11, 21, 12, 0, 0, 0, time.UTC)

var (
	text    = rapid.StringN(0, 12, -1)
	name    = rapid.StringN(1, 8, -1)
	micros  = rapid.Int64Range(0, int64(90*24*time.Hour/time.Microsecond))
	instant = rapid.Custom(func(t *rapid.T) time.Time { return noon.Add(time.Duration(micros.Draw(t, "µs")) * time.Microsecond) })
	far     = rapid.Custom(func(t *rapid.T) time.Time { // any instant a store keeps, or none
		return rapid.OneOf(rapid.Just(time.Time{}), rapid.Just(time.Date(2261, 12, 31, 0, 0, 0, 0, time.UTC)), rapid.Just(noon.AddDate(-100, 0, 0)), instant).Draw(t, "far")
	})
	number = rapid.IntRange(-1<<31, 1<<31-1)
	date   = rapid.Custom(func(t *rapid.T) engine.Date { return engine.Date(rapid.IntRange(-25567, 120529).Draw(t, "day")) })
	id     = rapid.Custom(func(t *rapid.T) engine.ID {
		return engine.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	})
	hash   = rapid.Custom(func(t *rapid.T) [16]byte { return [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "hash")) })
	finite = rapid.Float64Range(-1e12, 1e12)
)

// Event generates an event of any type with any of the fields that the type allows. Tenant, Seq and identity
// are left to the caller to set where a test needs them to be.
func Event() *rapid.Generator[engine.Event] {
	return rapid.Custom(func(t *rapid.T) engine.Event {
		typ := engine.EventType(rapid.IntRange(1, engine.EventTypes-1).Draw(t, "type"))
		has := engine.Fields(rapid.Uint64().Draw(t, "has"))&typ.Allowed() | typ.Required()
		at := instant.Draw(t, "at")
		return engine.Event{
			Source: rapid.SampledFrom([]string{"erp", "crm"}).Draw(t, "source"), ID: name.Draw(t, "id"), Type: typ,
			Debtor: rapid.SampledFrom([]string{"D-1", "D-2", "D-10", "d"}).Draw(t, "debtor"),
			At:     at, Received: at.Add(time.Second), Seq: 1 + rapid.Uint64Max(1<<40).Draw(t, "seq"),
			Data: data(t, has),
		}
	})
}

// data fills the fields in has, and no other.
func data(t *rapid.T, has engine.Fields) engine.EventData {
	all := engine.EventData{
		CaseID: rapid.SampledFrom([]string{"C-1", "C-2", "C-3"}).Draw(t, "case"), Portfolio: text.Draw(t, "portfolio"), Stage: text.Draw(t, "stage"),
		Fulfilment: text.Draw(t, "fulfilment"), Reason: text.Draw(t, "reason"),
		Open:      engine.Money{AmountMinor: rapid.Int64().Draw(t, "open"), Currency: text.Draw(t, "open currency")},
		OldestDue: date.Draw(t, "oldest due"), ContractDate: date.Draw(t, "contract"), DunningLevel: number.Draw(t, "level"),
		Kind: text.Draw(t, "kind"), TZ: text.Draw(t, "tz"), Region: text.Draw(t, "region"), Language: text.Draw(t, "language"),
		BirthYear: number.Draw(t, "birth year"), Flags: engine.Flags(rapid.Uint32().Draw(t, "flags")),
		Channel: channel.Draw(t, "channel"), Tone: tone.Draw(t, "tone"), AddressRef: text.Draw(t, "address"), Purpose: text.Draw(t, "purpose"),
		State: text.Draw(t, "state"), Basis: text.Draw(t, "basis"), Template: text.Draw(t, "template"), Validity: finite.Draw(t, "validity"),
		DecisionID: id.Draw(t, "decision"), ActedAt: far.Draw(t, "acted"), CostMicro: rapid.Int64().Draw(t, "cost"), Action: text.Draw(t, "action"),
		AmountMinor: rapid.Int64().Draw(t, "amount"), Currency: text.Draw(t, "currency"), Unmatched: rapid.Bool().Draw(t, "unmatched"),
		EventID: text.Draw(t, "event"), Other: text.Draw(t, "other"), Name: text.Draw(t, "name"), Value: finite.Draw(t, "value"), Expires: far.Draw(t, "expires"),
		Due: date.Draw(t, "due"), Instalments: number.Draw(t, "instalments"), MadeTo: text.Draw(t, "made to"),
		Scope: text.Draw(t, "scope"), Reference: text.Draw(t, "reference"), Until: far.Draw(t, "until"), Date: date.Draw(t, "date"),
		HourFrom: number.Draw(t, "from"), HourTo: number.Draw(t, "to"), Weekdays: engine.Set[engine.Weekday](rapid.Uint32().Draw(t, "weekdays")),
	}
	d := engine.EventData{Has: has}
	for f := engine.Fields(1); f != 0 && f <= engine.FieldWeekdays; f <<= 1 {
		if has&f != 0 {
			take(&d, &all, f)
		}
	}
	return d
}

var (
	channel = rapid.Custom(func(t *rapid.T) engine.Channel {
		return engine.Channel(rapid.IntRange(0, engine.Channels-1).Draw(t, "channel"))
	})
	tone = rapid.Custom(func(t *rapid.T) engine.Tone {
		return engine.Tone(rapid.IntRange(0, engine.Tones-1).Draw(t, "tone"))
	})
	offer = rapid.Custom(func(t *rapid.T) engine.Offer {
		return engine.Offer(rapid.IntRange(0, engine.Offers-1).Draw(t, "offer"))
	})
)
