package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/wire"
)

const promise = `{"specversion":"1.0","id":"e-1","source":"erp","type":"de.takt.promise.made.v1","subject":"D-9","time":"2025-11-21T10:02:00+01:00","data":{"case_id":"C-4711","due":"2025-12-01","amount_minor":5990,"currency":"EUR","channel":"phone"}}`

// The example of the design page, read field by field.
func TestParseEvent(t *testing.T) {
	got, err := wire.ParseEvent([]byte(promise))
	if err != nil {
		t.Fatal(err)
	}
	want := engine.Event{Source: "erp", ID: "e-1", Type: engine.PromiseMade, Debtor: "D-9", At: time.Date(2025, 11, 21, 9, 2, 0, 0, time.UTC),
		Data: engine.EventData{
			Has:    engine.FieldCaseID | engine.FieldDue | engine.FieldAmountMinor | engine.FieldCurrency | engine.FieldChannel,
			CaseID: "C-4711", Due: engine.DateOf(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)), AmountMinor: 5990, Currency: "EUR", Channel: engine.Phone}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if got.At.Location() != time.UTC {
		t.Errorf("At is in %v, want UTC", got.At.Location())
	}
}

// event is an event of the type with the data object.
func event(kind, data string) string {
	return `{"specversion":"1.0","id":"e","source":"s","type":"de.takt.` + kind + `.v1","subject":"D","time":"2025-11-21T10:02:00Z","data":` + data + `}`
}

func TestAccepted(t *testing.T) {
	for name, text := range map[string]string{
		"unknown attributes":         strings.Replace(promise, `"id"`, `"traceparent":"00-1","ext":{"a":[1,{"b":null}]},"n":-1.5e3,"ok":true,"id"`, 1),
		"data before type":           `{"data":{"amount_minor":0,"currency":"JPY"},"type":"de.takt.payment.received.v1","specversion":"1.0","id":"e","source":"s","subject":"D","time":"2025-11-21T10:02:00Z"}`,
		"no data":                    `{"specversion":"1.0","id":"e","source":"s","type":"de.takt.portal.visited.v1","subject":"D","time":"2025-11-21T10:02:00Z"}`,
		"null is unknown":            event("debtor.updated", `{"tz":null,"language":"de","birth_year":null}`),
		"null attribute":             strings.Replace(promise, `"id"`, `"datacontenttype":null,"id"`, 1),
		"content type":               strings.Replace(promise, `"id"`, `"datacontenttype":"application/json; charset=utf-8","id"`, 1),
		"white space":                "\r\n\t " + strings.NewReplacer(":{", " : {\n", ",", " ,\t").Replace(promise) + " \n",
		"escapes and umlauts":        event("case.closed", `{"case_id":"ü\u00fc","reason":"\ud83d\ude00 \"paid\" \\ \/"}`),
		"largest amount":             event("payment.received", `{"amount_minor":1000000000000,"currency":"EUR"}`),
		"country as region":          event("debtor.updated", `{"region":"DE"}`),
		"a wish":                     event("wish.stated", `{"state":"avoid","hours":"0000-2400","weekdays":["sun","mon","tue","wed","thu","fri","sat"]}`),
		"a wish of a place":          event("wish.stated", `{"case_id":"C","state":"avoid","channel":"phone","address_ref":"p:1"}`),
		"all wishes lifted":          event("wish.stated", `{"state":"lifted"}`),
		"work":                       event("address.changed", `{"channel":"phone","address_ref":"p:1","purpose":"work"}`),
		"micro business":             event("debtor.updated", `{"kind":"micro_business"}`),
		"disputed part":              event("dispute.opened", `{"case_id":"C","reason":"price","scope":"part","reference":"R-1","amount_minor":100,"currency":"EUR"}`),
		"resolved part":              event("dispute.resolved", `{"case_id":"C","reference":"R-1"}`),
		"invoice on hold":            event("hold.set", `{"case_id":"C","reason":"asked","scope":"invoice","reference":"R-1","amount_minor":100,"currency":"EUR"}`),
		"no flags":                   event("debtor.updated", `{"flags":[]}`),
		"a score's own purpose":      event("score.set", `{"name":"bureau","value":-1.25e-3,"purpose":"credit check"}`),
		"summer in the zone":         strings.Replace(event("debtor.updated", `{"tz":"Europe/Berlin"}`), "2025-11-21T10:02:00Z", "2026-03-29T03:30:00+02:00", 1),
		"an instant inside the skip": strings.Replace(event("debtor.updated", `{"tz":"Europe/Berlin"}`), "2025-11-21T10:02:00Z", "2026-03-29T02:30:00Z", 1),
	} {
		t.Run(name, func(t *testing.T) {
			e, err := wire.ParseEvent([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, e)
		})
	}
}

// Each bad event names exactly the fields at fault.
func TestRefused(t *testing.T) {
	with := func(old, new string) string {
		if !strings.Contains(promise, old) {
			t.Fatalf("%s is not in the example", old)
		}
		return strings.Replace(promise, old, new, 1)
	}
	for _, c := range []struct{ text, pointers string }{
		{``, ""}, {`[]`, ""}, {`{}x`, ""}, {promise + `{}`, ""}, {promise[:len(promise)-1], ""}, {with(`"erp"`, `"erp\x"`), ""},
		{with(`"erp"`, "\"\xff\""), ""}, {with(`"erp"`, "\"a\nb\""), ""}, {with(`"erp"`, `"\ud800"`), ""}, {with(`5990`, `05990`), ""},
		{with(`5990`, `+1`), ""}, {with(`"phone"}`, `"phone",}`), ""}, {with(`5990`, `nul`), ""}, {with(`"id"`, `"x":[1,{"a":1,"a":2}],"id"`), ""},
		{`{}`, "/specversion /id /source /type /subject /time"},
		{with(`"1.0"`, `"0.3"`), "/specversion"}, {with(`"1.0"`, `1.0`), "/specversion"}, {with(`"e-1"`, `""`), "/id"}, {with(`"e-1"`, `null`), "/id"},
		{with(`"e-1"`, `"`+strings.Repeat("x", 201)+`"`), "/id"}, {with(`"e-1"`, `"a\u0007"`), "/id"}, {with(`"e-1"`, `"a\u0085"`), "/id"},
		{with(`"e-1"`, `7`), "/id"}, {with(`"erp"`, `["erp"]`), "/source"}, {with(`"erp"`, `"erp","source":"b"`), "/source"},
		{with(`"id"`, `"x/y~":1,"x/y~":1,"id"`), "/x~1y~0"}, {with(`promise.made.v1`, `promise.made.v2`), "/type"}, {with(`de.takt.promise.made.v1`, `promise_made`), "/type"},
		{with(`T10:02:00+01:00`, `T10:02:00`), "/time"}, {with(`T10:02:00+01:00`, ``), "/time"}, {with(`10:02:00+01:00`, `24:00:00Z`), "/time"},
		{with(`10:02:00+01:00`, `10:02:60Z`), "/time"}, {with(`2025-11-21`, `1989-12-31`), "/time"}, {with(`2025-11-21`, `2101-01-02`), "/time"}, {with(`2025-11-21`, `2025-02-29`), "/time"},
		{with(`"id"`, `"datacontenttype":"text/xml","id"`), "/datacontenttype"}, {with(`"id"`, `"data_base64":"e30=","id"`), "/data_base64"},
		{with(`"data":{`, `"data":7,"x":{`), "/data /data/due"},
		{with(`"case_id"`, `"caseid"`), "/data/caseid"}, {with(`"channel":"phone"`, `"channel":"phone","channel":"sms"`), "/data/channel"},
		{with(`"channel":"phone"`, `"tone":"firm"`), "/data/tone"}, {with(`"phone"`, `"fax"`), "/data/channel"}, {with(`"phone"`, `""`), "/data/channel"},
		{with(`5990`, `12.5`), "/data/amount_minor"}, {with(`5990`, `5990.0`), "/data/amount_minor"}, {with(`5990`, `1e3`), "/data/amount_minor"}, {with(`5990`, `"5990"`), "/data/amount_minor"},
		{with(`5990`, `-1`), "/data/amount_minor"}, {with(`5990`, `1000000000001`), "/data/amount_minor"}, {with(`5990`, `99999999999999999999`), "/data/amount_minor"},
		{with(`"EUR"`, `"eur"`), "/data/currency"}, {with(`,"currency":"EUR"`, ``), "/data/currency"}, {with(`"amount_minor":5990,`, ``), "/data/amount_minor"},
		{with(`"due":"2025-12-01",`, ``), "/data/due"}, {with(`"2025-12-01"`, `null`), "/data/due"}, {with(`"2025-12-01"`, `"1.12.2025"`), "/data/due"}, {with(`"2025-12-01"`, `"1970-01-01"`), "/data/due"},
		{with(`"EUR","channel":"phone"`, `"XYZ","channel":"fax","foo":1`), "/data/currency /data/channel /data/foo"},
		{event("case.opened", `{}`), "/data/case_id /data/open /data/oldest_due"},
		{`{"specversion":"1.0","id":"e","source":"s","type":"de.takt.score.set.v1","subject":"D","time":"2025-11-21T10:02:00Z"}`, "/data"},
		{event("case.updated", `{"case_id":"C","open":{"amount_minor":-5,"currency":"EURO"}}`), "/data/open/amount_minor /data/open/currency"},
		{event("case.updated", `{"case_id":"C","open":{"amount_minor":5,"x":{},"amount_minor":1}}`), "/data/open/x /data/open/amount_minor /data/open"},
		{event("case.updated", `{"case_id":"C","open":5}`), "/data/open"}, {event("case.updated", `{"case_id":"C","stage":"late"}`), "/data/stage"},
		{event("case.updated", `{"case_id":"C","dunning_level":-1,"fulfilment":""}`), "/data/dunning_level /data/fulfilment"},
		{event("debtor.updated", `{"tz":""}`), "/data/tz"}, {event("debtor.updated", `{"tz":"Local"}`), "/data/tz"}, {event("debtor.updated", `{"tz":"../etc"}`), "/data/tz"},
		{event("debtor.updated", `{"language":"d","region":"de-by","birth_year":1899}`), "/data/language /data/region /data/birth_year"},
		{event("debtor.updated", `{"birth_year":2026}`), "/data/birth_year"}, {event("debtor.updated", `{"flags":["nice"]}`), "/data/flags"}, {event("debtor.updated", `{"flags":"minor"}`), "/data/flags"},
		{event("address.changed", `{"channel":"email","address_ref":"max@muster.de"}`), "/data/address_ref"}, {event("address.returned", `{"channel":"phone","address_ref":"+49 (30) 123-4567"}`), "/data/address_ref"},
		{event("address.changed", `{"channel":"sms","address_ref":"s:1","validity":1.01}`), "/data/validity"}, {event("address.changed", `{"channel":"sms","address_ref":"s:1","validity":-0.01}`), "/data/validity"},
		{event("consent.changed", `{"channel":"sms","state":"maybe","purpose":"fun"}`), "/data/state /data/purpose"},
		{event("decision.executed", `{"decision_id":"01JD"}`), "/data/decision_id"}, {event("decision.executed", `{"decision_id":"00000000000000000000000000"}`), "/data/decision_id"},
		{event("wish.stated", `{"hours":"0900-1700"}`), "/data/state"}, {event("wish.stated", `{"state":"given"}`), "/data/state"}, {event("wish.stated", `{"state":"avoid"}`), "/data"},
		{event("wish.stated", `{"state":"avoid","address_ref":"p:1"}`), "/data/channel"}, {event("wish.stated", `{"state":"avoid","hours":"1700-0900"}`), "/data/hours"},
		{event("wish.stated", `{"state":"avoid","hours":"0900-0900"}`), "/data/hours"}, {event("wish.stated", `{"state":"avoid","hours":"0900-2401"}`), "/data/hours"},
		{event("wish.stated", `{"state":"avoid","hours":"9-17"}`), "/data/hours"}, {event("wish.stated", `{"state":"avoid","hours":"0960-1700"}`), "/data/hours"}, {event("wish.stated", `{"state":"avoid","hours":"09:0-1700"}`), "/data/hours"},
		{event("wish.stated", `{"state":"avoid","hours":900}`), "/data/hours"}, {event("wish.stated", `{"state":"avoid","weekdays":[]}`), "/data/weekdays"},
		{event("wish.stated", `{"state":"avoid","weekdays":["sunday","mon"]}`), "/data/weekdays"}, {event("wish.stated", `{"state":"avoid","weekdays":"sun"}`), "/data/weekdays"},
		{event("wish.stated", `{"state":"avoid","weekdays":[1],"until":"2026-01-01"}`), "/data/weekdays /data/until"}, {event("hold.set", `{"reason":"x","hours":"0900-1700"}`), "/data/hours"},
		{event("hold.set", `{"reason":"x","scope":"invoice","amount_minor":100}`), "/data/currency"}, {event("debtor.updated", `{"kind":"club"}`), "/data/kind"},
		{event("consent.changed", `{"channel":"sms","state":"given","purpose":"work"}`), "/data/purpose"}, {event("address.changed", `{"channel":"sms","address_ref":"s:1","purpose":"home"}`), "/data/purpose"},
		{event("score.set", `{"name":"a","value":1e999}`), "/data/value"}, {event("debtor.merged", `{"other":"D"}`), "/data/other"},
		{strings.Replace(event("debtor.updated", `{"tz":"Europe/Berlin"}`), "2025-11-21T10:02:00Z", "2026-03-29T02:30:00+01:00", 1), "/time"},
	} {
		_, err := wire.ParseEvent([]byte(c.text))
		var got []string
		for _, f := range wire.FieldErrors(err) {
			got = append(got, f.Pointer)
			if len(f.Detail) < 10 {
				t.Errorf("%s: %q is no help", c.text, f.Detail)
			}
		}
		if want := strings.Split(c.pointers, " "); err == nil || !cmp.Equal(want, got) {
			t.Errorf("%s\n got %q, want %q: %v", c.text, got, want, err)
		}
	}
}

// A bare date holds until the day is over everywhere: UTC-12 leaves 2025-12-01 at 12:00 UTC of the 2nd.
func TestUntilOfADay(t *testing.T) {
	e, err := wire.ParseEvent([]byte(event("hold.set", `{"reason":"x","until":"2025-12-01"}`)))
	if want := time.Date(2025, 12, 2, 12, 0, 0, 0, time.UTC); err != nil || !e.Data.Until.Equal(want) {
		t.Fatalf("until %v, %v; want %v", e.Data.Until, err, want)
	}
	last := time.Date(2025, 12, 1, 23, 59, 59, 999_999_000, time.FixedZone("", -12*3600))
	if !last.Before(e.Data.Until) {
		t.Fatalf("the hold ends before %v", last)
	}
	roundTrip(t, e)
}

func TestSize(t *testing.T) {
	pad := func(n int) []byte {
		return []byte(strings.Replace(promise, `"id"`, `"x":"`+strings.Repeat("y", n-len(promise)-len(`"x":"",`))+`","id"`, 1))
	}
	if _, err := wire.ParseEvent(pad(wire.MaxEvent)); err != nil {
		t.Errorf("64 KiB: %v", err)
	}
	if _, err := wire.ParseEvent(pad(wire.MaxEvent + 1)); err == nil {
		t.Error("64 KiB and one byte is accepted")
	}
	var many strings.Builder
	for i := range 65 {
		many.WriteString(`"x` + strings.Repeat("i", i) + `":1,`)
	}
	if _, err := wire.ParseEvent([]byte(strings.Replace(promise, `"id"`, many.String()+`"id"`, 1))); err == nil {
		t.Error("65 unknown attributes are accepted")
	}
}

func roundTrip(t interface {
	Helper()
	Fatalf(string, ...any)
}, e engine.Event) {
	t.Helper()
	text := wire.AppendEvent(nil, &e)
	again, err := wire.ParseEvent(text)
	if diff := cmp.Diff(e, again); err != nil || diff != "" {
		t.Fatalf("%s\n%v\n%s", text, err, diff)
	}
	if twice := wire.AppendEvent(nil, &again); string(twice) != string(text) {
		t.Fatalf("not canonical:\n%s\n%s", text, twice)
	}
	data, err := wire.ParseData(e.Type, wire.DataJSON(nil, &e.Data))
	if diff := cmp.Diff(e.Data, data); err != nil || diff != "" {
		t.Fatalf("data: %v\n%s", err, diff)
	}
}

// What the receiver's clock has not reached cannot have happened; what is planned may lie far ahead.
func TestLatest(t *testing.T) {
	p := wire.Parser{Latest: time.Date(2025, 11, 21, 9, 2, 0, 0, time.UTC)}
	for body, places := range map[string]string{
		promise: "",
		strings.Replace(promise, "10:02:00+01:00", "10:02:01+01:00", 1): "/time",
		`{"specversion":"1.0","id":"e","source":"erp","type":"de.takt.decision.executed.v1","subject":"D","time":"2025-11-21T09:00:00Z","data":{"decision_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","at":"2025-11-21T09:02:00.000001Z"}}`: "/data/at",
		`{"specversion":"1.0","id":"e","source":"erp","type":"de.takt.hold.set.v1","subject":"D","time":"2025-11-21T09:00:00Z","data":{"reason":"asked","until":"2026-11-21"}}`:                                                  "",
	} {
		_, err := p.Parse([]byte(body))
		var got []string
		for _, f := range wire.FieldErrors(err) {
			got = append(got, f.Pointer)
		}
		if strings.Join(got, " ") != places {
			t.Errorf("%s: %v, want %q", body, err, places)
		}
	}
}

// Where a day may stand, a wrong one is not answered with how to write times alone.
func TestUntilIsADayToo(t *testing.T) {
	for until, want := range map[string]string{"2026-13-01": "YYYY-MM-DD", "2200-01-01": "out of range", "2026-01-01T10:00": "RFC 3339"} {
		if _, err := wire.ParseEvent([]byte(event("hold.set", `{"reason":"x","until":"`+until+`"}`))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", until, err, want)
		}
	}
}

// A body of many faults gets an answer of few.
func TestFaultsAreBounded(t *testing.T) {
	body := strings.Replace(promise, `"case_id"`, strings.Repeat(`"amount_minor":-1,`, 2000)+`"`+strings.Repeat("k", 9000)+`":1,"case_id"`, 1)
	_, err := wire.ParseEvent([]byte(body))
	if n := len(wire.FieldErrors(err)); n == 0 || n > 20 || len(err.Error()) > 4000 {
		t.Errorf("%d faults in %d bytes", n, len(err.Error()))
	}
}
