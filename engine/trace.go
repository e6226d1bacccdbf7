package engine

import (
	"encoding/json"
	"fmt"
	"time"
)

// Trace is what the rules found, in the order in which they were asked. It is a buffer: Reset it
// and it serves the next decision.
type Trace struct {
	Checks []Check
}

// Reset empties the trace and keeps its memory.
func (t *Trace) Reset() { t.Checks = t.Checks[:0] }

// Add notes one check. A nil trace notes nothing.
func (t *Trace) Add(rule string, result Result, until int64, params ...Param) {
	if t == nil {
		return
	}
	t.Checks = append(t.Checks, Check{Rule: rule, Result: result, Until: until})
	c := &t.Checks[len(t.Checks)-1]
	c.n = uint8(copy(c.params[:], params))
}

// Check is one rule's answer and the values it looked at.
type Check struct {
	Rule   string // dotted, such as channel.email.consent
	Result Result
	Until  int64 // of Defer: Unix seconds; 0: no end is known
	params [3]Param
	n      uint8
}

// Params are the values the rule looked at.
func (c *Check) Params() []Param { return c.params[:c.n] }

// Param is a named value that a rule looked at: a text or a number.
type Param struct {
	Name   string
	Text   string
	Number float64 // used if Text is empty
}

// Text is a parameter in words.
func Text(name, text string) Param { return Param{Name: name, Text: text} }

// Number is a parameter that is a number.
func Number(name string, v float64) Param { return Param{Name: name, Number: v} }

// Value is the text, or else the number.
func (p Param) Value() any {
	if p.Text != "" {
		return p.Text
	}
	return p.Number
}

// Result is a rule's answer.
type Result uint8

// The results: Pass lets go on, Block removes what the rule is about, Defer removes it until a
// time, Route hands the case to somebody else.
const (
	Pass Result = 1 + iota
	Block
	Defer
	Route
)

var resultNames = [...]string{"", "pass", "block", "defer", "route"}

// String gives the name used in JSON.
func (r Result) String() string { return nameOf(resultNames[:], uint8(r)) }

// MarshalText gives the name.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalJSON gives {"rule", "result", "params", "until"}; params and until only where there are any.
func (c Check) MarshalJSON() ([]byte, error) {
	out := struct {
		Rule   string         `json:"rule"`
		Result Result         `json:"result"`
		Params map[string]any `json:"params,omitempty"`
		Until  string         `json:"until,omitempty"`
	}{Rule: c.Rule, Result: c.Result}
	for _, p := range c.Params() {
		if out.Params == nil {
			out.Params = map[string]any{}
		}
		out.Params[p.Name] = p.Value()
	}
	if c.Until != 0 {
		out.Until = time.Unix(c.Until, 0).UTC().Format(time.RFC3339)
	}
	return json.Marshal(out)
}

// String gives one line: rule, result, parameters.
func (c Check) String() string {
	s := c.Rule + " " + c.Result.String()
	for _, p := range c.Params() {
		s += fmt.Sprintf(" %s=%v", p.Name, p.Value())
	}
	if c.Until != 0 {
		s += " until=" + time.Unix(c.Until, 0).UTC().Format(time.RFC3339)
	}
	return s
}
