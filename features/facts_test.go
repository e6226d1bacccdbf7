package features

import (
	"fmt"
	"testing"
	"time"

	"takt/engine"
)

func amount(minor int64) engine.EventData {
	return engine.EventData{Has: engine.FieldAmountMinor | engine.FieldCurrency, AmountMinor: minor, Currency: "EUR"}
}

func onCase(d engine.EventData, id string) engine.EventData {
	d.CaseID, d.Has = id, d.Has|engine.FieldCaseID
	return d
}

func TestPromiseHoldsTheCaseUntilItEnds(t *testing.T) {
	due := engine.DateOf(t0) + 10
	promise := engine.EventData{Due: due, AmountMinor: 2000, Channel: engine.Phone}
	promised := func() *given { return start(t).opened("C-1", 5000).event(engine.PromiseMade, onCase(promise, "C-1")) }
	for name, c := range map[string]struct {
		g            *given
		due          engine.Date
		kept, broken uint16
	}{
		"open":                   {promised(), due, 0, 0},
		"kept":                   {promised().event(engine.PromiseKept, onCase(engine.EventData{}, "C-1")), 0, 1, 0},
		"broken":                 {promised().event(engine.PromiseBroken, engine.EventData{}), 0, 0, 1},
		"paid in part":           {promised().event(engine.PaymentReceived, onCase(amount(2000), "C-1")), due, 0, 0},
		"paid in full":           {promised().event(engine.PaymentReceived, onCase(amount(5000), "C-1")), 0, 1, 0},
		"paid in full, reported": {promised().event(engine.PaymentReceived, onCase(amount(5000), "C-1")).event(engine.PromiseKept, onCase(engine.EventData{}, "C-1")), 0, 1, 0},
		"case closed":            {promised().event(engine.CaseClosed, onCase(engine.EventData{}, "C-1")), 0, 0, 0},
		"stated as settled":      {promised().event(engine.CaseUpdated, engine.EventData{CaseID: "C-1", Has: engine.FieldOpen, Open: engine.Money{Currency: "EUR"}}), 0, 0, 0},
		"made without a case":    {start(t).opened("C-1", 5000).event(engine.PromiseMade, promise), due, 0, 0},
		"made before the case":   {start(t).event(engine.PromiseMade, promise).opened("C-1", 5000), due, 0, 0},
	} {
		p := c.g.profile()
		if got := p.Case(engine.KeyOf("C-1")).PromiseDue; got != c.due || p.PromisesKept != c.kept || p.PromisesBroken != c.broken {
			t.Errorf("%s: due %v, %d kept, %d broken; want %v, %d, %d", name, got, p.PromisesKept, p.PromisesBroken, c.due, c.kept, c.broken)
		}
		if want := c.kept; p.Channels[engine.Phone].Kept != want {
			t.Errorf("%s: %d kept by phone, want %d", name, p.Channels[engine.Phone].Kept, want)
		}
	}
}

func TestMoneyMovesTheOpenAmount(t *testing.T) {
	g := func() *given { return start(t).opened("C-1", 5000) }
	other := amount(1000)
	other.Currency = "CHF"
	unmatched := amount(1000)
	unmatched.Unmatched = true
	for name, c := range map[string]struct {
		g    *given
		want int64
	}{
		"part":                    {g().event(engine.PaymentReceived, onCase(amount(2000), "C-1")), 3000},
		"more than open":          {g().event(engine.PaymentReceived, onCase(amount(9000), "C-1")), 0},
		"reversed":                {g().event(engine.PaymentReceived, onCase(amount(2000), "C-1")).event(engine.PaymentReversed, onCase(amount(2000), "C-1")), 5000},
		"no case, one open":       {g().event(engine.PaymentReceived, amount(2000)), 3000},
		"no case, two open":       {g().opened("C-2", 100).event(engine.PaymentReceived, amount(2000)), 5000},
		"no case, unmatched":      {g().event(engine.PaymentReceived, unmatched), 5000},
		"another currency":        {g().event(engine.PaymentReceived, onCase(other, "C-1")), 5000},
		"newer statement wins":    {g().event(engine.PaymentReceived, onCase(amount(2000), "C-1")).opened("C-1", 4500), 4500},
		"payment after statement": {g().opened("C-1", 4500).event(engine.PaymentReceived, onCase(amount(2000), "C-1")), 2500},
	} {
		p := c.g.profile()
		if got := p.Case(engine.KeyOf("C-1")).OpenMinor; got != c.want {
			t.Errorf("%s: open %d, want %d", name, got, c.want)
		}
	}
	if p := start(t).event(engine.PaymentReceived, onCase(amount(100), "C-1")).profile(); p.Case(engine.KeyOf("C-1")).OpenMinor != -1 {
		t.Error("a payment alone must not state an open amount")
	}
}

// contacts lists state and hours since the first event of each contact.
func contacts(p *Profile) (s string) {
	for _, c := range p.Contacts {
		if c.State != 0 {
			s += fmt.Sprintf("%s:%d@%d ", c.Channel, c.State, time.UnixMicro(c.At).Sub(t0)/time.Hour)
		}
	}
	return s
}

func TestContactsCountForCaps(t *testing.T) {
	by := func(ch engine.Channel, id engine.ID) engine.EventData {
		return engine.EventData{Channel: ch, DecisionID: id}
	}
	for name, c := range map[string]struct {
		run  func(g *given)
		want string
	}{
		"pending, at its window": {func(g *given) { g.decide(engine.Email) }, "email:1@25 "},
		"pending after expiry":   {func(g *given) { g.decide(engine.Email); g.after(1000*time.Hour).opened("C-1", 5) }, "email:1@25 "},
		"executed":               {func(g *given) { id := g.decide(engine.Email); g.event(engine.DecisionExecuted, by(0, id)) }, "email:2@2 "},
		"executed at": {func(g *given) {
			id := g.decide(engine.Email)
			g.after(10*time.Hour).event(engine.DecisionExecuted, engine.EventData{DecisionID: id, ActedAt: t0.Add(5 * time.Hour)})
		}, "email:2@5 "},
		"overridden":         {func(g *given) { id := g.decide(engine.Email); g.event(engine.DecisionOverridden, by(0, id)) }, "email:2@2 "},
		"skipped":            {func(g *given) { id := g.decide(engine.Email); g.event(engine.DecisionSkipped, by(0, id)) }, ""},
		"sent with decision": {func(g *given) { id := g.decide(engine.Email); g.event(engine.ContactSent, by(engine.Email, id)) }, "email:2@2 "},
		"sent and executed": {func(g *given) {
			id := g.decide(engine.Email)
			g.event(engine.ContactSent, by(engine.Email, id)).event(engine.DecisionExecuted, by(0, id))
		}, "email:2@2 "},
		"executed and sent": {func(g *given) {
			id := g.decide(engine.Email)
			g.event(engine.DecisionExecuted, by(0, id)).event(engine.ContactSent, by(engine.Email, id))
		}, "email:2@2 "},
		"sent, then skipped": {func(g *given) {
			id := g.decide(engine.Email)
			g.event(engine.ContactSent, by(engine.Email, id)).event(engine.DecisionSkipped, by(0, id))
		}, "email:2@2 "},
		"sent without decision": {func(g *given) { g.event(engine.ContactSent, by(engine.SMS, engine.ID{})) }, "sms:2@1 "},
		"two calls of one decision": {func(g *given) {
			id := g.decide(engine.Phone)
			g.event(engine.ContactAttempted, by(engine.Phone, id)).after(3*time.Hour).event(engine.ContactAttempted, by(engine.Phone, id))
		}, "phone:2@6 phone:2@2 "},
		"delivery proves a contact": {func(g *given) { g.event(engine.ContactDelivered, by(engine.Email, engine.ID{})) }, "email:2@1 "},
		"delivery of a known one": {func(g *given) {
			g.event(engine.ContactSent, by(engine.Email, engine.ID{})).event(engine.ContactDelivered, by(engine.Email, engine.ID{}))
		}, "email:2@1 "},
		"report before decision": {func(g *given) {
			g.event(engine.DecisionExecuted, by(0, idOf(2)))
			g.decide(engine.Email)
		}, "email:2@1 "},
		"skip before decision": {func(g *given) { g.event(engine.DecisionSkipped, by(0, idOf(2))); g.decide(engine.Email) }, ""},
		"sent before decision": {func(g *given) { g.event(engine.ContactSent, by(engine.Email, idOf(2))); g.decide(engine.Email) }, "email:2@1 "},
		"shadow decision": {func(g *given) {
			g.decide(engine.Email)
			g.log.Decisions[0].Mode = engine.Shadow
		}, ""},
		"hold": {func(g *given) {
			g.decide(engine.Email)
			g.log.Decisions[0].Kind = engine.KindHold
		}, ""},
	} {
		g := start(t)
		c.run(g)
		if got := contacts(g.profile()); got != c.want {
			t.Errorf("%s: contacts %q, want %q", name, got, c.want)
		}
	}
}

func TestOpenDecisionEndsWhenItsFactsChange(t *testing.T) {
	for name, c := range map[string]struct {
		then engine.EventType
		data engine.EventData
		open bool
	}{
		"nothing":                  {0, engine.EventData{}, true},
		"delivery of an old mail":  {engine.ContactDelivered, engine.EventData{Channel: engine.Email}, true},
		"payment on the case":      {engine.PaymentReceived, onCase(amount(5), "C-1"), false},
		"payment on another case":  {engine.PaymentReceived, onCase(amount(5), "C-2"), true},
		"payment on no case":       {engine.PaymentReceived, amount(5), false},
		"stop":                     {engine.StopReceived, engine.EventData{Channel: engine.SMS}, false},
		"executed":                 {engine.DecisionExecuted, engine.EventData{DecisionID: idOf(2)}, false},
		"another contact goes out": {engine.ContactSent, engine.EventData{Channel: engine.SMS, CaseID: "C-2"}, false},
	} {
		g := start(t).opened("C-1", 5000)
		id := g.decide(engine.Email)
		if c.then != 0 {
			g.event(c.then, c.data)
		}
		p := g.profile()
		if got := p.Case(engine.KeyOf("C-1")).Decision; (got == id) != c.open {
			t.Errorf("%s: open decision %v, want it open: %v", name, got, c.open)
		}
	}
}

// TestLateFactEndsTheDecisionThatDidNotKnowIt: arrival counts for that, not the time of the fact.
func TestLateFactEndsTheDecisionThatDidNotKnowIt(t *testing.T) {
	for name, c := range map[string]struct {
		seq  uint64 // of a dispute; the decision has 2
		at   time.Duration
		open bool
	}{
		"reported later, happened before":    {9, -time.Minute, false},
		"reported later, happened later":     {9, time.Minute, false},
		"known, happened before":             {1, -time.Minute, true},
		"known, though its clock runs ahead": {1, time.Minute, true},
	} {
		g := start(t)
		g.n = 1
		id := g.decide(engine.Email)
		g.log.Events = append(g.log.Events, engine.Event{Source: "erp", ID: "late", Type: engine.DisputeOpened, Seq: c.seq,
			At: g.now.Add(c.at), Data: engine.EventData{CaseID: "C-1"}})
		if got := g.profile().Case(engine.KeyOf("C-1")).Decision; (got == id) != c.open {
			t.Errorf("%s: open decision %v, want it open: %v", name, got, c.open)
		}
	}
}

func TestHoldsUniteAndOnlyEventsLift(t *testing.T) {
	until := func(days int) engine.EventData { return engine.EventData{Until: at(days, 0), Reason: "x"} }
	day := func(days int) int64 { return at(days, 0).UnixMicro() }
	const ever = engine.HoldForever
	for name, c := range map[string]struct {
		g      *given
		debtor int64
		for_   engine.HoldReason
		onCase int64
	}{
		"debtor":                {start(t).event(engine.HoldSet, until(9)), day(9), engine.HoldAsked, 0},
		"debtor, for ever":      {start(t).event(engine.HoldSet, engine.EventData{Reason: "x"}), ever, engine.HoldAsked, 0},
		"a shorter one after":   {start(t).event(engine.HoldSet, until(9)).event(engine.HoldSet, until(3)), day(9), engine.HoldAsked, 0},
		"lifted":                {start(t).event(engine.HoldSet, until(9)).event(engine.HoldLifted, engine.EventData{}), 0, 0, 0},
		"case":                  {start(t).event(engine.HoldSet, onCase(until(9), "C-1")), 0, 0, day(9)},
		"case lifted":           {start(t).event(engine.HoldSet, onCase(until(9), "C-1")).event(engine.HoldLifted, onCase(engine.EventData{}, "C-1")), 0, 0, 0},
		"scope debtor wins":     {start(t).event(engine.HoldSet, engine.EventData{CaseID: "C-1", Scope: "debtor", Until: at(9, 0)}), day(9), engine.HoldAsked, 0},
		"dispute without case":  {start(t).event(engine.DisputeOpened, engine.EventData{}), ever, engine.HoldDispute, 0},
		"lift leaves dispute":   {start(t).event(engine.DisputeOpened, engine.EventData{}).event(engine.HoldSet, until(9)).event(engine.HoldLifted, engine.EventData{}), ever, engine.HoldDispute, 0},
		"one of two disputes":   {start(t).event(engine.DisputeOpened, engine.EventData{}).event(engine.DisputeOpened, engine.EventData{}).event(engine.DisputeResolved, engine.EventData{}), ever, engine.HoldDispute, 0},
		"both disputes":         {start(t).event(engine.DisputeOpened, engine.EventData{}).event(engine.DisputeResolved, engine.EventData{}), 0, 0, 0},
		"moratorium with end":   {start(t).event(engine.MoratoriumClaimed, until(60)), day(60), engine.HoldMoratorium, 0},
		"moratorium lifted":     {start(t).event(engine.MoratoriumClaimed, until(60)).event(engine.HoldLifted, engine.EventData{Reason: "moratorium"}), 0, 0, 0},
		"the longer one counts": {start(t).event(engine.MoratoriumClaimed, until(60)).event(engine.HoldSet, until(90)), day(90), engine.HoldAsked, 0},
	} {
		p := c.g.profile()
		if p.HoldTill != c.debtor || p.HoldFor != c.for_ || p.Case(engine.KeyOf("C-1")).HoldTill != c.onCase {
			t.Errorf("%s: debtor until %d for %v, case until %d; want %d, %v, %d", name, p.HoldTill, p.HoldFor,
				p.Case(engine.KeyOf("C-1")).HoldTill, c.debtor, c.for_, c.onCase)
		}
	}
}

func TestStandingFlags(t *testing.T) {
	told := func(f engine.Flags) engine.EventData { return engine.EventData{Has: engine.FieldFlags, Flags: f} }
	c1 := onCase(engine.EventData{}, "C-1")
	for name, c := range map[string]struct {
		g    *given
		want engine.Flags
	}{
		"told":                      {start(t).event(engine.DebtorUpdated, told(engine.Vulnerable)), engine.Vulnerable},
		"told again, whole list":    {start(t).event(engine.DebtorUpdated, told(engine.Vulnerable)).event(engine.DebtorUpdated, told(engine.Minor)), engine.Minor},
		"raised by event stays":     {start(t).event(engine.InsolvencyOpened, engine.EventData{}).event(engine.DebtorUpdated, told(0)), engine.Insolvent},
		"lifted by name":            {start(t).event(engine.InsolvencyOpened, engine.EventData{}).event(engine.HoldLifted, engine.EventData{Reason: "insolvent"}), 0},
		"deceased":                  {start(t).event(engine.DebtorDeceased, engine.EventData{}), engine.Deceased},
		"representative":            {start(t).event(engine.RepresentativeNamed, engine.EventData{}), engine.Represented},
		"objection":                 {start(t).event(engine.ObjectionRaised, engine.EventData{}), engine.Objection},
		"erasure":                   {start(t).event(engine.ErasureRequested, engine.EventData{}), engine.Erasure},
		"hardship":                  {start(t).event(engine.HardshipDeclared, engine.EventData{}), engine.Hardship},
		"moratorium without end":    {start(t).event(engine.MoratoriumClaimed, engine.EventData{}), engine.Moratorium},
		"debtor handed over":        {start(t).event(engine.HandedOver, engine.EventData{}).opened("C-2", 5), engine.Agency},
		"only case handed over":     {start(t).opened("C-1", 5).event(engine.HandedOver, c1), engine.Agency},
		"one of two handed over":    {start(t).opened("C-2", 5).opened("C-1", 5).event(engine.HandedOver, c1), 0},
		"written off, new case":     {start(t).opened("C-1", 5).event(engine.WrittenOff, c1).opened("C-2", 5), 0},
		"written off, nothing else": {start(t).opened("C-1", 5).event(engine.WrittenOff, c1), engine.WrittenOffFlag},
	} {
		if got := c.g.profile().Flags; got != c.want {
			t.Errorf("%s: flags %v, want %v", name, got.Names(), c.want.Names())
		}
	}
	p := start(t).opened("C-2", 5).opened("C-1", 5).event(engine.HandedOver, c1).profile()
	if !p.Case(engine.KeyOf("C-1")).Closed || p.Case(engine.KeyOf("C-2")).Closed {
		t.Error("handing over one case must close that case alone")
	}
}

func TestConsentsAndAddresses(t *testing.T) {
	consent := func(purpose, state string) engine.EventData {
		return engine.EventData{Channel: engine.Email, Purpose: purpose, State: state}
	}
	address := func(ref string) engine.EventData {
		return engine.EventData{Has: engine.FieldValidity, Channel: engine.Letter, AddressRef: ref, Validity: .9}
	}
	p := start(t).event(engine.ConsentChanged, consent("tracking", "given")).profile()
	if p.Consents[engine.Email] != (engine.Consents{Tracking: engine.ConsentGiven}) {
		t.Errorf("one purpose changed %v", p.Consents[engine.Email])
	}
	p = start(t).event(engine.ConsentChanged, consent("", "withdrawn")).profile()
	if w := engine.ConsentWithdrawn; p.Consents[engine.Email] != (engine.Consents{Service: w, Marketing: w, Tracking: w}) {
		t.Errorf("a refusal without purpose must be for all, is %v", p.Consents[engine.Email])
	}
	stop := engine.EventData{Channel: engine.Email}
	if p = start(t).event(engine.StopReceived, stop).profile(); !p.Stopped.Has(engine.Email) {
		t.Error("a stop must stop the channel")
	}
	if p = start(t).event(engine.StopReceived, stop).event(engine.ConsentChanged, consent("marketing", "given")).profile(); !p.Stopped.Has(engine.Email) {
		t.Error("consent to marketing must not lift a stop")
	}
	if p = start(t).event(engine.StopReceived, stop).event(engine.ConsentChanged, consent("service", "given")).profile(); p.Stopped.Has(engine.Email) {
		t.Error("a later consent to service must lift a stop")
	}
	p = start(t).event(engine.AddressChanged, address("a")).event(engine.AddressReturned, engine.EventData{Channel: engine.Letter}).event(engine.AddressChanged, address("b")).profile()
	if p.Returned[0] != engine.AddressKey(engine.Letter, "a") || p.Addresses[engine.Letter].Key != engine.AddressKey(engine.Letter, "b") || p.Addresses[engine.Letter].Validity != .9 {
		t.Errorf("returned %x, newest %+v; want a returned and b newest", p.Returned[0], p.Addresses[engine.Letter])
	}
}

func TestOpensNeedConsentToTracking(t *testing.T) {
	opened := engine.EventData{Channel: engine.Email}
	given := engine.EventData{Channel: engine.Email, Purpose: "tracking", State: "given"}
	if p := start(t).event(engine.ContactOpened, opened).profile(); p.Channels[engine.Email].Opens != 0 || p.Rhythm.Acts != [Bands]float32{} {
		t.Error("an open without consent left a trace")
	}
	if p := start(t).event(engine.ConsentChanged, given).event(engine.ContactOpened, opened).profile(); p.Channels[engine.Email].Opens != 1 {
		t.Error("an open with consent must count")
	}
}

func TestMoreCasesThanPlacesStayStrict(t *testing.T) {
	fill := func(g *given, n int, data engine.EventData, typ engine.EventType) *given {
		for i := range n {
			g.opened(fmt.Sprintf("C-%d", i), 100)
			if typ != 0 {
				g.event(typ, onCase(data, fmt.Sprintf("C-%d", i)))
			}
		}
		return g
	}
	// Unrestricted cases give way without a trace.
	p := fill(start(t), 9, engine.EventData{}, 0).profile()
	if p.Rest.Disputes != 0 || p.Case(engine.KeyOf("C-0")) != &p.Rest || p.Case(engine.KeyOf("C-8")).OpenMinor != 100 {
		t.Errorf("rest %+v", p.Rest)
	}
	// A disputed case outlives later ones without restriction.
	p = fill(fill(start(t), 1, engine.EventData{}, engine.DisputeOpened), 9, engine.EventData{}, 0).profile()
	if c := p.Case(engine.KeyOf("C-0")); c.Key == 0 || c.Disputes != 1 {
		t.Errorf("the disputed case became %+v", c)
	}
	// When all are restricted, those without a place are restricted together, and come back so.
	g := fill(start(t), 8, engine.EventData{}, engine.DisputeOpened)
	if p = g.profile(); p.Case(engine.KeyOf("C-0")).Disputes == 0 || p.Case(engine.KeyOf("C-99")).Disputes == 0 {
		t.Error("a case without place lost its dispute")
	}
	p = g.event(engine.DisputeResolved, onCase(engine.EventData{}, "C-0")).profile()
	if p.Case(engine.KeyOf("C-0")).Disputes != 0 || p.Case(engine.KeyOf("C-0")).Key == 0 {
		t.Errorf("C-0 is %+v after its dispute was resolved", p.Case(engine.KeyOf("C-0")))
	}
}

func TestInboundPausesAndCreditsTheContact(t *testing.T) {
	sent := engine.EventData{Channel: engine.SMS}
	p := start(t).event(engine.ContactSent, sent).event(engine.ContactReplied, sent).event(engine.PortalVisited, engine.EventData{}).event(engine.PaymentReceived, amount(100)).profile()
	s := p.Channels[engine.SMS]
	if p.Reply != t0.Add(3*time.Hour).UnixMicro() || s.Attempts != 1 || s.Replies != 1 || s.Answered != 1 || s.PaidAfter != 1 {
		t.Errorf("reply at %d, %+v", p.Reply, s)
	}
	p = start(t).event(engine.ContactSent, sent).after(15*24*time.Hour).event(engine.PaymentReceived, amount(100)).profile()
	if s := p.Channels[engine.SMS]; s.PaidAfter != 0 || s.Answered != 0 {
		t.Errorf("a payment after 15 days was credited: %+v", s)
	}
}
