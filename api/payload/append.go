package payload

import (
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
)

// out appends JSON; members take their comma from whether something stands before them.
type out struct {
	b    []byte
	zone *time.Location
}

// key starts a member.
func (o *out) key(name string) {
	if c := o.b[len(o.b)-1]; c != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// item starts an element.
func (o *out) item() {
	if c := o.b[len(o.b)-1]; c != '[' {
		o.b = append(o.b, ',')
	}
}

func (o *out) raw(s string) { o.b = append(o.b, s...) }

func (o *out) text(name, v string) {
	o.key(name)
	o.b = AppendText(o.b, v)
}

// textOrNull writes null for an empty text.
func (o *out) textOrNull(name, v string) {
	if v == "" {
		o.null(name)
		return
	}
	o.text(name, v)
}

func (o *out) null(name string) {
	o.key(name)
	o.raw("null")
}

func (o *out) flag(name string, v bool) {
	o.key(name)
	o.b = strconv.AppendBool(o.b, v)
}

func (o *out) integer(name string, v int64) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, v, 10)
}

// score writes an expectation of a model in single precision, which is what models have.
func (o *out) score(name string, v float64) {
	o.key(name)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		o.raw("null")
		return
	}
	o.b = jsontext.AppendFloat(o.b, v, 32)
}

// number writes v in the fewest digits that read back as v; what is no number is null.
func (o *out) number(name string, v float64) {
	o.key(name)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		o.raw("null")
		return
	}
	o.b = jsontext.AppendFloat(o.b, v, 64)
}

// time writes an instant in the zone with its offset; the zero time is null.
func (o *out) time(name string, t time.Time) {
	if t.IsZero() {
		o.null(name)
		return
	}
	o.key(name)
	o.b = AppendTime(o.b, t, o.zone)
}

// date writes a civil day.
func (o *out) date(name string, d engine.Date) {
	o.key(name)
	o.b = append(d.In(time.UTC).AppendFormat(append(o.b, '"'), time.DateOnly), '"')
}

// list writes texts.
func (o *out) list(name string, texts []string) {
	o.key(name)
	o.raw("[")
	for _, s := range texts {
		o.item()
		o.b = AppendText(o.b, s)
	}
	o.raw("]")
}

// AppendTime appends an instant as a JSON string: RFC 3339 with the zone's offset, UTC for nil.
func AppendTime(b []byte, t time.Time, zone *time.Location) []byte {
	if zone == nil {
		zone = time.UTC
	}
	return append(t.In(zone).AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// AppendText appends a JSON string; what is no UTF-8 is replaced.
func AppendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			b, _ = jsontext.AppendQuote(b, s) // its error says that bytes were replaced
			return b
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
