package policy

import "takt/engine"

// slopes are the value function in the form the kernel uses. For a given open amount it is
//
//	value = resolve·P(resolve)·share − cost·micro − churn·P(churn) − complaint·P(complaint)
//
// with the slopes read off [engine.Reward.Value], the one such formula, at unit points: the kernel
// cannot drift away from it.
type slopes struct {
	resolve   float64 // minor units earned by a certain settlement of the whole open amount
	cost      float64 // per micro-unit of cost
	churn     float64
	complaint float64
}

func slopesOf(r *engine.Reward, openMinor float64) slopes {
	return slopes{
		resolve:   r.Value(1, openMinor, 0, 0, 0),
		cost:      -r.Value(0, 0, r.Minor(1_000_000), 0, 0) / 1_000_000,
		churn:     -r.Value(0, 0, 0, 1, 0),
		complaint: -r.Value(0, 0, 0, 0, 1),
	}
}

// rates are what a unit of each head, linked, is worth: resolve stands for itself, its worth is the gain.
func (s *slopes) rates() [Heads]float64 { return [Heads]float64{1, s.resolve, s.complaint, s.churn} }

// price is the value of an option as gain·P(resolve) + fixed, u linked, cost negative. Products are
// rounded before they are added, see sumLanes.
func (s *slopes) price(u means, cost float64) (gain, fixed float64) {
	gain = s.resolve * float64(u.amount)
	return gain, cost - float64(s.churn*float64(u.churn)) - float64(s.complaint*float64(u.complaint))
}

// openMinor is the amount that a settlement is about, in minor units.
func openMinor(b *engine.Ballot, in *engine.Input) float64 {
	if b.OpenMinor != 0 {
		return float64(b.OpenMinor)
	}
	return float64(in.Request.Case.Open.AmountMinor)
}
