package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"takt/experiments/chart"
)

var keep = flag.String("keep", "", "folder to keep the charts in, to look at them")

// curves is a figure like the simulator's: n policies over 23 weeks, values near 37 to 73, one week
// of the second missing.
func curves(n int) *chart.Figure {
	rng := rand.New(rand.NewPCG(1, 2))
	f := &chart.Figure{Title: "Euro recovered per case, by week", X: "week", Y: "euro per case"}
	for i := range n {
		l := chart.Line{Name: fmt.Sprintf("policy %d <&\"'>", i)}
		top := 40 + 33*float64(i%5)/4
		for w := range 23 {
			y := 38 + (top-38)*(1-math.Exp(-float64(w)/6)) + rng.NormFloat64()
			if i == 1 && w == 9 {
				y = math.NaN()
			}
			l.X, l.Y = append(l.X, float64(w+1)), append(l.Y, y)
			l.Lo, l.Hi = append(l.Lo, y-2.4), append(l.Hi, y+2.4)
		}
		f.Lines = append(f.Lines, l)
	}
	return f
}

func render(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Many at once: the fonts of gonum are shared.
func TestSameBytes(t *testing.T) {
	svg, img := render(t, curves(4).SVG), render(t, curves(4).PNG)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var s, p bytes.Buffer
			f := curves(4)
			if err := errors.Join(f.SVG(&s), f.PNG(&p)); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(s.Bytes(), svg) || !bytes.Equal(p.Bytes(), img) {
				t.Error("the same figure gave other bytes")
			}
		})
	}
	wg.Wait()
	if *keep != "" {
		save(t, "curves.svg", svg)
		save(t, "curves.png", img)
		save(t, "nine.png", render(t, curves(9).PNG))
	}
}

func save(t *testing.T, name string, b []byte) {
	if err := os.WriteFile(filepath.Join(*keep, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSVG(t *testing.T) {
	b := render(t, curves(4).SVG)
	if len(b) > 60_000 {
		t.Errorf("the SVG has %d bytes", len(b))
	}
	var text []string
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			text = append(text, strings.TrimSpace(string(c)))
		}
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{"Euro recovered per case, by week", "week", "euro per case", `policy 3 <&"'>`, "70"} {
		if !strings.Contains(all, want) {
			t.Errorf("no text %q in the SVG", want)
		}
	}
	if s := string(b); strings.Contains(s, "NaN") || strings.Count(s, "<text") != strings.Count(s, "Arial,Helvetica,sans-serif") {
		t.Error("a NaN, or a text without a font that every browser has")
	}
}

func TestPNG(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(render(t, curves(4).PNG)))
	if err != nil {
		t.Fatal(err)
	}
	if r := img.Bounds(); r.Dx() != chart.Width || r.Dy() != chart.Height {
		t.Errorf("the size is %v", r)
	}
	seen := map[color.Color]int{}
	for y := range chart.Height {
		for x := range chart.Width {
			seen[img.At(x, y)]++
		}
	}
	for _, c := range []color.RGBA{{0, 0x72, 0xB2, 255}, {0xD5, 0x5E, 0, 255}, {0, 0x9E, 0x73, 255}, {0xCC, 0x79, 0xA7, 255}} {
		if seen[c] < 100 {
			t.Errorf("%d pixels have the colour %v", seen[c], c)
		}
	}
}

// Each is a figure that could make an axis without length, or a mark without end.
func TestOddFigures(t *testing.T) {
	nan := math.NaN()
	for name, l := range map[string]chart.Line{
		"one point":      {X: []float64{1}, Y: []float64{2}},
		"constant":       {X: []float64{1, 2}, Y: []float64{5e6, 5e6}},
		"lone points":    {X: []float64{1, 2, 3}, Y: []float64{1, nan, 2}, Lo: []float64{0, nan, 1}, Hi: []float64{2, nan, 3}},
		"infinite":       {X: []float64{1, 2, 3}, Y: []float64{1, math.Inf(1), 2}},
		"hair's breadth": {X: []float64{1, 2}, Y: []float64{1e15, math.Nextafter(1e15, 2e15)}},
		"tiny":           {X: []float64{0, 1e-12}, Y: []float64{-1e-300, 1e-300}},
		"huge":           {X: []float64{0, 1e12}, Y: []float64{-1e300, 1e300}},
		"long name":      {Name: strings.Repeat("policy ", 40), X: []float64{1, 2}, Y: []float64{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &chart.Figure{Lines: []chart.Line{l}}
			if s := string(render(t, f.SVG)); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Error("the SVG has a coordinate that is not finite")
			}
			img := render(t, f.PNG)
			if *keep != "" {
				save(t, name+".png", img)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	one := []float64{1}
	for want, f := range map[string]chart.Figure{
		"no point to draw":                  {},
		`"a" has 1 X and 2 Y`:               {Lines: []chart.Line{{Name: "a", X: one, Y: []float64{1, 2}}}},
		`"b" has 1 Y, 1 Lo and 0 Hi`:        {Lines: []chart.Line{{Name: "b", X: one, Y: one, Lo: one}}},
		"has control characters or is not ": {Title: "a\x00", Lines: []chart.Line{{X: one, Y: one}}},
	} {
		for _, write := range []func(io.Writer) error{f.SVG, f.PNG} {
			if err := write(io.Discard); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want … %s …", err, want)
			}
		}
	}
	blank := chart.Figure{Lines: []chart.Line{{X: one, Y: []float64{math.NaN()}}}}
	if err := blank.SVG(io.Discard); !errors.Is(err, chart.ErrEmpty) {
		t.Errorf("the error is %v", err)
	}
	if err := curves(1).PNG(broken{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the error is %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
