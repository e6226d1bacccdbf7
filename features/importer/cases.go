package importer

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
	"takt/features/wire"
)

// caseRow is one line in the shape of a decision request. What stays raw is read by the wire
// package as the event field of the same name.
type caseRow struct {
	Case struct {
		ID           string         `json:"id"`
		Portfolio    jsontext.Value `json:"portfolio"`
		Stage        jsontext.Value `json:"stage"`
		Open         jsontext.Value `json:"open"`
		OldestDue    jsontext.Value `json:"oldest_due"`
		DunningLevel jsontext.Value `json:"dunning_level"`
		DefaultSince jsontext.Value `json:"default_since"` // no event has it: the request says it anew
		ContractDate jsontext.Value `json:"contract_date"`
		Fulfilment   jsontext.Value `json:"fulfilment"`
		Dispute      *struct {
			State       string         `json:"state"`
			Scope       jsontext.Value `json:"scope"`
			AmountMinor jsontext.Value `json:"amount_minor"`
		} `json:"dispute"`
		Service       jsontext.Value `json:"service"` // of a decision, as the four below
		Arrears       jsontext.Value `json:"arrears"`
		Reminders     jsontext.Value `json:"reminders"`
		FirstReminder jsontext.Value `json:"first_reminder"`
		Informed      jsontext.Value `json:"informed"`
	} `json:"case"`
	Debtor struct {
		ID        string         `json:"id"`
		Kind      jsontext.Value `json:"kind"`
		TZ        jsontext.Value `json:"tz"`
		Zones     jsontext.Value `json:"zones"` // of a decision
		Region    jsontext.Value `json:"region"`
		Language  jsontext.Value `json:"language"`
		BirthYear jsontext.Value `json:"birth_year"`
		Flags     jsontext.Value `json:"flags"`
	} `json:"debtor"`
	Channels []struct {
		Channel    jsontext.Value `json:"channel"`
		AddressRef jsontext.Value `json:"address_ref"`
		Validity   jsontext.Value `json:"validity"`
		Consent    string         `json:"consent"`
		Place      jsontext.Value `json:"place"`
	} `json:"channels"`
	AsOf        string         `json:"as_of"`
	Constraints jsontext.Value `json:"constraints"` // of a decision, not of the history
	Want        jsontext.Value `json:"want"`
}

// caseRows turns case rows into events.
type caseRows struct {
	wire   wire.Parser
	source string
	asOf   time.Time

	row  *caseRow
	at   string // time of the row's events
	out  []engine.Event
	errs []error
}

func (c *caseRows) parse(line []byte, dst []engine.Event) ([]engine.Event, error) {
	if len(line) > wire.MaxEvent {
		return nil, &engine.FieldError{Detail: "is larger than 64 KiB"}
	}
	c.row, c.out, c.errs = new(caseRow), dst, nil
	if err := json.Unmarshal(line, c.row, json.RejectUnknownMembers(true)); err != nil {
		return nil, rowFault(err)
	}
	if c.row.AsOf != "" {
		c.at = c.row.AsOf
	} else if c.at = c.asOf.UTC().Format(time.RFC3339Nano); c.asOf.IsZero() {
		return nil, &engine.FieldError{Pointer: "/as_of", Detail: "is missing; say when the row was true, or give one time for all rows"}
	}
	c.caseEvents()
	c.debtorEvents()
	c.channelEvents()
	return c.out, errors.Join(c.errs...)
}

// rowFault words an error of the JSON reader as one of the row.
func rowFault(err error) error {
	var shape *json.SemanticError
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &shape) && errors.Is(err, json.ErrUnknownName):
		return &engine.FieldError{Pointer: string(shape.JSONPointer), Detail: "is no field of a case row"}
	case errors.As(err, &shape):
		return &engine.FieldError{Pointer: string(shape.JSONPointer), Detail: "has the wrong type"}
	case errors.As(err, &syntax):
		return &engine.FieldError{Pointer: string(syntax.JSONPointer), Detail: fmt.Sprintf("is not valid JSON at byte %d: %v", syntax.ByteOffset, syntax.Err)}
	}
	return err
}

// A field is one member of an event's data and where the row has it.
type field struct {
	name  string
	value jsontext.Value
	from  string // JSON pointer into the row
}

// event adds an event. Its id is made of parts, the row's time and a hash of the data, so that the
// same row gives the same ids and another row never hides behind them.
func (c *caseRows) event(t engine.EventType, subject, id string, fields ...field) {
	data := []byte{'{'}
	for _, f := range fields {
		if len(f.value) == 0 || f.value.Kind() == 'n' {
			continue
		}
		if len(data) > 1 {
			data = append(data, ',')
		}
		data = append(data, `"`+f.name+`":`...)
		data = append(data, f.value...)
	}
	data = append(data, '}')
	if t != engine.CaseOpened {
		id = fmt.Sprintf("%s/%s/%016x", id, c.at, engine.FNV1a(string(data)))
	}
	text := envelope(nil, identity(id), c.source, t, subject, c.at)
	e, err := c.wire.Parse(append(append(text, data...), '}'))
	if err == nil {
		c.out = append(c.out, e)
		return
	}
	for _, f := range wire.FieldErrors(err) {
		c.fault(c.place(f, fields))
	}
}

// place moves the pointer of an event's error to the row.
func (c *caseRows) place(f *engine.FieldError, fields []field) *engine.FieldError {
	for _, m := range fields {
		if at := "/data/" + m.name; f.Pointer == at || len(f.Pointer) > len(at) && f.Pointer[:len(at)+1] == at+"/" {
			return &engine.FieldError{Pointer: m.from + f.Pointer[len(at):], Detail: f.Detail}
		}
	}
	switch f.Pointer {
	case "/time":
		return &engine.FieldError{Pointer: "/as_of", Detail: f.Detail}
	case "/subject":
		return &engine.FieldError{Pointer: "/debtor/id", Detail: f.Detail}
	}
	return f
}

// fault notes an error once: several events may share a field.
func (c *caseRows) fault(f *engine.FieldError) {
	for _, e := range c.errs {
		if e.Error() == f.Error() {
			return
		}
	}
	c.errs = append(c.errs, f)
}
