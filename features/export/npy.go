package export

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"takt/features/columnar"
)

// NPY writes a directory of NumPy arrays, one .npy per column of n values under its column's name, but for
// these: X, float32 [n,d], is the context; eligible, bool [n,k], and propensities, float64 [n,k], have
// one place per action, 0 where it was not eligible. names.json names the features and actions of the
// places. The directory must exist; where every action is eligible, n rows take about 9·k·n bytes.
func NPY(dir string) Sink {
	return func(p *Plan) (columnar.Writer, error) {
		n := &numpy{dir: dir, k: len(p.Actions), arrays: map[string]*columnar.Array{}, texts: map[string]*texts{}}
		err := n.open(p)
		if err != nil {
			n.abandon()
		}
		return n, err
	}
}

// NPZ writes the files of [NPY] into one archive that numpy.load reads. They grow in the directory scratch
// first, which is emptied at the end.
func NPZ(w io.Writer, scratch string) Sink {
	return func(p *Plan) (columnar.Writer, error) {
		inner, err := NPY(scratch)(p)
		if err != nil {
			return nil, err
		}
		return &archive{inner, w, scratch}, nil
	}
}

// names is names.json.
type names struct {
	Tenant   string    `json:"tenant"`
	AsOf     time.Time `json:"as_of"`
	Features []string  `json:"features"` // of the columns of X
	Actions  []Action  `json:"actions"`  // of the columns of eligible and propensities, and of action
}

// numpy is a directory of arrays that grow.
type numpy struct {
	dir    string
	d, k   int
	arrays map[string]*columnar.Array
	texts  map[string]*texts
	x      []float32
	flags  []bool
	dense  []float64
}

var dtypes = map[columnar.Kind]string{columnar.Instant: "<M8[us]", columnar.Integer: "<i8", columnar.Flag: "|b1", columnar.Number: "<f8"}

func (n *numpy) open(p *Plan) error {
	b, err := json.MarshalIndent(names{p.Tenant, p.AsOf, p.Features, p.Actions}, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(n.dir, "names.json"), append(b, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write names.json: %w", err)
	}
	for _, c := range p.Columns() {
		switch {
		case isX(&c):
			n.d++
		case c.Kind == columnar.Text:
			n.texts[c.Name], err = spool(n.path(c.Name))
		case c.Kind == columnar.Integers:
			err = n.create(c.Name, "|b1", n.k)
		case c.Kind == columnar.Numbers:
			err = n.create(c.Name, "<f8", n.k)
		default:
			err = n.create(c.Name, dtypes[c.Kind])
		}
		if err != nil {
			return err
		}
	}
	return n.create("X", "<f4", n.d)
}

func (n *numpy) path(name string) string { return filepath.Join(n.dir, name+".npy") }

func (n *numpy) create(name, descr string, row ...int) (err error) {
	a, err := columnar.CreateArray(n.path(name), descr, row...)
	if err == nil {
		n.arrays[name] = a
	}
	return err
}

// Write adds the rows of t.
func (n *numpy) Write(t *columnar.Table) error {
	if err := t.Validate(); err != nil {
		return err
	}
	n.x = resize(n.x, t.Rows()*n.d)
	at := 0
	var eligible *columnar.Column
	for i := range t.Columns {
		c := &t.Columns[i]
		var err error
		switch {
		case isX(c):
			for j, v := range c.Singles {
				n.x[j*n.d+at] = v
			}
			at++
		case c.Kind == columnar.Text:
			err = n.texts[c.Name].append(c.Texts)
		case c.Kind == columnar.Integers:
			eligible = c
			n.flags = resize(n.flags, t.Rows()*n.k)
			places(c, n.k, func(place, _ int) { n.flags[place] = true })
			err = n.arrays[c.Name].Append(n.flags)
		case c.Kind == columnar.Numbers: // its values stand where eligible says
			n.dense = resize(n.dense, t.Rows()*n.k)
			places(eligible, n.k, func(place, j int) { n.dense[place] = c.Numbers[j] })
			err = n.arrays[c.Name].Append(n.dense)
		case c.Kind == columnar.Number:
			err = n.arrays[c.Name].Append(c.Numbers)
		case c.Kind == columnar.Flag:
			err = n.arrays[c.Name].Append(c.Flags)
		default:
			err = n.arrays[c.Name].Append(c.Ints)
		}
		if err != nil {
			return fmt.Errorf("write array %s: %w", c.Name, err)
		}
	}
	return n.arrays["X"].Append(n.x)
}

// places hands f where in a matrix of k columns each value of a list of indices stands, and its number.
func places(c *columnar.Column, k int, f func(place, j int)) {
	from := 0
	for i, to := range c.Ends {
		for j := from; j < to; j++ {
			f(i*k+int(c.Indices[j]), j)
		}
		from = to
	}
}

func resize[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// Close completes all arrays.
func (n *numpy) Close() error {
	var errs []error
	for _, a := range n.arrays {
		errs = append(errs, a.Close())
	}
	for _, t := range n.texts {
		errs = append(errs, t.close())
	}
	return errors.Join(errs...)
}

// abandon closes what was opened, after an error that says more than theirs.
func (n *numpy) abandon() {
	for name, t := range n.texts {
		if t == nil {
			delete(n.texts, name)
		}
	}
	_ = n.Close()
}

// archive packs a directory of arrays.
type archive struct {
	columnar.Writer
	w   io.Writer
	dir string
}

// Close completes the arrays and packs them, uncompressed as numpy.savez does.
func (a *archive) Close() error {
	if err := a.Writer.Close(); err != nil {
		return err
	}
	files, err := os.ReadDir(a.dir)
	if err != nil {
		return fmt.Errorf("pack the arrays: %w", err)
	}
	z := zip.NewWriter(a.w)
	for _, f := range files {
		if err := a.pack(z, f.Name()); err != nil {
			return fmt.Errorf("pack %s: %w", f.Name(), err)
		}
	}
	return z.Close()
}

func (a *archive) pack(z *zip.Writer, name string) error {
	path := filepath.Join(a.dir, name)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	to, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, f); err != nil {
		return err
	}
	return os.Remove(path) // so that the disk holds little twice
}
