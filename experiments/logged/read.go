package logged

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"takt/engine"
)

// RowError is a cell of a log that cannot be used; nothing of the file is then.
type RowError struct {
	File   string
	Line   int // of the file, the header is 1; 0: the whole column
	Column string
	Err    error
}

// Error names file, line and column.
func (e *RowError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: column %s: %v", e.File, e.Column, e.Err)
	}
	return fmt.Sprintf("%s:%d: column %s: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap is the reason.
func (e *RowError) Unwrap() error { return e.Err }

// Open reads a CSV file with a header, gzipped or not, into memory.
func (s *Spec) Open(path string) (*Log, error) {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("%s: is not gzip, although its name ends so: %w", name, err)
		}
	}
	return s.Read(name, in)
}

// Read reads a CSV log; name is for errors. A row that the filter keeps and that cannot be used ends it.
func (s *Spec) Read(name string, in io.Reader) (*Log, error) {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	header, err := c.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: is empty; the first line must name the columns", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	header = slices.Clone(header)
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	r := &reader{spec: s, file: name, header: header, log: &Log{Spec: s, File: name}}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	for {
		cells, err := c.Read()
		if err == io.EOF {
			break
		}
		if errors.Is(err, csv.ErrFieldCount) {
			line, _ := c.FieldPos(0)
			return nil, fmt.Errorf("%s:%d: has %d cells, the first line has %d; is a quote missing?", name, line, len(cells), len(header))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r.cells = cells
		r.line, _ = c.FieldPos(0)
		if err := r.row(); err != nil {
			return nil, err
		}
	}
	if r.log.Read == 0 {
		return nil, fmt.Errorf("%s: has a header and no rows", name)
	}
	if r.log.N() == 0 {
		return nil, fmt.Errorf("%s: the filter leaves none of %d rows; compare its texts with the column's", name, r.log.Read)
	}
	return r.log, r.finish()
}

// reader fills a log row by row.
type reader struct {
	spec   *Spec
	file   string
	header []string
	log    *Log
	cells  []string
	line   int

	actions, features, filter       []int // columns
	reward, propensity, cluster, by int   // columns, -1 for none

	levels []words   // per factor
	keys   words     // of by
	codes  [][]int32 // per factor, then by: per row
	words  []words   // per feature, of categories
	values [][]float64
}

// words numbers texts in the order they are met.
type words struct {
	at   map[string]int32
	list []string
}

func (w *words) code(text string) int32 {
	if i, ok := w.at[text]; ok {
		return i
	}
	if w.at == nil {
		w.at = map[string]int32{}
	}
	text = strings.Clone(text) // the reader reuses its line
	i := int32(len(w.list))
	w.at[text], w.list = i, append(w.list, text)
	return i
}

func (r *reader) column(name, key string) (int, error) {
	if name == "" {
		return -1, nil
	}
	i := slices.Index(r.header, name)
	if i < 0 {
		return -1, fmt.Errorf("%s:1: no column %q, which the spec names as %s%s", r.file, name, key, columnHint(name, r.header))
	}
	return i, nil
}

func columnHint(name string, header []string) string {
	if h := engine.Hint(name, slices.Values(header)); h != "" {
		return h
	}
	some := header
	if len(some) > 12 {
		some = some[:12]
	}
	return "; its columns are " + strings.Join(some, ", ")
}

func (r *reader) prepare() error {
	s, errs := r.spec, []error(nil)
	find := func(name, key string) int {
		i, err := r.column(name, key)
		if err != nil {
			errs = append(errs, err)
		}
		return i
	}
	for _, a := range s.Actions {
		r.actions = append(r.actions, find(a.Column, "actions."+a.Factor))
	}
	for _, f := range s.Filter {
		r.filter = append(r.filter, find(f.Column, "filter.column"))
	}
	for _, f := range s.Features {
		r.features = append(r.features, find(f.Column, "features"))
	}
	r.reward, r.propensity = find(s.Reward, "reward"), find(s.Propensity, "propensity")
	r.cluster, r.by = find(s.Cluster, "cluster"), find(s.By, "by")
	r.levels, r.words = make([]words, len(s.Actions)), make([]words, len(s.Features))
	r.codes, r.values = make([][]int32, len(s.Actions)+1), make([][]float64, len(s.Features))
	return errors.Join(errs...)
}

func (r *reader) bad(column int, format string, args ...any) error {
	return &RowError{r.file, r.line, r.header[column], fmt.Errorf(format, args...)}
}

func (r *reader) kept() bool {
	for i, f := range r.spec.Filter {
		text := r.cells[r.filter[i]]
		if f.Equals != nil && !slices.Contains(f.Equals, text) || slices.Contains(f.Not, text) {
			return false
		}
	}
	return true
}

func (r *reader) row() error {
	l := r.log
	l.Read++
	if !r.kept() {
		return nil
	}
	reward, err := r.number(r.reward, "a reward; leave such rows out with filter")
	if err != nil {
		return err
	}
	if lo, hi := r.spec.Range[0], r.spec.Range[1]; lo < hi && (reward < lo || reward > hi) {
		return r.bad(r.reward, "the reward %v lies outside reward_range [%v, %v]", reward, lo, hi)
	}
	p := r.spec.Constant
	if r.propensity >= 0 {
		if p, err = r.number(r.propensity, "a propensity"); err != nil {
			return err
		}
		if !(p > 0 && p <= 1) {
			return r.bad(r.propensity, "the propensity is %v; want the probability in (0,1] with which the logged action was drawn", p)
		}
	}
	for i, c := range r.actions {
		if r.cells[c] == "" {
			return r.bad(c, "no action; leave such rows out with filter: [{column: %s, not: \"\"}]", r.header[c])
		}
		r.codes[i] = append(r.codes[i], r.levels[i].code(r.cells[c]))
	}
	if r.by >= 0 {
		r.codes[len(r.actions)] = append(r.codes[len(r.actions)], r.keys.code(r.cells[r.by]))
	}
	for i, c := range r.features {
		v, err := r.feature(i, c)
		if err != nil {
			return err
		}
		r.values[i] = append(r.values[i], v)
	}
	id := uint64(len(l.Reward))
	if r.cluster >= 0 {
		id = hash(r.cells[r.cluster])
	}
	l.Reward, l.PLog, l.Cluster = append(l.Reward, reward), append(l.PLog, p), append(l.Cluster, id)
	return nil
}

// hash is FNV-1a, 64 bits, of a debtor's id.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (r *reader) number(column int, what string) (float64, error) {
	text := strings.TrimSpace(r.cells[column])
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, r.bad(column, "%q is no number, and it is to be %s", text, what)
	}
	return v, nil
}

// feature is a number, NaN where it is missing, or the code of a category.
func (r *reader) feature(i, column int) (float64, error) {
	f := r.spec.Features[i]
	text := strings.TrimSpace(r.cells[column])
	if f.Category {
		return float64(r.words[i].code(text)), nil
	}
	if text == "" || text == "NA" {
		return math.NaN(), nil
	}
	v, err := r.number(column, "a number; empty or NA where it is not known, or say type: category")
	if err != nil {
		return 0, err
	}
	if !f.Log1p {
		return v, nil
	}
	if v <= -1 {
		return 0, r.bad(column, "%v has no log1p; say transform: none", v)
	}
	return math.Log1p(v), nil
}
