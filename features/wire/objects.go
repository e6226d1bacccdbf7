package wire

import "takt/engine"

// money reads {"amount_minor":…,"currency":…}.
func (d *decoder) money(m *engine.Money) bool {
	if d.peek() != '{' {
		return d.mistyped(`an object such as {"amount_minor":5990,"currency":"EUR"}`)
	}
	d.i++
	at, name, faults := d.at, d.name, len(d.errs)
	d.at += "/" + name
	var amount, currency bool
	for key, more := d.member(true); more; key, more = d.member(false) {
		d.name = key
		switch {
		case key == "amount_minor" && !amount:
			amount = true
			d.integer(&m.AmountMinor, 0, engine.MaxAmountMinor)
		case key == "currency" && !currency:
			currency = true
			d.isoCurrency(&m.Currency)
		case key == "amount_minor" || key == "currency":
			d.skip()
			d.add("stands there twice; keep one")
		default:
			d.skip()
			d.add("is no field of an amount; use amount_minor and currency")
		}
	}
	d.at, d.name = at, name
	if d.wrong == "" && !(amount && currency) {
		d.add("needs both amount_minor and currency")
	}
	return len(d.errs) == faults
}

// common currencies are found without a walk through the whole list.
var common = [...]string{"EUR", "USD", "GBP", "CHF", "PLN", "SEK"}

// isoCurrency reads an ISO 4217 code.
func (d *decoder) isoCurrency(dst *string) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	for _, c := range common {
		if c == v {
			*dst = c
			return true
		}
	}
	if !engine.ValidCurrency(v) {
		d.add("%q is no ISO 4217 code; use three capital letters such as EUR", clip(v))
		return false
	}
	*dst = v
	return true
}

// flags reads a list of flag names; [] says that none is set.
func (d *decoder) flags(dst *engine.Flags) bool {
	if d.peek() != '[' {
		return d.mistyped(`a list such as ["vulnerable"]`)
	}
	d.i++
	faults := len(d.errs)
	for first := true; d.next(']', first); first = false {
		v, ok := d.anyText()
		if !ok {
			continue
		}
		flag, err := engine.FlagNamed(v)
		if err != nil {
			d.add("%s", detail(err))
		}
		*dst |= flag
	}
	return len(d.errs) == faults
}

// level reads one of the count-1 names of a channel or tone into dst. The engine's own reader only
// words the refusal: it would take the event to the heap.
func level[L interface {
	~uint8
	String() string
}](d *decoder, dst *L, count int, reader func(string) error) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	for l := L(1); int(l) < count; l++ {
		if l.String() == v {
			*dst = l
			return true
		}
	}
	if v == "" { // the levels' own name of none
		d.add("is empty; leave the field out if it is unknown")
		return false
	}
	d.add("%s", detail(reader(v)))
	return false
}

func channelFault(v string) error { return new(engine.Channel).UnmarshalText([]byte(v)) }

func toneFault(v string) error { return new(engine.Tone).UnmarshalText([]byte(v)) }

func (d *decoder) ulid(dst *engine.ID) bool {
	v, ok := d.anyText()
	if !ok {
		return false
	}
	id, err := engine.ParseID(v)
	if err != nil || id.IsZero() {
		d.add("%q is no decision id; write the 26 letters of a decision_id", clip(v))
		return false
	}
	*dst = id
	return true
}

// detail is the sentence of a FieldError without its pointer.
func detail(err error) string {
	if f := FieldErrors(err); len(f) == 1 {
		return f[0].Detail
	}
	return err.Error()
}
