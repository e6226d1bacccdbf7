package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"takt/features/columnar"
	"takt/features/history"
)

// sameArrays holds a directory of arrays against the table of another format.
func sameArrays(t *testing.T, dir fs.FS, want *columnar.Table, sum Summary) {
	t.Helper()
	n, d, k := want.Rows(), len(sum.Features), len(sum.Actions)
	x := array[float32](t, dir, "X", "<f4", n, d)
	flags := array[bool](t, dir, "eligible", "|b1", n, k)
	dense := array[float64](t, dir, "propensities", "<f8", n, k)
	at := 0
	var eligible *columnar.Column
	for i := range want.Columns {
		c := &want.Columns[i]
		switch c.Kind {
		case columnar.Single:
			for row, v := range c.Singles {
				if got := x[row*d+at]; got != v && (got == got || v == v) {
					t.Errorf("X[%d,%d] is %v, want %v", row, at, got, v)
				}
			}
			if at++; c.Name != XPrefix+sum.Features[at-1] {
				t.Errorf("column %d of X is %s", at-1, sum.Features[at-1])
			}
		case columnar.Text:
			if got := unicode(t, dir, c.Name, n); !slices.Equal(got, c.Texts) {
				t.Errorf("%s is %v, want %v", c.Name, got, c.Texts)
			}
		case columnar.Integers:
			eligible = c
		case columnar.Numbers:
			sameDense(t, eligible, c, flags, dense, k)
		case columnar.Number:
			got := array[float64](t, dir, c.Name, "<f8", n)
			if !slices.EqualFunc(got, c.Numbers, func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Errorf("%s is %v, want %v", c.Name, got, c.Numbers)
			}
		case columnar.Flag:
			if got := array[bool](t, dir, c.Name, "|b1", n); !slices.Equal(got, c.Flags) {
				t.Errorf("%s is %v, want %v", c.Name, got, c.Flags)
			}
		default:
			descr := "<i8"
			if c.Kind == columnar.Instant {
				descr = "<M8[us]"
			}
			if got := array[int64](t, dir, c.Name, descr, n); !slices.Equal(got, c.Ints) {
				t.Errorf("%s is %v, want %v", c.Name, got, c.Ints)
			}
		}
	}
	b, err := fs.ReadFile(dir, "names.json")
	if err != nil {
		t.Fatal(err)
	}
	var names names
	if err := json.Unmarshal(b, &names); err != nil || !slices.Equal(names.Features, sum.Features) || len(names.Actions) != k || names.Actions[k-1].Name != sum.Actions[k-1] {
		t.Errorf("names.json %s, %v", b, err)
	}
	files, err := fs.ReadDir(dir, ".")
	if err != nil || len(files) != len(want.Columns)-d+2 {
		t.Errorf("%d files for %d columns, %d of them of X: %v", len(files), len(want.Columns), d, err)
	}
}

// sameDense holds matrices over all actions against the lists of eligible ones; rows sum to 1.
func sameDense(t *testing.T, eligible, p *columnar.Column, flags []bool, dense []float64, k int) {
	t.Helper()
	from := 0
	for row, to := range eligible.Ends {
		total, count := 0., 0
		for a := range k {
			total += dense[row*k+a]
			if flags[row*k+a] {
				count++
			}
		}
		for j := from; j < to; j++ {
			if a := int(eligible.Indices[j]); !flags[row*k+a] || dense[row*k+a] != p.Numbers[j] {
				t.Errorf("row %d, action %d: %v with %v, want %v", row, a, flags[row*k+a], dense[row*k+a], p.Numbers[j])
			}
		}
		if count != to-from || math.Abs(total-1) > 1e-12 {
			t.Errorf("row %d: %d eligible of %d, propensities sum to %v", row, count, to-from, total)
		}
		from = to
	}
}

// array reads one file of the dtype and shape.
func array[T any](t *testing.T, dir fs.FS, name, descr string, shape ...int) []T {
	t.Helper()
	f, err := dir.Open(name + ".npy")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, has, b, err := columnar.ReadArray(f)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(descr, "<U") {
		shape = append(shape, len(b)/4/max(shape[0], 1))
		has, descr = append(has, shape[1]), got
	}
	size := 1
	for _, n := range shape {
		size *= n
	}
	if got != descr || !slices.Equal(has, shape) {
		t.Fatalf("%s is %s of shape %v, want %s of %v", name, got, has, descr, shape)
	}
	values := make([]T, size)
	if _, err := binary.Decode(b, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return values
}

// unicode reads an array of texts: UTF-32, filled up with zeros.
func unicode(t *testing.T, dir fs.FS, name string, n int) []string {
	t.Helper()
	wide := array[int32](t, dir, name, "<U", n)
	var list []string
	for i := range n {
		w := len(wide) / n
		list = append(list, strings.TrimRight(string([]rune(wide[i*w:(i+1)*w])), "\x00"))
	}
	return list
}

// archived exports an archive, holds it against the table, and sees its scratch directory emptied.
func archived(t *testing.T, src history.Scanner, o Options, want *columnar.Table, sum Summary) {
	t.Helper()
	var b bytes.Buffer
	scratch := t.TempDir()
	if _, err := Write(context.Background(), src, o, NPZ(&b, scratch)); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Method != zip.Store {
			t.Errorf("%s is compressed", f.Name)
		}
	}
	sameArrays(t, z, want, sum)
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("%d files left in the scratch directory, %v", len(left), err)
	}
}
