package holiday

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

func ExampleIs() {
	epiphany, _ := engine.ParseDate("2026-01-06")
	fmt.Println(Is("DE-BY", epiphany), Is("DE-BE", epiphany), Is("DE", epiphany))
	// Output: true false true
}

// in gives the holidays of a region in a year as MM-DD.
func in(region string, year int) (days []string) {
	for d := date(year, 1, 1); d < date(year+1, 1, 1); d++ {
		if Is(region, d) {
			days = append(days, d.String()[5:])
		}
	}
	return days
}

// Easter Sundays as the Physikalisch-Technische Bundesanstalt lists them, the earliest and latest dates and the two
// exceptions of Gauss's rule (1954, 1981) among them.
func TestEaster(t *testing.T) {
	for _, want := range strings.Fields(`1818-03-22 1913-03-23 1943-04-25 1954-04-18 1961-04-02 1981-04-19 2000-04-23 2008-03-23 2011-04-24 2016-03-27 2017-04-16
		2018-04-01 2019-04-21 2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2038-04-25 2049-04-18 2076-04-19`) {
		var year int
		fmt.Sscanf(want, "%d", &year)
		if got := easter(year).String(); got != want {
			t.Errorf("Easter %d: %s, want %s", year, got, want)
		}
	}
}

// Lists as the ministries publish them (Bundesministerium des Innern; gov.uk/bank-holidays with the day a holiday was
// moved from; opm.gov likewise; the cantons' lists; WKO for Austria).
func TestPublishedLists(t *testing.T) {
	for _, c := range []struct {
		region string
		year   int
		days   string
	}{
		{"DE-BB", 2025, "01-01 04-18 04-20 04-21 05-01 05-29 06-08 06-09 10-03 10-31 12-25 12-26"},
		{"DE-BE", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 12-25 12-26"},
		{"DE-BE", 2020, "01-01 03-08 04-10 04-13 05-01 05-08 05-21 06-01 10-03 12-25 12-26"},
		{"DE-BE", 2025, "01-01 03-08 04-18 04-21 05-01 05-08 05-29 06-09 10-03 12-25 12-26"},
		{"DE-BW", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE-BY", 2024, "01-01 01-06 03-29 04-01 05-01 05-09 05-20 05-30 08-15 10-03 11-01 12-25 12-26"},
		{"DE-HB", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
		{"DE-HE", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 06-15 10-03 10-31 12-25 12-26"},
		{"DE-HE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 12-25 12-26"},
		{"DE-HH", 2016, "01-01 03-25 03-28 05-01 05-05 05-16 10-03 12-25 12-26"},
		{"DE-HH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26"},
		{"DE-MV", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 10-31 12-25 12-26"},
		{"DE-MV", 2023, "01-01 03-08 04-07 04-10 05-01 05-18 05-29 10-03 10-31 12-25 12-26"},
		{"DE-NI", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-NW", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"DE-RP", 2019, "01-01 04-19 04-22 05-01 05-30 06-10 06-20 10-03 11-01 12-25 12-26"},
		{"DE-SH", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26"},
		{"DE-SL", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26"},
		{"DE-SN", 2023, "01-01 04-07 04-10 05-01 05-18 05-29 06-08 10-03 10-31 11-22 12-25 12-26"},
		{"DE-SN", 2028, "01-01 04-14 04-17 05-01 05-25 06-05 06-15 10-03 10-31 11-22 12-25 12-26"},
		{"DE-ST", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-TH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 05-31 10-03 10-31 12-25 12-26"},
		{"DE-TH", 2019, "01-01 04-19 04-22 05-01 05-30 06-10 06-20 09-20 10-03 10-31 12-25 12-26"},
		{"AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"AT-9", 2024, "01-01 01-06 04-01 05-01 05-09 05-20 05-30 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"CH-ZH", 2025, "01-01 01-02 04-18 04-21 05-01 05-29 06-09 08-01 12-25 12-26"},
		{"CH-BE", 2025, "01-01 01-02 04-18 04-21 05-29 06-09 08-01 12-25 12-26"},
		{"CH-GE", 2025, "01-01 04-18 04-21 05-29 06-09 08-01 09-11 12-25 12-31"},
		{"CH-GE", 2024, "01-01 03-29 04-01 05-09 05-20 08-01 09-05 12-25 12-31"},
		{"CH-VD", 2025, "01-01 01-02 04-18 04-21 05-29 06-09 08-01 09-22 12-25"},
		{"CH-BS", 2025, "01-01 04-18 04-21 05-01 05-29 06-09 08-01 12-25 12-26"},
		{"GB-EAW", 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-26 12-28"},
		{"GB-ENG", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"},
		{"GB-WLS", 2023, "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
		{"GB-SCT", 2022, "01-01 01-02 01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-25 12-26 12-27"},
		{"GB-SCT", 2024, "01-01 01-02 03-29 05-06 05-27 08-05 11-30 12-02 12-25 12-26"},
		{"GB-SCT", 2026, "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-26 12-28"},
		{"GB-NIR", 2025, "01-01 03-17 04-18 04-21 05-05 05-26 07-12 07-14 08-25 12-25 12-26"},
		{"GB-NIR", 2021, "01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-25 12-26 12-27 12-28"},
		{"US", 2020, "01-01 01-20 02-17 05-25 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
		{"US-CA", 2021, "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24 12-25 12-31"},
		{"US", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
	} {
		if got := in(c.region, c.year); !slices.Equal(got, strings.Fields(c.days)) {
			t.Errorf("%s %d:\n got %v\nwant [%s]", c.region, c.year, got, strings.Join(strings.Fields(c.days), " "))
		}
	}
}

// What is unknown has the holidays of all that it could be.
func TestUnknownIsStrict(t *testing.T) {
	for region, parts := range map[string][]string{
		"DE":    {"DE-BE", "DE-BY", "DE-SN", "DE-TH", "DE-SL", "DE-BB", "DE-MV", "DE-NI"},
		"DE-XX": {"DE-BE", "DE-BY"}, "de-by": {"DE-BE", "AT", "US"}, "CH-UR": {"CH-GE", "CH-ZH", "CH-VD"}, "CH": {"CH-UR"},
		"GB": {"GB-SCT", "GB-NIR", "GB-EAW"}, "UK": {"GB-SCT"}, "GB-UKM": {"GB-NIR"}, "": {"DE-SN", "CH-UR", "US", "AT", "GB-SCT"}, "FR-75": {"DE", "CH"},
	} {
		for _, part := range parts {
			if Of(region)&Of(part) != Of(part) {
				t.Errorf("%q lacks holidays of %s", region, part)
			}
		}
	}
	if Of("DE")&Of("AT") != 0 || Of("CH-ZH") == Of("CH") || Of("DE-BE") == Of("DE") {
		t.Error("known regions have others' holidays")
	}
	for _, day := range []string{"03-01", "03-19", "04-10", "06-23", "08-15", "09-25", "12-08"} { // kept in some canton only
		if !slices.Contains(in("CH-AG", 2025), day) {
			t.Errorf("a canton that is not known works on %s", day)
		}
	}
}

// The table and what is worked out beyond it are the same rules.
func TestBeyondTheTable(t *testing.T) {
	for d := firstDay; d < firstDay+800; d++ {
		if on(d) != table[d-firstDay] {
			t.Fatalf("%s: table %x, rules %x", d, table[d-firstDay], on(d))
		}
	}
	for _, s := range []string{"1999-12-31", "2100-12-25", "1999-01-01", "2100-03-26"} { // 2000-01-01 was a Saturday; Good Friday 2100
		d, err := engine.ParseDate(s)
		if err != nil || !Is("US", d) && !Is("DE", d) {
			t.Errorf("%s is no holiday", s)
		}
	}
	if d := date(1999, time.July, 5); !Is("US", d) || Is("US", d+1) {
		t.Error("4 July 1999 was a Sunday: the 5th was off, the 6th not")
	}
}

func TestAllocatesNothing(t *testing.T) {
	d, far := date(2026, 5, 1), date(2150, 5, 1)
	if n := testing.AllocsPerRun(100, func() { _ = Is("DE-BY", d) || Is("CH-XX", d+1) || Is("US", far) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkIs(b *testing.B) {
	s, d := Of("DE-BY"), date(2026, 1, 1)
	for i := range b.N {
		s.Has(d + engine.Date(i%365))
	}
}
