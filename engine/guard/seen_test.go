package guard_test

import (
	"strings"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/guard"
)

// What a rule looked at stands in its line of the trace, so that a pass with conditions can be told from a plain one.
func TestTraceSaysWhatWasSeen(t *testing.T) {
	part := func(why engine.HoldReason, minor int64) func(*engine.Input) {
		return func(in *engine.Input) {
			till := in.Now.Add(100 * time.Hour).UnixMicro()
			in.Facts.Cases[0] = engine.CaseFacts{Key: engine.KeyOf("C-1"), Parts: [2]engine.Part{{Key: 1, Minor: minor, Till: till, For: why}}}
		}
	}
	for line, change := range map[string]func(*engine.Input){
		"de.dispute pass": func(*engine.Input) {},
		"de.dispute pass part_minor=990": func(in *engine.Input) {
			c := &in.Request.Case
			c.Disputed, c.DisputeScope, c.PartMinor = true, "part", 990
		},
		"de.dispute defer reason=disputed part_minor=12000 until=": part(engine.HoldDispute, 12_000),
		"core.hold pass part_minor=5000":                           part(engine.HoldAsked, 5_000),
		"core.wishes pass from=00:00 to=24:00 tz=Europe/Berlin not_on=sun,sat": func(in *engine.Input) {
			in.Facts.Wishes.Not = engine.SetOf(engine.Saturday, engine.Sunday)
		},
		"de.quiet_hours pass from=08:00 to=20:00 tz=Europe/Berlin zones=2": func(in *engine.Input) {
			in.Zones = []*time.Location{time.UTC}
		},
		"de.default block tags=fee,interest,default_wording": func(*engine.Input) {},
		"de.bureau block tags=bureau":                        func(*engine.Input) {},
		"core.tones.soft block tones=firm":                   func(in *engine.Input) { in.Request.Debtor.Flags = engine.Hardship },
	} {
		in := plain(t, "de", "Europe/Berlin", "2026-06-10 10:00")
		change(in)
		var b engine.Ballot
		var tr engine.Trace
		guard.New().Options(&b, in, &tr)
		found := false
		for _, c := range tr.Checks {
			found = found || c.String() == line || strings.HasSuffix(line, "until=") && strings.HasPrefix(c.String(), line)
		}
		if !found {
			t.Errorf("no line %q in\n%v", line, tr.Checks)
		}
	}
}
