package api

import (
	"strings"
	"testing"
	"time"

	"takt/engine"
)

// TestOtherZones: the hour must suit wherever the debtor may be; a name in the history that is no zone is
// passed over.
func TestOtherZones(t *testing.T) {
	s := &Server{}
	load := func(names ...string) (zones []*time.Location) {
		for _, name := range names {
			zones = append(zones, s.codec.Zone(name))
		}
		return zones
	}
	for _, c := range []struct{ zone, history, asked, want string }{
		{"Europe/Berlin", "", "", ""},
		{"Europe/Berlin", "Europe/Berlin", "", ""},
		{"Europe/Berlin", "Europe/Lisbon", "", "Europe/Lisbon"},
		{"Europe/Berlin", "No/Where", "", ""},
		{"Europe/Berlin", "Local", "", ""},
		{"Europe/Berlin", "Europe/Lisbon", "Europe/Berlin UTC Europe/Lisbon UTC", "Europe/Lisbon UTC"},
		{"", "", "UTC", "UTC"},
		{"", "", "", ""},
	} {
		var f engine.Facts
		copy(f.TZ[:], c.history)
		var got []string
		for _, z := range s.codec.OtherZones(nil, s.codec.Zone(c.zone), &f, load(strings.Fields(c.asked)...)) {
			got = append(got, z.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	var f engine.Facts
	copy(f.TZ[:], "Europe/Berlin")
	zone, dst := s.codec.Zone("Europe/Berlin"), make([]*time.Location, 0, 4)
	if n := testing.AllocsPerRun(100, func() { dst = s.codec.OtherZones(dst[:0], zone, &f, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
