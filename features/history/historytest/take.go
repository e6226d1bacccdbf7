package historytest

import "takt/engine"

// take copies the values of one field from src to dst.
func take(dst, src *engine.EventData, f engine.Fields) {
	switch f {
	case engine.FieldCaseID:
		dst.CaseID = src.CaseID
	case engine.FieldPortfolio:
		dst.Portfolio = src.Portfolio
	case engine.FieldStage:
		dst.Stage = src.Stage
	case engine.FieldOpen:
		dst.Open = src.Open
	case engine.FieldOldestDue:
		dst.OldestDue = src.OldestDue
	case engine.FieldDunningLevel:
		dst.DunningLevel = src.DunningLevel
	case engine.FieldContractDate:
		dst.ContractDate = src.ContractDate
	case engine.FieldFulfilment:
		dst.Fulfilment = src.Fulfilment
	case engine.FieldReason:
		dst.Reason = src.Reason
	case engine.FieldKind:
		dst.Kind = src.Kind
	case engine.FieldTZ:
		dst.TZ = src.TZ
	case engine.FieldRegion:
		dst.Region = src.Region
	case engine.FieldLanguage:
		dst.Language = src.Language
	case engine.FieldBirthYear:
		dst.BirthYear = src.BirthYear
	case engine.FieldFlags:
		dst.Flags = src.Flags
	case engine.FieldChannel:
		dst.Channel = src.Channel
	case engine.FieldAddressRef:
		dst.AddressRef = src.AddressRef
	case engine.FieldPurpose:
		dst.Purpose = src.Purpose
	case engine.FieldState:
		dst.State = src.State
	case engine.FieldBasis:
		dst.Basis = src.Basis
	case engine.FieldValidity:
		dst.Validity = src.Validity
	default:
		takeMore(dst, src, f)
	}
}

func takeMore(dst, src *engine.EventData, f engine.Fields) {
	switch f {
	case engine.FieldDecisionID:
		dst.DecisionID = src.DecisionID
	case engine.FieldAt:
		dst.ActedAt = src.ActedAt
	case engine.FieldCostMicro:
		dst.CostMicro = src.CostMicro
	case engine.FieldAction:
		dst.Action = src.Action
	case engine.FieldTone:
		dst.Tone = src.Tone
	case engine.FieldTemplate:
		dst.Template = src.Template
	case engine.FieldAmountMinor:
		dst.AmountMinor = src.AmountMinor
	case engine.FieldCurrency:
		dst.Currency = src.Currency
	case engine.FieldUnmatched:
		dst.Unmatched = src.Unmatched
	case engine.FieldEventID:
		dst.EventID = src.EventID
	case engine.FieldOther:
		dst.Other = src.Other
	case engine.FieldName:
		dst.Name = src.Name
	case engine.FieldValue:
		dst.Value = src.Value
	case engine.FieldExpires:
		dst.Expires = src.Expires
	case engine.FieldDue:
		dst.Due = src.Due
	case engine.FieldInstalments:
		dst.Instalments = src.Instalments
	case engine.FieldMadeTo:
		dst.MadeTo = src.MadeTo
	case engine.FieldScope:
		dst.Scope = src.Scope
	case engine.FieldUntil:
		dst.Until = src.Until
	case engine.FieldDate:
		dst.Date = src.Date
	case engine.FieldReference:
		dst.Reference = src.Reference
	case engine.FieldHours:
		dst.HourFrom, dst.HourTo = src.HourFrom, src.HourTo
	case engine.FieldWeekdays:
		dst.Weekdays = src.Weekdays
	}
}
