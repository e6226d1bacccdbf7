package learner

import (
	"math"

	"takt/engine"
	"takt/engine/policy"
)

// Final labels say after weeks that debtors settle no more as they did. What is settled day by day says it sooner: by
// the model a case is settled on the day a after its last decision, having been open before, with the hazard
//
//	h = p·(F(a+1) − F(a)) / (1 − p·F(a))
//
// With E the sum of the hazards of all cases and days since a day, and N the settlements among them, "the hazards are at
// least 1 − slack of these" is judged by the likelihood ratio
//
//	N·log(N/E′) − (N − E′),  E′ = (1 − slack)·E, if N is below E′
//
// the best starting day counting (a risk-adjusted CUSUM in continuous time: Biswas and Kalbfleisch, Statistics in
// Medicine 27, 2008). p and F are what was learned from examples with final labels, none of which the sums know. The
// alarm only warns: what open labels say of who reacts to what is too little to forget by.
const (
	slack     = .1
	leastDrop = 12 // nats; by chance e⁻¹² for each starting day
)

// tallied is the sum of a day's settlements, their hazards, and the probabilities and cases behind them.
type tallied struct{ settled, hazard, p, cases float64 }

// fewer is the alarm that too few cases are settled, or nil; rows are those not yet folded in, by day.
func (s *state) fewer(rows []row) (drift *Drift) {
	if s.rows-s.anew < wagered {
		return nil
	}
	days, closed := s.tally(rows)
	last, sum, most := -1, tallied{}, float64(leastDrop)
	for i := len(days) - 1; i >= 0; i-- {
		d := &days[i]
		if d.cases == 0 {
			continue
		}
		last = max(last, i)
		sum = tallied{sum.settled + d.settled, sum.hazard + d.hazard, sum.p + d.p, sum.cases + d.cases}
		if nats := drop(sum.settled, (1-slack)*sum.hazard); nats >= most {
			most = nats
			drift = &Drift{Day: engine.Date(rows[0].day + int32(last)).String(), Rows: s.rows + closed, Channel: s.laneName(0),
				Shift: sum.p / sum.cases * (sum.settled/sum.hazard - 1)}
		}
	}
	return drift
}

// drop is the log likelihood ratio of n settlements where at least so many were expected.
func drop(n, expected float64) float64 {
	switch {
	case n >= expected:
		return 0
	case n == 0:
		return expected
	}
	return n*math.Log(n/expected) - (n - expected)
}

// tally sums up what the rows say of each day from the first row's to the last's, and counts those with a final label. Later
// days would know only the cases whose next decision is far off, which settle otherwise.
func (s *state) tally(rows []row) (days []tallied, closed int) {
	days = make([]tallied, rows[len(rows)-1].day-rows[0].day+1)
	shares := s.delays.shares()
	var terms []term
	var space design
	for i := range rows {
		e := &rows[i]
		if e.closed {
			closed++
		}
		terms = s.terms(terms, e)
		p, f := policy.Sigmoid(s.linear(s.mean, e.key, terms, &space)), shares.lanes[e.key.lane()]
		first := int(e.day - rows[0].day)
		for a := range min(int(e.until), int(e.age), len(days)-first) {
			d := &days[first+a]
			d.hazard += p * (f[a+1] - f[a]) / (1 - p*f[a])
			d.p, d.cases = d.p+p, d.cases+1
			if int(e.settled) == a {
				d.settled++
				break
			}
		}
	}
	return days, closed
}
