package content_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"takt/engine"
	"takt/engine/content"
)

var redCross = engine.Creditor{Name: "Red Cross of Belgium", IBAN: "BE72000000001616", BIC: "BPOTBEB1"}

func ExampleGiroCode() {
	code, err := content.GiroCode(engine.Creditor{Name: "Muster AG", IBAN: "DE89 3704 0044 0532 0130 00"}, 5990, "EUR", "C-4711")
	fmt.Println(strings.ReplaceAll(code, "\n", "|"), err)
	_, err = content.GiroCode(engine.Creditor{Name: "Muster AG", IBAN: "DE88370400440532013000"}, 5990, "EUR", "C-4711")
	fmt.Println(err)
	// Output:
	// BCD|002|1|SCT||Muster AG|DE89370400440532013000|EUR59.90|||C-4711 <nil>
	// /iban is "DE88370400440532013000", whose form or check digits are no IBAN's; correct it
}

// The example of the European Payments Council's guideline EPC069-12, with the version that this package writes.
func TestGuidelineExample(t *testing.T) {
	x := content.CreditTransfer{Creditor: redCross, AmountMinor: 100, Currency: "EUR", Purpose: "CHAR", Reference: "Urgency fund", Information: "Sample EPC QR code"}
	got, err := x.AppendGiroCode([]byte("kept "))
	want := "kept BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1\nCHAR\n\nUrgency fund\nSample EPC QR code"
	if err != nil || string(got) != want {
		t.Errorf("%v: %q, want %q", err, got, want)
	}
}

// RF18539007547034 is the example of ISO 11649.
func TestStructuredReference(t *testing.T) {
	x := content.CreditTransfer{Creditor: redCross, AmountMinor: 1, Currency: "EUR", Reference: "RF18539007547034", Information: "i"}
	got, err := x.AppendGiroCode(nil)
	if want := "EUR0.01\n\nRF18539007547034\n\ni"; err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("%v: %q, want the end %q", err, got, want)
	}
	for reference, ok := range map[string]bool{"RF18539007547034": true, "RF19539007547034": false, "RF18": true, "RF-18539007547034": true, "rf18539007547034": true, "": true} {
		if _, err := content.GiroCode(redCross, 1, "EUR", reference); (err == nil) != ok {
			t.Errorf("%q: %v", reference, err)
		}
	}
}

func TestAmounts(t *testing.T) {
	for minor, want := range map[int64]string{1: "EUR0.01", 10: "EUR0.10", 100: "EUR1", 5990: "EUR59.90", 123456: "EUR1234.56", 99_999_999_999: "EUR999999999.99"} {
		got, err := content.GiroCode(redCross, minor, "EUR", "")
		if err != nil || !strings.HasSuffix(got, "\n"+want) {
			t.Errorf("%d: %v, %q", minor, err, got)
		}
	}
}

func TestIBAN(t *testing.T) { // examples of the ISO 13616 registry
	for iban, ok := range map[string]bool{
		"DE89370400440532013000": true, "AT611904300234573201": true, "CH9300762011623852957": true, "GB29NWBK60161331926819": true,
		"BE68 5390 0754 7034": true, "NO9386011117947": true, "MT84MALT011000012345MTLCAST001S": true,
		"": false, "DE89": false, "DE89370400440532013001": false, "de89370400440532013000": false, "DE89-3704-0044-0532-0130-00": false,
		"1189370400440532013000": false, "DEXX370400440532013000": false, strings.Repeat(" ", 43): false, "DE89370400440532013000" + strings.Repeat("0", 13): false,
	} {
		if err := content.CheckCreditor(&engine.Creditor{Name: "x", IBAN: iban}); (err == nil) != ok {
			t.Errorf("%q: %v", iban, err)
		}
	}
}

// Whatever cannot be paid is refused with its field and the way out.
func TestGiroCodeRefuses(t *testing.T) {
	good := content.CreditTransfer{Creditor: redCross, AmountMinor: 5990, Currency: "EUR", Reference: "C-4711"}
	for name, c := range map[string]struct {
		change func(*content.CreditTransfer)
		want   string
	}{
		"no name":        {func(x *content.CreditTransfer) { x.Creditor.Name = "" }, "/name has 0 letters; use 1 to 70"},
		"long name":      {func(x *content.CreditTransfer) { x.Creditor.Name = strings.Repeat("ü", 71) }, "/name has 71 letters; use 1 to 70"},
		"line in name":   {func(x *content.CreditTransfer) { x.Creditor.Name = "a\nb" }, "/name holds a line break"},
		"bytes in name":  {func(x *content.CreditTransfer) { x.Creditor.Name = "a\xff" }, "/name holds"},
		"iban":           {func(x *content.CreditTransfer) { x.Creditor.IBAN = "BE73000000001616" }, "/iban is "},
		"bic":            {func(x *content.CreditTransfer) { x.Creditor.BIC = "BPOTBE1" }, "/bic is "},
		"bic's country":  {func(x *content.CreditTransfer) { x.Creditor.BIC = "BPOT1EB1" }, "/bic is "},
		"nothing":        {func(x *content.CreditTransfer) { x.AmountMinor = 0 }, "/amount_minor is 0; use 1 to 99999999999 cents"},
		"too much":       {func(x *content.CreditTransfer) { x.AmountMinor = 100_000_000_000 }, "/amount_minor is 100000000000"},
		"currency":       {func(x *content.CreditTransfer) { x.Currency = "CHF" }, `/currency is "CHF"; a GiroCode carries EUR alone`},
		"purpose":        {func(x *content.CreditTransfer) { x.Purpose = "CHARI" }, "/purpose is "},
		"long reference": {func(x *content.CreditTransfer) { x.Reference = strings.Repeat("x", 141) }, "/reference has 141 letters; use 0 to 140"},
		"check digits":   {func(x *content.CreditTransfer) { x.Reference = "RF00539007547034" }, "/reference is "},
		"information":    {func(x *content.CreditTransfer) { x.Information = "a\rb" }, "/information holds a line break"},
		"too many bytes": {func(x *content.CreditTransfer) {
			x.Creditor.Name, x.Reference = strings.Repeat("ü", 70), strings.Repeat("ä", 140)
		}, "/reference makes the GiroCode "},
	} {
		x := good
		c.change(&x)
		got, err := x.AppendGiroCode([]byte("kept"))
		var f *engine.FieldError
		if !errors.As(err, &f) || !strings.HasPrefix(err.Error(), c.want) || string(got) != "kept" {
			t.Errorf("%s: %v, and %q", name, err, got)
		}
	}
	x := good
	x.Creditor, x.Currency = engine.Creditor{BIC: "?"}, ""
	if _, err := x.AppendGiroCode(nil); err == nil || len(strings.Split(err.Error(), "\n")) != 4 {
		t.Errorf("all that is wrong is named at once: %v", err)
	}
}

// Whatever is made keeps to the guideline's form and limits and says what was asked for.
func FuzzGiroCode(f *testing.F) {
	f.Add("Red Cross of Belgium", "BE72000000001616", "BPOTBEB1", int64(100), "CHAR", "Urgency fund", "Sample EPC QR code")
	f.Add("Müller & Söhne", "DE89 3704 0044 0532 0130 00", "", int64(5990), "", "RF18539007547034", "")
	f.Fuzz(func(t *testing.T, name, iban, bic string, minor int64, purpose, reference, information string) {
		x := content.CreditTransfer{Creditor: engine.Creditor{Name: name, IBAN: iban, BIC: bic}, AmountMinor: minor, Currency: "EUR",
			Purpose: purpose, Reference: reference, Information: information}
		b, err := x.AppendGiroCode(nil)
		if err != nil {
			if f := (*engine.FieldError)(nil); !errors.As(err, &f) || len(b) > 0 {
				t.Fatalf("%v, and %q", err, b)
			}
			return
		}
		lines := strings.Split(string(b), "\n")
		if len(b) > content.MaxGiroCode || !utf8.Valid(b) || len(lines) < 8 || len(lines) > 12 || lines[len(lines)-1] == "" {
			t.Fatalf("%q", b)
		}
		lines = append(lines, "", "", "", "")
		if lines[4] != bic || lines[5] != name || lines[6] != strings.ReplaceAll(iban, " ", "") || lines[8] != purpose ||
			lines[9]+lines[10] != reference || lines[9] != "" && lines[10] != "" || lines[11] != information {
			t.Fatalf("%q of %+v", lines, x)
		}
		var euro, cents int64
		if n, _ := fmt.Sscanf(lines[7], "EUR%d.%02d", &euro, &cents); n < 1 || euro*100+cents != minor {
			t.Fatalf("%q is %d", lines[7], minor)
		}
	})
}
