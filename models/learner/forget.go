package learner

import (
	"math"

	"takt/engine/policy"
)

// Forgetting widens a likelihood around its own posterior mean μ, per block: with L = diag(√factor),
//
//	A′ = L·A·L,   b′ = A′μ + L²(b − Aμ)
//
// which is stabilised forgetting (Kulhavý and Zarrop 1993, eq. 13) where all factors are equal: the posterior goes
// back towards the prior and keeps its mean. The factors are chosen by the evidence of the examples since the
// last review, given the old ones so widened:
//
//	log Z = ½(η₁ᵀμ₁ − η₀ᵀμ₀ + log|Λ₀| − log|Λ₁|)
//
// with 0 before and 1 after those examples: the factor that gains the most is taken first, then the next given that one, while
// one gains leastStep nats, the price of a parameter (Akaike 1974). Together they must gain leastGain, which a policy
// that learns does not reach by getting better; after an alarm the evidence need not say it twice, and
// the first factor may gain less.
const (
	leastStep = 1
	leastGain = 150
)

// factors are tried for each aspect; probe, for paying and for reacting, says whether to try at all.
var factors = [...]float64{.3, .1, .03, .01}

const probe = .03

// forget widens the old likelihood where the new examples contradict it by so many nats.
func (s *state) forget(least float64) error {
	span := newNormal(s.resolve.d, 1) // what came since
	span.copyFrom(s.resolve)
	span.minus(s.old)
	best, ok := s.outdated(span, least)
	if !ok {
		return errSingular
	}
	if best == both(best, 1, 1) {
		return nil
	}
	s.forgot, s.anew = append(s.forgot, best), s.rows
	s.widenedBy(s.resolve, &best).plus(span)
	return nil
}

// outdated are the most probable factors given the span, 1 unless they gain so many nats; false if nothing is.
func (s *state) outdated(span *normal, least float64) (best Forgetting, ok bool) {
	best = Forgetting{Rows: s.rows, Base: 1, Channel: 1, Tone: 1, Slot: 1, Offer: 1}
	keep, ok := s.evidence(s.old, span)
	if !ok {
		return best, false
	}
	wide := newNormal(s.resolve.d, 1)
	gain := func(f Forgetting) float64 {
		if z, ok := s.evidence(s.widenedBy(wide, &f), span); ok {
			return z - keep
		}
		return math.Inf(-1)
	}
	if least > 0 && max(gain(both(best, 1, probe)), gain(both(best, probe, 1)), gain(both(best, probe, probe))) < least/2 {
		return best, true // the usual review
	}
	all := 0.
	for step := min(least, leastStep); ; step = leastStep {
		next, most := another(best, all+step, gain)
		if next == best {
			break
		}
		best, all = next, most
	}
	if all < least {
		return both(best, 1, 1), true
	}
	return best, true
}

// another is f with one more aspect forgotten, the one that makes the gain the greatest; f if none makes it more than so many.
func another(f Forgetting, least float64, gain func(Forgetting) float64) (next Forgetting, most float64) {
	next, most = f, least
	for i, part := range parts(&f) {
		if *part != 1 {
			continue
		}
		for _, factor := range factors {
			with := f
			*parts(&with)[i] = factor
			if z := gain(with); z > most {
				next, most = with, z
			}
		}
	}
	return next, most
}

// parts are the factors in the order of policy's aspects.
func parts(f *Forgetting) [5]*float64 {
	return [...]*float64{&f.Base, &f.Channel, &f.Tone, &f.Slot, &f.Offer}
}

// both is f with a factor for the base and one for all reactions.
func both(f Forgetting, base, react float64) Forgetting {
	return Forgetting{Rows: f.Rows, Base: base, Channel: react, Tone: react, Slot: react, Offer: react}
}

// widenedBy makes n the old likelihood, widened, and gives it back.
func (s *state) widenedBy(n *normal, f *Forgetting) *normal {
	n.copyFrom(s.old)
	root := make([]float64, n.d)
	for i, about := range s.shape.aspects() {
		least := 1.
		for k, factor := range parts(f) {
			if about&(1<<k) != 0 {
				least = min(least, *factor)
			}
		}
		root[i] = math.Sqrt(least)
	}
	rest := n.times(s.oldMean)
	for i := range rest {
		rest[i] = n.b[0][i] - rest[i]
		row := n.a[i*n.d : i*n.d+n.d]
		for j := i; j < n.d; j++ {
			row[j] *= root[i] * root[j]
		}
	}
	for i, v := range n.times(s.oldMean) {
		n.b[0][i] = v + root[i]*root[i]*rest[i]
	}
	return n
}

// evidence is log Z of the span given the old likelihood, up to a constant.
func (s *state) evidence(old, span *normal) (float64, bool) {
	mean := make([]float64, old.d)
	sd := s.prior(policy.Resolve, mean)
	all := s.scratch(old)
	all.plus(span)
	after, ok := all.posterior(0, s.noise(policy.Resolve), mean, sd)
	if !ok || after == nil {
		return 0, ok
	}
	before, ok := old.over(after.params, 0, s.noise(policy.Resolve), mean, sd)
	if !ok {
		return 0, false
	}
	return after.logZ() - before.logZ(), true
}
