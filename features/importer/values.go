package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"takt/engine"
	"takt/features/wire"
)

// fieldKind is how the text of a cell becomes the JSON of a field.
type fieldKind int

const (
	kindText fieldKind = iota
	kindNumber
	kindAmount // whole number of minor units
	kindMoney  // object of amount and currency
	kindBool
	kindList // of names: flags, weekdays
	kindDate
	kindTime
)

func kindOfField(f engine.Fields) fieldKind {
	switch f {
	case engine.FieldOpen:
		return kindMoney
	case engine.FieldAmountMinor:
		return kindAmount
	case engine.FieldDunningLevel, engine.FieldBirthYear, engine.FieldValidity, engine.FieldCostMicro, engine.FieldValue, engine.FieldInstalments:
		return kindNumber
	case engine.FieldUnmatched:
		return kindBool
	case engine.FieldFlags, engine.FieldWeekdays:
		return kindList
	case engine.FieldOldestDue, engine.FieldContractDate, engine.FieldDue, engine.FieldDate:
		return kindDate
	case engine.FieldAt, engine.FieldUntil, engine.FieldExpires:
		return kindTime
	}
	return kindText
}

var transforms = [...]string{"minor", "lower", "upper", "trim"}

// minor turns a decimal amount into minor units of the currency, digit by digit: no float comes near.
// A fraction finer than the currency's minor unit is refused unless it is zeros.
func minor(s string, d dialect, currency string) (string, error) {
	text := strings.TrimSpace(s)
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", rest
	}
	whole, fraction, pointed := strings.Cut(text, d.Decimal)
	if d.Group != "" {
		var err error
		if whole, err = ungroup(whole, d.Group); err != nil {
			return "", err
		}
	}
	if !isDigits(whole) || pointed && !isDigits(fraction) {
		return "", fmt.Errorf("%q is no amount; write digits such as 1234%s50", clip(s), d.Decimal)
	}
	places := exponent(currency)
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return "", fmt.Errorf("%q is finer than the minor unit of %s (%d decimals)", clip(s), currency, places)
		}
		fraction = fraction[:places]
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", places-len(fraction)), "0")
	if digits == "" {
		return "0", nil
	}
	return sign + digits, nil
}

// ungroup takes the marks out of 1.234.567; groups after the first have three digits.
func ungroup(s, mark string) (string, error) {
	groups := strings.Split(s, mark)
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) > 3 || g == "") {
			return "", fmt.Errorf("%q has digits grouped otherwise than by three", clip(s))
		}
	}
	return strings.Join(groups, ""), nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// exponent is the number of decimals of a currency's minor unit (ISO 4217, list one).
func exponent(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// layouts are the readings tried where a mapping names none; each without offset is a wall time.
var layouts = [...]string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"}

// instant reads a time: with an offset as it stands, else as the clock of zone loc shows it. The
// clock, if given, is the hour of a value that is a bare date.
func instant(s string, v *value, loc *time.Location) (time.Time, error) {
	if unit := unixUnit(v.layout); unit != 0 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n > 1<<62/int64(unit) || n < -(1<<62)/int64(unit) {
			return time.Time{}, fmt.Errorf("%q is no number of %s", clip(s), v.layout)
		}
		return time.Unix(0, n*int64(unit)).UTC(), nil
	}
	if t, err := wire.ParseTime(s); v.layout == "" && err == nil {
		return t.UTC(), wire.CheckLocal(t, loc)
	}
	tried := layouts[:]
	if v.layout != "" {
		tried = []string{v.layout}
	}
	for _, layout := range tried {
		t, err := time.Parse(layout, s)
		switch {
		case err != nil:
			continue
		case strings.Contains(layout, "Z07") || strings.Contains(layout, "-07"):
			return t.UTC(), wire.CheckLocal(t, loc)
		case v.clock != "" && !strings.Contains(layout, "04"):
			clock, err := time.Parse("15:04", v.clock)
			if err != nil {
				return time.Time{}, err
			}
			t = t.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
		}
		return wire.AtLocal(t, loc)
	}
	if v.layout != "" {
		return time.Time{}, fmt.Errorf("%q is not written like %s", clip(s), v.layout)
	}
	return time.Time{}, fmt.Errorf("%q is no time; write it like 2025-11-21 or 2025-11-21T10:02:00+01:00, or give the mapping a layout", clip(s))
}

// unixUnit is what a count of time since 1970 counts, 0 for another layout.
func unixUnit(layout string) time.Duration {
	switch layout {
	case "unix":
		return time.Second
	case "unix_milli":
		return time.Millisecond
	case "unix_micro":
		return time.Microsecond
	}
	return 0
}

// clip shortens a cell for an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
