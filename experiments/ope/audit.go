package ope

import "math"

// Choice is one logged draw among k actions.
type Choice struct {
	Action int       // index of the logged action
	Log    []float64 // pLog(a|x) of all actions, 0 for those not eligible; nil where only the logged one is known
	Eval   []float64 // pEval(a|x) of all actions; nil where unknown
}

// Audit asks whether a log can carry an estimate, before one is made. The zero value is ready.
type Audit struct {
	weights     Weights
	actions     []tally
	full        bool    // rows carry Log
	unsupported float64 // Σ pEval of actions with pLog = 0
}

// tally of one action.
type tally struct {
	n, p, pq   float64 // logged, Σp, Σp(1−p) over all rows; needs Log
	ip, spread float64 // Σ1/p, Σ(1−p)/p² over the rows that took the action
	eval       float64 // Σ pEval
}

// maxActions keeps a wild index in a log from taking the memory.
const maxActions = 1 << 20

// Add takes one row; an error leaves the audit as it was. Either all rows carry Log or none.
func (a *Audit) Add(s Sample, c Choice) error {
	if err := s.check(); err != nil {
		return err
	}
	if err := c.check(s); err != nil {
		return err
	}
	if full := c.Log != nil; a.weights.n > 0 && full != a.full {
		return &FieldError{"Log", float64(len(c.Log)), "in all rows or in none"}
	}
	if err := a.weights.Add(s); err != nil {
		return err
	}
	a.full = c.Log != nil
	if k := max(c.Action+1, len(c.Log), len(c.Eval)); k > len(a.actions) {
		a.actions = append(a.actions, make([]tally, k-len(a.actions))...)
	}
	t := &a.actions[c.Action]
	t.n++
	t.ip += 1 / s.PLog
	t.spread += (1 - s.PLog) / (s.PLog * s.PLog)
	for i, p := range c.Log {
		a.actions[i].p += p
		a.actions[i].pq += p * (1 - p)
	}
	for i, p := range c.Eval {
		a.actions[i].eval += p
		if a.full && (i >= len(c.Log) || c.Log[i] == 0) {
			a.unsupported += p
		}
	}
	return nil
}

func (c *Choice) check(s Sample) error {
	if c.Action < 0 || c.Action >= maxActions {
		return &FieldError{"Action", float64(c.Action), "the index of an action"}
	}
	if err := distribution("Log", c.Log, c.Action, s.PLog); err != nil {
		return err
	}
	return distribution("Eval", c.Eval, c.Action, s.PEval)
}

// distribution is nil for probabilities that sum to 1 and give the logged action its own.
func distribution(field string, p []float64, action int, own float64) error {
	if p == nil {
		return nil
	}
	sum := 0.
	for _, v := range p {
		if !(v >= 0 && v <= 1) {
			return &FieldError{field, v, "probabilities in [0,1]"}
		}
		sum += v
	}
	if math.Abs(sum-1) > 1e-6 {
		return &FieldError{field, sum, "probabilities that sum to 1"}
	}
	if action >= len(p) || math.Abs(p[action]-own) > 1e-9 {
		return &FieldError{field, own, "the logged action's probability, the same as in the sample"}
	}
	return nil
}

// Merge adds another shard.
func (a *Audit) Merge(o *Audit) error {
	if o.weights.n == 0 {
		return nil
	}
	if a.weights.n > 0 && a.full != o.full {
		return &FieldError{"Log", 0, "in all rows or in none"}
	}
	a.full = o.full
	a.weights.Merge(&o.weights)
	a.unsupported += o.unsupported
	if k := len(o.actions); k > len(a.actions) {
		a.actions = append(a.actions, make([]tally, k-len(a.actions))...)
	}
	for i, t := range o.actions {
		s := &a.actions[i]
		s.n, s.p, s.pq = s.n+t.n, s.p+t.p, s.pq+t.pq
		s.ip, s.spread, s.eval = s.ip+t.ip, s.spread+t.spread, s.eval+t.eval
	}
	return nil
}
