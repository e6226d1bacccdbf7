package importer_test

import (
	"strings"
	"testing"

	"takt/features/importer"
)

const invoices = `source: books
debtor: "{customer}"
zone: Europe/Berlin
currency: EUR
missing: ["", NA]
csv: {delimiter: ";", decimal: ",", group: "."}
events:
  - type: case_opened
    id: "{invoice}/opened"
    time: {column: sent, layout: "02.01.2006 15:04"}
    data:
      case_id: {column: invoice}
      open: {column: amount, transform: minor}
      oldest_due: {column: due, layout: 02.01.2006}
      dunning_level: {column: level}
  - type: payment_received
    id: "{invoice}/paid"
    when: [{column: paid, exists: true}, {column: state, not: [lost, "off"]}]
    time: {column: paid, layout: 02.01.2006, clock: "12:00"}
    data:
      case_id: {value: "{invoice}"}
      amount_minor: {column: amount, transform: minor}
      unmatched: {column: state, transform: [trim, lower], map: {ok: "false", open: "true"}}
`

// Every fault is told with its line and what to do.
func TestMappingFaults(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(invoices, old) {
			t.Fatalf("%q is not in the mapping", old)
		}
		return strings.Replace(invoices, old, new, 1)
	}
	for _, c := range []struct{ text, want string }{
		{"", "is empty"}, {"events: [", "did not find"}, {invoices + "---\na: 1\n", "second document"},
		{change("currency:", "curency:"), "line 4: field curency not found"}, {change("    id: \"{invoice}/paid\"", "    ids: \"{invoice}/paid\""), "line 17: field ids not found"},
		{change("{column: level}", "{colum: level}"), "line 15: field colum not found"}, {change("source: books\n", "source: books\nsource: b\n"), "already defined"},
		{change("source: books", "source: ''"), "line 1: source is required"}, {change("{customer}", "customer"), "line 2: debtor must name a column"},
		{change("{customer}", "{customer"), "line 2: debtor \"{customer\" has a brace"}, {change("{customer}", "{}"), "braces without a column"},
		{change("Europe/Berlin", "Europe/Bonn"), "line 3: zone \"Europe/Bonn\" is no IANA"}, {change("zone: Europe/Berlin\n", ""), "zone is required"},
		{change("EUR", "EURO"), "line 4: currency \"EURO\""}, {change(`delimiter: ";"`, `delimiter: ";;"`), "line 6: csv.delimiter"}, {change(`group: "."`, `group: ","`), "line 6: csv.group"},
		{change("case_opened", "case_open"), "line 8: events[0].type \"case_open\" is no event type"}, {change("{invoice}/paid", "paid"), "line 17: events[1].id must name"},
		{change("{invoice}/opened", "{invoice}/paid") + "  - {type: portal_visited, id: \"{invoice}/paid\", time: {column: paid}}\n", "id is that of events[0]"},
		{change("{column: paid, exists: true}", "{column: paid}"), "line 18: events[1].when[0] needs one of equals"}, {change("{column: paid, exists: true}", "{exists: true}"), "needs a column"},
		{change("      oldest_due: {column: due, layout: 02.01.2006}\n", ""), "events[0].data lacks oldest_due, which case_opened requires"},
		{change("dunning_level", "dunning"), "line 15: events[0].data.dunning is no field of case_opened"}, {change("dunning_level", "tone"), "events[0].data.tone is no field"},
		{change("{column: level}", "{column: level, value: a}"), "needs one of column and value"}, {change("{column: level}", "{}"), "needs one of column and value"},
		{change("{column: level}", "{column: level, transform: float}"), "line 15: events[0].data.dunning_level.transform \"float\" is not known"},
		{change("{column: level}", "{column: level, transform: minor}"), "minor is for amounts"}, {change("{column: level}", "{column: level, layout: x}"), "is no time"},
		{change(`"12:00"`, "noon"), "clock \"noon\" is no time of day"},
	} {
		_, err := importer.ParseMapping([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v\nwant %s\nfor\n%s", err, c.want, c.text)
		}
	}
	mapping(t, invoices)
	for _, name := range importer.MappingNames() {
		if m, err := importer.LoadMapping(name); err != nil || m.Source() != name {
			t.Errorf("mapping %s: %v, source %q", name, err, m.Source())
		}
	}
	if m, err := importer.LoadMapping(save(t, "m.yaml", []byte(invoices))); err != nil || m.Source() != "books" {
		t.Errorf("by path: %v", err)
	}
	if _, err := importer.LoadMapping("no-such"); err == nil || !strings.Contains(err.Error(), "phl-tax-letters") {
		t.Errorf("no such mapping: %v", err)
	}
}

// Whatever the YAML, there is an error or a mapping, never a panic.
func FuzzMapping(f *testing.F) {
	f.Add(invoices)
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := importer.ParseMapping([]byte(text)); (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
	})
}
