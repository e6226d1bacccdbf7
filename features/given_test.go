package features

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takt/engine"
	"takt/features/history"
)

// t0 is a Monday, 09:00 UTC.
var t0 = time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)

func at(days, hours int) time.Time {
	return t0.AddDate(0, 0, days).Add(time.Duration(hours) * time.Hour)
}

// given is a hand-written history of one debtor; each step is an hour after the last.
type given struct {
	t   *testing.T
	log history.Log
	now time.Time
	n   int
	z   *Zones
}

func start(t *testing.T) *given { return &given{t: t, now: t0, z: &Zones{}} }

func (g *given) after(d time.Duration) *given { g.now = g.now.Add(d); return g }

func (g *given) event(typ engine.EventType, data engine.EventData) *given {
	g.n++
	g.now = g.now.Add(time.Hour)
	g.log.Events = append(g.log.Events, engine.Event{Tenant: "acme", Source: "erp", ID: fmt.Sprintf("e-%03d", g.n), Type: typ,
		Debtor: "D-9", At: g.now, Seq: uint64(g.n), Data: data})
	return g
}

func (g *given) opened(id string, minor int64) *given {
	return g.event(engine.CaseOpened, engine.EventData{Has: engine.FieldCaseID | engine.FieldOpen | engine.FieldOldestDue, CaseID: id,
		Open: engine.Money{AmountMinor: minor, Currency: "EUR"}, OldestDue: engine.DateOf(t0) - 10})
}

// decide adds a live contact decision for C-1 whose window opens a day later, and gives its id.
func (g *given) decide(ch engine.Channel) engine.ID {
	g.n++
	g.now = g.now.Add(time.Hour)
	d := contactDecision(uint64(g.n), "C-1", g.now, ch)
	g.log.Decisions = append(g.log.Decisions, d)
	return d.ID
}

func contactDecision(n uint64, id string, issued time.Time, ch engine.Channel) engine.Decision {
	return engine.Decision{ID: idOf(n), Tenant: "acme", Debtor: "D-9", Case: id, Seq: n, Kind: engine.KindContact, IssuedAt: issued,
		Expires: issued.Add(48 * time.Hour), Review: issued.Add(72 * time.Hour), RequestHash: 77,
		Action: engine.ContactAction{Channel: ch, Tone: engine.Friendly, NotBefore: issued.Add(24 * time.Hour), NotAfter: issued.Add(30 * time.Hour)}}
}

// idOf is a ULID-like id that rises with n.
func idOf(n uint64) (id engine.ID) {
	binary.BigEndian.PutUint64(id[8:], n)
	id[0] = 1
	return id
}

// profile folds the history.
func (g *given) profile() *Profile {
	g.t.Helper()
	p := New()
	l := history.Log{Events: slices.Clone(g.log.Events), Decisions: slices.Clone(g.log.Decisions)}
	Tidy(&l)
	p.Replay(&l, g.z)
	return &p
}

// anyEvent draws events of every type over few ids, times, cases and decisions, so that they meet.
func anyEvent() *rapid.Generator[engine.Event] {
	return rapid.Custom(func(t *rapid.T) engine.Event {
		few := func(label string, names ...string) string { return rapid.SampledFrom(names).Draw(t, label) }
		day := rapid.IntRange(0, 400).Draw(t, "day")
		maybe := func(label string) time.Time {
			if rapid.Bool().Draw(t, label+" given") {
				return at(rapid.IntRange(0, 400).Draw(t, label), 3)
			}
			return time.Time{}
		}
		e := engine.Event{
			Tenant: "acme", Debtor: "D-9", Source: few("source", "erp", "crm"), ID: fmt.Sprintf("e-%d", rapid.IntRange(0, 60).Draw(t, "id")),
			Type: engine.EventType(rapid.IntRange(1, engine.EventTypes-1).Draw(t, "type")),
			At:   at(day, rapid.IntRange(0, 23).Draw(t, "hour")),
		}
		e.Data = engine.EventData{
			Has:    engine.Fields(rapid.Uint64Range(0, uint64(engine.FieldWeekdays)<<1-1).Draw(t, "has")),
			CaseID: few("case", "", "C-1", "C-2", "C-3", "C-4", "C-5", "C-6", "C-7", "C-8", "C-9"),
			Stage:  few("stage", "dunning", "agency", "odd"), Fulfilment: few("fulfilment", "delivered", "in_transit"),
			Open:      engine.Money{AmountMinor: rapid.Int64Range(0, 9000).Draw(t, "open"), Currency: few("currency", "EUR", "CHF")},
			OldestDue: engine.DateOf(t0) + engine.Date(rapid.IntRange(-30, 30).Draw(t, "due")), DunningLevel: rapid.IntRange(0, 5).Draw(t, "level"),
			Kind: few("kind", "person", "micro_business", "business"), TZ: few("tz", "Europe/Berlin", "America/New_York", "", "No/Where"), Region: "DE-BY", Language: "de",
			BirthYear: rapid.IntRange(1900, 2010).Draw(t, "born"), Flags: engine.Flags(rapid.Uint32Range(0, 1<<13-1).Draw(t, "flags")),
			Channel: engine.Channel(rapid.IntRange(0, engine.Channels-1).Draw(t, "channel")), Tone: engine.Friendly,
			AddressRef: few("address", "", "a", "b", "c"), Purpose: few("purpose", "", "service", "tracking", "work"), State: few("state", "given", "withdrawn", "avoid", "lifted"),
			Validity: rapid.Float64Range(0, 1).Draw(t, "validity"), ActedAt: maybe("acted"),
			AmountMinor: rapid.Int64Range(0, 9000).Draw(t, "amount"), Currency: few("currency2", "EUR", "CHF"), Unmatched: rapid.Bool().Draw(t, "unmatched"),
			EventID: fmt.Sprintf("e-%d", rapid.IntRange(0, 60).Draw(t, "retracts")), Name: few("score", "payment", "risk", "other"), Value: rapid.Float64Range(-2, 4).Draw(t, "value"),
			Expires: maybe("expires"), Due: engine.DateOf(t0) + engine.Date(rapid.IntRange(1, 90).Draw(t, "promise")),
			Scope: few("scope", "", "debtor", "case", "part", "invoice"), Reason: few("reason", "x", "moratorium", "hardship", "breathing_space", "mental_health"), Until: maybe("until"),
			Reference: few("reference", "", "R-1", "R-2", "R-3"), HourFrom: rapid.IntRange(0, 700).Draw(t, "from"), HourTo: rapid.IntRange(701, 1440).Draw(t, "to"),
			Weekdays: engine.Set[engine.Weekday](rapid.IntRange(0, 127).Draw(t, "weekdays") << 1),
		}
		if rapid.Bool().Draw(t, "decided") {
			e.Data.DecisionID = idOf(uint64(rapid.IntRange(1, 12).Draw(t, "decision")))
		}
		return e
	})
}

func anyDecision() *rapid.Generator[engine.Decision] {
	return rapid.Custom(func(t *rapid.T) engine.Decision {
		d := contactDecision(uint64(rapid.IntRange(1, 12).Draw(t, "n")), fmt.Sprintf("C-%d", rapid.IntRange(1, 9).Draw(t, "case")),
			at(rapid.IntRange(0, 400).Draw(t, "day"), rapid.IntRange(0, 23).Draw(t, "hour")), engine.Channel(rapid.IntRange(1, 6).Draw(t, "channel")))
		d.Kind = engine.Kind(rapid.IntRange(1, 6).Draw(t, "kind"))
		d.Mode = engine.Mode(rapid.IntRange(0, 1).Draw(t, "mode"))
		return d
	})
}

// anyLog is a log of random facts, each identity once, in fold order.
func anyLog(t *rapid.T) history.Log {
	n := rapid.IntRange(0, 60).Draw(t, "size") // drawn apart: rapid prefers short lists
	l := history.Log{
		Events:    rapid.SliceOfNDistinct(anyEvent(), n, n, func(e engine.Event) name { return name{e.Source, e.ID} }).Draw(t, "events"),
		Decisions: rapid.SliceOfNDistinct(anyDecision(), 0, 10, func(d engine.Decision) engine.ID { return d.ID }).Draw(t, "decisions"),
	}
	if rapid.Bool().Draw(t, "numbered") { // as the journal does, in any order of arrival
		seqs := rapid.Permutation(numbers(len(l.Events)+len(l.Decisions))).Draw(t, "seqs")
		for i := range l.Events {
			l.Events[i].Seq = seqs[i]
		}
		for i := range l.Decisions {
			l.Decisions[i].Seq = seqs[len(l.Events)+i]
		}
	}
	Tidy(&l)
	return l
}

func numbers(n int) (ns []uint64) {
	for i := range n {
		ns = append(ns, uint64(i+1))
	}
	return ns
}
