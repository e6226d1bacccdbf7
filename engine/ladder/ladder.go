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
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/engine/strict"
)

// Parse reads a ladder. Its errors name line and field, all of them at once; each wraps an
// *engine.FieldError.
func Parse(text []byte) (engine.Ladder, error) {
	root, err := strict.Document(text)
	if err != nil {
		return engine.Ladder{}, fmt.Errorf("read ladder: %w", err)
	}
	var p parser
	var l engine.Ladder
	if root == nil {
		p.Fail(&yaml.Node{Line: 1}, "/steps", "is missing; list the steps of the ladder")
		return l, p.Err()
	}
	var lines []int
	p.Mapping(root, "", func(key string, v *yaml.Node) bool {
		if key == "steps" {
			l.Steps, lines = p.steps(v)
		}
		return key == "steps"
	}, "steps")
	if err := p.Err(); err != nil {
		return engine.Ladder{}, err
	}
	if err := l.Validate(); err != nil {
		return engine.Ladder{}, fmt.Errorf("line %d: %w", lineOf(err, lines), err)
	}
	if len(l.Steps) == 0 {
		p.Fail(root, "/steps", "is empty; list the steps of the ladder")
	}
	return l, p.Err()
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

type parser struct{ strict.Reader }

func (p *parser) steps(n *yaml.Node) (steps []engine.Step, lines []int) {
	for i, s := range p.Items(n, "/steps", "write one step per line, each starting with a dash") {
		lines = append(lines, s.Line)
		steps = append(steps, p.step(s, fmt.Sprintf("/steps/%d", i)))
	}
	return steps, lines
}

func (p *parser) step(n *yaml.Node, at string) engine.Step {
	s := engine.Step{Day: -1, Kind: engine.KindContact, Offer: engine.OfferNone}
	p.Mapping(n, at, func(key string, v *yaml.Node) bool {
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
			p.Fail(v, at+"/"+key, "%s", f.Detail)
		case err != nil:
			p.Fail(v, at+"/"+key, "is %q; use a whole number of days, and true or false for handover", v.Value)
		}
		return true
	}, "day", "channel", "tone", "offer", "handover")
	if s.Kind == engine.KindHandover {
		s.Offer = 0
		if s.Channel != 0 || s.Tone != 0 {
			p.Fail(n, at, "is a hand-over; it has a day and neither channel nor tone")
		}
	}
	return s
}
