package importer

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"takt/engine"
)

// caseEvents opens the case and updates it: a case known before ignores the opening, whose id is
// always the same, and takes the update.
func (c *caseRows) caseEvents() {
	k, debtor := &c.row.Case, c.row.Debtor.ID
	fields := []field{{"case_id", quote(k.ID), "/case/id"}, {"portfolio", k.Portfolio, "/case/portfolio"}, {"stage", k.Stage, "/case/stage"},
		{"open", k.Open, "/case/open"}, {"oldest_due", k.OldestDue, "/case/oldest_due"}, {"dunning_level", k.DunningLevel, "/case/dunning_level"},
		{"contract_date", k.ContractDate, "/case/contract_date"}, {"fulfilment", k.Fulfilment, "/case/fulfilment"}}
	if given(k.Open) && given(k.OldestDue) {
		c.event(engine.CaseOpened, debtor, k.ID+"/opened", fields...)
	}
	c.event(engine.CaseUpdated, debtor, k.ID+"/updated", fields...)
	if k.Dispute == nil {
		return
	}
	about := []field{fields[0], {"scope", k.Dispute.Scope, "/case/dispute/scope"}}
	if string(k.Dispute.Scope) == `"part"` { // one part a case, so that the next row tells of the same one
		about = append(about, field{"reference", quote(k.ID), "/case/id"})
	}
	if amount := k.Dispute.AmountMinor; given(amount) && k.Dispute.State != "resolved" {
		about = append(about, field{"amount_minor", amount, "/case/dispute/amount_minor"}, field{"currency", currency(k.Open), "/case/open/currency"})
	}
	switch k.Dispute.State {
	case "resolved":
		c.event(engine.DisputeResolved, debtor, k.ID+"/dispute", about...)
	case "", "open": // a dispute that does not say it is resolved is open
		c.event(engine.DisputeOpened, debtor, k.ID+"/dispute", append(about, field{"reason", quote("imported"), "/case/dispute"})...)
	default:
		c.fault(&engine.FieldError{Pointer: "/case/dispute/state", Detail: "is not known; use open or resolved"})
	}
}

func (c *caseRows) debtorEvents() {
	d := &c.row.Debtor
	fields := []field{{"kind", d.Kind, "/debtor/kind"}, {"tz", d.TZ, "/debtor/tz"}, {"region", d.Region, "/debtor/region"},
		{"language", d.Language, "/debtor/language"}, {"birth_year", d.BirthYear, "/debtor/birth_year"}, {"flags", d.Flags, "/debtor/flags"}}
	// The event's list of flags replaces the one before; a row's empty list is no statement that lifts.
	if string(bytes.Join(bytes.Fields(d.Flags), nil)) == "[]" {
		fields = fields[:5]
	}
	for _, f := range fields {
		if given(f.value) {
			c.event(engine.DebtorUpdated, d.ID, d.ID+"/debtor", fields...)
			return
		}
	}
}

func (c *caseRows) channelEvents() {
	debtor := c.row.Debtor.ID
	for i, p := range c.row.Channels {
		at := fmt.Sprintf("/channels/%d", i)
		channel, address := field{"channel", p.Channel, at + "/channel"}, field{"address_ref", p.AddressRef, at + "/address_ref"}
		if given(p.AddressRef) {
			c.event(engine.AddressChanged, debtor, debtor+"/address", channel, address, field{"validity", p.Validity, at + "/validity"}, field{"purpose", p.Place, at + "/place"})
		}
		consents, state := []string{p.Consent}, "given"
		switch p.Consent {
		case "":
			continue
		case "none":
			consents, state = []string{"service", "marketing", "tracking"}, "withdrawn"
		}
		for _, purpose := range consents {
			c.event(engine.ConsentChanged, debtor, debtor+"/consent", channel, address,
				field{"purpose", quote(purpose), at + "/consent"}, field{"state", quote(state), at + "/consent"})
		}
	}
}

// currency is the member of an amount; nothing of what has none.
func currency(open jsontext.Value) jsontext.Value {
	var m struct {
		Currency jsontext.Value `json:"currency"`
	}
	if given(open) && json.Unmarshal(open, &m) != nil {
		return nil
	}
	return m.Currency
}

func given(v jsontext.Value) bool { return len(v) > 0 && v.Kind() != 'n' }
