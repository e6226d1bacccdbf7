package ope

// Weights sums up importance weights w = pEval/pLog. The zero value is ready.
type Weights struct{ n, sum, squares, largest float64 }

// Add takes the weight of one row; it reads no reward.
func (w *Weights) Add(s Sample) error {
	if err := s.check(); err != nil {
		return err
	}
	v := s.Weight()
	if !finite(v * v) {
		return &FieldError{"PLog", s.PLog, "a propensity whose squared weight is finite"}
	}
	w.n++
	w.sum += v
	w.squares += v * v
	w.largest = max(w.largest, v)
	return nil
}

// Merge adds another shard.
func (w *Weights) Merge(o *Weights) {
	w.n += o.n
	w.sum += o.sum
	w.squares += o.squares
	w.largest = max(w.largest, o.largest)
}

// N is the number of rows.
func (w *Weights) N() int { return int(w.n) }

// Sum is Σw, about n when propensities are right and nothing lacks support.
func (w *Weights) Sum() float64 { return w.sum }

// ESS is the effective sample size (Σw)²/Σw², in [0,n]. Kong, technical report 348, Chicago 1992.
func (w *Weights) ESS() float64 {
	if w.squares == 0 {
		return 0
	}
	return w.sum * w.sum / w.squares
}

// Max is the largest weight.
func (w *Weights) Max() float64 { return w.largest }
