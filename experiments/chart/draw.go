package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// draw puts the plot on the left and the legend on the right of c, so that no name hides a curve.
func (f *Figure) draw(c draw.Canvas) error {
	if err := f.check(); err != nil {
		return err
	}
	p, legend := newPlot(f), newLegend()
	for i := range f.Lines {
		f.Lines[i].addBand(p, i) // all bands below all lines
	}
	for i := range f.Lines {
		f.Lines[i].add(p, &legend, i)
	}
	if p.X.Min > p.X.Max {
		return ErrEmpty
	}
	widen(&p.X)
	widen(&p.Y)
	p.Y.Min, p.Y.Max = round(p.Y.Min, p.Y.Max, yTicks)

	c.FillPolygon(p.BackgroundColor, corners(c.Rectangle))
	c = draw.Crop(c, margin, -margin, margin, -margin)
	side := legend.Rectangle(c).Size().X*spare + gap
	p.Draw(draw.Crop(c, 0, -side, 0, 0))
	legend.Draw(draw.Crop(c, c.Size().X-side+gap, 0, 0, -below(p)))
	return nil
}

// below is where the area of the data begins, counted from the top: the legend starts there too.
func below(p *plot.Plot) vg.Length {
	if p.Title.Text == "" {
		return 0
	}
	return p.Title.TextStyle.Height(p.Title.Text) + p.Title.Padding
}

// widen gives an axis with a single value some room on both sides.
func widen(a *plot.Axis) {
	if a.Min == a.Max {
		room := math.Max(math.Abs(a.Min)/20, 1)
		a.Min, a.Max = a.Min-room, a.Max+room
	}
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}

// add draws the line, run by run; a run of one point is a dot.
func (l *Line) add(p *plot.Plot, legend *plot.Legend, i int) {
	for _, run := range l.runs(l.Y) {
		xys := l.points(run, l.Y)
		if len(xys) == 1 {
			p.Add(&plotter.Scatter{XYs: xys, GlyphStyle: dot(i)})
			continue
		}
		p.Add(&plotter.Line{XYs: xys, LineStyle: stroke(i)})
	}
	if l.Name != "" {
		legend.Add(short(l.Name), sample{i, l.Lo != nil})
	}
}

// addBand draws the band: out along Lo, back along Hi. A run of one point has no area and no band.
func (l *Line) addBand(p *plot.Plot, i int) {
	if l.Lo == nil {
		return
	}
	for _, run := range l.runs(l.Y, l.Lo, l.Hi) {
		ring := l.points(run, l.Lo)
		back := l.points(run, l.Hi)
		for j := len(back) - 1; j >= 0; j-- {
			ring = append(ring, back[j])
		}
		p.Add(&plotter.Polygon{XYs: []plotter.XYs{ring}, Color: shade(i)})
	}
}

// runs are the half-open ranges of indices in which X and all of ys are finite.
func (l *Line) runs(ys ...[]float64) (runs [][2]int) {
	open := false
	for i := range l.X {
		ok := finite(l.X[i])
		for _, y := range ys {
			ok = ok && finite(y[i])
		}
		if ok && !open {
			runs = append(runs, [2]int{i, i})
		}
		if ok {
			runs[len(runs)-1][1] = i + 1
		}
		open = ok
	}
	return runs
}

func (l *Line) points(run [2]int, y []float64) plotter.XYs {
	xys := make(plotter.XYs, 0, run[1]-run[0])
	for i := run[0]; i < run[1]; i++ {
		xys = append(xys, plotter.XY{X: l.X[i], Y: y[i]})
	}
	return xys
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
