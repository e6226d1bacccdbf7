// Package ladder reads a creditor's dunning ladder from YAML.
//
//	steps:
//	  - {day: 10, channel: letter, tone: neutral}            # offer: none
//	  - {day: 24, channel: letter, tone: firm, offer: instalments}
//	  - {day: 60, handover: true}
//
//	l, err := ladder.Parse(text)
//	rung := l.Next(31, 1, 21, channels)   // 31 days past due, one contact 21 days ago: the letter of day 24
package ladder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
)

// Parse reads a ladder. Its errors name line and field, all of them at once; each wraps an
// *engine.FieldError.
func Parse(text []byte) (engine.Ladder, error) {
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&doc); err != nil && err != io.EOF {
		return engine.Ladder{}, fmt.Errorf("read ladder: %w", err)
	}
	if err := d.Decode(&yaml.Node{}); err != io.EOF {
		return engine.Ladder{}, errors.New("read ladder: more than one document; keep one ladder in the file")
	}
	p := &parser{}
	var l engine.Ladder
	if len(doc.Content) == 0 {
		p.fail(&yaml.Node{Line: 1}, "/steps", "is missing; list the steps of the ladder")
		return l, errors.Join(p.errs...)
	}
	var lines []int
	p.mapping(doc.Content[0], "", func(key string, v *yaml.Node) bool {
		if key == "steps" {
			l.Steps, lines = p.steps(v)
		}
		return key == "steps"
	}, "steps")
	if len(p.errs) > 0 {
		return engine.Ladder{}, errors.Join(p.errs...)
	}
	if err := l.Validate(); err != nil {
		return engine.Ladder{}, fmt.Errorf("line %d: %w", lineOf(err, lines), err)
	}
	if len(l.Steps) == 0 {
		p.fail(doc.Content[0], "/steps", "is empty; list the steps of the ladder")
	}
	return l, errors.Join(p.errs...)
}

// lineOf is the line of the step that a validation error points at.
func lineOf(err error, lines []int) int {
	var f *engine.FieldError
	var i int
	if errors.As(err, &f) {
		if _, e := fmt.Sscanf(f.Pointer, "/steps/%d", &i); e == nil && i < len(lines) {
			return lines[i]
		}
	}
	return 1
}

type parser struct{ errs []error }

func (p *parser) fail(n *yaml.Node, pointer, format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("line %d: %w", n.Line, &engine.FieldError{Pointer: pointer, Detail: fmt.Sprintf(format, args...)}))
}

// mapping hands each key and value to f, which reports whether it knows the key.
func (p *parser) mapping(n *yaml.Node, at string, f func(key string, v *yaml.Node) bool, known ...string) {
	if n = resolve(n); n.Kind != yaml.MappingNode {
		p.fail(n, at, "is no mapping; use %s", strings.Join(known, ", "))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if seen[k.Value] {
			p.fail(k, at+"/"+k.Value, "is given twice")
		}
		seen[k.Value] = true
		if !f(k.Value, resolve(n.Content[i+1])) {
			p.fail(k, at+"/"+k.Value, "is not known; use %s", strings.Join(known, ", "))
		}
	}
}

func (p *parser) steps(n *yaml.Node) (steps []engine.Step, lines []int) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "/steps", "is no list; write one step per line, each starting with a dash")
		return nil, nil
	}
	for i, s := range n.Content {
		lines = append(lines, s.Line)
		steps = append(steps, p.step(s, fmt.Sprintf("/steps/%d", i)))
	}
	return steps, lines
}

func (p *parser) step(n *yaml.Node, at string) engine.Step {
	s := engine.Step{Day: -1, Kind: engine.KindContact, Offer: engine.OfferNone}
	p.mapping(n, at, func(key string, v *yaml.Node) bool {
		var err error
		switch key {
		case "day":
			err = v.Decode(&s.Day)
		case "handover":
			var yes bool
			if err = v.Decode(&yes); yes {
				s.Kind = engine.KindHandover
			}
		case "channel":
			err = s.Channel.UnmarshalText([]byte(v.Value))
		case "tone":
			err = s.Tone.UnmarshalText([]byte(v.Value))
		case "offer":
			err = s.Offer.UnmarshalText([]byte(v.Value))
		default:
			return false
		}
		var f *engine.FieldError
		switch {
		case errors.As(err, &f):
			p.fail(v, at+"/"+key, "%s", f.Detail)
		case err != nil:
			p.fail(v, at+"/"+key, "is %q; use a whole number of days, and true or false for handover", v.Value)
		}
		return true
	}, "day", "channel", "tone", "offer", "handover")
	if s.Kind == engine.KindHandover {
		s.Offer = 0
		if s.Channel != 0 || s.Tone != 0 {
			p.fail(n, at, "is a hand-over; it has a day and neither channel nor tone")
		}
	}
	return s
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
