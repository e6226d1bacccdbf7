package logged

import (
	"fmt"
	"math"
)

// rare is the number of rows below which a level of a category joins "other": 20, or half a percent.
func rare(n int) int { return max(20, n/200) }

// maxWidth bounds the features.
const maxWidth = 2000

// column is one feature, ready for the matrix.
type column struct {
	name string
	at   func(row int) float32
}

// encode makes the features: a leading 1, numbers with mean 0 and standard deviation 1 over the file, what is
// not known as 0, and one 0/1 feature per level of a category.
func (r *reader) encode() error {
	l, n := r.log, r.log.N()
	columns := []column{{"1", func(int) float32 { return 1 }}}
	for i, f := range r.spec.Features {
		if f.Category {
			columns = append(columns, r.category(i)...)
			continue
		}
		mean, sd, known := moments(r.values[i])
		l.Missing += n - known
		v := r.values[i]
		columns = append(columns, column{f.Column, func(row int) float32 {
			if math.IsNaN(v[row]) || sd == 0 {
				return 0
			}
			return float32((v[row] - mean) / sd)
		}})
	}
	if len(columns) > maxWidth {
		return fmt.Errorf("%s: %d features, at most %d are used; leave categories of many levels out of the spec", r.file, len(columns), maxWidth)
	}
	l.X = make([]float32, n*len(columns))
	for j, c := range columns {
		l.Names = append(l.Names, c.name)
		for i := range n {
			l.X[i*len(columns)+j] = c.at(i)
		}
	}
	return nil
}

// category is a 0/1 feature per level; levels of few rows share one.
func (r *reader) category(i int) []column {
	codes, list := r.values[i], r.words[i].list
	count := make([]int, len(list))
	for _, c := range codes {
		count[int(c)]++
	}
	name := r.spec.Features[i].Column + "="
	sorted, place := ordered(list)
	byPlace := make([]int, len(list))
	for code, p := range place {
		byPlace[p] = code
	}
	var columns []column
	other := make([]bool, len(list))
	few := false
	for p, level := range sorted {
		code := byPlace[p]
		if count[code] < rare(len(codes)) {
			other[code], few = true, true
			continue
		}
		columns = append(columns, column{name + level, func(row int) float32 { return bit(int(codes[row]) == code) }})
	}
	if few {
		columns = append(columns, column{name + "(other)", func(row int) float32 { return bit(other[int(codes[row])]) }})
	}
	return columns
}

func bit(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// moments are mean and standard deviation of the known values, and how many they are.
func moments(v []float64) (mean, sd float64, known int) {
	spread := 0.
	for _, x := range v {
		if math.IsNaN(x) {
			continue
		}
		known++
		d := x - mean
		mean += d / float64(known)
		spread += d * (x - mean)
	}
	if known < 2 {
		return mean, 0, known
	}
	return mean, math.Sqrt(spread / float64(known-1)), known
}
