package fairness

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/history"
)

var (
	start = time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)
	later = start.AddDate(1, 0, 0)
)

// person is one simulated debtor with one case.
type person struct {
	born             int
	region, language string
	open             int64 // minor units
	overdue          float64
	contact          float64 // P(contact) of each of four weekly decisions
	firm, pays       float64
	complains        bool
	x                func(x []float32) // changes the logged context
}

// logs is a source of ready logs: the store in memory looks for each debtor through all facts.
type logs []history.Log

func (s logs) Scan(_ context.Context, _ history.Range, f func(*history.Log) error) error {
	for i := range s {
		if err := f(&s[i]); err != nil {
			return err
		}
	}
	return nil
}

// world is a log of people, made by draw.
func world(n int, seed uint64, draw func(r *rand.Rand, i int) person) (s logs) {
	r := rand.New(rand.NewPCG(seed, 0))
	tn := engine.DefaultTenant("acme")
	for i := range n {
		p, b := draw(r, i), history.Log{Tenant: "acme"}
		id, e := fmt.Sprintf("D%05d", i), 0
		add := func(typ engine.EventType, day float64, data engine.EventData) {
			e++
			at := start.Add(time.Duration(day * 24 * float64(time.Hour)))
			b.Events = append(b.Events, engine.Event{Tenant: "acme", Source: "erp", ID: fmt.Sprint(id, "-", e), Type: typ, Debtor: id, At: at, Received: at, Seq: uint64(100*i + e), Data: data})
		}
		about := engine.EventData{Region: p.region, Language: p.language, BirthYear: p.born}
		if p.region != "" {
			about.Has |= engine.FieldRegion
		}
		if p.language != "" {
			about.Has |= engine.FieldLanguage
		}
		if p.born != 0 {
			about.Has |= engine.FieldBirthYear
		}
		add(engine.DebtorUpdated, -1, about)
		for week := range 4 {
			d := engine.Decision{Tenant: "acme", Debtor: id, Case: "C" + id, Seq: uint64(100*i + 50 + week), Kind: engine.KindHold, IssuedAt: start.AddDate(0, 0, 7*week), Schema: features.Schema,
				OpenMinor: p.open, Currency: "EUR", Grid: tn.Grid.String(), Propensity: 1, Policy: "ladder", Variant: engine.Variant{Share: 1}, X: make([]float32, len(features.Vector))}
			binary.BigEndian.PutUint64(d.ID[:], uint64(d.IssuedAt.UnixMilli())<<16)
			binary.BigEndian.PutUint64(d.ID[8:], d.Seq)
			d.X[overdueAt] = float32((p.overdue + float64(7*week)) / 365)
			if p.x != nil {
				p.x(d.X)
			}
			if r.Float64() < p.contact {
				d.Kind, d.Chosen = engine.KindContact, 1
				d.Action = engine.ContactAction{Channel: engine.Email, Tone: engine.Friendly}
				if r.Float64() < p.firm {
					d.Action.Tone = engine.Firm
				}
				add(engine.DecisionExecuted, float64(7*week)+.1, engine.EventData{DecisionID: d.ID})
			}
			b.Decisions = append(b.Decisions, d)
		}
		if r.Float64() < p.pays {
			add(engine.PaymentReceived, 27, engine.EventData{CaseID: "C" + id, AmountMinor: p.open, Currency: "EUR"})
		}
		if p.complains {
			add(engine.ComplaintReceived, 10, engine.EventData{})
		}
		b.Debtor = id
		features.Tidy(&b)
		s = append(s, b)
	}
	return s
}

// plain is a person of whom nothing is special.
func plain(r *rand.Rand) person {
	return person{born: 1985, region: "DE-BY", language: "de", open: int64(1000 * math.Exp(1+r.NormFloat64())), overdue: 5 + 60*r.Float64(), contact: .5, firm: .3, pays: .4}
}

func intensity(t testing.TB, s logs, change func(*Options)) *Report {
	t.Helper()
	o := Options{Tenant: engine.DefaultTenant("acme"), AsOf: later}
	if change != nil {
		change(&o)
	}
	r, err := Intensity(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// figure is one of a group.
func (r *Report) figure(t testing.TB, by Characteristic, group, measure string) Figure {
	t.Helper()
	for _, c := range r.By {
		for _, g := range c.Groups {
			for _, f := range g.Figures {
				if c.By == by && g.Group == group && f.Measure == measure {
					return f
				}
			}
		}
	}
	t.Fatalf("no %s of %s %s", measure, by, group)
	return Figure{}
}
