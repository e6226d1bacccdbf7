package chart

import "math"

var levels = [...]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}

const middle = 3 // ▄ fills half of its cell

// Spark draws y in one line of text, one rune per value, from its least value ▁ to its greatest █. A
// value that is not finite is a blank; equal values are half high.
func Spark(y []float64) string {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if finite(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	line := make([]rune, len(y))
	for i, v := range y {
		line[i] = level(v, lo, hi)
	}
	return string(line)
}

func level(v, lo, hi float64) rune {
	switch {
	case !finite(v):
		return ' '
	case lo == hi:
		return levels[middle]
	}
	t := (v/2 - lo/2) / (hi/2 - lo/2) // halves: hi − lo may overflow
	return levels[int(math.Round(t*float64(len(levels)-1)))]
}
