package engine_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"takt/engine"
)

func zone(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// Clock changes as published: EU rules (Directive 2000/84/EC: last Sunday of March and October,
// 01:00 UTC) and the US Energy Policy Act 2005 (second Sunday of March, first of November, 02:00 local).
func TestAtClockChanges(t *testing.T) {
	for _, c := range []struct {
		zone, day string
		minute    int
		want, why string
	}{
		{"Europe/Berlin", "2025-03-30", 119, "2025-03-30T01:59:00+01:00", "just before the gap"},
		{"Europe/Berlin", "2025-03-30", 120, "2025-03-30T03:00:00+02:00", "start of the gap"},
		{"Europe/Berlin", "2025-03-30", 150, "2025-03-30T03:00:00+02:00", "in the gap: forward to the change"},
		{"Europe/Berlin", "2025-03-30", 180, "2025-03-30T03:00:00+02:00", "end of the gap"},
		{"Europe/Berlin", "2025-03-30", 480, "2025-03-30T08:00:00+02:00", "the morning after"},
		{"Europe/Berlin", "2025-10-26", 150, "2025-10-26T02:30:00+02:00", "repeated: the first time"},
		{"Europe/Berlin", "2025-10-26", 180, "2025-10-26T03:00:00+01:00", "after the repeat"},
		{"Europe/Berlin", "2025-10-26", 480, "2025-10-26T08:00:00+01:00", "the morning after"},
		{"Europe/Berlin", "2025-10-25", 1440, "2025-10-26T00:00:00+02:00", "end of the day before"},
		{"America/New_York", "2025-03-09", 150, "2025-03-09T03:00:00-04:00", "in the gap"},
		{"America/New_York", "2025-03-09", 480, "2025-03-09T08:00:00-04:00", "the morning after"},
		{"America/New_York", "2025-11-02", 90, "2025-11-02T01:30:00-04:00", "repeated: the first time"},
		{"America/New_York", "2025-11-02", 480, "2025-11-02T08:00:00-05:00", "the morning after"},
		{"Asia/Kathmandu", "2025-06-01", 480, "2025-06-01T08:00:00+05:45", "no clock changes"},
		{"Pacific/Apia", "2011-12-30", 600, "2011-12-31T00:00:00+14:00", "a whole day that was skipped"},
	} {
		d, err := engine.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		loc := zone(t, c.zone)
		if got := time.Unix(d.At(c.minute, loc), 0).In(loc).Format(time.RFC3339); got != c.want {
			t.Errorf("%s minute %d of %s: %s, want %s (%s)", c.zone, c.minute, c.day, got, c.want, c.why)
		}
	}
}

// Against a slow definition: the first instant of a two-day scan whose local clock shows the day
// and minute or, if none does, the first that shows more.
func TestAtAgainstScan(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "Pacific/Chatham", "UTC"}
	locs := map[string]*time.Location{}
	for _, z := range zones {
		locs[z] = zone(t, z)
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := locs[rapid.SampledFrom(zones).Draw(t, "zone")]
		d := engine.Date(rapid.IntRange(18000, 22000).Draw(t, "day"))
		m := rapid.IntRange(0, 1439).Draw(t, "minute")
		got := d.At(m, loc)
		want := int64(d)*86400 - 15*3600
		for ; ; want += 60 {
			l := time.Unix(want, 0).In(loc)
			if day := engine.DateOf(l); day > d || day == d && l.Hour()*60+l.Minute() >= m {
				break
			}
		}
		if got != want {
			t.Fatalf("minute %d of %v in %v: %v, want %v", m, d, loc, time.Unix(got, 0).In(loc), time.Unix(want, 0).In(loc))
		}
		if ahead, ok := d.Steady(loc); ok && int64(d)*86400+int64(m)*60-ahead != got {
			t.Fatalf("a steady day gives %d, At %d", int64(d)*86400+int64(m)*60-ahead, got)
		}
	})
}

func TestSunday(t *testing.T) {
	for d := engine.Date(20000); d < 20400; d++ {
		if got, want := d.Sunday(), d.In(time.UTC).Weekday() == time.Sunday; got != want {
			t.Fatalf("%v Sunday = %v, want %v", d, got, want)
		}
	}
}

func TestZoneName(t *testing.T) {
	var f engine.Facts
	copy(f.TZ[:], "Europe/Vienna")
	q := &engine.Request{}
	if got := engine.ZoneName(q, nil); got != "" {
		t.Errorf("nothing known: %q", got)
	}
	if got := engine.ZoneName(q, &f); got != "Europe/Vienna" {
		t.Errorf("history knows: %q", got)
	}
	q.Debtor.TZ = "Europe/Zurich"
	if got := engine.ZoneName(q, &f); got != "Europe/Zurich" {
		t.Errorf("request states: %q", got)
	}
}
