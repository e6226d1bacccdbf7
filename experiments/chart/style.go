package chart

import (
	"image/color"

	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	margin = 12 * px
	gap    = 18 * px
	spare  = 1.15 // a browser with neither Liberation nor Arial may take a wider font, like DejaVu
	xTicks = 12   // at most about so many
	yTicks = 7
	name   = 32 // runes of a line's name in the legend
)

// colours is the palette of Okabe and Ito (jfly.uni-koeln.de/color), the strongest first. Its yellow
// is left out: on white it vanishes.
var colours = [...]color.NRGBA{
	{0x00, 0x72, 0xB2, 255}, // blue
	{0xD5, 0x5E, 0x00, 255}, // vermillion
	{0x00, 0x9E, 0x73, 255}, // bluish green
	{0xCC, 0x79, 0xA7, 255}, // reddish purple
	{0xE6, 0x9F, 0x00, 255}, // orange
	{0x00, 0x00, 0x00, 255}, // black
	{0x56, 0xB4, 0xE9, 255}, // sky blue
}

// dashes has five entries, coprime to seven colours: 35 pairs before one comes again.
var dashes = [...][]vg.Length{
	nil,
	{8 * px, 3 * px},
	{2 * px, 2.5 * px},
	{10 * px, 3 * px, 2 * px, 3 * px},
	{4 * px, 2 * px},
}

var (
	ink  = color.Gray{Y: 0x22}
	soft = color.Gray{Y: 0x55}
	grid = color.Gray{Y: 0xE4}
)

func stroke(i int) draw.LineStyle {
	return draw.LineStyle{Color: colours[i%len(colours)], Width: 2 * px, Dashes: dashes[i%len(dashes)]}
}

func dot(i int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: colours[i%len(colours)], Radius: 2.5 * px, Shape: draw.CircleGlyph{}}
}

func shade(i int) color.Color {
	c := colours[i%len(colours)]
	c.A = 36
	return c
}

func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

func newPlot(f *Figure) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.X, f.Y
	p.Title.TextStyle.Font = sans(17 * px)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.Title.TextStyle.Color = ink
	p.Title.Padding = 14 * px
	styleAxis(&p.X, xTicks)
	styleAxis(&p.Y, yTicks)
	p.X.LineStyle = draw.LineStyle{Color: soft, Width: px}
	p.X.Tick.LineStyle, p.X.Tick.Length = p.X.LineStyle, 5*px
	p.Y.LineStyle.Width, p.Y.Tick.Length = 0, 0 // the grid says it
	p.Add(&plotter.Grid{Horizontal: draw.LineStyle{Color: grid, Width: px}})
	return p
}

func styleAxis(a *plot.Axis, most int) {
	a.Label.TextStyle.Font, a.Label.TextStyle.Color = sans(14*px), ink
	a.Label.Padding = 6 * px
	a.Tick.Label.Font, a.Tick.Label.Color = sans(13*px), soft
	a.Tick.Marker = ticks(most)
	a.Padding = 0
}

func newLegend() plot.Legend {
	l := plot.NewLegend()
	l.Top, l.Left = true, true
	l.TextStyle.Font, l.TextStyle.Color = sans(13*px), ink
	l.ThumbnailWidth, l.Padding, l.YPosition = 40*px, 9*px, draw.PosCenter
	return l
}

// sample is line i in the legend. It ends before its cell does: gonum sets the name right behind.
type sample struct {
	i    int
	band bool
}

// Thumbnail implements plot.Thumbnailer.
func (s sample) Thumbnail(c *draw.Canvas) {
	end := c.Max.X - 5*px
	if s.band {
		c.FillPolygon(shade(s.i), corners(vg.Rectangle{Min: c.Min, Max: vg.Point{X: end, Y: c.Max.Y}}))
	}
	c.StrokeLine2(stroke(s.i), c.Min.X, c.Center().Y, end, c.Center().Y)
}

// short keeps a long name from taking the curves' room.
func short(s string) string {
	if r := []rune(s); len(r) > name {
		return string(r[:name-1]) + "…"
	}
	return s
}
