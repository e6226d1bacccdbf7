package learner

import (
	"math"

	"takt/engine"
	"takt/engine/policy"
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
	alarmAlpha = .02
)

// wager bets on the mean of residuals being above +tolerance, and below −tolerance, half its stake each.
type wager struct {
	up, down float64 // log wealth
	n        int     // examples since the start
	sum      float64 // of their residuals
}

// stakes are the bets per unit of residual; wealth is spread over them evenly. Residuals lie in [−1, 1], so that
// a bet below 1/(1+tolerance) never loses all.
const stake = .15

func (w *wager) add(r float64) {
	w.n++
	w.sum += r
	w.up += math.Log1p(stake * (r - tolerance))
	w.down += math.Log1p(stake * (-r - tolerance))
}

func (w *wager) wealth() float64 { return (math.Exp(w.up) + math.Exp(w.down)) / 2 }

// watch compares the block's closed examples with what the state says before it learns them.
func (a *alarm) watch(s *state, rows []row) {
	var terms []term
	var space design
	for i := range rows {
		e := &rows[i]
		if !e.closed {
			continue
		}
		terms = s.terms(terms, e)
		r := e.y[policy.Resolve] - policy.Sigmoid(s.linear(s.mean, e.key, terms, &space))
		if s.reviewed == 0 { // nothing was learned yet that could drift
			continue
		}
		a.lanes[0].add(r)
		a.lanes[1+e.key.lane()].add(r)
		a.raise(s, e, s.rows+i+1)
	}
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
