package ope

import "math"

// Part is what one sample adds to an estimate V = mean(C) + ΣA/ΣB. A plain mean has A = 0, B = 1.
type Part struct{ C, A, B float64 }

// Rule is an off-policy estimator. Rules are comparable values: equal rules may merge.
type Rule interface {
	// Part is asked for samples fit for use only; a NaN in it refuses the sample.
	Part(Sample) Part
}

func mean(c float64) Part { return Part{C: c, B: 1} }

// robust is q̂ + ŵ·(r−q): the doubly robust form that most rules share.
func robust(s *Sample, w float64) Part { return mean(s.QEval + w*(s.Reward-s.Q)) }

// IPS is inverse propensity scoring: V = mean(w·r). Unbiased when every action that the policy takes
// had a propensity above 0. Horvitz & Thompson, JASA 1952; for policies Strehl et al., NeurIPS 2010.
type IPS struct{}

// Part is w·r.
func (IPS) Part(s Sample) Part { return mean(s.Weight() * s.Reward) }

// SNIPS is self-normalised IPS: V = Σw·r / Σw, within the range of the rewards, bias O(1/n).
// Swaminathan & Joachims, NeurIPS 2015.
type SNIPS struct{}

// Part is w·r over w.
func (SNIPS) Part(s Sample) Part {
	w := s.Weight()
	return Part{A: w * s.Reward, B: w}
}

// DM is the direct method: V = mean(q̂). As good as the model. Beygelzimer & Langford, KDD 2009.
type DM struct{}

// Part is q̂.
func (DM) Part(s Sample) Part { return mean(s.QEval) }

// DR is doubly robust: V = mean(q̂ + w·(r−q)), unbiased when propensities or model are right.
// With known propensities it is AIPW. Dudík, Langford & Li, ICML 2011.
type DR struct{}

// Part is q̂ + w·(r−q).
func (DR) Part(s Sample) Part { return robust(&s, s.Weight()) }

// SNDR is DR with a self-normalised correction: V = mean(q̂) + Σw·(r−q)/Σw.
// Thomas & Brunskill, ICML 2016 (weighted doubly robust), for one step.
type SNDR struct{}

// Part is q̂, and w·(r−q) over w.
func (SNDR) Part(s Sample) Part {
	w := s.Weight()
	return Part{C: s.QEval, A: w * (s.Reward - s.Q), B: w}
}

// Switch is SWITCH-DR: DR where w ≤ Tau, the model alone above: ŵ = w·1[w ≤ Tau]. Tau in [0,∞]: 0 is
// DM, +Inf is DR. Wang, Agarwal & Dudík, ICML 2017.
type Switch struct{ Tau float64 }

// Part is q̂ + w·1[w ≤ Tau]·(r−q).
func (r Switch) Part(s Sample) Part {
	w, tau := s.Weight(), positive(r.Tau)
	if !(w <= tau) {
		w = tau - tau // 0; NaN for a Tau that is none
	}
	return robust(&s, w)
}

// DRos is DR with optimistic shrinkage: ŵ = Lambda·w/(w²+Lambda). Lambda in [0,∞]: 0 is DM, +Inf is
// DR. Su, Dimakopoulou, Krishnamurthy & Dudík, ICML 2020 (optimistic).
type DRos struct{ Lambda float64 }

// Part is q̂ + Lambda·w/(w²+Lambda)·(r−q).
func (r DRos) Part(s Sample) Part {
	w := s.Weight()
	if w > 0 {
		w /= w*w/positive(r.Lambda) + 1 // the formula divided by Lambda, so that +Inf is DR
	}
	return robust(&s, w)
}

// ClippedIPS is IPS with ŵ = min(w, Lambda), Lambda in [0,∞]. Ionides, JCGS 2008.
type ClippedIPS struct{ Lambda float64 }

// Part is min(w, Lambda)·r.
func (r ClippedIPS) Part(s Sample) Part { return mean(min(s.Weight(), positive(r.Lambda)) * s.Reward) }

// ClippedDR is DR with ŵ = min(w, Lambda), Lambda in [0,∞]; Su et al. 2020 (pessimistic).
type ClippedDR struct{ Lambda float64 }

// Part is q̂ + min(w, Lambda)·(r−q).
func (r ClippedDR) Part(s Sample) Part { return robust(&s, min(s.Weight(), positive(r.Lambda))) }

// SGIPS is sub-Gaussian IPS: ŵ = w/(1−Lambda+Lambda·w), Lambda in [0,1]: 0 is IPS, 1 weighs every
// action that the policy may take with 1. Metelli, Russo & Restelli, NeurIPS 2021, their s = −1.
type SGIPS struct{ Lambda float64 }

// Part is w/(1−Lambda+Lambda·w)·r.
func (r SGIPS) Part(s Sample) Part { return mean(harmonic(s.Weight(), r.Lambda) * s.Reward) }

// SGDR is DR with the weights of [SGIPS]; Lambda in [0,1].
type SGDR struct{ Lambda float64 }

// Part is q̂ + w/(1−Lambda+Lambda·w)·(r−q).
func (r SGDR) Part(s Sample) Part { return robust(&s, harmonic(s.Weight(), r.Lambda)) }

func harmonic(w, lambda float64) float64 {
	if w == 0 {
		return 0 // also where Lambda is 1
	}
	if !(lambda >= 0 && lambda <= 1) {
		return math.NaN()
	}
	return w / (1 - lambda + lambda*w)
}

// positive is the parameter, or NaN where it is below 0: such a part is refused when it is added.
func positive(parameter float64) float64 {
	if parameter >= 0 {
		return parameter
	}
	return math.NaN()
}

// part is the rule's part of a sample that is fit for use; no rule is IPS.
func part(r Rule, s *Sample) (Part, error) {
	if err := s.check(); err != nil {
		return Part{}, err
	}
	if r == nil {
		r = IPS{}
	}
	p := r.Part(*s)
	if sum := p.C + p.A + p.B; !finite(sum) {
		return Part{}, &FieldError{"Part", sum, "a finite number: a weight too large, or the rule's parameter out of range"}
	}
	return p, nil
}

// pair is what a adds more than b, two policies judged on one logged row.
func pair(r Rule, a, b *Sample) (Part, error) {
	p, err := part(r, a)
	if err != nil {
		return Part{}, err
	}
	q, err := part(r, b)
	if err != nil {
		return Part{}, err
	}
	switch {
	case a.PLog != b.PLog:
		return Part{}, &FieldError{"PLog", b.PLog, "the same in both samples of a row"}
	case a.Reward != b.Reward:
		return Part{}, &FieldError{"Reward", b.Reward, "the same in both samples of a row"}
	case a.Cluster != b.Cluster:
		return Part{}, &FieldError{"Cluster", float64(b.Cluster), "the same in both samples of a row"}
	}
	if err := plain(p, q); err != nil {
		return Part{}, err
	}
	return mean(p.C - q.C), nil
}

// plain refuses parts of a self-normalised rule.
func plain(parts ...Part) error {
	for _, p := range parts {
		if p.A != 0 || p.B != 1 {
			return &FieldError{"Part", p.B, "a rule that is a plain mean, not a self-normalised one"}
		}
	}
	return nil
}
