package payload

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"takt/engine"
	"takt/features/wire"
)

// sample is the request of the API's description.
const sample = `{"case":{"id":"C-4711","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03","dunning_level":1,"default_since":null,"dispute":null,"contract_date":"2023-02-01"},
 "debtor":{"id":"D-9","kind":"person","tz":"Europe/Berlin","region":"DE-BY","language":"de","flags":[]},
 "channels":[{"channel":"email","address_ref":"e:1f..","validity":0.97,"consent":"service"},{"channel":"letter","address_ref":"p:88..","validity":0.9}],
 "as_of":"2025-11-21T09:12:00+01:00","constraints":{"latest_execute":"2025-11-28T18:00:00+01:00","max_cost_minor":700,"allow_tones":["friendly","neutral","empathetic"]},
 "want":{"alternatives":3,"explain":"full","mode":"live"}}`

func date(s string) engine.Date {
	d, err := engine.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestParseSample(t *testing.T) {
	var c Codec
	var a Ask
	if err := c.Parse(&a, []byte(sample), false); err != nil {
		t.Fatal(err)
	}
	want := engine.Request{
		Case: engine.Case{ID: "C-4711", Stage: "dunning", Open: engine.Money{AmountMinor: 5990, Currency: "EUR"},
			OldestDue: date("2025-11-03"), DunningLevel: 1, Arrears: -1, Reminders: -1, ContractDate: date("2023-02-01")},
		Debtor: engine.Debtor{ID: "D-9", Kind: "person", TZ: "Europe/Berlin", Region: "DE-BY", Language: "de"},
		Contacts: []engine.ContactPoint{{Channel: engine.Email, AddressRef: "e:1f..", Validity: .97, Consent: "service"},
			{Channel: engine.Letter, AddressRef: "p:88..", Validity: .9}},
		AsOf: time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC),
		Constraints: engine.Constraints{LatestExecute: time.Date(2025, 11, 28, 17, 0, 0, 0, time.UTC), MaxCostMinor: 700,
			AllowTones: []engine.Tone{engine.Friendly, engine.Neutral, engine.Empathetic}},
		Want: engine.Want{Alternatives: 3, Explain: "full"},
	}
	if d := cmp.Diff(want, a.Request, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if a.Zone.String() != "Europe/Berlin" {
		t.Errorf("zone %v", a.Zone)
	}
}

func TestParseDefaults(t *testing.T) {
	var c Codec
	var a Ask
	if err := c.Parse(&a, []byte(sample), false); err != nil { // what is used again must not shine through
		t.Fatal(err)
	}
	if err := c.Parse(&a, []byte(`{"case":{"id":"C","dispute":{}},"debtor":{"id":"D"},"want":null}`), false); err != nil {
		t.Fatal(err)
	}
	want := engine.Request{Case: engine.Case{ID: "C", DunningLevel: -1, Arrears: -1, Reminders: -1, Disputed: true}, Debtor: engine.Debtor{ID: "D"},
		Constraints: engine.Constraints{MaxCostMinor: -1}, Want: engine.Want{Explain: "short"}}
	if d := cmp.Diff(want, a.Request, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if a.Zone != nil || len(a.Zones) != 0 {
		t.Errorf("zones %v and %v, want none", a.Zone, a.Zones)
	}
}

// TestParseFacts reads what rules about certain claims, debtors and addresses ask for.
func TestParseFacts(t *testing.T) {
	var c Codec
	var a Ask
	const facts = `{"case":{"id":"C","open":{"amount_minor":5990,"currency":"EUR"},"dispute":{"state":"open","scope":"part","amount_minor":990},
		"service":"telco","arrears":2,"reminders":0,"first_reminder":"2025-10-01","informed":"2025-10-02"},
		"debtor":{"id":"D","kind":"micro_business","tz":"America/New_York","zones":["America/Denver","America/Phoenix"]},
		"channels":[{"channel":"phone","place":"work"},{"channel":"sms","place":"private"},{"channel":"email","place":null}]}`
	for range 2 { // the second into the same space
		if err := c.Parse(&a, []byte(facts), false); err != nil {
			t.Fatal(err)
		}
	}
	want := engine.Request{
		Case: engine.Case{ID: "C", Open: engine.Money{AmountMinor: 5990, Currency: "EUR"}, DunningLevel: -1, Disputed: true, DisputeScope: "part", PartMinor: 990,
			Service: engine.Telco, Arrears: 2, FirstReminder: date("2025-10-01"), Informed: date("2025-10-02")},
		Debtor:      engine.Debtor{ID: "D", Kind: "micro_business", TZ: "America/New_York", Zones: []string{"America/Denver", "America/Phoenix"}},
		Contacts:    []engine.ContactPoint{{Channel: engine.Phone, Validity: -1, Place: "work"}, {Channel: engine.SMS, Validity: -1, Place: "private"}, {Channel: engine.Email, Validity: -1}},
		Constraints: engine.Constraints{MaxCostMinor: -1}, Want: engine.Want{Explain: "short"},
	}
	if d := cmp.Diff(want, a.Request); d != "" {
		t.Error(d)
	}
	if len(a.Zones) != 2 || a.Zones[1].String() != "America/Phoenix" {
		t.Errorf("zones %v", a.Zones)
	}
}

// with is the smallest good request with a member added.
func with(member string) string {
	return `{"case":{"id":"C"},"debtor":{"id":"D","tz":"Europe/Berlin"},` + member + `}`
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, body, pointers string }{
		{"unknown field", with(`"cases":{}`), "/cases"},
		{"unknown nested field", `{"case":{"id":"C","amount":5},"debtor":{"id":"D"}}`, "/case/amount"},
		{"key of a batch", with(`"idempotency_key":"k"`), "/idempotency_key"},
		{"nothing", `{}`, "/case/id /debtor/id"},
		{"nulls", `{"case":null,"debtor":{"id":null}}`, "/case/id /debtor/id"},
		{"null", `null`, ""},
		{"array", `[]`, ""},
		{"empty id", `{"case":{"id":""},"debtor":{"id":"D"}}`, "/case/id"},
		{"number as id", `{"case":{"id":4711},"debtor":{"id":"D"}}`, "/case/id"},
		{"long id", `{"case":{"id":"` + strings.Repeat("x", 201) + `"},"debtor":{"id":"D"}}`, "/case/id"},
		{"control character", `{"case":{"id":"a\u0007"},"debtor":{"id":"D"}}`, "/case/id"},
		{"channel", with(`"channels":[{"channel":"email"},{"channel":"fax"}]`), "/channels/1/channel"},
		{"no channel", with(`"channels":[{"validity":1}]`), "/channels/0/channel"},
		{"an address itself", with(`"channels":[{"channel":"email","address_ref":"max@muster.de"}]`), "/channels/0/address_ref"},
		{"a number itself", with(`"channels":[{"channel":"sms","address_ref":"+49 30 1234567"}]`), "/channels/0/address_ref"},
		{"null channel", with(`"channels":[null]`), "/channels/0"},
		{"validity", with(`"channels":[{"channel":"sms","validity":1.1}]`), "/channels/0/validity"},
		{"consent", with(`"channels":[{"channel":"sms","consent":"yes"}]`), "/channels/0/consent"},
		{"tone", with(`"constraints":{"allow_tones":["friendly","rude"]}`), "/constraints/allow_tones/1"},
		{"offer", with(`"constraints":{"allow_offers":["gift"]}`), "/constraints/allow_offers/0"},
		{"allow nothing", with(`"constraints":{"allow_channels":[]}`), "/constraints/allow_channels"},
		{"cost", with(`"constraints":{"max_cost_minor":-1}`), "/constraints/max_cost_minor"},
		{"flag", `{"case":{"id":"C"},"debtor":{"id":"D","flags":["minor","rich"]}}`, "/debtor/flags/1"},
		{"kind", `{"case":{"id":"C"},"debtor":{"id":"D","kind":"dog"}}`, "/debtor/kind"},
		{"zone", `{"case":{"id":"C"},"debtor":{"id":"D","tz":"Europe/Bielefeld"}}`, "/debtor/tz"},
		{"zone of the server", `{"case":{"id":"C"},"debtor":{"id":"D","tz":"Local"}}`, "/debtor/tz"},
		{"zone as path", `{"case":{"id":"C"},"debtor":{"id":"D","tz":"../etc/passwd"}}`, "/debtor/tz"},
		{"region", `{"case":{"id":"C"},"debtor":{"id":"D","region":"Bavaria"}}`, "/debtor/region"},
		{"language", `{"case":{"id":"C"},"debtor":{"id":"D","language":"german language"}}`, "/debtor/language"},
		{"stage", `{"case":{"id":"C","stage":"late"},"debtor":{"id":"D"}}`, "/case/stage"},
		{"currency", `{"case":{"id":"C","open":{"amount_minor":1,"currency":"EURO"}},"debtor":{"id":"D"}}`, "/case/open/currency"},
		{"no currency", `{"case":{"id":"C","open":{"amount_minor":1}},"debtor":{"id":"D"}}`, "/case/open/currency"},
		{"no amount", `{"case":{"id":"C","open":{"currency":"EUR"}},"debtor":{"id":"D"}}`, "/case/open/amount_minor"},
		{"negative amount", `{"case":{"id":"C","open":{"amount_minor":-1,"currency":"EUR"}},"debtor":{"id":"D"}}`, "/case/open/amount_minor"},
		{"broken cents", `{"case":{"id":"C","open":{"amount_minor":59.9,"currency":"EUR"}},"debtor":{"id":"D"}}`, "/case/open/amount_minor"},
		{"amount as text", `{"case":{"id":"C","open":{"amount_minor":"5990","currency":"EUR"}},"debtor":{"id":"D"}}`, "/case/open/amount_minor"},
		{"huge amount", `{"case":{"id":"C","open":{"amount_minor":99999999999999999999,"currency":"EUR"}},"debtor":{"id":"D"}}`, "/case/open/amount_minor"},
		{"date", `{"case":{"id":"C","oldest_due":"2025-02-30"},"debtor":{"id":"D"}}`, "/case/oldest_due"},
		{"German date", `{"case":{"id":"C","oldest_due":"03.11.2025"},"debtor":{"id":"D"}}`, "/case/oldest_due"},
		{"fulfilment", `{"case":{"id":"C","fulfilment":"maybe"},"debtor":{"id":"D"}}`, "/case/fulfilment"},
		{"zones", `{"case":{"id":"C"},"debtor":{"id":"D","zones":["UTC","Mars/Base",""]}}`, "/debtor/zones/1 /debtor/zones/2"},
		{"zone as number", `{"case":{"id":"C"},"debtor":{"id":"D","zones":["UTC",3]}}`, "/debtor/zones/1"},
		{"too many zones", `{"case":{"id":"C"},"debtor":{"id":"D","zones":["UTC","UTC","UTC","UTC","UTC"]}}`, "/debtor/zones/3"},
		{"zones as text", `{"case":{"id":"C"},"debtor":{"id":"D","zones":"UTC"}}`, "/debtor/zones"},
		{"place", with(`"channels":[{"channel":"sms","place":"home"}]`), "/channels/0/place"},
		{"service", `{"case":{"id":"C","service":"water"},"debtor":{"id":"D"}}`, "/case/service"},
		{"counts", `{"case":{"id":"C","arrears":-1,"reminders":1000},"debtor":{"id":"D"}}`, "/case/arrears /case/reminders"},
		{"dates", `{"case":{"id":"C","first_reminder":"1.10.2025","informed":5},"debtor":{"id":"D"}}`, "/case/first_reminder /case/informed"},
		{"disputed part of nothing", `{"case":{"id":"C","dispute":{"scope":"whole","amount_minor":5}},"debtor":{"id":"D"}}`, "/case/dispute/amount_minor"},
		{"disputed part", `{"case":{"id":"C","dispute":{"scope":"part","amount_minor":0}},"debtor":{"id":"D"}}`, "/case/dispute/amount_minor"},
		{"mode", with(`"want":{"mode":"test"}`), "/want/mode"},
		{"explain", with(`"want":{"explain":"a lot"}`), "/want/explain"},
		{"alternatives", with(`"want":{"alternatives":11}`), "/want/alternatives"},
		{"time without offset", with(`"as_of":"2025-11-21T09:12:00"`), "/as_of"},
		{"gap", with(`"as_of":"2025-03-30T02:30:00+01:00"`), "/as_of"},
		{"gap, summer's offset", with(`"constraints":{"latest_execute":"2025-03-30T02:30:00+02:00"}`), "/constraints/latest_execute"},
		{"order", with(`"constraints":{"earliest_execute":"2025-11-22T09:00:00Z","latest_execute":"2025-11-21T09:00:00Z"}`), "/constraints/latest_execute"},
		{"all at once", `{"case":{"id":"C","stage":"x","a":1},"debtor":{"id":"D","kind":"x"}}`, "/case/stage /case/a /debtor/kind"},
	}
	var c Codec
	var a Ask
	for _, tt := range tests {
		err := c.Parse(&a, []byte(tt.body), false)
		var got []string
		for _, f := range wire.FieldErrors(err) {
			got = append(got, f.Pointer)
			if f.Detail == "" {
				t.Errorf("%s: no detail", tt.name)
			}
		}
		if err == nil || len(got) == 0 || strings.Join(got, " ") != tt.pointers && !(tt.pointers == "" && got[0] == "") {
			t.Errorf("%s: error %v, want pointers %q", tt.name, err, tt.pointers)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	var c Codec
	var a Ask
	for _, body := range []string{
		with(`"as_of":"2025-03-30T00:30:00Z"`),                                        // an instant, whatever clocks there do
		with(`"as_of":"2025-10-26T02:30:00+01:00"`),                                   // the second 02:30 of that night
		`{"case":{"id":"C"},"debtor":{"id":"D"},"as_of":"2025-03-30T02:30:00+01:00"}`, // no zone known
		`{"case":{"id":"\u00e4\u00df/~1"},"debtor":{"id":"D"}}`,
		" {\"case\":{\"id\":\"C\"},\n\"debtor\":{\"id\":\"D\"}} \n",
		with(`"channels":[],"constraints":{},"want":{"mode":null}`),
	} {
		if err := c.Parse(&a, []byte(body), false); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	if err := c.Parse(&a, []byte(with(`"idempotency_key":"k-1"`)), true); err != nil || a.Key != "k-1" {
		t.Errorf("line of a batch: key %q, %v", a.Key, err)
	}
}

func TestParseSyntax(t *testing.T) {
	tests := []struct{ name, body, pointer string }{
		{"empty", ``, ""},
		{"torn", `{"case":{"id":"C"`, "/case"},
		{"no JSON", `case=C`, ""},
		{"twice", `{"case":{"id":"C","id":"D"}}`, "/case/id"},
		{"twice, escaped", `{"case":{"id":"C","\u0069d":"D"}}`, "/case/id"},
		{"trailing value", `{"case":{"id":"C"},"debtor":{"id":"D"}} {}`, ""},
		{"trailing text", `{"case":{"id":"C"},"debtor":{"id":"D"}}x`, ""},
		{"trailing comma", `{"case":{"id":"C",},"debtor":{"id":"D"}}`, "/case"},
		{"comment", `{"case":{"id":"C"/*x*/},"debtor":{"id":"D"}}`, "/case"},
		{"NaN", with(`"channels":[{"validity":NaN}]`), "/channels/0/validity"},
		{"UTF-8", "{\"case\":{\"id\":\"\xff\"}}", "/case/id"},
		{"half a surrogate", `{"case":{"id":"\ud800"}}`, "/case/id"},
		{"deep", `{"x":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`, "/x"},
	}
	var c Codec
	var a Ask
	for _, tt := range tests {
		err := c.Parse(&a, []byte(tt.body), false)
		var s *SyntaxError
		if !errors.As(err, &s) || !strings.HasPrefix(s.Pointer, tt.pointer) || s.Detail == "" {
			t.Errorf("%s: error %v (%T), want a syntax error at %q", tt.name, err, err, tt.pointer)
		}
	}
}

// Whatever comes in, it is parsed or refused with pointers; parsing twice gives the same.
func FuzzDecisionJSON(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(with(`"want":{"mode":"dry_run"},"as_of":"2025-11-21T09:12:00.123456Z"`)))
	f.Add([]byte(`{"case":{"id":"C","dispute":{"scope":"part","amount_minor":5},"service":"energy","arrears":2},"debtor":{"id":"D","zones":["UTC"]},"channels":[{"channel":"sms","place":"work"}]}`))
	f.Add([]byte(`{"case":{"id":"\u00e4"},"debtor":{"id":"D","flags":["minor"]}}`))
	var c Codec
	f.Fuzz(func(t *testing.T, body []byte) {
		var a, b Ask
		err, again := c.Parse(&a, body, false), c.Parse(&b, body, false)
		if (err == nil) != (again == nil) || err != nil && err.Error() != again.Error() {
			t.Fatalf("first %v, then %v", err, again)
		}
		if err != nil {
			var s *SyntaxError
			if !errors.As(err, &s) && len(wire.FieldErrors(err)) == 0 {
				t.Fatalf("error %T without a place: %v", err, err)
			}
			return
		}
		if a.Case.ID == "" || a.Debtor.ID == "" || engine.RequestHash(&a.Request) != engine.RequestHash(&b.Request) {
			t.Fatalf("accepted %+v", a.Request)
		}
		if m := a.Case.Open; m != (engine.Money{}) && m.Validate() != nil {
			t.Fatalf("accepted %+v", m)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var c Codec
	var a Ask
	body := []byte(sample)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Parse(&a, body, false); err != nil {
			b.Fatal(err)
		}
	}
}
