package ope

// PseudoInverse judges policies that fill several slots at once, each with its own propensity, when
// the reward is a sum over slots: V = mean(w·r), w = 1 + Σ_slots (pEval/pLog − 1). With one slot it
// is [IPS]. Swaminathan et al., NeurIPS 2017, for slots drawn independently. The zero value
// is ready.
type PseudoInverse struct{ sum Estimate }

// Add takes one row: per slot the probability of the logged choice under either policy.
func (p *PseudoInverse) Add(pLog, pEval []float64, reward float64) error {
	if len(pLog) != len(pEval) {
		panic("ope: slots of the two policies differ in number")
	}
	w := 1.
	for i := range pLog {
		s := Sample{PLog: pLog[i], PEval: pEval[i], Reward: reward}
		if err := s.check(); err != nil {
			return err
		}
		w += s.Weight() - 1
	}
	if !finite(w * reward) {
		return &FieldError{"Part", w * reward, "a finite number; a weight is too large or a reward missing"}
	}
	p.sum.add(mean(w * reward))
	return nil
}

// Merge adds another shard.
func (p *PseudoInverse) Merge(o *PseudoInverse) error { return p.sum.Merge(&o.sum) }

// Value is the estimate, false without rows.
func (p *PseudoInverse) Value() (float64, bool) { return p.sum.Value() }

// Gaussian is the interval of [Estimate.Gaussian].
func (p *PseudoInverse) Gaussian(level float64) (Interval, bool) { return p.sum.Gaussian(level) }
