package ope

// Factor puts actions into levels: Factor[a] is the level of action a, such as its channel. A level
// may also stand for a tuple (channel and tone).
type Factor []int

// Marginal is the sample with the probabilities of the logged action's level in place of its own:
// PLog = Σ log[a], PEval = Σ eval[a] over the actions a of that level. Any rule then works on levels;
// [IPS] becomes MIPS, w(x,e) = pEval(e|x)/pLog(e|x), of far less variance with many actions, and
// unbiased as far as the reward depends on the action by its level alone. Q is left: for [DR] give
// the model of levels. Saito & Joachims, ICML 2022.
//
// log and eval are the distributions over all k actions; an error leaves nothing half done.
func (f Factor) Marginal(s Sample, action int, log, eval []float64) (Sample, error) {
	if action < 0 || action >= len(f) {
		return s, &FieldError{"Action", float64(action), "the index of an action of the factor"}
	}
	if len(log) != len(f) || len(eval) != len(f) {
		panic("ope: distributions and factor differ in their number of actions")
	}
	s.PLog, s.PEval = 0, 0
	for a, level := range f {
		if level == f[action] {
			s.PLog += log[a]
			s.PEval += eval[a]
		}
	}
	s.PLog, s.PEval = one(s.PLog), one(s.PEval)
	return s, s.check()
}

// one forgives what rounding adds to a sum of probabilities.
func one(p float64) float64 {
	if p > 1 && p < 1+1e-9 {
		return 1
	}
	return p
}
