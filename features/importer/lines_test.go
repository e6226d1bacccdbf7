package importer_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"takt/engine"
	"takt/features/importer"
	"takt/features/wire"
)

const visit = `{"specversion":"1.0","id":"e-1","source":"web","type":"de.takt.portal.visited.v1","subject":"D-9","time":"2025-11-21T10:02:00Z"}`

func TestEventLines(t *testing.T) {
	bad := strings.Replace(visit, "portal.visited", "portal.seen", 1)
	long := strings.Replace(visit, `"id"`, `"x":"`+strings.Repeat("y", wire.MaxEvent)+`","id"`, 1)
	content := []byte("\n" + visit + "\r\n\n" + bad + "\n" + long + "\n{\n" + strings.Replace(visit, "e-1", "e-2", 1))
	for _, c := range [][]byte{content, zipped(t, content)} {
		events, report := readAll(t, save(t, "e.jsonl", c), nil, nil)
		if diff := cmp.Diff([]string{visit, strings.Replace(visit, "e-1", "e-2", 1)}, texts(events)); diff != "" {
			t.Error(diff)
		}
		var at []int64
		for _, e := range report.Errors {
			at = append(at, e.Number)
		}
		if diff := cmp.Diff([]int64{4, 5, 6}, at); diff != "" || report.Rows != 5 || report.Bad != 3 || report.Errors[0].Column != "/type" {
			t.Errorf("%s%+v", diff, report)
		}
	}
	events, report := readAll(t, save(t, "e.jsonl", []byte(long+"\n"+visit)), nil, nil)
	if len(events) != 1 || report.Bad != 1 {
		t.Errorf("a long first line: %+v", report)
	}
}

// The request of the reference with everything unknown to a history left out.
const row = `{"case":{"id":"C-4711","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03","dunning_level":1,"default_since":null,"dispute":{"scope":"part","amount_minor":990},"service":"telco","reminders":1,"informed":"2025-11-04","contract_date":"2023-02-01"},
 "debtor":{"id":"D-9","kind":"person","tz":"Europe/Berlin","zones":["UTC"],"region":"DE-BY","language":"de","flags":["vulnerable"]},
 "channels":[{"channel":"email","address_ref":"e:1f..","validity":0.97,"consent":"service"},{"channel":"letter","address_ref":"p:88..","consent":null,"place":"work"},{"channel":"sms","consent":"none"}],
 "as_of":"2025-11-21T09:12:00+01:00","constraints":{"max_cost_minor":700},"want":{"alternatives":3}}`

func TestCaseRows(t *testing.T) {
	line := strings.ReplaceAll(row, "\n", "")
	events, report := readAll(t, save(t, "c.jsonl", []byte(line+"\n"+line)), nil, &importer.Options{Source: "nightly"})
	if report.Bad != 0 || report.Rows != 2 {
		t.Fatalf("%+v", report.Errors)
	}
	half := len(events) / 2
	if diff := cmp.Diff(events[:half], events[half:]); diff != "" {
		t.Errorf("the same row gives other events: %s", diff)
	}
	var got []string
	seen := map[string]bool{}
	for _, e := range events[:half] {
		if e.Source != "nightly" || e.Debtor != "D-9" || !e.At.Equal(time.Date(2025, 11, 21, 8, 12, 0, 0, time.UTC)) || seen[e.ID] {
			t.Errorf("%s %s: %+v", e.Type, e.ID, e)
		}
		seen[e.ID] = true
		got = append(got, e.Type.String()+" "+string(wire.DataJSON(nil, &e.Data)))
	}
	const data = `{"case_id":"C-4711","stage":"dunning","open":{"amount_minor":5990,"currency":"EUR"},"oldest_due":"2025-11-03","dunning_level":1,"contract_date":"2023-02-01"}`
	want := []string{
		"case_opened " + data, "case_updated " + data,
		`dispute_opened {"case_id":"C-4711","reason":"imported","amount_minor":990,"currency":"EUR","scope":"part","reference":"C-4711"}`,
		`debtor_updated {"kind":"person","tz":"Europe/Berlin","region":"DE-BY","language":"de","flags":["vulnerable"]}`,
		`address_changed {"channel":"email","address_ref":"e:1f..","validity":0.97}`,
		`consent_changed {"channel":"email","address_ref":"e:1f..","purpose":"service","state":"given"}`,
		`address_changed {"channel":"letter","address_ref":"p:88..","purpose":"work"}`,
		`consent_changed {"channel":"sms","purpose":"service","state":"withdrawn"}`,
		`consent_changed {"channel":"sms","purpose":"marketing","state":"withdrawn"}`,
		`consent_changed {"channel":"sms","purpose":"tracking","state":"withdrawn"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A later row of the same case opens nothing new and updates it; an empty list of flags lifts none.
func TestCaseRowsLater(t *testing.T) {
	first := `{"case":{"id":"C","open":{"amount_minor":5,"currency":"EUR"},"oldest_due":"2025-11-03"},"debtor":{"id":"D","flags":[ ]},"as_of":"2025-11-21T09:12:00Z"}`
	later := strings.NewReplacer("21T", "22T", `:5,`, `:4,`).Replace(first)
	bare := `{"case":{"id":"C","dispute":{"state":"resolved"}},"debtor":{"id":"D","tz":"UTC"}}`
	events, report := readAll(t, save(t, "c.jsonl", []byte(first+"\n"+later+"\n"+bare)), nil, &importer.Options{AsOf: time.Date(2025, 11, 23, 0, 0, 0, 0, time.UTC)})
	var ids []string
	for _, e := range events {
		id, _, _ := strings.Cut(e.ID, "/2025")
		ids = append(ids, e.Type.String()+" "+id)
	}
	want := []string{"case_opened C/opened", "case_updated C/updated", "case_opened C/opened", "case_updated C/updated", "case_updated C/updated", "dispute_resolved C/dispute", "debtor_updated D/debtor"}
	if diff := cmp.Diff(want, ids); diff != "" || report.Bad != 0 {
		t.Errorf("%v\n%s", report.Errors, diff)
	}
	if events[0].ID != events[2].ID || events[1].ID == events[3].ID {
		t.Error("openings of a case must share their id, updates must not")
	}
}

func TestCaseRowFaults(t *testing.T) {
	good := strings.ReplaceAll(row, "\n", "")
	for _, c := range []struct{ old, new, want string }{
		{`"id":"C-4711"`, `"id":""`, "/case/id"}, {`"id":"C-4711"`, `"id":7`, "/case/id"}, {`"id":"D-9"`, `"id":""`, "/debtor/id"}, {`5990`, `59.9`, "/case/open/amount_minor"},
		{`"stage"`, `"stag"`, "/case/stag"}, {`"dunning"`, `"late"`, "/case/stage"}, {`Europe/Berlin`, `Europe/Bonn`, "/debtor/tz"}, {`0.97`, `97`, "/channels/0/validity"},
		{`"sms"`, `"fax"`, "/channels/2/channel"}, {`"consent":"service"`, `"consent":"all"`, "/channels/0/consent"}, {`2025-11-21T09:12:00+01:00`, `yesterday`, "/as_of"}, {`{"scope":"part","amount_minor":990}`, `{"state":"maybe"}`, "/case/dispute/state"},
		{`:990}`, `:-1}`, "/case/dispute/amount_minor"}, {`:990}`, `:"9"}`, "/case/dispute/amount_minor"}, {`"work"`, `"office"`, "/channels/1/place"},
		{`2025-11-21T09:12:00+01:00`, `2026-03-29T02:30:00+01:00`, "/as_of"}, {`"as_of":"2025-11-21T09:12:00+01:00",`, ``, "/as_of"}, {`"want"`, `"wants"`, "/wants"}, {`}}`, `}`, ""},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		_, report := readAll(t, save(t, "c.jsonl", []byte(text)), nil, nil)
		if len(report.Errors) != 1 {
			t.Errorf("%s: accepted", text)
			continue
		}
		fields := wire.FieldErrors(report.Errors[0].Err)
		if len(fields) == 1 && fields[0].Pointer == "" && report.Errors[0].Column != c.want || len(fields) != 1 {
			t.Errorf("%s for %s: %v, want one at %s", c.new, c.old, report.Errors[0], c.want)
		}
	}
	long := strings.Replace(good, "C-4711", strings.Repeat("C", 200), 1)
	if events, report := readAll(t, save(t, "c.jsonl", []byte(long)), nil, nil); report.Bad != 0 || !strings.HasPrefix(events[0].ID, "sha256:") {
		t.Errorf("a long id: %v", report.Errors)
	}
}

// Whatever the line, it is read or reported.
func FuzzCaseRow(f *testing.F) {
	f.Add(strings.ReplaceAll(row, "\n", ""))
	f.Fuzz(func(t *testing.T, line string) {
		r, err := importer.Open(save(t, "c.jsonl", []byte(`{"case":{"id":"C"},"debtor":{"id":"D"},"as_of":"2025-01-01T00:00:00Z"}`+"\n"+line)), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for {
			events, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range events {
				if events[i].Type == 0 || events[i].Type > engine.WrittenOff {
					t.Fatalf("type %d", events[i].Type)
				}
				if _, err := wire.ParseEvent(wire.AppendEvent(nil, &events[i])); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
