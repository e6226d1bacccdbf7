package content

import "takt/engine"

// Plan is an instalment plan: Count rates, the first on First, one every Every days. The rates sum to
// Total; the last one takes what does not divide.
type Plan struct {
	Count int
	First engine.Date
	Every int   // days
	Total int64 // minor units
}

// NewPlan is the plan of the most and smallest rates inside the bounds for an amount in minor units,
// from the day the contact arrives: who asks for one is short of money. It is false where two rates do
// not fit.
func NewPlan(openMinor int64, l *engine.PlanLimits, arrives engine.Date) (Plan, bool) {
	if l.MinRateMinor < 1 || l.EveryDays < 1 {
		return Plan{}, false
	}
	first := l.FirstDays()
	n := min(int64(l.MaxCount), openMinor/l.MinRateMinor, int64((l.MaxDays-first)/l.EveryDays)+1)
	if n < 2 || l.MaxDays < first {
		return Plan{}, false
	}
	return Plan{int(n), arrives + engine.Date(first), l.EveryDays, openMinor}, true
}

// Rate is the i-th rate, 0 ≤ i < Count: its due day and its amount in minor units.
func (p *Plan) Rate(i int) (due engine.Date, minor int64) {
	minor = p.Total / int64(p.Count)
	if i == p.Count-1 {
		minor = p.Total - minor*int64(p.Count-1)
	}
	return p.First + engine.Date(i*p.Every), minor
}
