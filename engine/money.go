package engine

import (
	"fmt"
	"math"
)

// Money is an amount in minor units (cents) of one ISO 4217 currency.
type Money struct {
	AmountMinor int64  `json:"amount_minor"`
	Currency    string `json:"currency"`
}

// MaxAmountMinor bounds every amount, 10 billion major units: sums of a profile stay far from overflow.
const MaxAmountMinor = 1_000_000_000_000

// ValidCurrency reports whether code is an active ISO 4217 alphabetic code.
func ValidCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := 0; i+3 <= len(currencies); i += 4 {
		if currencies[i:i+3] == code {
			return true
		}
	}
	return false
}

// currencies are the active ISO 4217 codes with minor units (list one, 2024), four bytes each.
const currencies = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD " +
	"CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD " +
	"HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD " +
	"MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG " +
	"QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD " +
	"TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "

// Validate reports what is wrong with m, or nil. Amounts are 0…MaxAmountMinor.
func (m Money) Validate() error {
	if m.AmountMinor < 0 || m.AmountMinor > MaxAmountMinor {
		return &FieldError{"/amount_minor", fmt.Sprintf("is %d; use 0 to %d minor units", m.AmountMinor, int64(MaxAmountMinor))}
	}
	if !ValidCurrency(m.Currency) {
		return &FieldError{"/currency", fmt.Sprintf("%q is no ISO 4217 code; use three capital letters such as EUR", m.Currency)}
	}
	return nil
}

// RoundMinor rounds v half to even and clamps it to the range of amounts; NaN gives 0.
func RoundMinor(v float64) int64 {
	r := math.RoundToEven(v)
	switch {
	case math.IsNaN(r):
		return 0
	case r > MaxAmountMinor:
		return MaxAmountMinor
	case r < -MaxAmountMinor:
		return -MaxAmountMinor
	}
	return int64(r)
}
