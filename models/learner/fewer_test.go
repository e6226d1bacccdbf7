package learner

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"takt/engine"
	"takt/engine/policy"
)

// That debtors settle less is seen three weeks after the turn, before any label since then is final; where nothing changes nothing is.
// Once the labels are final the alarm is theirs.
func TestFewerSettlementsAreSeenBeforeLabelsClose(t *testing.T) {
	tn := tenant()
	o := options(tn)
	const turn = 7200 // on day 50
	for _, c := range []struct {
		after  float64
		alarms int
	}{{.5, 0}, {.3, 1}} {
		s := turned(tn, 14000, turn, 10*time.Minute, .5, c.after)
		var l Learner
		o.AsOf = start().Add(70 * day)
		_, report, err := l.Train(t.Context(), s, o)
		if err != nil || report.Closed > turn || len(report.Drift) != c.alarms {
			t.Fatalf("%.1f settle from day 50 on: on day 70 %+v, %v", c.after, report, err)
		}
		if c.alarms == 0 {
			continue
		}
		d, seen := report.Drift[0], engine.DateOf(start().Add(63*day)).String()
		if d.Day != seen || d.Rows != report.Closed || d.Channel != "all" || math.Abs(d.Shift+.2) > .05 {
			t.Errorf("alarm %+v, want day %s, %d rows, -.2", d, seen, report.Closed)
		}
		o.AsOf = start().Add(112 * day)
		if _, report, err = l.Train(t.Context(), s, o); err != nil || len(report.Drift) != 1 || report.Drift[0].Rows <= turn {
			t.Errorf("on day 112 %+v, %v", report.Drift, err)
		}
	}
}

// waiting are the examples of so many days, 300 each, whose cases settle by the prior's hazards, times ratio from a day on.
func waiting(r *rand.Rand, s *state, days, turn int, ratio float64) []row {
	p := policy.Sigmoid(s.linear(s.mean, key{hold: true}, []term{{0, 1}}, &design{}))
	f := s.delays.shares().lanes[0]
	rows := make([]row, 300*days)
	for i := range rows {
		e := &rows[i]
		*e = row{key: key{hold: true}, day: int32(i / 300), age: int16(min(days-i/300, 28)), until: int16(1 + r.IntN(14)), settled: -1}
		for a := int16(0); a < e.age && e.settled < 0; a++ {
			h := p * (f[a+1] - f[a]) / (1 - p*f[a])
			if int(e.day)+int(a) >= turn {
				h *= ratio
			}
			if r.Float64() < h {
				e.settled = a
			}
		}
	}
	return rows
}

// Where hazards are as low as the slack allows no alarm is raised in 300 logs; where half are lost it is in each.
func TestFewerIsRightAboutHazards(t *testing.T) {
	spec := policy.DefaultPrior()
	s := stateOf(policy.NewLayout(smallGrid(), 0), &spec)
	s.rows = wagered
	for i := range 300 {
		r := rand.New(rand.NewPCG(uint64(i), 8))
		if drift := s.fewer(waiting(r, s, 35, 0, 1-slack)); drift != nil {
			t.Errorf("log %d: %+v within the slack", i, drift)
		}
		if drift := s.fewer(waiting(r, s, 35, 12, .5)); drift == nil || drift.Day != "1970-02-04" || math.Abs(drift.Shift+.1) > .035 {
			t.Errorf("log %d: %+v; want -.10", i, drift)
		}
	}
}

// drop is the ratio of Poisson likelihoods.
func TestDropIsThePoissonRatio(t *testing.T) {
	for _, c := range [][2]float64{{0, 7}, {3, 7}, {90, 140}} {
		want := distuv.Poisson{Lambda: max(c[0], 1e-300)}.LogProb(c[0]) - distuv.Poisson{Lambda: c[1]}.LogProb(c[0])
		if got := drop(c[0], c[1]); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %g, want %g", c, got, want)
		}
	}
	if drop(8, 7) != 0 {
		t.Error("more settlements are no drop")
	}
}
