package logged

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"takt/engine"
)

// Policy gives the probabilities of all actions, by the row's key.
type Policy struct {
	Name string
	p    [][]float64 // [key][action]
}

// ErrPolicy wraps what is wrong with the name of a policy or with its file.
var ErrPolicy = errors.New("not a policy of this log")

// Policies reads policies as the command line names them: always=LEVEL (always=A/B with several
// factors), uniform, and NAME=FILE or FILE of probabilities (.csv or .json). None named: uniform, and every action
// where there are at most 16.
func (l *Log) Policies(names []string) ([]Policy, error) {
	if len(names) == 0 {
		names = []string{"uniform"}
		for a := 0; a < l.K() && l.K() <= 16; a++ {
			names = append(names, "always="+l.ActionName(a))
		}
	}
	var list []Policy
	var errs []error
	for _, name := range names {
		p, err := l.policy(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("policy %q: %w", name, err))
			continue
		}
		list = append(list, p)
	}
	return list, errors.Join(errs...)
}

func (l *Log) policy(name string) (Policy, error) {
	level, always := strings.CutPrefix(name, "always=")
	switch {
	case name == "uniform":
		return l.fixed(name, func(int) float64 { return 1 / float64(l.K()) }), nil
	case always:
		a, err := l.action(level)
		if err != nil {
			return Policy{}, err
		}
		return l.fixed(name, func(i int) float64 {
			if i == a {
				return 1
			}
			return 0
		}), nil
	}
	short, path, named := strings.Cut(name, "=")
	if !named {
		path = name
		short = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	switch filepath.Ext(path) {
	case ".csv":
		return l.policyCSV(short, path)
	case ".json":
		return l.policyJSON(short, path)
	}
	if strings.HasPrefix(name, "snapshot") {
		return Policy{}, fmt.Errorf("%w: a snapshot reads Takt's own contexts and grid, which a CSV file lacks; judge it on the decision log with takt evaluate --policy snapshot:ID, or lead a learner through this file with --progressive", ErrPolicy)
	}
	return Policy{}, fmt.Errorf("%w: write always=LEVEL, uniform, or NAME=FILE.csv or .json of probabilities", ErrPolicy)
}

func (l *Log) fixed(name string, p func(action int) float64) Policy {
	row := make([]float64, l.K())
	for a := range row {
		row[a] = p(a)
	}
	policy := Policy{Name: name}
	for range l.Keys {
		policy.p = append(policy.p, row)
	}
	return policy
}

// action is the index of an action by the names of its levels.
func (l *Log) action(name string) (int, error) {
	parts := []string{name}
	if len(l.Factors) > 1 {
		parts = strings.Split(name, "/")
	}
	if len(parts) != len(l.Factors) {
		return 0, fmt.Errorf("%w: %q has %d levels, the action has %d factors; write them with slashes, such as %s", ErrPolicy, name, len(parts), len(l.Factors), l.ActionName(0))
	}
	a := 0
	for i, f := range l.Factors {
		at, err := f.level(parts[i])
		if err != nil {
			return 0, err
		}
		a = a*len(f.Levels) + at
	}
	return a, nil
}

func (f *Factor) level(name string) (int, error) {
	for i, l := range f.Levels {
		if l == name {
			return i, nil
		}
	}
	some, more := f.Levels, ""
	if len(some) > 16 {
		some, more = some[:16], " …"
	}
	return 0, fmt.Errorf("%w: column %s has no level %q%s; it has %s%s", ErrPolicy, f.Column, name, engine.Hint(name, slices.Values(f.Levels)), strings.Join(some, ", "), more)
}
