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

// Add notes one check that no pack states. A nil trace notes nothing.
func (t *Trace) Add(rule string, result Result, until int64, params ...Param) {
	if t != nil {
		t.next(rule, nil, result, until, params)
	}
}

// AddRule notes one check of a pack's rule. A nil trace notes nothing.
func (t *Trace) AddRule(rule *Rule, result Result, until int64, params ...Param) {
	if t != nil {
		t.next(rule.ID, rule, result, until, params)
	}
}

// next takes the next place of the buffer; what an earlier decision left in its params stays unread.
func (t *Trace) next(id string, by *Rule, result Result, until int64, params []Param) {
	n := len(t.Checks)
	if n == cap(t.Checks) {
		t.Checks = append(t.Checks, Check{})
	}
	t.Checks = t.Checks[:n+1]
	c := &t.Checks[n]
	c.Rule, c.By, c.Result, c.Until = id, by, result, until
	c.n = uint8(copy(c.params[:], params))
}

// Check is one rule's answer and the values it looked at.
type Check struct {
	Rule   string // dotted, such as de.quiet_hours
	By     *Rule  // that a pack states; nil: of the request, the creditor's own limits or the service
	Result Result
	Until  int64 // of Defer: Unix seconds; 0: no end is known
	params [4]Param
	n      uint8
}

// Params are the values the rule looked at.
func (c *Check) Params() []Param { return c.params[:c.n] }

// Param is a named value that a rule looked at: a text, tags or a number.
type Param struct {
	Name   string
	Text   string
	Number float64 // used if there is neither text nor tag
	tags   Tags
}

// Text is a parameter in words.
func Text(name, text string) Param { return Param{Name: name, Text: text} }

// Number is a parameter that is a number.
func Number(name string, v float64) Param { return Param{Name: name, Number: v} }

// Tagged is a parameter that is a set of tags; their names are put together only when somebody reads them.
func Tagged(name string, t Tags) Param { return Param{Name: name, tags: t} }

// Words are the text or the names of the tags, "" for a number.
func (p Param) Words() string {
	if p.tags != 0 {
		return p.tags.String()
	}
	return p.Text
}

// Value is what is in words, or else the number.
func (p Param) Value() any {
	if w := p.Words(); w != "" {
		return w
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

// Source is where the rule stands, "" if no pack states it.
func (c *Check) Source() string {
	if c.By == nil {
		return ""
	}
	return c.By.Source
}

// MarshalJSON gives {"rule", "result", "params", "until", "source"}; the last three only where there are any.
func (c Check) MarshalJSON() ([]byte, error) {
	out := struct {
		Rule   string         `json:"rule"`
		Result Result         `json:"result"`
		Params map[string]any `json:"params,omitempty"`
		Until  string         `json:"until,omitempty"`
		Source string         `json:"source,omitempty"`
	}{Rule: c.Rule, Result: c.Result, Source: c.Source()}
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
