package chart

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// ticks marks an axis at multiples of 1, 2 or 5 times a power of ten, at most about so many times.
// gonum's own marker wants three labels, too few for this size.
type ticks int

// Ticks implements plot.Ticker.
func (n ticks) Ticks(min, max float64) []plot.Tick {
	step := stepOf(min, max, int(n))
	first := math.Ceil(min/step - slack)
	var marks []plot.Tick
	for k := 0; k <= int(n)+1; k++ {
		v := (first+float64(k))*step + 0 // + 0: no "-0"
		if v > max+slack*step {
			break
		}
		marks = append(marks, plot.Tick{Value: v, Label: label(v, step)})
	}
	return marks
}

// slack forgives the rounding of 3·0.1 > 0.3, in steps.
const slack = 1e-9

// stepOf is the smallest nice step that cuts min…max into at most n parts.
func stepOf(min, max float64, n int) float64 {
	raw := (max - min) / float64(n)
	power := math.Pow10(int(math.Floor(math.Log10(raw))))
	for _, nice := range []float64{1, 2, 5} {
		if nice*power >= raw*(1-slack) {
			return nice * power
		}
	}
	return 10 * power
}

// round moves both ends outwards to the next mark, so that the grid closes the area.
func round(min, max float64, n int) (float64, float64) {
	step := stepOf(min, max, n)
	return math.Floor(min/step+slack) * step, math.Ceil(max/step-slack) * step
}

// label writes a mark with the digits its step needs. Only the step decides, so one axis has one format.
func label(v, step float64) string {
	if step < 1e-4 || step >= 1e7 {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	digits := math.Max(0, -math.Floor(math.Log10(step)+slack))
	return strconv.FormatFloat(v, 'f', int(digits), 64)
}
