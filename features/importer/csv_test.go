package importer_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"takt/features/importer"
	"takt/features/wire"
)

const table = `invoice;customer;sent;amount;due;level;paid;state
R1;D1;28.03.2026 14:05;1.234,5;14.03.2026;2;30.03.2026;" OK "
R2;D2;28.03.2026 14:05;0,07;14.03.2026;;NA;open
`

func TestCSV(t *testing.T) {
	want := []string{
		`{"specversion":"1.0","id":"R1/opened","source":"books","type":"de.takt.case.opened.v1","subject":"D1","time":"2026-03-28T13:05:00Z","data":{"case_id":"R1","open":{"amount_minor":123450,"currency":"EUR"},"oldest_due":"2026-03-14","dunning_level":2}}`,
		`{"specversion":"1.0","id":"R1/paid","source":"books","type":"de.takt.payment.received.v1","subject":"D1","time":"2026-03-30T10:00:00Z","data":{"case_id":"R1","amount_minor":123450,"currency":"EUR","unmatched":false}}`,
		`{"specversion":"1.0","id":"R2/opened","source":"books","type":"de.takt.case.opened.v1","subject":"D2","time":"2026-03-28T13:05:00Z","data":{"case_id":"R2","open":{"amount_minor":7,"currency":"EUR"},"oldest_due":"2026-03-14"}}`,
	}
	for name, content := range map[string][]byte{
		"plain.csv": []byte(table), "zipped.csv": zipped(t, []byte(table)), "bom.txt": []byte("\ufeff" + table), "windows": []byte(strings.ReplaceAll(table, "\n", "\r\n")),
		"members.gz": append(zipped(t, []byte(table[:60])), zipped(t, []byte(table[60:]))...), // gzip files may be joined
	} {
		var read, total int64
		events, report := readAll(t, save(t, name, content), mapping(t, invoices), &importer.Options{Progress: func(r, n int64) {
			if r < read || n != int64(len(content)) {
				t.Errorf("%s: progress %d of %d after %d", name, r, n, read)
			}
			read, total = r, n
		}})
		if diff := cmp.Diff(want, texts(events)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if report.Rows != 2 || report.Bad != 0 || report.Events != 3 || read != total || total == 0 {
			t.Errorf("%s: %+v, read %d of %d", name, report, read, total)
		}
	}
}

// A bad row is told with line, event and column, and the others come through.
func TestCSVBadRows(t *testing.T) {
	good := "R9;D9;28.03.2026 14:05;1;14.03.2026;2;NA;open\n"
	for row, want := range map[string]string{
		"R1;D1;29.03.2026 02:30;1;14.03.2026;2;NA;open":           `line 3, case_opened, sent: 02:30 does not exist on 2026-03-29 in Europe/Berlin: the clock goes from 02:00 to 03:00; write the time that was meant, or UTC`,
		"R1;D1;2026-03-28;1;14.03.2026;2;NA;open":                 `line 3, case_opened, sent: "2026-03-28" is not written like 02.01.2006 15:04`,
		"R1;D1;NA;1;14.03.2026;2;NA;open":                         `line 3, case_opened, sent: is missing; it is the event's time`,
		"R1;D1;28.03.2026 14:05;1.5;14.03.2026;2;NA;open":         `line 3, case_opened, amount: "1.5" has digits grouped otherwise than by three`,
		"R1;D1;28.03.2026 14:05;1,005;14.03.2026;2;NA;open":       `line 3, case_opened, amount: "1,005" is finer than the minor unit of EUR (2 decimals)`,
		"R1;D1;28.03.2026 14:05;8e+05;14.03.2026;2;NA;open":       `line 3, case_opened, amount: "8e+05" is no amount; write digits such as 1234,50`,
		"R1;D1;28.03.2026 14:05;-4;14.03.2026;2;NA;open":          `line 3, case_opened, amount as open: is -400; use 0 to 1000000000000`,
		"R1;D1;28.03.2026 14:05;NA;14.03.2026;2;NA;open":          `line 3, case_opened, amount as open: is required for case_opened`,
		"R1;D1;28.03.2026 14:05;1;31.02.2026;2;NA;open":           `line 3, case_opened, due: "31.02.2026" is not written like 02.01.2006`,
		"R1;D1;28.03.2026 14:05;1;14.03.2026;2.5;NA;open":         `line 3, case_opened, level as dunning_level: is 2.5; write a whole number without fraction or exponent`,
		"R1;D1;28.03.2026 14:05;1;14.03.2026;two;NA;open":         `line 3, case_opened, level as dunning_level: is "two"; write a whole number`,
		"R1;D1;28.03.2026 14:05;1;14.03.2026;2;30.03.2026;closed": `line 3, payment_received, state: "closed" is not in the mapping's map`,
		"R1;;28.03.2026 14:05;1;14.03.2026;2;NA;open":             `line 3, case_opened, customer: is missing; it is the debtor`,
		"NA;D1;28.03.2026 14:05;1;14.03.2026;2;NA;open":           `line 3, case_opened, invoice: is missing; it is the row's identity`,
		"R1;D\xff;28.03.2026 14:05;1;14.03.2026;2;NA;open":        `line 3, case_opened, customer: is not UTF-8; save the file as UTF-8`,
		"R1;\"D\a\";28.03.2026 14:05;1;14.03.2026;2;NA;open":      `line 3, case_opened, subject: holds control characters; remove them`,
		"R1;D1;28.03.2026 14:05;1":                                `line 3: has 4 cells, the first row has 8`,
		`R1;D"1;28.03.2026 14:05;1;14.03.2026;2;NA;open`:          `line 3: column 5 of line 3: bare " in non-quoted-field`,
		"R1;\"D\n1\";28.03.2026 14:05;1;14.03.2026;2;NA;open":     `line 3, case_opened, subject: holds control characters; remove them`,
	} {
		path := save(t, "bad.csv", []byte(table[:strings.Index(table, "\n")+1]+strings.Replace(good, "R9", "R8", 1)+row+"\n"+good))
		events, report := readAll(t, path, mapping(t, invoices), nil)
		if report.Rows != 3 || report.Bad != 1 || len(report.Errors) != 1 || report.Errors[0].Error() != want || len(events) != 2 || events[1].ID != "R9/opened" {
			t.Errorf("%q\ngot  %v, %d rows, %d events\nwant %s", row, report.Errors, report.Rows, len(events), want)
		}
		r, err := importer.Open(path, mapping(t, invoices), &importer.Options{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		var bad *importer.RowError
		for range 2 { // the error stays
			if _, err := r.Next(); !errors.As(err, &bad) || err.Error() != want {
				t.Errorf("strict: %v", err)
			}
		}
		r.Close()
	}
}

func TestReportKeepsTheFirst(t *testing.T) {
	path := save(t, "bad.csv", []byte(table[:strings.Index(table, "\n")+1]+strings.Repeat("a\n", 30)))
	_, report := readAll(t, path, mapping(t, invoices), &importer.Options{Errors: 3})
	if report.Bad != 30 || len(report.Errors) != 3 || report.Errors[2].Number != 4 {
		t.Errorf("%d bad rows, kept %v", report.Bad, report.Errors)
	}
}

func TestOpenFaults(t *testing.T) {
	m := mapping(t, invoices)
	for _, c := range []struct {
		content string
		m       *importer.Mapping
		want    string
	}{
		{table, nil, "name a mapping"}, {" \n", nil, "neither"}, {"", m, "is empty"}, {"[]", nil, "JSON array"}, {"{}", m, "need no mapping"}, {"{}", nil, "neither a CloudEvent"},
		{"PAR1", nil, "name a mapping"}, {"PAR1", m, ""}, {"\x1f\x8bx", nil, "gunzip"}, {"\xff\xfea\x00", m, "UTF-16"},
		{"a;b\n", m, `has no column "amount" that mapping books asks for; its columns are a, b`}, {strings.Replace(table, "level;", "paid;", 1), m, `has two columns "paid"`},
		{"\"" + strings.Repeat("a", 2<<20), m, "a quote is probably not closed"},
	} {
		_, err := importer.Open(save(t, "f", []byte(c.content)), c.m, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %s", c.content, err, c.want)
		}
	}
	events, report := readAll(t, save(t, "f", nil), nil, nil)
	if len(events) != 0 || report.Rows != 0 || report.Bad != 0 {
		t.Errorf("an empty file: %d events, %+v", len(events), report)
	}
	r, err := importer.Open(save(t, "f", []byte(table+"\""+strings.Repeat("a\n", 1<<20))), m, nil)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next()
	}
	if err == io.EOF || !strings.Contains(err.Error(), "the row after line 3: is longer than 1 MiB") {
		t.Errorf("a quote that is never closed: %v", err)
	}
}

// Whatever the rows, each is read or reported, and what is read goes through the wire unchanged.
func FuzzCSV(f *testing.F) {
	f.Add(strings.SplitAfterN(table, "\n", 2)[1])
	f.Add("R1;D1;;;;;;\n\n\"a")
	f.Fuzz(func(t *testing.T, rows string) {
		path := save(t, "fuzz.csv", []byte(table[:strings.Index(table, "\n")+1]+rows))
		r, err := importer.Open(path, mapping(t, invoices), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var good int64
		for {
			events, err := r.Next()
			if err != nil {
				if err != io.EOF && !strings.Contains(err.Error(), "1 MiB") {
					t.Fatal(err)
				}
				break
			}
			good++
			for i := range events {
				if _, err := wire.ParseEvent(wire.AppendEvent(nil, &events[i])); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := r.Report(); got.Rows != good+got.Bad || got.Bad > 0 && len(got.Errors) == 0 {
			t.Fatalf("%d good rows, report %+v", good, got)
		}
	})
}

func ExampleOpen() {
	m, _ := importer.ParseMapping([]byte(invoices))
	r, err := importer.Open("testdata/invoices.csv", m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	for {
		events, err := r.Next()
		if err != nil {
			break
		}
		for _, e := range events {
			fmt.Println(e.Type, e.Debtor, e.ID)
		}
	}
	fmt.Println(r.Report().Rows, "rows,", r.Report().Bad, "bad:", r.Report().Errors[0])
	// Output:
	// case_opened D1 R1/opened
	// payment_received D1 R1/paid
	// case_opened D2 R2/opened
	// 3 rows, 1 bad: line 4, case_opened, amount: "ten" is no amount; write digits such as 1234,50
}

// A table may tell wishes, disputed parts and invoices on hold like any other event.
func TestCSVWishes(t *testing.T) {
	m := mapping(t, `
source: crm
debtor: "{customer}"
zone: Europe/Berlin
currency: EUR
events:
  - type: wish_stated
    id: "{customer}/wish"
    when: [{column: suits, exists: true}]
    time: {column: day}
    data: {state: {value: avoid}, hours: {column: suits}, weekdays: {column: "off", transform: [lower]}}
  - type: hold_set
    id: "{invoice}/hold"
    when: [{column: invoice, exists: true}]
    time: {column: day}
    data: {case_id: {value: C-1}, reason: {value: goodwill}, scope: {value: invoice}, reference: {column: invoice}, amount_minor: {column: amount, transform: minor}}
`)
	events, report := readAll(t, save(t, "w.csv", []byte("customer,day,suits,off,invoice,amount\nD1,2026-03-28,0900-1700,Sat|Sun,R1,9.90\nD2,2026-03-28,9-17,mon,,\n")), m, nil)
	want := []string{
		`{"specversion":"1.0","id":"D1/wish","source":"crm","type":"de.takt.wish.stated.v1","subject":"D1","time":"2026-03-27T23:00:00Z","data":{"state":"avoid","hours":"0900-1700","weekdays":["sun","sat"]}}`,
		`{"specversion":"1.0","id":"R1/hold","source":"crm","type":"de.takt.hold.set.v1","subject":"D1","time":"2026-03-27T23:00:00Z","data":{"case_id":"C-1","reason":"goodwill","amount_minor":990,"currency":"EUR","scope":"invoice","reference":"R1"}}`,
	}
	if diff := cmp.Diff(want, texts(events)); diff != "" {
		t.Error(diff)
	}
	if report.Bad != 1 || !strings.Contains(report.Errors[0].Error(), `suits as hours: "9-17" are no hours; write local times of the day such as 0900-1700`) {
		t.Errorf("%+v", report)
	}
}
