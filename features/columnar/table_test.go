package columnar_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"takt/features/columnar"
	"takt/features/columnar/columnartest"
)

// odd is a table of every kind with awkward values: empty texts and lists, NaN, the ends of ranges.
func odd(t *testing.T, part int) *columnar.Table {
	t.Helper()
	v := &columnar.Table{Columns: []columnar.Column{
		{Name: "text", Kind: columnar.Text, Texts: []string{"", "Jürgen \"ß\",\n2", "D-9"}},
		{Name: "at", Kind: columnar.Instant, Ints: []int64{0, 1757322720123456 + int64(part), -1}},
		{Name: "n", Kind: columnar.Integer, Ints: []int64{math.MinInt64, 0, math.MaxInt64}},
		{Name: "flag", Kind: columnar.Flag, Flags: []bool{true, false, part == 1}},
		{Name: "number", Kind: columnar.Number, Numbers: []float64{math.NaN(), math.Copysign(0, -1), .1 + .2}},
		{Name: "single", Kind: columnar.Single, Singles: []float32{float32(math.NaN()), .1, math.MaxFloat32}},
		{Name: "list", Kind: columnar.Integers, Indices: []int32{0, 7, math.MaxInt32}, Ends: []int{0, 2, 3}},
		{Name: "p", Kind: columnar.Numbers, Numbers: []float64{.25, .75, 1. / 3}, Ends: []int{0, 2, 3}},
	}}
	if err := v.Validate(); err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever is written in two parts and an empty one comes back as one table, in every format.
func TestTableRoundTrip(t *testing.T) {
	var parts []*columnar.Table
	want := odd(t, 1)
	parts = append(parts, odd(t, 1), &columnar.Table{}, odd(t, 2))
	for _, c := range want.Columns {
		parts[1].Columns = append(parts[1].Columns, columnar.Column{Name: c.Name, Kind: c.Kind})
	}
	join(want, parts[2])
	meta := columnar.Meta{"b": "2", "a": "ä"}
	for name, f := range map[string]func(*bytes.Buffer) (columnar.Writer, error){
		"parquet": func(b *bytes.Buffer) (columnar.Writer, error) { return columnar.NewParquet(b, want, meta) },
		"arrow":   func(b *bytes.Buffer) (columnar.Writer, error) { return columnar.NewArrow(b, want, meta) },
		"csv":     func(b *bytes.Buffer) (columnar.Writer, error) { return columnar.NewCSV(b, want) },
	} {
		var b bytes.Buffer
		w, err := f(&b)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			if err := w.Write(p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var got *columnar.Table
		notes := meta
		switch name {
		case "parquet":
			got, notes, err = columnartest.ReadParquet(b.Bytes(), want.Columns)
		case "arrow":
			got, notes, err = columnartest.ReadArrow(b.Bytes(), want.Columns)
		default:
			got, err = columnartest.ReadCSV(b.Bytes(), want.Columns)
		}
		if err != nil || notes["a"] != "ä" || notes["b"] != "2" {
			t.Fatalf("%s: notes %v, %v", name, notes, err)
		}
		columnartest.Same(t, got, want)
	}
}

func join(dst, more *columnar.Table) {
	for i := range dst.Columns {
		c, m := &dst.Columns[i], &more.Columns[i]
		base := len(c.Indices)
		if c.Kind == columnar.Numbers {
			base = len(c.Numbers)
		}
		c.Texts, c.Ints, c.Flags = append(c.Texts, m.Texts...), append(c.Ints, m.Ints...), append(c.Flags, m.Flags...)
		c.Numbers, c.Singles, c.Indices = append(c.Numbers, m.Numbers...), append(c.Singles, m.Singles...), append(c.Indices, m.Indices...)
		for _, e := range m.Ends {
			c.Ends = append(c.Ends, base+e)
		}
	}
}

func TestBadTablesAreRefused(t *testing.T) {
	for want, c := range map[string]columnar.Column{
		"no name":           {Kind: columnar.Flag, Flags: make([]bool, 3)},
		"no known kind":     {Name: "x"},
		"has 1 rows":        {Name: "x", Kind: columnar.Number, Numbers: []float64{1}},
		"end at 4 of 2":     {Name: "x", Kind: columnar.Numbers, Numbers: []float64{1, 2}, Ends: []int{0, 1, 4}},
		"end at 2 of 2 val": {Name: "x", Kind: columnar.Integers, Indices: []int32{1, 2}, Ends: []int{3, 1, 2}},
	} {
		v := odd(t, 1)
		v.Columns = append(v.Columns, c)
		if _, err := columnar.NewParquet(&bytes.Buffer{}, v, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The bytes that the published format (version 1.0) prescribes for [[1,2],[3,4],[5,6]] as <f4.
func TestArrayIsNumPys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	a, err := columnar.CreateArray(path, "<f4", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]float32{{1, 2}, {3, 4}, {5, 6}} {
		if err := a.Append(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dict := "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"
	want := "\x93NUMPY\x01\x00\x76\x00" + dict + strings.Repeat(" ", 127-10-len(dict)) + "\n" +
		"\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40\x00\x00\xa0\x40\x00\x00\xc0\x40"
	if string(got) != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestArrayRoundTrip(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []struct {
		descr string
		row   []int
		rows  int
		value any
	}{
		{"<f8", nil, 3, []float64{1, math.NaN(), 3}}, {"<f8", nil, 0, []float64{}}, {"|b1", []int{2, 3}, 1, make([]bool, 6)}, {"<i8", []int{0}, 0, []int64{}},
		{"<M8[us]", nil, 2, []int64{0, 1}}, {"<U3", nil, 2, []int32{'a', 'ß', 0, 'b', 0, 0}}, {"<i4", []int{5}, 2, make([]int32, 10)},
	} {
		path := filepath.Join(dir, string(rune('a'+i)))
		a, err := columnar.CreateArray(path, c.descr, c.row...)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Append(c.value); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		descr, shape, _, err := columnar.ReadArray(f)
		f.Close()
		if err != nil || descr != c.descr || !slices.Equal(shape, append([]int{c.rows}, c.row...)) {
			t.Errorf("%v: got %s %v, %v", c, descr, shape, err)
		}
	}
	for _, bad := range []string{"", "f4", "<U0", "<U", "<c8"} {
		if _, err := columnar.CreateArray(filepath.Join(dir, "z"), bad); err == nil {
			t.Errorf("dtype %q was taken", bad)
		}
	}
	a, err := columnar.CreateArray(filepath.Join(dir, "z"), "<f4", 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Append([]float32{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if a.Close() == nil {
		t.Error("one and a half rows were closed")
	}
	for _, bad := range []string{"", "\x93NUMPY\x02\x00", "\x93NUMPY\x01\x00\xff\xff{}", "\x93NUMPY\x01\x00\x36\x00" + strings.Repeat(" ", 53) + "\n"} {
		if _, _, _, err := columnar.ReadArray(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
