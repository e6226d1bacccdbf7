package learner

import (
	"math"

	"takt/engine"
)

// Drift is an alarm: debtors settle otherwise than the model says, by more than its errors explain.
type Drift struct {
	Day     string  `json:"day"`     // of the decision that raised it, UTC
	Rows    int     `json:"rows"`    // learned by then
	Channel string  `json:"channel"` // all, hold or a channel's name
	Shift   float64 `json:"shift"`   // mean residual of the examples that it was raised by
}

// alarm bets against "the model's predictions, made before their examples are learned, are right within the
// tolerance", for all examples and per channel. Each wager is a martingale at most under that hypothesis (Waudby-Smith
// and Ramdas, JRSS B 86, 2024, section 4), and so is their mean, in which that of all
// examples counts for half: by Ville's inequality it ever passes 1/alpha with a
// probability of at most alpha. After an alarm the wagers start anew.
type alarm struct {
	lanes  []wager // all, hold, channels
	Raised []Drift
}

const (
	tolerance  = .03 // in the probability of settlement
	alarmAlpha = .05
)

// wager bets on the mean of residuals being above +tolerance, and below −tolerance, its wealth spread evenly over both
// and over the stakes.
type wager struct {
	up, down [len(stakes)]float64 // log wealth
	n        int                  // examples since the start
	sum      float64              // of their residuals
}

// stakes are the bets per unit of residual. Residuals lie in [−1, 1], so that a bet below 1/(1+tolerance) never loses all.
var stakes = [...]float64{.05, .1, .2}

func (w *wager) add(r float64) {
	w.n++
	w.sum += r
	for i, stake := range stakes {
		w.up[i] += math.Log1p(stake * (r - tolerance))
		w.down[i] += math.Log1p(stake * (-r - tolerance))
	}
}

func (w *wager) wealth() float64 {
	sum := 0.
	for i := range stakes {
		sum += math.Exp(w.up[i]) + math.Exp(w.down[i])
	}
	return sum / (2 * float64(len(stakes)))
}

// add bets on a residual.
func (a *alarm) add(s *state, e *row, r float64, rows int) {
	a.lanes[0].add(r)
	a.lanes[1+e.key.lane()].add(r)
	a.raise(s, e, rows)
}

// raise notes a drift if the mean wealth is above 1/alpha, for the lane that earned the most.
func (a *alarm) raise(s *state, e *row, rows int) {
	all, rest, best := a.lanes[0].wealth(), 0., 0
	for i := range a.lanes[1:] {
		w := a.lanes[1+i].wealth()
		if rest += w; w > a.lanes[best].wealth() {
			best = 1 + i
		}
	}
	if (all+rest/float64(len(a.lanes)-1))/2 < 1/alarmAlpha {
		return
	}
	w := &a.lanes[best]
	a.Raised = append(a.Raised, Drift{Day: engine.Date(e.day).String(), Rows: rows, Channel: s.laneName(best), Shift: w.sum / float64(w.n)})
	clear(a.lanes)
}

// laneName is the name of a wager's examples.
func (s *state) laneName(lane int) string {
	switch lane {
	case 0:
		return "all"
	case 1:
		return "hold"
	}
	return s.tenant.Grid.Channels[lane-2].String()
}
