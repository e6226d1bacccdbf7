package explain

import (
	"strconv"

	"takt/engine"
)

// Text is one text in the languages of the product.
type Text [2]string

// The languages, as positions in a Text.
const (
	English = iota
	German
)

// tags are the languages in BCP 47.
var tags = Text{English: "en", German: "de"}

// separators are those of decimals and of thousands.
var separators = [2]struct{ decimal, thousand byte }{English: {'.', ','}, German: {',', '.'}}

// amount writes minor units without their sign: 1,234.50 € and 1.234,50 €, with as many decimals as
// the currency has in ISO 4217. Other currencies go by their code. The blank does not break.
func amount(minor int64, currency string, lang int) string {
	unit := uint64(1_000_000 / engine.MicroPerMinor(currency)) // minor units of a major one
	v := uint64(minor)
	if minor < 0 {
		v = -v
	}
	b := thousands(strconv.FormatUint(v/unit, 10), separators[lang].thousand)
	if unit > 1 {
		b = append(b, separators[lang].decimal)
		b = append(b, strconv.FormatUint(unit+v%unit, 10)[1:]...)
	}
	if currency == "EUR" {
		currency = "€"
	}
	return string(b) + "\u00a0" + currency
}

func thousands(digits string, separator byte) []byte {
	var b []byte
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, separator)
		}
		b = append(b, digits[i])
	}
	return b
}

// signed is amount with + or the true minus sign before it.
func signed(minor int64, currency string, lang int) string {
	switch text := amount(minor, currency, lang); {
	case minor > 0:
		return "+" + text
	case minor < 0:
		return "−" + text
	default:
		return text
	}
}
