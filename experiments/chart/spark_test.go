package chart_test

import (
	"math"
	"testing"

	"takt/experiments/chart"
)

func TestSpark(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, y := range map[string][]float64{
		"":         nil,
		"▁▂▃▄▅▆▇█": {1, 2, 3, 4, 5, 6, 7, 8},
		"█▁":       {7, -7},
		"▁ █ ":     {0, nan, 1, inf},
		"▄▄▄":      {3, 3, 3},
		"▄":        {0},
		"  ":       {nan, nan},
		"▁█▅":      {-math.MaxFloat64, math.MaxFloat64, 0},
	} {
		if got := chart.Spark(y); got != want {
			t.Errorf("Spark(%v) = %q, want %q", y, got, want)
		}
	}
}
