package features

import (
	"fmt"
	"testing"
	"time"

	"takt/engine"
)

// partsOf tells the parts of C-1 that are left alone 30 days in, and what holds all of it.
func partsOf(p *Profile) (s string) {
	c := p.Case(engine.KeyOf("C-1"))
	for _, part := range c.Parts {
		if part.Till > at(30, 0).UnixMicro() {
			s += fmt.Sprintf("%s %d, ", part.For, part.Minor)
		}
	}
	if c.HoldTill > at(30, 0).UnixMicro() {
		s += "held, "
	}
	return s + fmt.Sprintf("%d disputes", c.Disputes)
}

func TestPartsOfAClaim(t *testing.T) {
	const dispute, resolve, hold, lift = engine.DisputeOpened, engine.DisputeResolved, engine.HoldSet, engine.HoldLifted
	part := func(ref string, minor int64) engine.EventData {
		return engine.EventData{CaseID: "C-1", Scope: "part", Reference: ref, AmountMinor: minor, Currency: "EUR"}
	}
	invoice := func(ref string, minor int64, days int) engine.EventData {
		d := part(ref, minor)
		if d.Scope = "invoice"; days != 0 {
			d.Until = at(days, 0)
		}
		return d
	}
	of := func(scope, ref string) engine.EventData {
		return engine.EventData{CaseID: "C-1", Scope: scope, Reference: ref}
	}
	swiss := part("a", 100)
	swiss.Currency = "CHF"
	g := func() *given { return start(t).opened("C-1", 5000) }
	two := func() *given { return g().event(dispute, part("a", 100)).event(dispute, part("b", 200)) }
	for name, c := range map[string]struct {
		g    *given
		want string
	}{
		"a part":                       {g().event(dispute, part("a", 100)), "disputed 100, 0 disputes"},
		"the same again":               {g().event(dispute, part("a", 100)).event(dispute, part("a", 300)), "disputed 300, 0 disputes"},
		"two without reference":        {g().event(dispute, part("", 100)).event(dispute, part("", 300)), "disputed 100, disputed 300, 0 disputes"},
		"in another currency":          {g().event(dispute, swiss), "disputed 0, 0 disputes"},
		"a third disputes the whole":   {two().event(dispute, part("c", 300)), "disputed 100, disputed 200, 1 disputes"},
		"resolved by reference":        {two().event(resolve, of("", "a")), "disputed 200, 0 disputes"},
		"a place is free again":        {two().event(resolve, of("part", "a")).event(dispute, part("c", 300)), "disputed 300, disputed 200, 0 disputes"},
		"resolved without reference":   {two().event(dispute, of("", "x")).event(resolve, of("", "")), "0 disputes"},
		"an unknown part":              {two().event(dispute, of("whole", "")).event(resolve, of("part", "z")), "disputed 100, disputed 200, 1 disputes"},
		"the whole, by any reference":  {two().event(dispute, of("whole", "")).event(resolve, of("", "z")), "disputed 100, disputed 200, 0 disputes"},
		"an invoice":                   {g().event(hold, invoice("a", 100, 60)), "hold_set 100, 0 disputes"},
		"an invoice without amount":    {g().event(hold, invoice("a", 0, 0)), "hold_set 0, 0 disputes"},
		"it ends by itself":            {g().event(hold, invoice("a", 100, 20)), "0 disputes"},
		"an ended one leaves a place":  {g().event(hold, invoice("a", 1, 2)).event(hold, invoice("b", 2, 0)).after(72*time.Hour).event(hold, invoice("c", 3, 0)), "hold_set 3, hold_set 2, 0 disputes"},
		"a third holds the whole":      {g().event(hold, invoice("a", 1, 0)).event(hold, invoice("b", 2, 0)).event(hold, invoice("c", 3, 60)), "hold_set 1, hold_set 2, held, 0 disputes"},
		"lifted by reference":          {g().event(hold, invoice("a", 1, 0)).event(hold, invoice("b", 2, 0)).event(lift, of("invoice", "a")), "hold_set 2, 0 disputes"},
		"an unknown invoice":           {g().event(hold, of("", "")).event(lift, of("invoice", "z")), "held, 0 disputes"},
		"lifted without reference":     {g().event(hold, of("", "")).event(hold, invoice("a", 1, 0)).event(lift, of("", "")), "0 disputes"},
		"a hold lifted, not a dispute": {g().event(dispute, part("a", 100)).event(hold, invoice("a", 1, 0)).event(lift, of("", "a")), "disputed 100, 0 disputes"},
		"retracted":                    {g().event(dispute, part("a", 100)).event(engine.EventRetracted, engine.EventData{EventID: "e-002"}), "0 disputes"},
	} {
		if got := partsOf(c.g.profile()); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	d := part("a", 100)
	if d.CaseID = ""; start(t).event(dispute, d).profile().HoldFor != engine.HoldDispute {
		t.Error("a disputed part of no case must hold the debtor")
	}
}

// TestPartsOutliveTheirPlace: a case of which a part is left alone gives way last, and comes back with it.
func TestPartsOutliveTheirPlace(t *testing.T) {
	g := start(t)
	for i := range 9 {
		id := fmt.Sprintf("C-%d", i)
		g.opened(id, 100).event(engine.DisputeOpened, engine.EventData{CaseID: id, Scope: "part", Reference: "r", AmountMinor: int64(40 + i), Currency: "EUR"})
	}
	if p := g.profile(); p.Rest.Parts[0].Minor != 42 || p.Rest.Parts[1].Till != 0 || p.Case(engine.KeyOf("C-0")) != &p.Rest {
		t.Errorf("rest %+v", p.Rest.Parts)
	}
	g = start(t).opened("C-0", 100).event(engine.HoldSet, engine.EventData{CaseID: "C-0", Scope: "invoice", Reference: "r", Until: at(3, 0)}).after(96 * time.Hour)
	for i := range 6 {
		g.opened(fmt.Sprintf("N-%d", i), 100)
	}
	if p := g.profile(); p.Case(engine.KeyOf("C-0")) != &p.Rest {
		t.Error("a part whose hold has ended must not keep a place")
	}
	var r engine.CaseFacts
	for i := range 4 {
		unitePart(&r, engine.Part{Till: engine.HoldForever, Minor: 5, Key: uint32(i / 2), For: engine.HoldDispute}, 0)
	}
	unitePart(&r, engine.Part{Till: engine.HoldForever, Key: 1, For: engine.HoldDispute}, 0)
	unitePart(&r, engine.Part{Till: 7, Key: 9, For: engine.HoldAsked}, 0)
	if r.Parts[0].Minor != 5 || r.Parts[1].Minor != 0 || r.Disputes != 0 || r.HoldTill != 7 {
		t.Errorf("united %+v", r)
	}
}

func TestRemindersAreWrittenContactsAfterTheDueDay(t *testing.T) {
	sent := func(ch engine.Channel, id string, decision engine.ID) engine.EventData {
		return engine.EventData{Channel: ch, CaseID: id, DecisionID: decision}
	}
	due := func(g *given, days engine.Date) *given {
		return g.event(engine.CaseUpdated, engine.EventData{Has: engine.FieldOldestDue, CaseID: "C-1", OldestDue: engine.DateOf(t0) + days})
	}
	for name, c := range map[string]struct {
		run  func(g *given)
		want int
	}{
		"letter":          {func(g *given) { due(g, -1).event(engine.ContactSent, sent(engine.Letter, "C-1", engine.ID{})) }, 1},
		"on the due day":  {func(g *given) { due(g, 0).event(engine.ContactSent, sent(engine.Letter, "C-1", engine.ID{})) }, 0},
		"no due day":      {func(g *given) { g.event(engine.ContactSent, sent(engine.Letter, "C-1", engine.ID{})) }, 0},
		"call":            {func(g *given) { due(g, -1).event(engine.ContactAttempted, sent(engine.Phone, "C-1", engine.ID{})) }, 0},
		"of another case": {func(g *given) { due(g, -1).event(engine.ContactSent, sent(engine.Letter, "C-2", engine.ID{})) }, 0},
		"only decided":    {func(g *given) { due(g, -1); g.decide(engine.Email) }, 0},
		"decided and sent, without case": {func(g *given) {
			due(g, -1)
			id := g.decide(engine.Email)
			g.event(engine.StopReceived, engine.EventData{Channel: engine.Phone}).event(engine.DecisionExecuted, sent(0, "", id)).event(engine.ContactSent, sent(engine.Email, "", id))
		}, 1},
		"three hundred": {func(g *given) {
			due(g, -1)
			for range 300 {
				g.event(engine.ContactSent, sent(engine.Email, "C-1", engine.ID{}))
			}
		}, 255},
	} {
		g := start(t)
		c.run(g)
		f := g.profile().Case(engine.KeyOf("C-1"))
		if first := engine.DateOf(t0); int(f.Reminders) != c.want || (f.FirstReminder == first) != (c.want > 0) {
			t.Errorf("%s: %d reminders, first on %v; want %d", name, f.Reminders, f.FirstReminder, c.want)
		}
	}
}

func TestContactsKnowCaseOfferAndTalk(t *testing.T) {
	by := func(id engine.ID) engine.EventData { return engine.EventData{Channel: engine.Phone, DecisionID: id} }
	on := func(id string) engine.EventData { return engine.EventData{Channel: engine.Phone, CaseID: id} }
	c1, c2 := uint32(engine.KeyOf("C-1")), uint32(engine.KeyOf("C-2"))
	offered := func(g *given) engine.ID {
		id := g.decide(engine.Phone)
		g.log.Decisions[0].Action.Offer = engine.Instalments
		return id
	}
	const pending, done, talked = engine.ContactPending, engine.ContactDone, engine.ContactTalked
	for name, c := range map[string]struct {
		run   func(g *given)
		want  engine.ContactFacts
		hours int // of its time
	}{
		"decided":   {func(g *given) { offered(g) }, engine.ContactFacts{State: pending, Case: c1, Offer: engine.Instalments}, 25},
		"attempted": {func(g *given) { g.event(engine.ContactAttempted, by(offered(g))) }, engine.ContactFacts{State: done, Case: c1, Offer: engine.Instalments}, 2},
		"for another case": {func(g *given) {
			d := by(offered(g))
			d.CaseID = "C-2"
			g.event(engine.ContactAttempted, d)
		}, engine.ContactFacts{State: done, Case: c2, Offer: engine.Instalments}, 2},
		"overridden":           {func(g *given) { g.event(engine.DecisionOverridden, by(offered(g))) }, engine.ContactFacts{State: done, Case: c1}, 2},
		"overridden before it": {func(g *given) { g.event(engine.DecisionOverridden, by(idOf(2))); offered(g) }, engine.ContactFacts{State: done, Case: c1}, 1},
		"sent before it":       {func(g *given) { g.event(engine.ContactSent, by(idOf(2))); offered(g) }, engine.ContactFacts{State: done, Case: c1, Offer: engine.Instalments}, 1},
		"of no known case":     {func(g *given) { g.event(engine.ContactAttempted, by(engine.ID{})) }, engine.ContactFacts{State: done}, 1},
		"talk":                 {func(g *given) { g.event(engine.ContactConnected, on("C-2")) }, engine.ContactFacts{State: talked, Case: c2}, 1},
		"attempt, then talk": {func(g *given) {
			g.event(engine.ContactAttempted, on("C-1")).event(engine.ContactConnected, on("C-1"))
		}, engine.ContactFacts{State: talked, Case: c1}, 2},
		"talk of a decided call": {func(g *given) { g.event(engine.ContactConnected, by(offered(g))) }, engine.ContactFacts{State: talked, Case: c1, Offer: engine.Instalments}, 2},
		"executed after the talk": {func(g *given) {
			id := offered(g)
			g.event(engine.ContactConnected, by(id)).event(engine.DecisionExecuted, by(id))
		}, engine.ContactFacts{State: talked, Case: c1, Offer: engine.Instalments}, 2},
	} {
		g := start(t)
		c.run(g)
		p := g.profile()
		k := p.Contacts[0]
		got := engine.ContactFacts{State: k.State, Case: k.Case, Offer: k.Offer}
		if got != c.want || k.At != t0.Add(time.Duration(c.hours)*time.Hour).UnixMicro() || p.Contacts[1].State != 0 {
			t.Errorf("%s: %+v, want %+v at hour %d", name, p.Contacts[:2], c.want, c.hours)
		}
		if n := p.Channels[engine.Phone].Attempts; (n == 1) != (k.State != pending) {
			t.Errorf("%s: %d attempts", name, n)
		}
	}
	g := start(t).event(engine.ContactConnected, on("C-1")).event(engine.ContactConnected, on("C-1")).event(engine.ContactAttempted, on("C-1")).after(2*time.Hour).event(engine.ContactConnected, on("C-1"))
	if got := contacts(g.profile()); got != "phone:3@6 phone:2@3 phone:3@1 " {
		t.Errorf("conversations %q", got)
	}
	g = start(t)
	for range 17 {
		g.decide(engine.Phone)
		g.event(engine.ContactConnected, engine.EventData{Channel: engine.Chat})
	}
	if p := g.profile(); p.Contacts[0].State != pending { // and nothing panics
		t.Errorf("%+v", p.Contacts[0])
	}
}

// TestAmountsThatDecisionsState: what a live decision was made on counts from its issue, and money that became known after it
// is taken off whenever it was paid.
func TestAmountsThatDecisionsState(t *testing.T) {
	const paid, undone = engine.PaymentReceived, engine.PaymentReversed
	euros := func(minor int64) engine.EventData {
		return engine.EventData{CaseID: "C-1", AmountMinor: minor, Currency: "EUR"}
	}
	asked := func(g *given, minor int64, mode engine.Mode) *given {
		g.decide(engine.Letter)
		d := &g.log.Decisions[len(g.log.Decisions)-1]
		d.OpenMinor, d.Currency, d.Mode = minor, "EUR", mode
		return g
	}
	live := func(g *given, minor int64) *given { return asked(g, minor, engine.Live) }
	early := func(g *given) *given { // the last event is dated before all else
		g.log.Events[len(g.log.Events)-1].At = t0.Add(time.Minute)
		return g
	}
	g := func() *given { return start(t) }
	known := func() *given { return g().opened("C-1", 5000) }
	for name, c := range map[string]struct {
		g     *given
		minor int64
		newer bool // than the last decision
	}{
		"by the decision alone":          {live(g(), 5990), 5990, false},
		"paid after it":                  {live(g(), 5990).event(paid, euros(5990)), 0, true},
		"paid in part":                   {live(g(), 5990).event(paid, euros(1000)), 4990, true},
		"paid before, known after":       {early(live(g(), 5990).event(paid, euros(5990))), 0, true},
		"undone before, known after":     {early(live(g(), 1000).event(undone, euros(500))), 1500, true},
		"of another case":                {early(live(g(), 5990).event(paid, engine.EventData{CaseID: "C-2", AmountMinor: 5990, Currency: "EUR"})), 5990, false},
		"paid before, known before":      {live(g().event(paid, euros(1000)), 4990), 4990, false},
		"more than the history says":     {live(known(), 5990), 5990, false},
		"a stated one paid, known after": {live(known(), 5000).event(paid, euros(5000)), 0, true},
		"another fact, known after":      {early(live(known(), 5000).event(engine.CaseUpdated, engine.EventData{CaseID: "C-1"})), 5000, false},
		"a later decision is newer":      {live(live(g(), 5990).event(paid, euros(1000)), 4000), 4000, false},
		"a shadow decision":              {asked(g(), 5990, engine.Shadow), -1, false},
		"beside a disputed part":         {live(known().event(engine.DisputeOpened, engine.EventData{CaseID: "C-1", Scope: "part", AmountMinor: 100, Currency: "EUR"}), 4900), 5000, false},
		"nothing":                        {live(g(), 0), -1, false},
	} {
		p := c.g.profile()
		k := p.Case(engine.KeyOf("C-1"))
		d := c.g.log.Decisions[len(c.g.log.Decisions)-1]
		if k.OpenMinor != c.minor || k.OpenAt > d.IssuedAt.UnixMicro() != c.newer {
			t.Errorf("%s: %d, newer %v; want %d, %v", name, k.OpenMinor, k.OpenAt > d.IssuedAt.UnixMicro(), c.minor, c.newer)
		}
	}
}
