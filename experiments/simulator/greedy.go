package simulator

import "takt/engine"

// oracle knows every latent and takes the action of the best expected value of this contact alone:
// it is myopic, so a bound for policies that decide contact by contact, not the optimum.
type oracle struct{ reward engine.Reward }

func (o oracle) decide(w *world, c *course, day int) (plan, int) {
	if c.settled != 0 || c.moneyComes() {
		return plan{}, day + 1
	}
	if free := w.free(c, day); free > day {
		return plan{}, free
	}
	t := c.traits(w, day)
	return greedy(w, c, &o.reward, day, func(a *Action) (reached, resolved float64) {
		return w.pNotice(&c.person, a, day), w.resolves(&t, a, day, float64(c.fatigue+1))
	})
}

// greedy is the contact of the best expected value by what judge believes of an action, or none if
// that earns nothing.
func greedy(w *world, c *course, r *engine.Reward, day int, judge func(a *Action) (reached, resolved float64)) (plan, int) {
	best, choice := leastGain, Action{}
	for _, ch := range channels {
		if !c.known.Has(ch) {
			continue
		}
		for i := range choices(ch) {
			a := action(ch, tones[i%len(tones)], uint8(i/len(tones)))
			reached, resolved := judge(&a)
			if v := w.worth(c, r, &a, day, reached, resolved); v > best {
				best, choice = v, a
			}
		}
	}
	return plan{Action: choice, contact: best > leastGain}, day + 1
}

// leastGain is what a contact must earn at least, minor units.
const leastGain = 5.

// worth is the expected value of a contact over none, minor units: a case resolved now saves the
// agency's fee and the customers who leave at the hand-over.
func (w *world) worth(c *course, r *engine.Reward, a *Action, day int, reached, resolved float64) float64 {
	d := &w.s.Debtors.Complaints
	cost := r.Minor(w.cost[a.Channel]) + reached*r.Minor(w.reached[a.Channel])
	complain := reached * w.pComplain(a, len(c.contacts)+1, c.arrived+day)
	saved := w.s.Creditor.Money.AgencyFee * float64(c.amount)
	return r.Value(reached*resolved, saved, cost, complain*d.Churn-reached*resolved*d.Handover, complain)
}

// resolves is the probability that whoever noticed ends up having paid, at once or by plan or after a dispute.
func (w *world) resolves(t *trait, a *Action, day int, fatigue float64) float64 {
	k := &w.kind[t.kind]
	p := w.pPay(t, a, day, fatigue)
	p += (1 - p) * w.pPlan(t.kind, a) * k.PlanKept
	return k.Dispute*w.s.Debtors.Disputes.Settled + (1-k.Dispute)*p
}

// believer chooses like the oracle, but by what a creditor knows: the constants of the world, the age
// band, which addresses there are, how the debtor took the contacts so far, and with its history what
// former contacts showed (even which ones were noticed). Nobody has those constants; it says what could
// be had by learning them.
type believer struct{ history bool }

func (b believer) decide(w *world, c *course, day int) (plan, int) {
	if free := w.free(c, day); free > day {
		return plan{}, free
	}
	kinds := b.kinds(w, c)
	fatigue := b.fatigue(w, c)
	return greedy(w, c, &w.reward, day, func(a *Action) (reached, resolved float64) {
		for kind, share := range kinds {
			if share > 0 {
				resolved += share * b.resolves(w, c, kind, a, day, fatigue+1)
			}
		}
		return b.reached(w, c, a), resolved
	})
}

// liquidGuess is when a creditor takes the short of cash to have money again, days past due.
const liquidGuess = 20

// eveningLift is what the evening, the time of most people, adds to noticing a message.
const eveningLift = 1.03

// reached is the creditor's probability that a contact is noticed.
func (b believer) reached(w *world, c *course, a *Action) float64 {
	mean, k := w.age[c.age].notice[a.Channel]*w.valid[a.Channel], w.spread[a.Channel]
	if b.history {
		mean = (mean*k + float64(c.noticed[a.Channel])) / (k + float64(w.past[a.Channel]))
	}
	switch {
	case a.Channel == engine.Phone:
		mean *= w.answerPhone[a.Window]
	case digital(a.Channel) && a.Window == windows-1:
		mean *= eveningLift
	}
	return min(mean, .99)
}

// resolves is the creditor's probability over what the debtor may prefer.
func (b believer) resolves(w *world, c *course, kind int, a *Action, day int, fatigue float64) float64 {
	t := trait{kind: uint8(kind), age: c.age, window: noWindow, liquid: liquidGuess}
	likes := w.age[c.age].preferred[a.Channel]
	if b.history {
		t.window = c.showsWindow
		shows := w.s.Debtors.History.Channel
		likes *= 1 - shows
		if c.showsChannel == a.Channel {
			likes += shows
		}
	}
	miss := w.resolves(&t, a, day, fatigue)
	t.prefers = a.Channel
	return likes*w.resolves(&t, a, day, fatigue) + (1-likes)*miss
}

// kinds is the posterior over the types after contacts that changed nothing.
func (b believer) kinds(w *world, c *course) [types]float64 {
	post := w.age[c.age].kinds
	fatigue, sum := 0., 0.
	for i := range c.contacts {
		k := &c.contacts[i]
		reached := b.reached(w, c, &k.Action)
		for kind := range post {
			post[kind] *= 1 - reached*b.resolves(w, c, kind, &k.Action, k.day, fatigue+1)
		}
		fatigue += reached
	}
	for _, p := range post {
		sum += p
	}
	for kind := range post {
		post[kind] /= sum
	}
	return post
}

// fatigue is the number of contacts that were probably noticed.
func (b believer) fatigue(w *world, c *course) float64 {
	n := 0.
	for i := range c.contacts {
		n += b.reached(w, c, &c.contacts[i].Action)
	}
	return n
}
