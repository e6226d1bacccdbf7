package wire_test

import (
	"testing"
	"time"

	"takt/features/wire"
)

func zone(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// The transitions are those of the IANA database: Berlin and London change on the last Sundays of
// March and October, New York on the second Sunday of March, Lord Howe by half an hour, and Samoa
// left out 2011-12-30.
func TestCheckLocal(t *testing.T) {
	for _, c := range []struct {
		zone, text string
		ok         bool
	}{
		{"Europe/Berlin", "2026-03-29T02:30:00+01:00", false}, {"Europe/Berlin", "2026-03-29T02:30:00+02:00", false},
		{"Europe/Berlin", "2026-03-29T02:00:00+01:00", false}, {"Europe/Berlin", "2026-03-29T02:59:59.999999+02:00", false},
		{"Europe/Berlin", "2026-03-29T01:59:59+01:00", true}, {"Europe/Berlin", "2026-03-29T03:00:00+02:00", true},
		{"Europe/Berlin", "2026-03-29T02:30:00Z", true}, {"Europe/Berlin", "2026-03-29T02:30:00+00:00", true}, {"Europe/Berlin", "2026-03-29T02:30:00-05:00", true},
		{"Europe/Berlin", "2026-10-25T02:30:00+02:00", true}, {"Europe/Berlin", "2026-10-25T02:30:00+01:00", true},
		{"Europe/London", "2026-03-29T01:30:00Z", true}, {"Europe/London", "2026-03-29T01:30:00+00:00", false}, {"Europe/London", "2026-03-29T01:30:00+01:00", false},
		{"America/New_York", "2026-03-08T02:30:00-05:00", false}, {"America/New_York", "2026-03-08T02:30:00-04:00", false}, {"America/New_York", "2026-03-08T02:30:00+01:00", true},
		{"Australia/Lord_Howe", "2026-10-04T02:15:00+10:30", false}, {"Australia/Lord_Howe", "2026-10-04T02:30:00+11:00", true},
		{"Pacific/Apia", "2011-12-30T12:00:00-10:00", false}, {"Pacific/Apia", "2011-12-30T12:00:00+14:00", false}, {"Pacific/Apia", "2011-12-31T00:00:00+14:00", true},
	} {
		at, err := wire.ParseTime(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.CheckLocal(at, zone(t, c.zone)); (err == nil) != c.ok {
			t.Errorf("%s in %s: %v", c.text, c.zone, err)
		}
	}
	at, _ := wire.ParseTime("2026-03-29T02:30:00+01:00")
	const want = "02:30 does not exist on 2026-03-29 in Europe/Berlin: the clock goes from 02:00 to 03:00; write the time that was meant, or UTC"
	if err := wire.CheckLocal(at, zone(t, "Europe/Berlin")); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// Every fifth minute of a year with its changes: it exists exactly when some instant reads so, and
// then AtLocal is the first such instant.
func TestAtLocal(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"} {
		loc := zone(t, name)
		first := map[string]time.Time{}
		const layout = "2006-01-02T15:04"
		for at := time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC); at.Year() < 2019; at = at.Add(5 * time.Minute) {
			if key := at.In(loc).Format(layout); first[key].IsZero() {
				first[key] = at
			}
		}
		for wall := time.Date(2018, 1, 2, 0, 0, 0, 0, time.UTC); wall.Year() < 2019; wall = wall.Add(5 * time.Minute) {
			want := first[wall.Format(layout)]
			got, err := wire.AtLocal(wall, loc)
			if wall.After(time.Date(2018, 12, 30, 0, 0, 0, 0, time.UTC)) {
				break
			}
			if (err == nil) == want.IsZero() || !got.Equal(want) {
				t.Fatalf("%s in %s is %v, %v; want %v", wall.Format(layout), name, got, err, want)
			}
		}
	}
}
