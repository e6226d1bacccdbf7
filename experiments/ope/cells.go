package ope

// Cells is the simplest model: the mean reward per key (such as a position on a page) and action,
// drawn towards a prior: q = (Σr + Hits)/(n + Trials).
type Cells struct {
	Folds
	Actions, Keys int
	Hits, Trials  float64 // of the prior; Trials above 0 gives a cell without rows a value. Both default to 0

	fold, key []int32
	sums      [][]cell // [fold][key·Actions + action]
	total     []cell
}

type cell struct{ n, sum float64 }

// Add takes the next row of the log.
func (c *Cells) Add(key, action int, reward float64, cluster uint64) error {
	switch {
	case key < 0 || key >= c.Keys:
		return &FieldError{"Key", float64(key), "the index of a key"}
	case action < 0 || action >= c.Actions:
		return &FieldError{"Action", float64(action), "the index of an action"}
	case !finite(reward):
		return &FieldError{"Reward", reward, "a finite number"}
	}
	if c.total == nil {
		c.total, c.sums = make([]cell, c.Keys*c.Actions), make([][]cell, c.k())
		for f := range c.sums {
			c.sums[f] = make([]cell, c.Keys*c.Actions)
		}
	}
	f, at := c.Of(cluster), key*c.Actions+action
	c.fold, c.key = append(c.fold, int32(f)), append(c.key, int32(key))
	for _, t := range []*cell{&c.total[at], &c.sums[f][at]} {
		t.n++
		t.sum += reward
	}
	return nil
}

// Q is the model of row i: its fold's rows are taken out of the cells, unless there is one fold only.
func (c *Cells) Q(dst []float64, i int) []float64 {
	dst = dst[:0]
	at := int(c.key[i]) * c.Actions
	for a := at; a < at+c.Actions; a++ {
		t := c.total[a]
		if len(c.sums) > 1 {
			own := c.sums[c.fold[i]][a]
			t = cell{t.n - own.n, t.sum - own.sum}
		}
		q := 0.
		if n := t.n + c.Trials; n > 0 {
			q = (t.sum + c.Hits) / n
		}
		dst = append(dst, q)
	}
	return dst
}
