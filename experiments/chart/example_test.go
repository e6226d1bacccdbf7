package chart_test

import (
	"bytes"
	"fmt"

	"takt/experiments/chart"
)

func Example() {
	weeks, mean := []float64{1, 2, 3, 4}, []float64{37, 52, 61, 66}
	fig := chart.Figure{
		Title: "Euro per case and week", X: "week", Y: "euro",
		Lines: []chart.Line{
			{Name: "ladder", X: weeks, Y: []float64{38, 37, 39, 38}},
			{Name: "thompson", X: weeks, Y: mean, Lo: []float64{33, 49, 59, 64}, Hi: []float64{41, 55, 63, 68}},
		},
	}
	var page bytes.Buffer // or a file
	if err := fig.SVG(&page); err != nil {
		fmt.Println(err)
	}
	fmt.Println(bytes.Contains(page.Bytes(), []byte("thompson")), chart.Spark(mean))
	// Output: true ▁▅▇█
}
