package logged

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"takt/engine"
)

// Spec says what the columns of a log mean. See the README for its YAML.
type Spec struct {
	Actions    []Column // factor and column, in the order of the file
	Reward     string   // column
	Propensity string   // column; "" where Constant holds for all rows
	Constant   float64  // in (0,1]
	Filter     []Filter // rows that pass all of them count
	Features   []Feature
	Cluster    string     // column: rows of one debtor depend on each other; "" is each row for itself
	By         string     // column that policy files and the model cells may depend on; "" for none
	Range      [2]float64 // of rewards, known beforehand; equal: not known
	Model      Model
}

// Column is a factor of the action and the column that holds its level.
type Column struct{ Factor, Column string }

// Filter keeps rows by the text of a column.
type Filter struct {
	Column string
	Equals []string // one of these; nil: any
	Not    []string // none of these
}

// Feature is a column that the regression and the learner see.
type Feature struct {
	Column   string
	Category bool // else a number
	Log1p    bool // numbers: ln(1+x)
}

// Model says how q(x,a) is fitted.
type Model struct {
	Type  string     // ridge, cells (the mean per By and action) or none
	Folds int        // 2 … 20; 1 (cells only) lets the model see the rows it is judged on
	Prior [2]float64 // cells: q = (Σr + Prior[0])/(n + Prior[1])
}

// LoadSpec reads a spec file. An error names file, line, key and the way out.
func LoadSpec(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the spec: %w", err)
	}
	return ParseSpec(filepath.Base(path), text)
}

// ParseSpec reads a spec's YAML; name is for errors.
func ParseSpec(name string, text []byte) (*Spec, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &parser{name: name}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s: is empty; a spec has actions, reward and propensity", name)
	}
	s := p.spec(doc.Content[0])
	return s, errors.Join(p.errs...)
}

// parser collects what is wrong, line by line.
type parser struct {
	name string
	errs []error
}

func (p *parser) fault(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s:%d: %s", p.name, n.Line, fmt.Sprintf(format, args...)))
}

// keys calls f for each key of a mapping in the order of the file; unknown and double ones are faults.
func (p *parser) keys(n *yaml.Node, what string, known []string, f func(key string, value *yaml.Node)) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		p.fault(n, "%s: want keys and values", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		switch {
		case seen[key]:
			p.fault(n.Content[i], "%s: key %q stands here twice", what, key)
		case known != nil && !slices.Contains(known, key):
			p.fault(n.Content[i], "unknown key %q in %s%s", key, what, engine.Hint(key, slices.Values(known)))
		default:
			f(key, n.Content[i+1])
		}
		seen[key] = true
	}
}

func (p *parser) spec(root *yaml.Node) *Spec {
	s := &Spec{Model: Model{Type: "ridge", Folds: 5}}
	known := []string{"actions", "reward", "propensity", "filter", "features", "cluster", "by", "reward_range", "model"}
	p.keys(root, "the spec", known, func(key string, v *yaml.Node) {
		switch key {
		case "actions":
			p.keys(v, "actions", nil, func(factor string, v *yaml.Node) {
				s.Actions = append(s.Actions, Column{factor, p.text(v, "actions."+factor)})
			})
		case "reward":
			s.Reward = p.text(v, key)
		case "propensity":
			p.propensity(s, v)
		case "filter":
			p.filters(s, v)
		case "features":
			p.keys(v, "features", nil, func(column string, v *yaml.Node) { p.feature(s, column, v) })
		case "cluster":
			s.Cluster = p.text(v, key)
		case "by":
			s.By = p.text(v, key)
		case "reward_range":
			s.Range = p.pair(v, key)
			if !(s.Range[0] < s.Range[1]) {
				p.fault(v, "reward_range: want the least and the greatest reward, such as [0, 1]")
			}
		case "model":
			p.model(s, v)
		}
	})
	switch {
	case len(s.Actions) == 0:
		p.fault(root, "actions are missing; write factor: column, such as actions: {letter: treat7}")
	case s.Reward == "":
		p.fault(root, "reward is missing; name its column")
	case s.Propensity == "" && s.Constant == 0:
		p.fault(root, "propensity is missing; write a number in (0,1] or the name of a column")
	}
	return s
}

func (p *parser) propensity(s *Spec, v *yaml.Node) {
	text := p.text(v, "propensity")
	number, err := strconv.ParseFloat(text, 64)
	if err != nil {
		s.Propensity = text
		return
	}
	if s.Constant = number; !(number > 0 && number <= 1) {
		p.fault(v, "propensity: is %s; want a probability in (0,1]", text)
		s.Constant = math.NaN()
	}
}

func (p *parser) filters(s *Spec, v *yaml.Node) {
	if v.Kind != yaml.SequenceNode {
		p.fault(v, `filter: want a list such as [{column: treat7, not: ""}]`)
		return
	}
	for _, item := range v.Content {
		var f Filter
		p.keys(item, "filter", []string{"column", "equals", "not"}, func(key string, v *yaml.Node) {
			switch key {
			case "column":
				f.Column = p.text(v, "filter.column")
			case "equals":
				f.Equals = p.texts(v, "filter.equals")
			case "not":
				f.Not = p.texts(v, "filter.not")
			}
		})
		if f.Column == "" || f.Equals == nil && f.Not == nil {
			p.fault(item, "filter: want column and one of equals, not")
		}
		s.Filter = append(s.Filter, f)
	}
}

func (p *parser) feature(s *Spec, column string, v *yaml.Node) {
	f, typed := Feature{Column: column}, false
	p.keys(v, "features."+column, []string{"type", "transform"}, func(key string, v *yaml.Node) {
		word := p.text(v, "features."+column+"."+key)
		switch {
		case key == "type" && (word == "number" || word == "category"):
			f.Category, typed = word == "category", true
		case key == "transform" && (word == "none" || word == "log1p"):
			f.Log1p = word == "log1p"
		case key == "type":
			typed = true
			p.fault(v, "features.%s.type: %q is neither number nor category%s", column, word, engine.Hint(word, slices.Values([]string{"number", "category"})))
		default:
			p.fault(v, "features.%s.transform: %q is neither none nor log1p%s", column, word, engine.Hint(word, slices.Values([]string{"none", "log1p"})))
		}
	})
	if !typed {
		p.fault(v, "features.%s: type is missing; write number or category", column)
	}
	if f.Category && f.Log1p {
		p.fault(v, "features.%s: a category has no transform; leave it out or write type: number", column)
	}
	s.Features = append(s.Features, f)
}

func (p *parser) model(s *Spec, v *yaml.Node) {
	m := &s.Model
	p.keys(v, "model", []string{"type", "folds", "prior"}, func(key string, v *yaml.Node) {
		switch key {
		case "type":
			if m.Type = p.text(v, "model.type"); !slices.Contains(models, m.Type) {
				p.fault(v, "model.type: %q is not ridge, cells or none%s", m.Type, engine.Hint(m.Type, slices.Values(models)))
			}
		case "folds":
			m.Folds, _ = strconv.Atoi(p.text(v, "model.folds"))
			if m.Folds < 1 || m.Folds > 20 {
				p.fault(v, "model.folds: want 2 to 20, or 1 for cells that see the rows they are judged on")
			}
		case "prior":
			if m.Prior = p.pair(v, "model.prior"); !(m.Prior[1] > 0) {
				p.fault(v, "model.prior: want [hits, trials] with trials above 0, such as [1, 200]")
			}
		}
	})
	switch {
	case m.Type == "ridge" && m.Folds == 1:
		p.fault(v, "model.folds: ridge wants 2 or more")
	case m.Type != "cells" && m.Prior != [2]float64{}:
		p.fault(v, "model.prior: is for type: cells")
	}
}

var models = []string{"ridge", "cells", "none"}

func (p *parser) text(v *yaml.Node, key string) string {
	if v.Kind != yaml.ScalarNode {
		p.fault(v, "%s: want one text", key)
		return ""
	}
	if v.Value == "" && key != "filter.equals" && key != "filter.not" {
		p.fault(v, "%s: is empty", key)
	}
	return v.Value
}

func (p *parser) texts(v *yaml.Node, key string) []string {
	if v.Kind != yaml.SequenceNode {
		return []string{p.text(v, key)}
	}
	list := []string{}
	for _, item := range v.Content {
		list = append(list, p.text(item, key))
	}
	return list
}

func (p *parser) pair(v *yaml.Node, key string) (pair [2]float64) {
	if v.Kind != yaml.SequenceNode || len(v.Content) != 2 {
		p.fault(v, "%s: want two numbers, such as [0, 1]", key)
		return pair
	}
	for i, item := range v.Content {
		n, err := strconv.ParseFloat(item.Value, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			p.fault(item, "%s: %q is no number", key, item.Value)
		}
		pair[i] = n
	}
	return pair
}
