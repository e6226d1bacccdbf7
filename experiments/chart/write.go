package chart

import (
	"bytes"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Width and Height are the size of a chart in pixels, at 96 to the inch.
const (
	Width  = 900
	Height = 520

	dpi = 96
	px  = vg.Inch / dpi
)

// SVG writes the figure as an SVG document. Text stays text: it names its font and embeds none.
func (f *Figure) SVG(w io.Writer) error {
	c := vgsvg.New(Width*px, Height*px)
	if err := f.draw(draw.New(c)); err != nil {
		return err
	}
	var doc bytes.Buffer
	if _, err := c.WriteTo(&doc); err != nil {
		return err
	}
	_, err := forBrowsers.WriteString(w, doc.String())
	return err
}

// forBrowsers adds what vgsvg leaves out. Without a second font, a browser that lacks Liberation Sans
// takes a serif; Arial and Helvetica have the same widths. Without round joins, a noisy line grows
// spikes. Text cannot match: its quotes and angle brackets are escaped.
var forBrowsers = strings.NewReplacer(
	`style="font-family:Liberation Sans;`, `style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif;`,
	`<svg width`, `<svg stroke-linejoin="round" width`,
)

// PNG writes the figure as a PNG image of Width × Height pixels.
func (f *Figure) PNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(Width*px, Height*px), vgimg.UseDPI(dpi))
	if err := f.draw(draw.New(c)); err != nil {
		return err
	}
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}
