package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"takt/engine"
)

// person is one debtor of the generated portfolio with what no creditor sees. The same seed and
// number give the same person under every policy: twins, so that policies are compared on equals.
type person struct {
	debtor, caseID string
	opened         int   // simulated day
	amount         int64 // minor units
	kind           int   // why they are late: 0 forgot, 1 are short of cash for a while, 2 do not want to pay
	age            int   // 0: under 30, 1: under 50, 2: under 70, 3: older
	chance         *rand.Rand

	review    time.Time // when the server wants to look at the case again
	settled   bool      // it wants not to
	paidOn    int       // day; -1: not yet
	payOn     int       // day on which a decided payment arrives; -1: none
	contacts  int
	complaint bool
	costMicro int64
}

// The constants are those of the reference simulation's main effects, coarsened; the simulator of
// room experiments carries the whole model.
var (
	kindShare = []float64{.58, .25, .17}
	ageShare  = []float64{.24, .38, .27, .11}
	notice    = map[engine.Channel][4]float64{
		engine.Email: {.55, .60, .51, .23}, engine.SMS: {.79, .76, .65, .40}, engine.Letter: {.48, .63, .76, .84}, engine.Phone: {.05, .08, .15, .20}}
	payNoticed = []float64{.55, .12, .03}
	selfCure   = []float64{.010, .003, .001}
	toneOdds   = map[engine.Tone][]float64{engine.Friendly: {1.35, 1.1, .7}, engine.Neutral: {1, 1, 1},
		engine.Empathetic: {1.05, 1.15, .7}, engine.LossFramed: {1.15, .95, 1.6}, engine.Firm: {.95, .8, 1.9}, engine.Formal: {.75, .7, 2.4}}
	offerOdds = map[engine.Offer][]float64{engine.OfferNone: {1, 1, 1}, engine.PaymentLink: {1.6, 1.35, 1}, engine.Instalments: {1, 3, 1}, engine.Deferral: {1, 2, 1}}
	complain  = map[engine.Tone]float64{engine.Friendly: .0015, engine.Neutral: .003, engine.Empathetic: .0012, engine.LossFramed: .004, engine.Firm: .007, engine.Formal: .009}
)

func newPerson(seed uint64, n, opened int) *person {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	return &person{
		debtor: fmt.Sprintf("D-%05d", n), caseID: fmt.Sprintf("C-%05d", n), opened: opened,
		amount: int64(math.Round(6000 * math.Exp(.8*r.NormFloat64()))), kind: pick(r, kindShare), age: pick(r, ageShare),
		chance: r, paidOn: -1, payOn: -1,
	}
}

func pick(r *rand.Rand, share []float64) int {
	u := r.Float64()
	for i, s := range share {
		if u -= s; u < 0 {
			return i
		}
	}
	return len(share) - 1
}

// live is one day without contact: some pay by themselves.
func (p *person) live(day int) {
	if p.paidOn < 0 && p.payOn < 0 && p.chance.Float64() < selfCure[p.kind] {
		p.payOn = day
	}
}

// reached is what a contact does: whether it was noticed, and what follows.
func (p *person) reached(day int, c engine.Channel, t engine.Tone, o engine.Offer) (noticed bool) {
	p.contacts++
	u, v, w := p.chance.Float64(), p.chance.Float64(), p.chance.Float64()
	lag := 1 + p.chance.IntN(3)
	if u >= notice[c][p.age] {
		return false
	}
	if c == engine.Letter {
		lag += 4
	}
	fatigue := math.Exp(-.22 * float64(p.contacts-1))
	odds := payNoticed[p.kind] / (1 - payNoticed[p.kind]) * toneOdds[t][p.kind] * offerOdds[o][p.kind] * fatigue
	if c == engine.Phone {
		odds *= 3.2
	}
	if p.payOn < 0 && v < odds/(1+odds) {
		p.payOn = day + lag
	}
	p.complaint = p.complaint || w < complain[t]*(1+.35*float64(p.contacts))
	return true
}
