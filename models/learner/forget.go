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
// with 0 before and 1 after those examples. To forget must be leastGain nats more likely than to keep, which a policy
// that learns does not reach by getting better; after an alarm the evidence need not say it twice.

// factors are tried in every combination, if probe gains anything.
var factors = [...]float64{1, .3, .1, .03, .01}

const probe = .03

const leastGain = 150

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
	wide, top := newNormal(s.resolve.d, 1), keep
	try := func(f Forgetting) {
		if z, ok := s.evidence(s.widenedBy(wide, &f), span); ok && z > top {
			best, top = f, z
		}
	}
	none := best
	for _, f := range []Forgetting{both(none, 1, probe), both(none, probe, 1), both(none, probe, probe)} {
		try(f)
	}
	if top-keep < least/2 {
		return none, true // the usual review
	}
	for _, base := range factors {
		for _, react := range factors {
			try(both(none, base, react))
		}
	}
	for at := (Forgetting{}); at != best; { // one by one, until none is better
		at = best
		for i := range parts(&at) {
			for _, factor := range factors {
				f := best
				if part := parts(&f)[i]; *part != factor {
					*part = factor
					try(f)
				}
			}
		}
	}
	if top-keep < least {
		return none, true
	}
	return best, true
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
