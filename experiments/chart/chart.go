package chart

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is one curve. Points that are not finite are left out and leave a gap, so that nothing is
// drawn where nothing was measured.
type Line struct {
	Name   string // in the legend, unless empty
	X, Y   []float64
	Lo, Hi []float64 // a 95 % band around Y; both nil: none
}

// Figure is a title, the labels of two axes and the lines between them. The first 35 lines differ in
// colour or dash; past seven or so a reader loses track anyway.
type Figure struct {
	Title, X, Y string
	Lines       []Line
}

// ErrEmpty says that a figure has no finite point to draw.
var ErrEmpty = errors.New("chart: the figure has no point to draw")

func (f *Figure) check() error {
	if err := checkText(f.Title, f.X, f.Y); err != nil {
		return err
	}
	for i := range f.Lines {
		if err := f.Lines[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Line) check() error {
	if len(l.X) != len(l.Y) {
		return fmt.Errorf("chart: line %q has %d X and %d Y", l.Name, len(l.X), len(l.Y))
	}
	if l.Lo == nil && l.Hi == nil {
		return checkText(l.Name)
	}
	if len(l.Lo) != len(l.Y) || len(l.Hi) != len(l.Y) {
		return fmt.Errorf("chart: line %q has %d Y, %d Lo and %d Hi", l.Name, len(l.Y), len(l.Lo), len(l.Hi))
	}
	return checkText(l.Name)
}

// checkText refuses what XML cannot hold; a name may come from a file.
func checkText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("chart: the text %q has control characters or is not UTF-8", s)
		}
	}
	return nil
}
