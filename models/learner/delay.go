package learner

import "time"

// delays says when settlements come, per channel and for hold: a discrete hazard per day since the decision,
//
//	h(a) = settled on day a / not settled before day a and seen through it
//
// (Kaplan and Meier 1958, eq. 2b, with open labels as censored). Hazards of a channel are drawn towards
// those of all, these towards a constant.
type delays struct {
	days  int
	lanes [][]tally // by key.lane, then by day
}

type tally struct{ risk, settled float64 }

const oneDay = 24 * time.Hour

const (
	priorHazard  = .012 // a day: 29 % within 28 days
	priorAll     = 20   // decisions that the constant counts for
	priorChannel = 50   // decisions that the hazard of all channels counts for in a channel's
)

// lane is hold or the channel.
func (k key) lane() int {
	if k.hold {
		return 0
	}
	return 1 + int(k.c)
}

func newDelays(channels int, horizon time.Duration) *delays {
	d := &delays{days: max(1, int((horizon+oneDay-1)/oneDay)), lanes: make([][]tally, 1+channels)}
	for i := range d.lanes {
		d.lanes[i] = make([]tally, d.days)
	}
	return d
}

func (d *delays) clone() *delays {
	c := &delays{days: d.days}
	for _, l := range d.lanes {
		c.lanes = append(c.lanes, append([]tally(nil), l...))
	}
	return c
}

// add counts one decision, seen through e.age days.
func (d *delays) add(e *row) {
	lane := d.lanes[e.key.lane()]
	for a := range int(e.age) {
		lane[a].risk++
		if a == int(e.settled) {
			lane[a].settled++
			return
		}
	}
}

// shares is F by age in days: per lane, and of all lanes together.
type shares struct {
	lanes    [][]float64
	together []float64
}

// shares gives by lane and age, 0 to days, the share F of the settlements within the horizon that come by
// then: F(age) = (1 − S(age)) / (1 − S(days)), S the product of 1 − h.
func (d *delays) shares() (f shares) {
	all := make([]float64, d.days)
	for a := range all {
		var t tally
		for _, lane := range d.lanes {
			t.risk += lane[a].risk
			t.settled += lane[a].settled
		}
		all[a] = (t.settled + priorAll*priorHazard) / (t.risk + priorAll)
	}
	for _, lane := range d.lanes {
		hazards := make([]float64, d.days)
		for a, t := range lane {
			hazards[a] = (t.settled + priorChannel*all[a]) / (t.risk + priorChannel)
		}
		f.lanes = append(f.lanes, settledBy(hazards))
	}
	f.together = settledBy(all)
	return f
}

// settledBy is F of daily hazards.
func settledBy(hazards []float64) []float64 {
	f, s := make([]float64, len(hazards)+1), 1.
	for a, h := range hazards {
		s *= 1 - h
		f[a+1] = 1 - s
	}
	for a := range f {
		f[a] /= 1 - s
	}
	return f
}
