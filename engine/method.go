package engine

// Method is a way to pay; the zero value means none.
type Method uint8

// The methods.
const (
	SEPAInstant Method = 1 + iota // instant transfer, started at the debtor's bank by a link
	PayPal
	Card
	Wallet      // of a phone: Apple Pay, Google Pay
	DirectDebit // a mandate, given on a page
	GiroQR      // the GiroCode, a transfer that is scanned
	Transfer    // bank data to copy
)

// Methods sizes arrays indexed by a method; index 0 (none) is unused.
const Methods = 8

var methodNames = [Methods]string{"", "sepa_instant", "paypal", "card", "wallet", "direct_debit", "giro_qr", "transfer"}

// String gives the name used in JSON and configuration.
func (m Method) String() string { return nameOf(methodNames[:], uint8(m)) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (m *Method) UnmarshalText(b []byte) error { return levelOf(m, methodNames[:], "method", b) }
