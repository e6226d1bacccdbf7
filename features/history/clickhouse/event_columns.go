package clickhouse

import (
	"slices"
	"time"

	"takt/engine"
	"takt/features/record"
)

type ev = engine.Event

// eventColumns are the columns of table events that the rows have values for; the others get their defaults.
func eventColumns(rows []ev) []column[ev] {
	var has engine.Fields
	for i := range rows {
		has |= rows[i].Data.Has
	}
	all := append(eventHead(), eventData()...)
	return slices.DeleteFunc(all, func(c column[ev]) bool { return c.field != 0 && c.field&has == 0 })
}

// eventHead is what every event has.
func eventHead() []column[ev] {
	return []column[ev]{
		plain("tenant", func(e *ev) string { return e.Tenant }),
		plain("debtor_id", func(e *ev) string { return e.Debtor }),
		instant("at", func(e *ev) time.Time { return e.At }),
		plain("id", func(e *ev) string { return e.ID }),
		plain("source", func(e *ev) string { return e.Source }),
		enum("type", func(e *ev) engine.EventType { return e.Type }),
		plain("seq", func(e *ev) uint64 { return e.Seq }),
		instant("received", func(e *ev) time.Time { return e.Received }),
		plain("record", func(e *ev) string { return string(record.AppendEvent(nil, e)) }),
		plain("has", func(e *ev) uint64 { return uint64(e.Data.Has) }),
	}
}

// eventData is what some have, in the order of engine.EventData.
func eventData() []column[ev] {
	return []column[ev]{
		plain("case_id", func(e *ev) string { return e.Data.CaseID }).of(engine.FieldCaseID),
		plain("portfolio", func(e *ev) string { return e.Data.Portfolio }).of(engine.FieldPortfolio),
		plain("stage", func(e *ev) string { return e.Data.Stage }).of(engine.FieldStage),
		plain("fulfilment", func(e *ev) string { return e.Data.Fulfilment }).of(engine.FieldFulfilment),
		plain("reason", func(e *ev) string { return e.Data.Reason }).of(engine.FieldReason),
		plain("open_minor", func(e *ev) int64 { return e.Data.Open.AmountMinor }).of(engine.FieldOpen),
		plain("open_currency", func(e *ev) string { return e.Data.Open.Currency }).of(engine.FieldOpen),
		date("oldest_due", func(e *ev) engine.Date { return e.Data.OldestDue }).of(engine.FieldOldestDue),
		date("contract_date", func(e *ev) engine.Date { return e.Data.ContractDate }).of(engine.FieldContractDate),
		number("dunning_level", func(e *ev) int { return e.Data.DunningLevel }).of(engine.FieldDunningLevel),

		plain("kind", func(e *ev) string { return e.Data.Kind }).of(engine.FieldKind),
		plain("tz", func(e *ev) string { return e.Data.TZ }).of(engine.FieldTZ),
		plain("region", func(e *ev) string { return e.Data.Region }).of(engine.FieldRegion),
		plain("language", func(e *ev) string { return e.Data.Language }).of(engine.FieldLanguage),
		number("birth_year", func(e *ev) int { return e.Data.BirthYear }).of(engine.FieldBirthYear),
		plain("flags", func(e *ev) uint32 { return uint32(e.Data.Flags) }).of(engine.FieldFlags),

		enum("channel", func(e *ev) engine.Channel { return e.Data.Channel }).of(engine.FieldChannel),
		enum("tone", func(e *ev) engine.Tone { return e.Data.Tone }).of(engine.FieldTone),
		plain("address_ref", func(e *ev) string { return e.Data.AddressRef }).of(engine.FieldAddressRef),
		plain("purpose", func(e *ev) string { return e.Data.Purpose }).of(engine.FieldPurpose),
		plain("state", func(e *ev) string { return e.Data.State }).of(engine.FieldState),
		plain("basis", func(e *ev) string { return e.Data.Basis }).of(engine.FieldBasis),
		plain("template", func(e *ev) string { return e.Data.Template }).of(engine.FieldTemplate),
		plain("validity", func(e *ev) float64 { return e.Data.Validity }).of(engine.FieldValidity),

		id("decision_id", func(e *ev) engine.ID { return e.Data.DecisionID }).of(engine.FieldDecisionID),
		instant("acted_at", func(e *ev) time.Time { return e.Data.ActedAt }).of(engine.FieldAt),
		plain("cost_micro", func(e *ev) int64 { return e.Data.CostMicro }).of(engine.FieldCostMicro),
		plain("action", func(e *ev) string { return e.Data.Action }).of(engine.FieldAction),

		plain("amount_minor", func(e *ev) int64 { return e.Data.AmountMinor }).of(engine.FieldAmountMinor),
		plain("currency", func(e *ev) string { return e.Data.Currency }).of(engine.FieldCurrency),
		plain("unmatched", func(e *ev) bool { return e.Data.Unmatched }).of(engine.FieldUnmatched),
		plain("event_id", func(e *ev) string { return e.Data.EventID }).of(engine.FieldEventID),
		plain("other", func(e *ev) string { return e.Data.Other }).of(engine.FieldOther),
		plain("name", func(e *ev) string { return e.Data.Name }).of(engine.FieldName),
		plain("value", func(e *ev) float64 { return e.Data.Value }).of(engine.FieldValue),
		instant("expires", func(e *ev) time.Time { return e.Data.Expires }).of(engine.FieldExpires),

		date("due", func(e *ev) engine.Date { return e.Data.Due }).of(engine.FieldDue),
		number("instalments", func(e *ev) int { return e.Data.Instalments }).of(engine.FieldInstalments),
		plain("made_to", func(e *ev) string { return e.Data.MadeTo }).of(engine.FieldMadeTo),
		plain("scope", func(e *ev) string { return e.Data.Scope }).of(engine.FieldScope),
		plain("reference", func(e *ev) string { return e.Data.Reference }).of(engine.FieldReference),
		instant("until", func(e *ev) time.Time { return e.Data.Until }).of(engine.FieldUntil),
		number("hour_from", func(e *ev) int { return e.Data.HourFrom }).of(engine.FieldHours),
		number("hour_to", func(e *ev) int { return e.Data.HourTo }).of(engine.FieldHours),
		plain("weekdays", func(e *ev) uint32 { return uint32(e.Data.Weekdays) }).of(engine.FieldWeekdays),
		date("date", func(e *ev) engine.Date { return e.Data.Date }).of(engine.FieldDate),
	}
}
