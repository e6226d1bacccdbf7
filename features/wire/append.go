package wire

import (
	"math/bits"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
)

// AppendEvent appends e as canonical CloudEvents JSON: attributes and fields in fixed order, times
// in UTC, no white space. [ParseEvent] reads it back; Tenant, Received and Seq are not part of it.
// e must be valid, as parsed events are.
func AppendEvent(dst []byte, e *engine.Event) []byte {
	dst = append(dst, `{"specversion":"1.0","id":`...)
	dst = appendText(dst, e.ID)
	dst = append(dst, `,"source":`...)
	dst = appendText(dst, e.Source)
	dst = append(dst, `,"type":"`...)
	dst = append(dst, TypeName(e.Type)...)
	dst = append(dst, `","subject":`...)
	dst = appendText(dst, e.Debtor)
	dst = append(dst, `,"time":`...)
	dst = appendTime(dst, e.At)
	if e.Data.Has != 0 {
		dst = append(dst, `,"data":`...)
		dst = DataJSON(dst, &e.Data)
	}
	return append(dst, '}')
}

// DataJSON appends the data object of an event: the fields in Has, in fixed order.
// [ParseData] reads it back.
func DataJSON(dst []byte, v *engine.EventData) []byte {
	dst = append(dst, '{')
	for left, n := v.Has, 0; left != 0; n++ {
		i := bits.TrailingZeros64(uint64(left))
		left &= left - 1
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, fieldNames[i]...)
		dst = append(dst, `":`...)
		dst = appendField(dst, 1<<i, v)
	}
	return append(dst, '}')
}

func appendField(dst []byte, f engine.Fields, v *engine.EventData) []byte {
	if s := textField(v, f); s != nil {
		return appendText(dst, *s)
	}
	switch f {
	case engine.FieldOpen:
		dst = append(dst, `{"amount_minor":`...)
		dst = strconv.AppendInt(dst, v.Open.AmountMinor, 10)
		dst = append(dst, `,"currency":`...)
		return append(appendText(dst, v.Open.Currency), '}')
	case engine.FieldOldestDue:
		return appendText(dst, v.OldestDue.String())
	case engine.FieldContractDate:
		return appendText(dst, v.ContractDate.String())
	case engine.FieldDue:
		return appendText(dst, v.Due.String())
	case engine.FieldDate:
		return appendText(dst, v.Date.String())
	case engine.FieldDunningLevel:
		return strconv.AppendInt(dst, int64(v.DunningLevel), 10)
	case engine.FieldBirthYear:
		return strconv.AppendInt(dst, int64(v.BirthYear), 10)
	case engine.FieldInstalments:
		return strconv.AppendInt(dst, int64(v.Instalments), 10)
	case engine.FieldCostMicro:
		return strconv.AppendInt(dst, v.CostMicro, 10)
	case engine.FieldAmountMinor:
		return strconv.AppendInt(dst, v.AmountMinor, 10)
	case engine.FieldUnmatched:
		return strconv.AppendBool(dst, v.Unmatched)
	case engine.FieldValidity:
		return strconv.AppendFloat(dst, v.Validity, 'g', -1, 64)
	case engine.FieldValue:
		return strconv.AppendFloat(dst, v.Value, 'g', -1, 64)
	case engine.FieldAt:
		return appendTime(dst, v.ActedAt)
	case engine.FieldExpires:
		return appendTime(dst, v.Expires)
	case engine.FieldUntil:
		return appendTime(dst, v.Until)
	case engine.FieldChannel:
		return appendText(dst, v.Channel.String())
	case engine.FieldTone:
		return appendText(dst, v.Tone.String())
	case engine.FieldFlags:
		b, _ := v.Flags.MarshalJSON() // has no way to fail
		return append(dst, b...)
	case engine.FieldHours:
		dst = appendHours(append(dst, '"'), v.HourFrom, v.HourTo)
		return append(dst, '"')
	case engine.FieldWeekdays:
		return appendWeekdays(dst, v.Weekdays)
	case engine.FieldDecisionID:
		dst, _ = v.DecisionID.AppendText(append(dst, '"')) // has no way to fail
		return append(dst, '"')
	}
	panic("wire: a data field without a writer")
}

// appendTime appends t in UTC with as many digits of the second as it has, at most microseconds.
func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = t.UTC().Truncate(time.Microsecond).AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if !plain[s[i]] {
			dst, _ = jsontext.AppendQuote(dst, s) // invalid UTF-8 becomes U+FFFD
			return dst
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
