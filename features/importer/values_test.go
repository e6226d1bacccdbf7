package importer

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Decimal text and minor units are the same rational number, whatever the currency's decimals, the
// marks and the zeros: math/big is the judge.
func TestMinor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency")
		places := map[string]int{"EUR": 2, "JPY": 0, "KWD": 3}[currency]
		want := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "minor")
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
		text := new(big.Rat).SetFrac(big.NewInt(want), scale).FloatString(places)
		if strings.Contains(text, ".") && rapid.Bool().Draw(t, "zeros") {
			text += "000"
		}
		whole, fraction, _ := strings.Cut(text, ".")
		if rapid.Bool().Draw(t, "grouped") {
			for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
				whole = whole[:i] + "." + whole[i:]
			}
		}
		if fraction != "" {
			whole += "," + fraction
		}
		got, err := minor(" "+whole+" ", dialect{Decimal: ",", Group: "."}, currency)
		if err != nil || got != fmt.Sprint(want) {
			t.Fatalf("%s %s: %s, %v; want %d", whole, currency, got, err, want)
		}
	})
	for _, bad := range []string{"", "-", ".", "1.", ".5", "1.2.3", "1e5", "+1", "0x1", "1 000", "1,5", "∞", "NaN", "--1", "1.001", "٣"} {
		if got, err := minor(bad, dialect{Decimal: "."}, "EUR"); err == nil {
			t.Errorf("%q is taken for %s", bad, got)
		}
	}
}

// What a time means, by layout, zone and hour; the offsets are those of the IANA database.
func TestInstant(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, layout, clock, want string }{
		{"2025-06-01T10:00:00Z", "", "", "2025-06-01T10:00:00Z"}, {"2025-06-01T10:00:00-05:00", "", "", "2025-06-01T15:00:00Z"},
		{"2025-06-01", "", "", "2025-05-31T22:00:00Z"}, {"2025-06-01", "", "09:30", "2025-06-01T07:30:00Z"}, {"2025-12-01 10:00", "", "", "2025-12-01T09:00:00Z"},
		{"2025-12-01T10:00:00.25", "", "09:30", "2025-12-01T09:00:00.25Z"}, {"01.12.25", "02.01.06", "12:00", "2025-12-01T11:00:00Z"},
		{"Dec 1 2025 10:00 -0800", "Jan 2 2006 15:04 -0700", "", "2025-12-01T18:00:00Z"}, {"1700000000", "unix", "", "2023-11-14T22:13:20Z"},
		{"1700000000001", "unix_milli", "", "2023-11-14T22:13:20.001Z"}, {"1700000000000001", "unix_micro", "", "2023-11-14T22:13:20.000001Z"},
		{"2026-10-25 02:30", "", "", "2026-10-25T00:30:00Z"}, // there twice: the earlier one, still summer time
		{"2026-03-29", "", "02:30", ""}, {"2026-03-29T02:30:00", "", "", ""}, {"2026-03-29T02:30:00+02:00", "", "", ""}, {"2026-03-29T02:30:00+0200", "2006-01-02T15:04:05-0700", "", ""},
		{"2025-6-1", "", "", ""}, {"", "", "", ""}, {"1e9", "unix", "", ""}, {"99999999999999999", "unix", "", ""}, {"2025-06-01", "02.01.2006", "", ""},
	} {
		got, err := instant(c.text, &value{layout: c.layout, clock: c.clock}, berlin)
		if c.want == "" {
			if err == nil {
				t.Errorf("%q by %q is taken for %v", c.text, c.layout, got)
			}
		} else if err != nil || got.UTC().Format(time.RFC3339Nano) != c.want {
			t.Errorf("%q by %q is %v, %v; want %s", c.text, c.layout, got.UTC(), err, c.want)
		}
	}
}
