package features

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"takt/engine"
)

// Hand-made histories; their cases are due ten days before t0.
func TestSegments(t *testing.T) {
	const day = 24 * time.Hour
	plain := engine.EventData{CaseID: "C-1", Has: engine.FieldCaseID}
	opened := func() *given { return start(t).opened("C-1", 5000) }
	paid := func(after time.Duration) *given {
		return opened().after(after).event(engine.PaymentReceived, onCase(amount(2000), "C-1"))
	}
	times := func(g *given, typ engine.EventType, n int) *given {
		for range n {
			g.event(typ, plain)
		}
		return g
	}
	for name, c := range map[string]struct {
		g    *given
		want string
	}{
		"no history":              {start(t), "new"},
		"nothing paid":            {opened(), "new"},
		"nothing due is known":    {start(t).event(engine.PaymentReceived, amount(2000)), "new"},
		"taken back":              {paid(0).event(engine.PaymentReversed, onCase(amount(2000), "C-1")), "new"},
		"ten days past due":       {paid(0), "prompt"},
		"eleven days":             {paid(day), "late"},
		"ten and eleven":          {paid(0).after(day).event(engine.PaymentReceived, onCase(amount(2000), "C-1")), "late"},
		"one promise broken":      {times(paid(0), engine.PromiseBroken, 1), "broken_promises"},
		"broken, nothing paid":    {times(opened(), engine.PromiseBroken, 1), "broken_promises"},
		"an instalment missed":    {times(paid(0), engine.PlanMissed, 1), "broken_promises"},
		"as many kept as broken":  {times(times(paid(0), engine.PlanPaid, 1), engine.PromiseBroken, 1), "prompt"},
		"more instalments missed": {times(times(paid(0), engine.PlanPaid, 1), engine.PlanMissed, 2), "broken_promises"},
		"objected":                {paid(0).event(engine.ObjectionRaised, engine.EventData{}), ""},
	} {
		p := c.g.profile()
		if got := p.Segment(&engine.Request{}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := p.Segment(&engine.Request{Debtor: engine.Debtor{Flags: engine.Objection}}); got != "" {
			t.Errorf("%s: %q for an objection in the request", name, got)
		}
	}
	p, q := paid(0).profile(), &engine.Request{}
	if n := testing.AllocsPerRun(100, func() { p.Segment(q) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Every segment has words in both languages and its row in README.md.
func TestEverySegmentHasWords(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range &Segments {
		if segmentWords[i].id != s.ID {
			t.Errorf("the words of %s stand in the place of %s", segmentWords[i].id, s.ID)
		}
		if en, de := SegmentText(s.ID, "en"), SegmentText(s.ID, "de-AT"); en == s.ID || de == s.ID || en == de {
			t.Errorf("%s: %q in English, %q in German", s.ID, en, de)
		}
		if row := fmt.Sprintf("| %s | %s |", s.ID, s.Doc); !strings.Contains(string(readme), row) {
			t.Errorf("README.md lacks %q", row)
		}
	}
	if SegmentText("vip", "de") != "vip" {
		t.Error("an unknown segment reads otherwise than its id")
	}
}
