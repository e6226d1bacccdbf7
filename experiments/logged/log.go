package logged

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Log is a file of logged decisions in memory.
type Log struct {
	Spec    *Spec
	File    string
	Read    int // rows of the file; N are left after the filter
	Factors []Factor
	Action  []int32   // per row, the index over all factors: the last one innermost
	PLog    []float64 // per row, of the logged action
	Reward  []float64
	Cluster []uint64
	Key     []int32 // per row, the place of its text in Keys
	Keys    []string
	X       []float32 // n × Width, row by row; the first feature is 1
	Names   []string  // of the features
	Missing int       // cells of numbers that are not known; they read as the mean
	Uniform bool      // every action had the propensity 1/K in every row

	even []float64 // 1/K, K times
}

// Factor is a factor of the action with its levels, numbers in their order, else by alphabet.
type Factor struct {
	Name, Column string
	Levels       []string
}

// N is the number of rows.
func (l *Log) N() int { return len(l.Reward) }

// K is the number of actions: the product of the levels.
func (l *Log) K() int {
	k := 1
	for _, f := range l.Factors {
		k *= len(f.Levels)
	}
	return k
}

// Width is the number of features, the leading 1 included.
func (l *Log) Width() int { return len(l.Names) }

// Row is the features of row i.
func (l *Log) Row(i int) []float32 { return l.X[i*l.Width() : (i+1)*l.Width()] }

// Levels are the places of an action's levels, per factor.
func (l *Log) Levels(action int) []int {
	at := make([]int, len(l.Factors))
	for f := len(at) - 1; f >= 0; f-- {
		n := len(l.Factors[f].Levels)
		at[f], action = action%n, action/n
	}
	return at
}

// ActionName is the levels of an action with slashes between.
func (l *Log) ActionName(action int) string {
	var names []string
	for f, at := range l.Levels(action) {
		names = append(names, l.Factors[f].Levels[at])
	}
	return strings.Join(names, "/")
}

// maxActions bounds the product of levels.
const maxActions = 1 << 14

// finish orders levels, flattens actions and makes features of cells.
func (r *reader) finish() error {
	l := r.log
	n := l.N()
	l.Action = make([]int32, n)
	for i, a := range r.spec.Actions {
		levels, at := ordered(r.levels[i].list)
		l.Factors = append(l.Factors, Factor{a.Factor, a.Column, levels})
		if l.K() > maxActions {
			return &RowError{r.file, 0, a.Column, fmt.Errorf("gives more than %d actions; is it an id? Group its levels first", maxActions)}
		}
		for j, c := range r.codes[i] {
			l.Action[j] = l.Action[j]*int32(len(levels)) + at[c]
		}
	}
	if r.by >= 0 {
		keys, at := ordered(r.keys.list)
		l.Keys, l.Key = keys, r.codes[len(r.actions)]
		for j, c := range l.Key {
			l.Key[j] = at[c]
		}
	} else {
		l.Keys, l.Key = []string{""}, make([]int32, n)
	}
	l.Uniform = true
	for _, p := range l.PLog {
		l.Uniform = l.Uniform && math.Abs(p*float64(l.K())-1) < 1e-9
	}
	return r.encode()
}

// ordered are the words in order, and for each the place it came to.
func ordered(list []string) ([]string, []int32) {
	number := map[string]float64{}
	for _, w := range list {
		if v, err := strconv.ParseFloat(w, 64); err == nil {
			number[w] = v
		}
	}
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b string) int {
		if len(number) == len(list) {
			return cmp.Or(cmp.Compare(number[a], number[b]), cmp.Compare(a, b))
		}
		return cmp.Compare(a, b)
	})
	at := make([]int32, len(list))
	for i, w := range list {
		at[i] = int32(slices.Index(sorted, w))
	}
	return sorted, at
}
