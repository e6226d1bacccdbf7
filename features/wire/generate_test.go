package wire_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/wire"
)

// Whatever a valid event of any type holds, text and event are the same thing.
func TestRoundTrip(t *testing.T) {
	for k := 1; k < engine.EventTypes; k++ {
		kind := engine.EventType(k)
		t.Run(kind.String(), rapid.MakeCheck(func(t *rapid.T) { roundTrip(t, draw(t, kind)) }))
	}
}

// What a type does not allow is refused, whatever else the event holds.
func TestStrayFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t, engine.EventType(rapid.IntRange(1, engine.EventTypes-1).Draw(t, "type")))
		stray := engine.Fields(1<<rapid.IntRange(0, 43).Draw(t, "field")) &^ e.Type.Allowed()
		if stray == 0 {
			return
		}
		set(t, &e.Data, stray)
		e.Data.Has |= stray
		_, err := wire.ParseEvent(wire.AppendEvent(nil, &e))
		for _, f := range wire.FieldErrors(err) {
			if f.Pointer == "/data/"+stray.Names()[0] {
				return
			}
		}
		t.Fatalf("%s is accepted in %s: %v", stray.Names(), e.Type, err)
	})
}

var label = rapid.Custom(func(t *rapid.T) string {
	if rapid.Bool().Draw(t, "plain") {
		return rapid.StringMatching(`[A-Za-z0-9:./_-]{1,60}`).Draw(t, "text")
	}
	return rapid.StringMatching(`[ "\\/äß€😀<>&'A-Z~]{1,40}`).Draw(t, "text")
})

// draw is a valid event of the type with its required and some of its allowed fields.
func draw(t *rapid.T, kind engine.EventType) engine.Event {
	e := engine.Event{ID: label.Draw(t, "id"), Source: label.Draw(t, "source"), Debtor: label.Draw(t, "debtor"), Type: kind, At: instant(t, "at")}
	e.Data.Has = kind.Required() | kind.Allowed()&engine.Fields(rapid.Uint64().Draw(t, "fields"))
	if money := engine.FieldAmountMinor | engine.FieldCurrency; e.Data.Has&money != 0 {
		e.Data.Has |= money
	}
	for f := engine.Fields(1); f <= engine.FieldWeekdays; f <<= 1 {
		if e.Data.Has&f != 0 {
			set(t, &e.Data, f)
		}
	}
	if e.Data.BirthYear > e.At.Year() {
		e.Data.BirthYear = e.At.Year()
	}
	if kind == engine.ConsentChanged {
		e.Data.State = rapid.SampledFrom([]string{"given", "withdrawn"}).Draw(t, "state")
	}
	if kind == engine.WishStated {
		e.Data.State = rapid.SampledFrom([]string{"avoid", "lifted"}).Draw(t, "state")
		if e.Data.Has |= engine.FieldChannel; e.Data.Channel == 0 {
			set(t, &e.Data, engine.FieldChannel)
		}
	}
	if kind == engine.AddressChanged && e.Data.Has&engine.FieldPurpose != 0 {
		e.Data.Purpose = rapid.SampledFrom([]string{"service", "work", "private"}).Draw(t, "place")
	}
	if kind == engine.DebtorMerged {
		e.Data.Other = "not " + e.Debtor
	}
	return e
}

func instant(t *rapid.T, name string) time.Time {
	from, to := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(2101, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()-1
	return time.UnixMicro(rapid.Int64Range(from, to).Draw(t, name)).UTC()
}

// set gives field f a valid value.
func set(t *rapid.T, v *engine.EventData, f engine.Fields) {
	name := f.Names()[0]
	pick := func(dst *string, from ...string) { *dst = rapid.SampledFrom(from).Draw(t, name) }
	text := func(dst *string) { *dst = label.Draw(t, name) }
	date := func(dst *engine.Date) { *dst = engine.Date(rapid.IntRange(1, 50_000).Draw(t, name)) }
	amount := func() int64 { return rapid.Int64Range(0, engine.MaxAmountMinor).Draw(t, name) }
	switch f {
	case engine.FieldOpen:
		v.Open.AmountMinor = amount()
		pick(&v.Open.Currency, "EUR", "USD", "JPY", "ZWG", "AED")
	case engine.FieldAmountMinor:
		v.AmountMinor = amount()
	case engine.FieldCurrency:
		pick(&v.Currency, "EUR", "USD", "JPY", "ZWG", "AED")
	case engine.FieldStage:
		pick(&v.Stage, engine.Stages[1:]...)
	case engine.FieldFulfilment:
		pick(&v.Fulfilment, engine.Fulfilments[1:]...)
	case engine.FieldKind:
		pick(&v.Kind, "person", "micro_business", "business")
	case engine.FieldTZ:
		pick(&v.TZ, "Europe/Berlin", "America/Argentina/ComodRivadavia", "UTC")
	case engine.FieldRegion:
		pick(&v.Region, "DE-BY", "DE", "US-PA", "FR-75C", "GB-ENG")
	case engine.FieldLanguage:
		pick(&v.Language, "de", "pt-BR", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske")
	case engine.FieldPurpose:
		pick(&v.Purpose, "service", "marketing", "tracking")
	case engine.FieldMadeTo:
		pick(&v.MadeTo, "human", "bot")
	case engine.FieldOldestDue:
		date(&v.OldestDue)
	case engine.FieldContractDate:
		date(&v.ContractDate)
	case engine.FieldDue:
		date(&v.Due)
	case engine.FieldDate:
		date(&v.Date)
	case engine.FieldDunningLevel:
		v.DunningLevel = rapid.IntRange(0, 99).Draw(t, name)
	case engine.FieldBirthYear:
		v.BirthYear = rapid.IntRange(1900, 2100).Draw(t, name)
	case engine.FieldInstalments:
		v.Instalments = rapid.IntRange(1, 999).Draw(t, name)
	case engine.FieldFlags:
		v.Flags = engine.Flags(rapid.Uint32Range(0, 1<<13-1).Draw(t, name))
	case engine.FieldChannel:
		v.Channel = engine.Channel(rapid.IntRange(1, engine.Channels-1).Draw(t, name))
	case engine.FieldTone:
		v.Tone = engine.Tone(rapid.IntRange(1, engine.Tones-1).Draw(t, name))
	case engine.FieldValidity:
		v.Validity = rapid.Float64Range(0, 1).Draw(t, name) + 0
	case engine.FieldValue:
		v.Value = rapid.Float64().Draw(t, name) + 0
	case engine.FieldDecisionID:
		copy(v.DecisionID[:], fmt.Sprintf("%016x", rapid.Uint64Range(1, 1<<62).Draw(t, name)))
	case engine.FieldCostMicro:
		v.CostMicro = rapid.Int64Range(0, 10_000*engine.MaxAmountMinor).Draw(t, name)
	case engine.FieldUnmatched:
		v.Unmatched = rapid.Bool().Draw(t, name)
	case engine.FieldAt:
		v.ActedAt = instant(t, name)
	case engine.FieldExpires:
		v.Expires = instant(t, name)
	case engine.FieldUntil:
		v.Until = instant(t, name)
	case engine.FieldHours:
		v.HourFrom = rapid.IntRange(0, 1439).Draw(t, name)
		v.HourTo = rapid.IntRange(v.HourFrom+1, 1440).Draw(t, name)
	case engine.FieldWeekdays:
		v.Weekdays = engine.Set[engine.Weekday](rapid.IntRange(1, 127).Draw(t, name) << 1)
	case engine.FieldCaseID:
		text(&v.CaseID)
	case engine.FieldPortfolio:
		text(&v.Portfolio)
	case engine.FieldReason:
		text(&v.Reason)
	case engine.FieldAddressRef:
		text(&v.AddressRef)
	case engine.FieldState:
		text(&v.State)
	case engine.FieldBasis:
		text(&v.Basis)
	case engine.FieldTemplate:
		text(&v.Template)
	case engine.FieldAction:
		text(&v.Action)
	case engine.FieldEventID:
		text(&v.EventID)
	case engine.FieldOther:
		text(&v.Other)
	case engine.FieldName:
		text(&v.Name)
	case engine.FieldScope:
		text(&v.Scope)
	case engine.FieldReference:
		text(&v.Reference)
	default:
		t.Fatalf("no value for field %s", name)
	}
}
