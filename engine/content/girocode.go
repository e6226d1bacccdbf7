package content

import (
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"takt/engine"
)

// MaxGiroCode bounds a payload, in bytes: what a QR code of version 13 holds at error correction M.
const MaxGiroCode = 331

// maxGiroMinor is the greatest amount of a GiroCode, 999,999,999.99 EUR.
const maxGiroMinor = 99_999_999_999

// CreditTransfer is a SEPA credit transfer that a bank's app fills in from a GiroCode.
type CreditTransfer struct {
	Creditor    engine.Creditor
	AmountMinor int64  // 1 to 99,999,999,999 cents
	Currency    string // EUR
	Purpose     string // ISO 20022 purpose code such as CHAR; optional
	Reference   string // remittance: an ISO 11649 creditor reference (RF…), or up to 140 letters; optional
	Information string // for the payer, up to 70 letters; optional
}

// GiroCode is the payload of a GiroCode for an amount in minor units. Errors are FieldErrors with the
// pointers of takt.yaml and of the request: /name, /iban, /bic, /amount_minor, /currency, /reference.
func GiroCode(c engine.Creditor, amountMinor int64, currency, reference string) (string, error) {
	b, err := (&CreditTransfer{Creditor: c, AmountMinor: amountMinor, Currency: currency, Reference: reference}).AppendGiroCode(nil)
	return string(b), err
}

// AppendGiroCode appends the payload by EPC069-12, version 002, in UTF-8, without the empty lines at its end.
func (t *CreditTransfer) AppendGiroCode(dst []byte) ([]byte, error) {
	if err := t.check(); err != nil {
		return dst, err
	}
	from := len(dst)
	dst = append(dst, "BCD\n002\n1\nSCT\n"...)
	dst = append(append(dst, t.Creditor.BIC...), '\n')
	dst = append(append(dst, t.Creditor.Name...), '\n')
	dst = append(compact(dst, t.Creditor.IBAN), '\n')
	dst = append(appendEuro(dst, t.AmountMinor), '\n')
	dst = append(append(dst, t.Purpose...), '\n')
	if !structured(t.Reference) {
		dst = append(dst, '\n')
	}
	dst = append(dst, t.Reference...)
	if structured(t.Reference) {
		dst = append(dst, '\n')
	}
	dst = append(append(dst, '\n'), t.Information...)
	for dst[len(dst)-1] == '\n' {
		dst = dst[:len(dst)-1]
	}
	if n := len(dst) - from; n > MaxGiroCode {
		return dst[:from], &engine.FieldError{Pointer: "/reference", Detail: fmt.Sprintf("makes the GiroCode %d bytes long; shorten it or the name, to %d bytes in all", n, MaxGiroCode)}
	}
	return dst, nil
}

// appendEuro writes EUR#.## with a dot, without the cents of a whole amount, as the guideline's example does.
func appendEuro(dst []byte, minor int64) []byte {
	dst = strconv.AppendInt(append(dst, "EUR"...), minor/100, 10)
	if cents := minor % 100; cents != 0 {
		dst = append(dst, '.', byte('0'+cents/10), byte('0'+cents%10))
	}
	return dst
}

func (t *CreditTransfer) check() error {
	bad := func(ok bool, pointer, format string, args ...any) error {
		if ok {
			return nil
		}
		return &engine.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)}
	}
	return errors.Join(
		CheckCreditor(&t.Creditor),
		bad(t.Currency == "EUR", "/currency", "is %q; a GiroCode carries EUR alone", t.Currency),
		bad(t.AmountMinor >= 1 && t.AmountMinor <= maxGiroMinor, "/amount_minor", "is %d; use 1 to %d cents", t.AmountMinor, int64(maxGiroMinor)),
		bad(len(t.Purpose) <= 4 && capitals(t.Purpose), "/purpose", "is %q; use an ISO 20022 code of at most four capitals and digits, such as CHAR", t.Purpose),
		checkLine("/reference", t.Reference, 0, 140),
		bad(!likeStructured(t.Reference) || structured(t.Reference), "/reference",
			"is %q, whose check digits are not those of a creditor reference (ISO 11649); correct them, or do not begin with RF and two digits", t.Reference),
		checkLine("/information", t.Information, 0, 70))
}

// CheckCreditor reports what keeps a creditor from being paid by GiroCode, or nil. The BIC may be left out (version 002).
func CheckCreditor(c *engine.Creditor) error {
	err := checkLine("/name", c.Name, 1, 70)
	if !validIBAN(c.IBAN) {
		err = errors.Join(err, &engine.FieldError{Pointer: "/iban", Detail: fmt.Sprintf("is %q, whose form or check digits are no IBAN's; correct it", c.IBAN)})
	}
	if c.BIC != "" && !validBIC(c.BIC) {
		err = errors.Join(err, &engine.FieldError{Pointer: "/bic", Detail: fmt.Sprintf("is %q; use the 8 or 11 capitals and digits of a BIC, or leave it out", c.BIC)})
	}
	return err
}

// checkLine reports a text that is no line of lo to hi letters.
func checkLine(pointer, s string, lo, hi int) error {
	if n := utf8.RuneCountInString(s); n < lo || n > hi {
		return &engine.FieldError{Pointer: pointer, Detail: fmt.Sprintf("has %d letters; use %d to %d", n, lo, hi)}
	}
	for _, r := range s {
		if r == utf8.RuneError || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return &engine.FieldError{Pointer: pointer, Detail: "holds a line break, a control character or bytes that are no UTF-8; leave them out"}
		}
	}
	return nil
}
