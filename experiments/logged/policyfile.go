package logged

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// empty is a policy to be filled; what a file does not name has probability 0.
func (l *Log) empty(name string) Policy {
	p := Policy{Name: name}
	for range l.Keys {
		p.p = append(p.p, make([]float64, l.K()))
	}
	return p
}

// check is nil where every key's probabilities are some and sum to 1.
func (l *Log) check(p Policy, file string) error {
	for k, row := range p.p {
		sum := 0.
		for _, v := range row {
			sum += v
		}
		if math.Abs(sum-1) > 1e-6 {
			return fmt.Errorf("%w: %s: the probabilities%s sum to %.7g; want 1 within a millionth", ErrPolicy, file, l.of(k), sum)
		}
	}
	return nil
}

func (l *Log) of(key int) string {
	if l.Spec.By == "" {
		return ""
	}
	return fmt.Sprintf(" of %s %s", l.Spec.By, l.Keys[key])
}

func probability(text string) (float64, error) {
	p, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(p >= 0 && p <= 1) {
		return 0, fmt.Errorf("%w: %q is no probability in [0,1]", ErrPolicy, text)
	}
	return p, nil
}

// policyCSV reads either form: with a header, columns named like the factors, perhaps By, and probability;
// without one, a matrix of a row per action and a column per key, both in the log's order.
func (l *Log) policyCSV(name, path string) (Policy, error) {
	f, err := os.Open(path)
	if err != nil {
		return Policy{}, err
	}
	defer f.Close()
	file := filepath.Base(path)
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	if len(rows) == 0 {
		return Policy{}, fmt.Errorf("%w: %s is empty", ErrPolicy, file)
	}
	p := l.empty(name)
	if slices.Contains(rows[0], "probability") {
		err = l.long(p, file, rows)
	} else {
		err = l.matrix(p, file, rows)
	}
	if err != nil {
		return Policy{}, err
	}
	return p, l.check(p, file)
}

func (l *Log) matrix(p Policy, file string, rows [][]string) error {
	if _, err := probability(rows[0][0]); err != nil {
		return fmt.Errorf("%w: %s:1: the header has no column probability; want %s, or a matrix of numbers without header", ErrPolicy, file, l.wanted())
	}
	if len(rows) != l.K() || len(rows[0]) != len(l.Keys) {
		return fmt.Errorf("%w: %s has %d × %d numbers, the log %d actions × %d keys%s; write it with a header: %s",
			ErrPolicy, file, len(rows), len(rows[0]), l.K(), len(l.Keys), l.noBy(), l.wanted())
	}
	for a, row := range rows {
		for k, text := range row {
			v, err := probability(text)
			if err != nil {
				return fmt.Errorf("%s:%d: column %d: %w", file, a+1, k+1, err)
			}
			p.p[k][a] = v
		}
	}
	return nil
}

func (l *Log) noBy() string {
	if l.Spec.By == "" {
		return " (name the key's column in the spec with by:)"
	}
	return ""
}

func (l *Log) wanted() string {
	var names []string
	for _, f := range l.Factors {
		names = append(names, f.Name)
	}
	if l.Spec.By != "" {
		names = append(names, l.Spec.By)
	}
	return strings.Join(append(names, "probability"), ",")
}

func (l *Log) long(p Policy, file string, rows [][]string) error {
	at := func(names ...string) int {
		return slices.IndexFunc(rows[0], func(s string) bool { return slices.Contains(names, s) })
	}
	prob := at("probability")
	var factors []int
	for _, f := range l.Factors {
		i := at(f.Name, f.Column)
		if i < 0 {
			return fmt.Errorf("%w: %s:1: no column %s; want %s", ErrPolicy, file, f.Name, l.wanted())
		}
		factors = append(factors, i)
	}
	by := -1
	if l.Spec.By != "" {
		by = at(l.Spec.By) // none: the same for every key
	}
	seen := map[string]int{}
	for i, row := range rows[1:] {
		var names []string
		for _, f := range factors {
			names = append(names, row[f])
		}
		name := strings.Join(names, "/")
		v, err := probability(row[prob])
		if err != nil {
			return fmt.Errorf("%s:%d: column probability: %w", file, i+2, err)
		}
		key := ""
		if by >= 0 {
			key = row[by]
		}
		if first, twice := seen[key+"\x00"+name]; twice {
			return fmt.Errorf("%w: %s:%d: %s stands in line %d already", ErrPolicy, file, i+2, name, first)
		}
		seen[key+"\x00"+name] = i + 2
		if err := l.put(p, key, name, v, by >= 0); err != nil {
			return fmt.Errorf("%s:%d: %w", file, i+2, err)
		}
	}
	return nil
}

// put sets one probability. A level that the log never took is kept from it only where the policy takes it.
func (l *Log) put(p Policy, key, name string, v float64, keyed bool) error {
	a, err := l.action(name)
	if err != nil {
		if v == 0 {
			return nil
		}
		return err
	}
	if !keyed {
		for k := range p.p {
			p.p[k][a] = v
		}
		return nil
	}
	if k := slices.Index(l.Keys, key); k >= 0 { // other keys are not of this log
		p.p[k][a] = v
	}
	return nil
}

// policyJSON reads {"LEVEL": p, …}, or {"KEY": {"LEVEL": p, …}, …} by the column By.
func (l *Log) policyJSON(name, path string) (Policy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Policy{}, err
	}
	file := filepath.Base(path)
	p := l.empty(name)
	flat, nested := map[string]float64{}, map[string]map[string]float64{}
	keyed := json.Unmarshal(text, &flat) != nil
	if keyed {
		if err := json.Unmarshal(text, &nested); err != nil {
			return Policy{}, fmt.Errorf(`%w: %s: want {"LEVEL": probability, …} or {"KEY": {"LEVEL": probability, …}, …}: %w`, ErrPolicy, file, err)
		}
		if l.Spec.By == "" {
			return Policy{}, fmt.Errorf("%w: %s gives probabilities by key%s", ErrPolicy, file, l.noBy())
		}
	} else {
		nested[""] = flat
	}
	for _, key := range slices.Sorted(maps.Keys(nested)) {
		for _, level := range slices.Sorted(maps.Keys(nested[key])) {
			v := nested[key][level]
			if !(v >= 0 && v <= 1) {
				return Policy{}, fmt.Errorf("%w: %s: %s has probability %v; want [0,1]", ErrPolicy, file, level, v)
			}
			if err := l.put(p, key, level, v, keyed); err != nil {
				return Policy{}, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return p, l.check(p, file)
}
