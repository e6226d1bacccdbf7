package clickhouse

import (
	"time"

	"takt/engine"
)

type ev = engine.Event

// eventColumns are the columns of table events.
func eventColumns() []column[ev] {
	return []column[ev]{
		low("tenant", func(e *ev) *string { return &e.Tenant }),
		texts("debtor_id", func(e *ev) *string { return &e.Debtor }),
		times("at", func(e *ev) *time.Time { return &e.At }),
		texts("id", func(e *ev) *string { return &e.ID }),
		low("source", func(e *ev) *string { return &e.Source }),
		enums("type", func(e *ev) *engine.EventType { return &e.Type }),
		uint64s("seq", func(e *ev) *uint64 { return &e.Seq }),
		times("received", func(e *ev) *time.Time { return &e.Received }),
		uint64s("has", func(e *ev) *engine.Fields { return &e.Data.Has }),

		texts("case_id", func(e *ev) *string { return &e.Data.CaseID }).of(engine.FieldCaseID),
		low("portfolio", func(e *ev) *string { return &e.Data.Portfolio }).of(engine.FieldPortfolio),
		low("stage", func(e *ev) *string { return &e.Data.Stage }).of(engine.FieldStage),
		low("fulfilment", func(e *ev) *string { return &e.Data.Fulfilment }).of(engine.FieldFulfilment),
		low("reason", func(e *ev) *string { return &e.Data.Reason }).of(engine.FieldReason),
		int64s("open_minor", func(e *ev) *int64 { return &e.Data.Open.AmountMinor }).of(engine.FieldOpen),
		low("open_currency", func(e *ev) *string { return &e.Data.Open.Currency }).of(engine.FieldOpen),
		dates("oldest_due", func(e *ev) *engine.Date { return &e.Data.OldestDue }).of(engine.FieldOldestDue),
		dates("contract_date", func(e *ev) *engine.Date { return &e.Data.ContractDate }).of(engine.FieldContractDate),
		ints("dunning_level", func(e *ev) *int { return &e.Data.DunningLevel }).of(engine.FieldDunningLevel),

		low("kind", func(e *ev) *string { return &e.Data.Kind }).of(engine.FieldKind),
		low("tz", func(e *ev) *string { return &e.Data.TZ }).of(engine.FieldTZ),
		low("region", func(e *ev) *string { return &e.Data.Region }).of(engine.FieldRegion),
		low("language", func(e *ev) *string { return &e.Data.Language }).of(engine.FieldLanguage),
		ints("birth_year", func(e *ev) *int { return &e.Data.BirthYear }).of(engine.FieldBirthYear),
		flags("flags", func(e *ev) *engine.Flags { return &e.Data.Flags }).of(engine.FieldFlags),

		enums("channel", func(e *ev) *engine.Channel { return &e.Data.Channel }).of(engine.FieldChannel),
		enums("tone", func(e *ev) *engine.Tone { return &e.Data.Tone }).of(engine.FieldTone),
		texts("address_ref", func(e *ev) *string { return &e.Data.AddressRef }).of(engine.FieldAddressRef),
		low("purpose", func(e *ev) *string { return &e.Data.Purpose }).of(engine.FieldPurpose),
		low("state", func(e *ev) *string { return &e.Data.State }).of(engine.FieldState),
		low("basis", func(e *ev) *string { return &e.Data.Basis }).of(engine.FieldBasis).notSlim(),
		low("template", func(e *ev) *string { return &e.Data.Template }).of(engine.FieldTemplate).notSlim(),
		floats("validity", func(e *ev) *float64 { return &e.Data.Validity }).of(engine.FieldValidity),

		ids("decision_id", func(e *ev) *engine.ID { return &e.Data.DecisionID }).of(engine.FieldDecisionID),
		times("acted_at", func(e *ev) *time.Time { return &e.Data.ActedAt }).of(engine.FieldAt),
		int64s("cost_micro", func(e *ev) *int64 { return &e.Data.CostMicro }).of(engine.FieldCostMicro),
		low("action", func(e *ev) *string { return &e.Data.Action }).of(engine.FieldAction).notSlim(),

		int64s("amount_minor", func(e *ev) *int64 { return &e.Data.AmountMinor }).of(engine.FieldAmountMinor),
		low("currency", func(e *ev) *string { return &e.Data.Currency }).of(engine.FieldCurrency),
		bools("unmatched", func(e *ev) *bool { return &e.Data.Unmatched }).of(engine.FieldUnmatched),
		texts("event_id", func(e *ev) *string { return &e.Data.EventID }).of(engine.FieldEventID),
		texts("other", func(e *ev) *string { return &e.Data.Other }).of(engine.FieldOther),
		low("name", func(e *ev) *string { return &e.Data.Name }).of(engine.FieldName),
		floats("value", func(e *ev) *float64 { return &e.Data.Value }).of(engine.FieldValue),
		times("expires", func(e *ev) *time.Time { return &e.Data.Expires }).of(engine.FieldExpires),

		dates("due", func(e *ev) *engine.Date { return &e.Data.Due }).of(engine.FieldDue),
		ints("instalments", func(e *ev) *int { return &e.Data.Instalments }).of(engine.FieldInstalments),
		low("made_to", func(e *ev) *string { return &e.Data.MadeTo }).of(engine.FieldMadeTo),
		low("scope", func(e *ev) *string { return &e.Data.Scope }).of(engine.FieldScope),
		texts("reference", func(e *ev) *string { return &e.Data.Reference }).of(engine.FieldReference).notSlim(),
		times("until", func(e *ev) *time.Time { return &e.Data.Until }).of(engine.FieldUntil),
		dates("date", func(e *ev) *engine.Date { return &e.Data.Date }).of(engine.FieldDate),
	}
}

func flags(name string, at func(*ev) *engine.Flags) column[ev] {
	return column[ev]{name: name, expr: name, typ: "UInt32",
		values: func(rows []ev) any { return collect(rows, func(e *ev) uint32 { return uint32(*at(e)) }) },
		set:    func(dst *ev, c *cells, row int) { *at(dst) = engine.Flags(c.u32(row)) }}
}

func bools(name string, at func(*ev) *bool) column[ev] {
	return column[ev]{name: name, expr: "toUInt8(" + name + ")", typ: "UInt8",
		values: func(rows []ev) any { return collect(rows, func(e *ev) bool { return *at(e) }) },
		set:    func(dst *ev, c *cells, row int) { *at(dst) = c.raw[row] != 0 }}
}
