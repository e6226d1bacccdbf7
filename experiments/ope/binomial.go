package ope

import "gonum.org/v1/gonum/stat/distuv"

// Binomial gives intervals of IPS for rewards in [0,1] by the binomial law. The zero value is ready.
type Binomial struct {
	MaxWeight float64 // largest weight possible; defaults to the largest one seen
	weights   Weights
	reward    float64 // Σw·r
}

// Add takes one row whose reward lies in [0,1] and whose weight is at most MaxWeight, if set.
func (b *Binomial) Add(s Sample) error {
	if !(s.Reward >= 0 && s.Reward <= 1) {
		return &FieldError{"Reward", s.Reward, "a reward in [0,1]"}
	}
	if b.MaxWeight > 0 && s.Weight() > b.MaxWeight {
		return &FieldError{"PEval", s.PEval, "a weight of at most MaxWeight"}
	}
	if err := b.weights.Add(s); err != nil {
		return err
	}
	b.reward += s.Weight() * s.Reward
	return nil
}

// Merge adds another shard.
func (b *Binomial) Merge(o *Binomial) error {
	if b.MaxWeight != o.MaxWeight {
		return ErrRules
	}
	b.weights.Merge(&o.weights)
	b.reward += o.reward
	return nil
}

// Value is IPS, mean(w·r).
func (b *Binomial) Value() (float64, bool) {
	if b.weights.n == 0 {
		return 0, false
	}
	return b.reward / b.weights.n, true
}

func (b *Binomial) scale() float64 {
	if b.MaxWeight > 0 {
		return b.MaxWeight
	}
	return b.weights.largest
}

// ClopperPearson reads the log as n/W trials with Σw·r/W successes, W the largest weight, and returns
// the bounds of Clopper & Pearson (Biometrika 1934). That is the interval of VowpalWabbit/estimators;
// it is a habit and no theorem: a trial's variance v(1−v)W is below that of w·r, up to v(W−v).
func (b *Binomial) ClopperPearson(level float64) (Interval, bool) {
	w := b.scale()
	if w == 0 {
		return Interval{}, false
	}
	return clopperPearson(b.reward/w, b.weights.n/w, alpha(level)), true
}

// Exact reads the log as n trials with Σw·r/W successes and multiplies the bounds by W. For weights
// of 0 or W and rewards of 0 or 1 (a fixed action in a uniform log) it is exact at every n. With
// W set beforehand only: false without MaxWeight.
func (b *Binomial) Exact(level float64) (Interval, bool) {
	w := b.MaxWeight
	if w == 0 || b.weights.n == 0 {
		return Interval{}, false
	}
	i := clopperPearson(b.reward/w, b.weights.n, alpha(level))
	return Interval{w * i.Lower, w * i.Upper}, true
}

// clopperPearson holds the rate of s successes in n trials; s need not be whole.
func clopperPearson(s, n, alpha float64) Interval {
	s = min(s, n)
	i := Interval{0, 1}
	if s > 0 {
		i.Lower = distuv.Beta{Alpha: s, Beta: n - s + 1}.Quantile(alpha / 2)
	}
	if s < n {
		i.Upper = distuv.Beta{Alpha: s + 1, Beta: n - s}.Quantile(1 - alpha/2)
	}
	return i
}
