package wire

import (
	"strings"
	"time"

	"takt/engine"
)

// check is what only the whole event shows: fields against its type and against each other.
func (d *decoder) check(e *engine.Event) {
	if e.Type == 0 {
		return
	}
	v := &e.Data
	if stray := d.fields &^ e.Type.Allowed(); stray != 0 {
		for _, name := range stray.Names() {
			d.fault("/data/"+name, "is no field of %s; it takes %s", e.Type, strings.Join(e.Type.Allowed().Names(), " "))
		}
	}
	lacking := e.Type.Required() &^ d.given
	if lacking != 0 && d.seen&attrData == 0 {
		d.fault("/data", "is required: %s needs %s", e.Type, strings.Join(e.Type.Required().Names(), ", "))
		lacking = 0
	}
	for _, name := range lacking.Names() {
		d.fault("/data/"+name, "is required for %s", e.Type)
	}
	d.checkFuture("/time", e.At)
	d.checkFuture("/data/at", v.ActedAt)
	d.checkMoney(v)
	d.checkWords(e.Type, v)
	if e.Type == engine.WishStated {
		d.checkWish(v)
	}
	if v.Has&engine.FieldBirthYear != 0 && !e.At.IsZero() && v.BirthYear > e.At.Year() {
		d.fault("/data/birth_year", "is %d, after the event; write the year of birth", v.BirthYear)
	}
	if e.Type == engine.DebtorMerged && v.Other != "" && v.Other == e.Debtor {
		d.fault("/data/other", "is the subject itself; name the debtor that was merged into it")
	}
	if v.Has&engine.FieldTZ != 0 && !d.written.IsZero() {
		if loc, err := d.Zone(v.TZ); err == nil {
			if err := CheckLocal(d.written, loc); err != nil {
				d.errs = append(d.errs, Within("/time", err))
			}
		}
	}
}

// checkFuture refuses what cannot have happened yet: a profile would wait for that instant, and a
// replay clock would jump to it for good.
func (d *decoder) checkFuture(pointer string, t time.Time) {
	if !d.Latest.IsZero() && t.After(d.Latest) {
		d.fault(pointer, "lies in the future; nothing after %s is taken at present", d.Latest.Format(time.RFC3339))
	}
}

// checkMoney holds amount and currency together.
func (d *decoder) checkMoney(v *engine.EventData) {
	const pair = engine.FieldAmountMinor | engine.FieldCurrency
	switch d.given & pair {
	case engine.FieldAmountMinor:
		d.fault("/data/currency", "is required beside amount_minor")
	case engine.FieldCurrency:
		d.fault("/data/amount_minor", "is required beside currency")
	}
}

// checkWords holds texts to the words that rules ask for.
func (d *decoder) checkWords(t engine.EventType, v *engine.EventData) {
	switch {
	case v.Has&engine.FieldState == 0:
	case t == engine.ConsentChanged:
		d.known("/data/state", v.State, consents[:])
	case t == engine.WishStated:
		d.known("/data/state", v.State, wishes[:])
	}
	switch {
	case v.Purpose == "" || t == engine.ScoreSet: // a score's purpose is the caller's own word
	case t == engine.AddressChanged:
		d.known("/data/purpose", v.Purpose, places[:])
	default:
		d.known("/data/purpose", v.Purpose, purposes[:])
	}
}

// checkWish refuses a wish that says nothing: it would be taken and change nothing.
func (d *decoder) checkWish(v *engine.EventData) {
	if d.given&engine.FieldAddressRef != 0 && d.given&engine.FieldChannel == 0 {
		d.fault("/data/channel", "is required beside address_ref")
	}
	if v.State == wishes[0] && d.given&(engine.FieldChannel|engine.FieldAddressRef|engine.FieldHours|engine.FieldWeekdays) == 0 {
		d.fault("/data", "says nothing to avoid; name a channel, an address_ref, hours or weekdays")
	}
}

func (d *decoder) known(pointer, v string, names []string) {
	for _, n := range names {
		if n == v {
			return
		}
	}
	d.fault(pointer, "%q is not known; use one of %s", clip(v), strings.Join(names, " "))
}
