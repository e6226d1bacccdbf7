package learner

import "takt/engine"

// Drift is an alarm; the last one stands in the snapshot's header.
type Drift = engine.Drift

// alarm bets against "the model's predictions, made before their examples are learned, are right within the
// tolerance", for all examples and per channel. Each wager is a martingale at most under that hypothesis (Waudby-Smith
// and Ramdas, JRSS B 86, 2024, section 4), and so is their mean, in which that of all
// examples counts for half: by Ville's inequality it ever passes 1/alpha with a
// probability of at most alpha. After an alarm the wagers wait, and start anew.
type alarm struct {
	lanes  []wager // all, hold, channels
	Raised []Drift
}

// The tolerance, in the probability of settlement, is that of debtors who settle less than predicted. It is twice as wide in one
// channel, whose examples were chosen for their predictions (the winner's curse), and wider by betterBy where they
// settle more: Takt's later contacts get better while it learns.
const (
	tolerance  = .02
	betterBy   = .04
	alarmAlpha = .05
)

// wagered is the number of examples, since the first or since an alarm or a forgetting, after which the model is worth a
// bet: before, it is wrong because it knows little.
const wagered = 5000

// wager bets on the mean of residuals being out of tolerance, above and below, its wealth spread evenly over both and over the
// stakes. As nobody knows when a drift begins, a new bet starts every spell examples, the kth with 1/(k(k+1)) of the
// wealth (a mixture over the change point as in Shin, Ramdas and Rinaldo, E-detectors, 2024, section 2.3).
type wager struct {
	up, down [len(stakes)]float64 // wealth
	n        int                  // examples since the start
	shift    float64              // mean residual of late
}

// stakes are the bets per unit of residual. Residuals lie in [−1, 1], so that a bet below 1/(1+tolerance) never loses all.
var stakes = [...]float64{.05, .1, .2}

const spell = 1000

// late is the number of examples after which the mean residual has forgotten an old one to 1/e.
const late = 200

func (w *wager) add(r, tolerance float64) {
	start := 0.
	if w.n%spell == 0 {
		k := float64(w.n/spell + 1)
		start = 1 / (k * (k + 1))
	}
	w.n++
	w.shift += (r - w.shift) / min(float64(w.n), late)
	for i, stake := range stakes {
		w.up[i] = (w.up[i] + start) * (1 + stake*(r-tolerance-betterBy))
		w.down[i] = (w.down[i] + start) * (1 - stake*(r+tolerance))
	}
}

func (w *wager) wealth() float64 {
	sum := 0.
	for i := range stakes {
		sum += w.up[i] + w.down[i]
	}
	return sum / (2 * float64(len(stakes)))
}

// add bets on a residual.
func (a *alarm) add(s *state, e *row, r float64, rows int) {
	a.lanes[0].add(r, tolerance)
	a.lanes[1+e.key.lane()].add(r, 2*tolerance)
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
	a.Raised = append(a.Raised, Drift{Day: engine.Date(e.day).String(), Rows: rows, Channel: s.laneName(best), Shift: w.shift})
	clear(a.lanes)
	s.anew = s.rows
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
