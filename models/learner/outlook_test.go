package learner

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"takt/engine"
	"takt/engine/policy"
	"takt/features/history"
)

// chained are cases of three contacts a week apart, each on one of two channels by lot, for as long as the case is open. A contact
// on the second settles more often within its week; features tell the contacts apart.
func chained(tn *engine.Tenant, cases int, seed uint64) (list logs) {
	r := rand.New(rand.NewPCG(seed, 12))
	half := (tn.Grid.Size() - 1) / 2
	for i := range cases {
		log := history.Log{Tenant: tn.ID, Debtor: fmt.Sprint("D", i)}
		for stage := range 3 {
			lane := r.IntN(2)
			d := decided(tn, 3*i+stage, 1+lane*half+r.IntN(half))
			d.Case, d.Debtor = fmt.Sprint("C", i), log.Debtor
			d.IssuedAt = start().Add(time.Duration(i)*20*time.Minute + time.Duration(stage)*7*day)
			d.X[stage] = 1
			log.Decisions = append(log.Decisions, d)
			e := reported(&d, engine.DecisionExecuted, time.Hour, engine.EventData{DecisionID: d.ID})
			e.ID += fmt.Sprint(stage)
			log.Events = append(log.Events, e)
			if r.Float64() < chainRates[lane] {
				after := time.Duration((.1 + 6.8*r.Float64()) * float64(day))
				log.Events = append(log.Events, reported(&d, engine.PaymentReceived, after, engine.EventData{CaseID: d.Case, AmountMinor: 5000, Currency: "EUR"}))
				break
			}
		}
		list = append(list, log)
	}
	return list
}

var chainRates = [2]float64{.2, .3}

// chainTruth is what the second channel adds to the probability of settlement, on average over the contacts made: the later
// contacts, by lot too, would have brought some of the same settlements.
func chainTruth() float64 {
	stays := 1 - (chainRates[0]+chainRates[1])/2
	gain := chainRates[1] - chainRates[0]
	return gain * (stays*stays + stays*stays + stays*stays) / (1 + stays + stays*stays) // reached with stays^k, not made up for with stays^(2−k)
}

// advantage is what a state says the second channel adds, on average over rows.
func advantage(s *state, rows []row) float64 {
	var terms []term
	var space design
	sum := 0.
	for i := range rows {
		k := rows[i].key
		terms = s.terms(terms, &rows[i])
		for c, sign := range []float64{-1, 1} {
			k.c = int16(c)
			sum += sign * policy.Sigmoid(s.linear(s.mean, k, terms, &space))
		}
	}
	return sum / float64(len(rows))
}

// Expectations at the next contact say the same of a contact as final labels do, with two thirds of the error. The truth is a
// closed form; 40 seeds of some 4,600 contacts.
func TestOutlookIsUnbiasedAndSharper(t *testing.T) {
	tn := tenant()
	o := options(tn)
	prior := policy.DefaultPrior()
	prior.Heads[policy.Resolve].Level = [4]float64{1, .03, .015, .03} // hardly shrunk
	o.Prior = &prior
	if err := o.defaults(); err != nil {
		t.Fatal(err)
	}
	const seeds = 40
	mean, square := [2]float64{}, [2]float64{} // of the errors: by expectation, by final label
	for seed := range uint64(seeds) {
		r, b := newReader(&o, 28), &blocks{from: math.MinInt32, until: math.MaxInt32, closed: math.MaxInt32, room: roomFor, days: map[int32]*block{}}
		r.from = b.from
		for _, log := range chained(tn, 2000, seed) {
			r.read(&log, b)
		}
		var rows []row
		for _, d := range b.ordered() {
			rows = append(rows, b.days[d].rows...)
		}
		for kind := range 2 {
			s := newState(shapeOf(&tn.Grid, o.Features), prior, newDelays(len(tn.Grid.Channels), 28*day))
			s.tenant = tn
			foldAll(t, s, rows)
			err := advantage(s, rows) - chainTruth()
			mean[kind] += err / seeds
			square[kind] += err * err / seeds
			for i := range rows {
				rows[i].next = nil
			}
		}
	}
	sharp, plain := math.Sqrt(square[0]), math.Sqrt(square[1])
	t.Logf("the second channel adds %.4f; errors %+.4f ± %.4f by expectation, %+.4f ± %.4f by final label", chainTruth(), mean[0], sharp, mean[1], plain)
	if limit := 3 * plain / math.Sqrt(seeds); math.Abs(mean[0]) > limit || math.Abs(mean[1]) > limit {
		t.Errorf("mean errors %+.4f and %+.4f, want within %.4f", mean[0], mean[1], limit)
	}
	if sharp > .75*plain {
		t.Errorf("errors of %.4f by expectation, want less than three quarters of %.4f", sharp, plain)
	}
}
