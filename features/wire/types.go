package wire

import (
	"strings"

	"takt/engine"
)

// TypeName is the CloudEvents type of an event type: promise_made is de.takt.promise.made.v1.
func TypeName(t engine.EventType) string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return ""
}

// typeNames are the CloudEvents types by event type, typesNamed the way back; both are constant.
var typeNames = func() (names [engine.EventTypes]string) {
	for t := 1; t < engine.EventTypes; t++ {
		names[t] = "de.takt." + strings.Replace(engine.EventType(t).String(), "_", ".", 1) + ".v1"
	}
	return names
}()

var typesNamed = func() map[string]engine.EventType {
	types := make(map[string]engine.EventType)
	for t, name := range typeNames[1:] {
		types[name] = engine.EventType(t + 1)
	}
	return types
}()

// fieldsNamed are the data fields by JSON name, fieldNames the names by bit; both are constant.
var (
	fieldNames  = engine.Fields(1<<64 - 1).Names()
	fieldsNamed = func() map[string]engine.Fields {
		fields := make(map[string]engine.Fields)
		for i, name := range fieldNames {
			fields[name] = 1 << i
		}
		return fields
	}()
)

// textField is the place of a text field, nil for a field that is no text.
func textField(v *engine.EventData, f engine.Fields) *string {
	switch f {
	case engine.FieldCaseID:
		return &v.CaseID
	case engine.FieldPortfolio:
		return &v.Portfolio
	case engine.FieldStage:
		return &v.Stage
	case engine.FieldFulfilment:
		return &v.Fulfilment
	case engine.FieldReason:
		return &v.Reason
	case engine.FieldKind:
		return &v.Kind
	case engine.FieldTZ:
		return &v.TZ
	case engine.FieldRegion:
		return &v.Region
	case engine.FieldLanguage:
		return &v.Language
	case engine.FieldAddressRef:
		return &v.AddressRef
	case engine.FieldPurpose:
		return &v.Purpose
	case engine.FieldState:
		return &v.State
	case engine.FieldBasis:
		return &v.Basis
	case engine.FieldTemplate:
		return &v.Template
	case engine.FieldAction:
		return &v.Action
	case engine.FieldCurrency:
		return &v.Currency
	case engine.FieldEventID:
		return &v.EventID
	case engine.FieldOther:
		return &v.Other
	case engine.FieldName:
		return &v.Name
	case engine.FieldMadeTo:
		return &v.MadeTo
	case engine.FieldScope:
		return &v.Scope
	case engine.FieldReference:
		return &v.Reference
	}
	return nil
}
