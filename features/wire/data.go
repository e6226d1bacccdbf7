package wire

import "takt/engine"

// data reads the data object, whatever the event's type: type may come after data.
func (d *decoder) data(v *engine.EventData) {
	if !d.take('{') {
		return
	}
	d.at = "/data"
	for name, more := d.member(true); more; name, more = d.member(false) {
		d.name = name
		f, known := fieldsNamed[name]
		switch {
		case !known:
			d.skip()
			d.add("is no field of any event; see the table of events")
			continue
		case d.fields&f != 0:
			d.add("stands there twice; keep one")
		}
		d.fields |= f
		if d.peek() == 'n' && d.word("null") { // null says unknown, as an absent field does
			continue
		}
		d.given |= f
		if d.field(f, v) {
			v.Has |= f
		}
	}
}

// field reads the value of field f and reports whether it is good.
func (d *decoder) field(f engine.Fields, v *engine.EventData) bool {
	switch f {
	case engine.FieldCaseID:
		return d.label(&v.CaseID)
	case engine.FieldPortfolio:
		return d.label(&v.Portfolio)
	case engine.FieldStage:
		return d.oneOf(&v.Stage, engine.Stages[1:])
	case engine.FieldFulfilment:
		return d.oneOf(&v.Fulfilment, engine.Fulfilments[1:])
	case engine.FieldReason:
		return d.label(&v.Reason)
	case engine.FieldOpen:
		return d.money(&v.Open)
	case engine.FieldOldestDue:
		return d.date(&v.OldestDue)
	case engine.FieldContractDate:
		return d.date(&v.ContractDate)
	case engine.FieldDunningLevel:
		return d.small(&v.DunningLevel, 0, 99)
	case engine.FieldKind:
		return d.oneOf(&v.Kind, kinds[:])
	case engine.FieldTZ:
		return d.zone(&v.TZ)
	case engine.FieldRegion:
		return d.shaped(&v.Region, isRegion, "is no ISO 3166-2 code; write one such as DE-BY")
	case engine.FieldLanguage:
		return d.shaped(&v.Language, isLanguage, "is no BCP 47 language tag; write one such as de or pt-BR")
	case engine.FieldBirthYear:
		return d.small(&v.BirthYear, 1900, 2100)
	case engine.FieldFlags:
		return d.flags(&v.Flags)
	case engine.FieldChannel:
		return level(d, &v.Channel, engine.Channels, channelFault)
	case engine.FieldTone:
		return level(d, &v.Tone, engine.Tones, toneFault)
	case engine.FieldAddressRef:
		return d.reference(&v.AddressRef)
	case engine.FieldPurpose:
		return d.label(&v.Purpose)
	case engine.FieldState:
		return d.label(&v.State)
	case engine.FieldBasis:
		return d.label(&v.Basis)
	case engine.FieldTemplate:
		return d.label(&v.Template)
	}
	return d.laterField(f, v)
}

// laterField is the second half of field: decisions, money, promises and holds.
func (d *decoder) laterField(f engine.Fields, v *engine.EventData) bool {
	switch f {
	case engine.FieldValidity:
		return d.fraction(&v.Validity)
	case engine.FieldDecisionID:
		return d.ulid(&v.DecisionID)
	case engine.FieldAt:
		return d.instant(&v.ActedAt, false) && utc(&v.ActedAt)
	case engine.FieldCostMicro:
		return d.integer(&v.CostMicro, 0, maxCostMicro)
	case engine.FieldAction:
		return d.label(&v.Action)
	case engine.FieldAmountMinor:
		return d.integer(&v.AmountMinor, 0, engine.MaxAmountMinor)
	case engine.FieldCurrency:
		return d.isoCurrency(&v.Currency)
	case engine.FieldUnmatched:
		return d.boolean(&v.Unmatched)
	case engine.FieldEventID:
		return d.label(&v.EventID)
	case engine.FieldOther:
		return d.label(&v.Other)
	case engine.FieldName:
		return d.label(&v.Name)
	case engine.FieldValue:
		return d.float(&v.Value)
	case engine.FieldExpires:
		return d.instant(&v.Expires, true) && utc(&v.Expires)
	case engine.FieldDue:
		return d.date(&v.Due)
	case engine.FieldInstalments:
		return d.small(&v.Instalments, 1, 999)
	case engine.FieldMadeTo:
		return d.oneOf(&v.MadeTo, listeners[:])
	case engine.FieldScope:
		return d.label(&v.Scope)
	case engine.FieldUntil:
		return d.instant(&v.Until, true) && utc(&v.Until)
	case engine.FieldDate:
		return d.date(&v.Date)
	case engine.FieldReference:
		return d.label(&v.Reference)
	case engine.FieldHours:
		return d.hours(&v.HourFrom, &v.HourTo)
	case engine.FieldWeekdays:
		return d.weekdays(&v.Weekdays)
	}
	panic("wire: a data field without a reader")
}

// maxCostMicro is engine.MaxAmountMinor in millionths of a major unit of two decimals.
const maxCostMicro = engine.MaxAmountMinor * 10_000

var (
	kinds     = [...]string{"person", "micro_business", "business"}
	listeners = [...]string{"human", "bot"}
	purposes  = [...]string{"service", "marketing", "tracking"}
	places    = [...]string{"service", "marketing", "tracking", "private", "work"}
	consents  = [...]string{"given", "withdrawn"}
	wishes    = [...]string{"avoid", "lifted"}
)
