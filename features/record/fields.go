package record

import (
	"math"

	"takt/engine"
)

// inUse is the set of fields that hold something; a zero float counts by its bits, so that -0 stays.
func inUse(d *engine.EventData) (f engine.Fields) {
	set := func(bit engine.Fields, on bool) {
		if on {
			f |= bit
		}
	}
	set(engine.FieldCaseID, d.CaseID != "")
	set(engine.FieldPortfolio, d.Portfolio != "")
	set(engine.FieldStage, d.Stage != "")
	set(engine.FieldOpen, d.Open != engine.Money{})
	set(engine.FieldOldestDue, d.OldestDue != 0)
	set(engine.FieldDunningLevel, d.DunningLevel != 0)
	set(engine.FieldContractDate, d.ContractDate != 0)
	set(engine.FieldFulfilment, d.Fulfilment != "")
	set(engine.FieldReason, d.Reason != "")
	set(engine.FieldKind, d.Kind != "")
	set(engine.FieldTZ, d.TZ != "")
	set(engine.FieldRegion, d.Region != "")
	set(engine.FieldLanguage, d.Language != "")
	set(engine.FieldBirthYear, d.BirthYear != 0)
	set(engine.FieldFlags, d.Flags != 0)
	set(engine.FieldChannel, d.Channel != 0)
	set(engine.FieldAddressRef, d.AddressRef != "")
	set(engine.FieldPurpose, d.Purpose != "")
	set(engine.FieldState, d.State != "")
	set(engine.FieldBasis, d.Basis != "")
	set(engine.FieldValidity, math.Float64bits(d.Validity) != 0)
	set(engine.FieldDecisionID, !d.DecisionID.IsZero())
	set(engine.FieldAt, !d.ActedAt.IsZero())
	set(engine.FieldCostMicro, d.CostMicro != 0)
	set(engine.FieldAction, d.Action != "")
	set(engine.FieldTone, d.Tone != 0)
	set(engine.FieldTemplate, d.Template != "")
	set(engine.FieldAmountMinor, d.AmountMinor != 0)
	set(engine.FieldCurrency, d.Currency != "")
	set(engine.FieldUnmatched, d.Unmatched)
	set(engine.FieldEventID, d.EventID != "")
	set(engine.FieldOther, d.Other != "")
	set(engine.FieldName, d.Name != "")
	set(engine.FieldValue, math.Float64bits(d.Value) != 0)
	set(engine.FieldExpires, !d.Expires.IsZero())
	set(engine.FieldDue, d.Due != 0)
	set(engine.FieldInstalments, d.Instalments != 0)
	set(engine.FieldMadeTo, d.MadeTo != "")
	set(engine.FieldScope, d.Scope != "")
	set(engine.FieldUntil, !d.Until.IsZero())
	set(engine.FieldDate, d.Date != 0)
	set(engine.FieldReference, d.Reference != "")
	set(engine.FieldHours, d.HourFrom != 0 || d.HourTo != 0)
	set(engine.FieldWeekdays, d.Weekdays != 0)
	return f
}

func appendField(b []byte, d *engine.EventData, f engine.Fields) []byte {
	switch f {
	case engine.FieldCaseID:
		return putText(b, d.CaseID)
	case engine.FieldPortfolio:
		return putText(b, d.Portfolio)
	case engine.FieldStage:
		return putText(b, d.Stage)
	case engine.FieldOpen:
		return putText(putInt(b, d.Open.AmountMinor), d.Open.Currency)
	case engine.FieldOldestDue:
		return putInt(b, int64(d.OldestDue))
	case engine.FieldDunningLevel:
		return putInt(b, int64(d.DunningLevel))
	case engine.FieldContractDate:
		return putInt(b, int64(d.ContractDate))
	case engine.FieldFulfilment:
		return putText(b, d.Fulfilment)
	case engine.FieldReason:
		return putText(b, d.Reason)
	case engine.FieldKind:
		return putText(b, d.Kind)
	case engine.FieldTZ:
		return putText(b, d.TZ)
	case engine.FieldRegion:
		return putText(b, d.Region)
	case engine.FieldLanguage:
		return putText(b, d.Language)
	case engine.FieldBirthYear:
		return putInt(b, int64(d.BirthYear))
	case engine.FieldFlags:
		return putUint(b, uint64(d.Flags))
	case engine.FieldChannel:
		return append(b, byte(d.Channel))
	case engine.FieldAddressRef:
		return putText(b, d.AddressRef)
	case engine.FieldPurpose:
		return putText(b, d.Purpose)
	case engine.FieldState:
		return putText(b, d.State)
	case engine.FieldBasis:
		return putText(b, d.Basis)
	case engine.FieldValidity:
		return putFloat(b, d.Validity)
	case engine.FieldDecisionID:
		return append(b, d.DecisionID[:]...)
	case engine.FieldAt:
		return putTime(b, d.ActedAt)
	case engine.FieldCostMicro:
		return putInt(b, d.CostMicro)
	case engine.FieldAction:
		return putText(b, d.Action)
	case engine.FieldTone:
		return append(b, byte(d.Tone))
	case engine.FieldTemplate:
		return putText(b, d.Template)
	case engine.FieldAmountMinor:
		return putInt(b, d.AmountMinor)
	case engine.FieldCurrency:
		return putText(b, d.Currency)
	case engine.FieldUnmatched:
		return putBool(b, d.Unmatched)
	case engine.FieldEventID:
		return putText(b, d.EventID)
	case engine.FieldOther:
		return putText(b, d.Other)
	case engine.FieldName:
		return putText(b, d.Name)
	case engine.FieldValue:
		return putFloat(b, d.Value)
	case engine.FieldExpires:
		return putTime(b, d.Expires)
	case engine.FieldDue:
		return putInt(b, int64(d.Due))
	case engine.FieldInstalments:
		return putInt(b, int64(d.Instalments))
	case engine.FieldMadeTo:
		return putText(b, d.MadeTo)
	case engine.FieldScope:
		return putText(b, d.Scope)
	case engine.FieldUntil:
		return putTime(b, d.Until)
	case engine.FieldDate:
		return putInt(b, int64(d.Date))
	case engine.FieldReference:
		return putText(b, d.Reference)
	case engine.FieldHours:
		return putInt(putInt(b, int64(d.HourFrom)), int64(d.HourTo))
	case engine.FieldWeekdays:
		return putUint(b, uint64(d.Weekdays))
	}
	return b
}

func parseField(r *reader, d *engine.EventData, f engine.Fields) {
	switch f {
	case engine.FieldCaseID:
		d.CaseID = r.string()
	case engine.FieldPortfolio:
		d.Portfolio = r.string()
	case engine.FieldStage:
		d.Stage = r.string()
	case engine.FieldOpen:
		d.Open = engine.Money{AmountMinor: r.int(), Currency: r.string()}
	case engine.FieldOldestDue:
		d.OldestDue = r.date()
	case engine.FieldDunningLevel:
		d.DunningLevel = int(r.int())
	case engine.FieldContractDate:
		d.ContractDate = r.date()
	case engine.FieldFulfilment:
		d.Fulfilment = r.string()
	case engine.FieldReason:
		d.Reason = r.string()
	case engine.FieldKind:
		d.Kind = r.string()
	case engine.FieldTZ:
		d.TZ = r.string()
	case engine.FieldRegion:
		d.Region = r.string()
	case engine.FieldLanguage:
		d.Language = r.string()
	case engine.FieldBirthYear:
		d.BirthYear = int(r.int())
	case engine.FieldFlags:
		d.Flags = engine.Flags(r.within(math.MaxUint32, "flags"))
	case engine.FieldChannel:
		d.Channel = engine.Channel(r.within(engine.Channels-1, "channel"))
	case engine.FieldAddressRef:
		d.AddressRef = r.string()
	case engine.FieldPurpose:
		d.Purpose = r.string()
	case engine.FieldState:
		d.State = r.string()
	case engine.FieldBasis:
		d.Basis = r.string()
	case engine.FieldValidity:
		d.Validity = r.float()
	case engine.FieldDecisionID:
		r.fixed(d.DecisionID[:])
	case engine.FieldAt:
		d.ActedAt = r.time()
	case engine.FieldCostMicro:
		d.CostMicro = r.int()
	case engine.FieldAction:
		d.Action = r.string()
	case engine.FieldTone:
		d.Tone = engine.Tone(r.within(engine.Tones-1, "tone"))
	case engine.FieldTemplate:
		d.Template = r.string()
	case engine.FieldAmountMinor:
		d.AmountMinor = r.int()
	case engine.FieldCurrency:
		d.Currency = r.string()
	case engine.FieldUnmatched:
		d.Unmatched = r.bool()
	case engine.FieldEventID:
		d.EventID = r.string()
	case engine.FieldOther:
		d.Other = r.string()
	case engine.FieldName:
		d.Name = r.string()
	case engine.FieldValue:
		d.Value = r.float()
	case engine.FieldExpires:
		d.Expires = r.time()
	case engine.FieldDue:
		d.Due = r.date()
	case engine.FieldInstalments:
		d.Instalments = int(r.int())
	case engine.FieldMadeTo:
		d.MadeTo = r.string()
	case engine.FieldScope:
		d.Scope = r.string()
	case engine.FieldUntil:
		d.Until = r.time()
	case engine.FieldDate:
		d.Date = r.date()
	case engine.FieldReference:
		d.Reference = r.string()
	case engine.FieldHours:
		d.HourFrom, d.HourTo = int(r.int()), int(r.int())
	case engine.FieldWeekdays:
		d.Weekdays = engine.Set[engine.Weekday](r.within(math.MaxUint32, "weekdays"))
	default:
		r.fail("unknown field")
	}
}
