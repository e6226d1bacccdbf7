// Package chart draws learning curves: as SVG for a page, as PNG for a document and as one line of
// block characters for a terminal.
//
//	fig := chart.Figure{
//		Title: "Euro per case and week", X: "week", Y: "euro",
//		Lines: []chart.Line{
//			{Name: "ladder", X: weeks, Y: ladder},
//			{Name: "thompson", X: weeks, Y: mean, Lo: lo, Hi: hi}, // with its 95 % band
//		},
//	}
//	err := fig.SVG(file)              // or fig.PNG(file): 900×520 pixels, same figure, same bytes
//	fmt.Println(chart.Spark(mean))    // ▁▂▂▃▅▅▆▇█
//
// A line differs from its neighbours by colour and by dash, so a chart can be read by people who are
// colour-blind and in a black-and-white print.
package chart
