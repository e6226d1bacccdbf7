package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/features/wire"
)

// expectation is one thing that a decision must be.
type expectation struct {
	what, want string
	line       int
	trace      bool // it is of the trace alone
	met        func(o *outcome) (got string, ok bool)
}

// equal is an expectation of one word.
func equal(what, want string, n *yaml.Node, get func(o *outcome) string) expectation {
	return expectation{what: what, want: want, line: n.Line, met: func(o *outcome) (string, bool) {
		got := get(o)
		return got, got == want
	}}
}

var (
	kindNames   = []string{"contact", "hold", "no_contact", "agent_review", "handover", "route"}
	resultNames = []string{"pass", "block", "defer", "route", "none"}
	deciders    = []string{"guard", "ladder", "uniform"}
	expectNames = []string{"kind", "reason", "queue", "until", "policy", "result", "trace", "channels", "has_channels", "not_channels", "tones",
		"has_tones", "not_tones", "offers", "has_offers", "not_offers", "open_minor", "currency", "window", "terms"}
)

// expect reads what must be.
func (r *reader) expect(s *Scenario, n *yaml.Node, at string) {
	r.Mapping(n, at, func(key string, v *yaml.Node) bool {
		p := at + "/" + key
		if !slices.Contains(expectNames, key) {
			return false
		}
		s.expect = append(s.expect, r.expectation(s, key, v, p)...)
		return true
	}, expectNames...)
	if len(s.expect) == 0 {
		r.Fail(n, at, "says nothing; name what the decision must be, such as {kind: hold}")
	}
}

func (r *reader) expectation(s *Scenario, key string, v *yaml.Node, p string) []expectation {
	one := func(x expectation) []expectation { return []expectation{x} }
	switch key {
	case "kind":
		return one(equal(key, r.word(v, p, kindNames), v, func(o *outcome) string { return o.verdict.Kind.String() }))
	case "reason":
		return one(equal(key, r.text(v, p), v, func(o *outcome) string { return o.verdict.Reason }))
	case "queue":
		return one(equal(key, r.text(v, p), v, func(o *outcome) string { return o.verdict.Queue }))
	case "policy":
		return one(equal(key, r.word(v, p, deciders), v, func(o *outcome) string { return o.policy }))
	case "currency":
		return one(equal(key, r.text(v, p), v, func(o *outcome) string { return o.verdict.Currency }))
	case "open_minor":
		return one(r.number(key, v, p, func(o *outcome) float64 { return float64(o.verdict.OpenMinor) }))
	case "until":
		return one(r.moment(key, v, p, func(o *outcome) time.Time { return o.verdict.Until }))
	case "result":
		if s.Rule == "" {
			r.Fail(v, p, "is of the scenario's rule; name one with rule")
		}
		return one(traced(key, s.Rule, r.word(v, p, resultNames), v))
	case "trace":
		return r.traces(v, p)
	case "window":
		return r.window(v, p)
	case "terms":
		return r.terms(v, p)
	}
	factor := key[strings.IndexByte(key, '_')+1:]
	return one(r.list(key, v, p, factors[factor].names, factors[factor].of))
}

// number is an expectation of a number.
func (r *reader) number(what string, v *yaml.Node, p string, get func(o *outcome) float64) expectation {
	if _, err := strconv.ParseFloat(v.Value, 64); err != nil {
		r.Fail(v, p, "is %q; write a plain number", v.Value)
	}
	return equal(what, v.Value, v, func(o *outcome) string { return strconv.FormatFloat(get(o), 'f', -1, 64) })
}

// moment is an expectation of an instant, or of none; what differs is told in the debtor's zone.
func (r *reader) moment(what string, v *yaml.Node, p string, get func(o *outcome) time.Time) expectation {
	var want time.Time
	if v.Value != "none" {
		want = r.instant(v, p, wire.ParseTime)
	}
	return expectation{what: what, want: v.Value, line: v.Line, met: func(o *outcome) (string, bool) {
		got := get(o)
		if got.IsZero() {
			return "none", want.IsZero()
		}
		return got.In(o.zone).Format(time.RFC3339), got.Equal(want)
	}}
}

// factors are what options differ in.
var factors = map[string]struct {
	names []string
	of    func(o *outcome) []string
}{
	"channels": {namesOf(engine.Channels, func(i int) string { return engine.Channel(i).String() }),
		optioned(func(g *engine.Grid, l engine.Levels) string { return g.Channels[l.Channel].String() })},
	"tones": {namesOf(engine.Tones, func(i int) string { return engine.Tone(i).String() }),
		optioned(func(g *engine.Grid, l engine.Levels) string { return g.Tones[l.Tone].String() })},
	"offers": {namesOf(engine.Offers, func(i int) string { return engine.Offer(i).String() }),
		optioned(func(g *engine.Grid, l engine.Levels) string { return g.Offers[l.Offer].String() })},
}

func namesOf(n int, name func(i int) string) (all []string) {
	for i := 1; i < n; i++ {
		all = append(all, name(i))
	}
	return all
}

// optioned are the levels of one factor among the options, each once.
func optioned(name func(*engine.Grid, engine.Levels) string) func(o *outcome) []string {
	return func(o *outcome) (all []string) {
		for i := range o.options {
			if s := name(o.grid, o.grid.Levels(o.options[i].Action)); !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
		return all
	}
}

// list is an expectation of a set of words: all of it, or with has_ some and with not_ some that are not in it.
func (r *reader) list(key string, v *yaml.Node, p string, known []string, get func(o *outcome) []string) expectation {
	want := r.words(v, p, known)
	slices.Sort(want)
	return expectation{what: key, want: shown(want), line: v.Line, met: func(o *outcome) (string, bool) {
		got := slices.Sorted(slices.Values(get(o)))
		in := func(w string) bool { return slices.Contains(got, w) }
		switch {
		case strings.HasPrefix(key, "not_"):
			return shown(got), !slices.ContainsFunc(want, in)
		case strings.HasPrefix(key, "has_"):
			return shown(got), !slices.ContainsFunc(want, func(w string) bool { return !in(w) })
		}
		return shown(got), slices.Equal(got, want)
	}}
}

func shown(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

// traces are rules and their results that stand in the trace.
func (r *reader) traces(n *yaml.Node, at string) (all []expectation) {
	for i, v := range r.Items(n, at, "write [{rule: core.gap, result: defer}]") {
		p := fmt.Sprintf("%s/%d", at, i)
		rule, result := "", ""
		r.Mapping(v, p, func(key string, v *yaml.Node) bool {
			switch key {
			case "rule":
				rule = r.text(v, p+"/rule")
			case "result":
				result = r.word(v, p+"/result", resultNames)
			default:
				return false
			}
			return true
		}, "rule", "result")
		if rule == "" || result == "" {
			r.Fail(v, p, "lacks rule or result")
		}
		all = append(all, traced("trace", rule, result, v))
	}
	return all
}

// traced is the expectation of a rule's result: a rule may have several lines, of which one must say it.
func traced(what, rule, result string, n *yaml.Node) expectation {
	return expectation{what: what, want: rule + " " + result, line: n.Line, trace: true, met: func(o *outcome) (string, bool) {
		got := []string{}
		for _, c := range o.trace {
			if c.Rule == rule {
				got = append(got, c.Result.String())
			}
		}
		if len(got) == 0 {
			return "not asked", result == "none"
		}
		return rule + " " + strings.Join(got, ", "), slices.Contains(got, result)
	}}
}

// window is when contacts may go out: the first and the last moment over all options, or over those of a channel.
func (r *reader) window(n *yaml.Node, at string) (all []expectation) {
	var channel engine.Channel
	var edges []*yaml.Node
	r.Mapping(n, at, func(key string, v *yaml.Node) bool {
		switch key {
		case "channel":
			r.Text(v, at+"/channel", channel.UnmarshalText)
		case "not_before", "not_after":
			edges = append(edges, &yaml.Node{Value: key}, v)
		default:
			return false
		}
		return true
	}, "channel", "not_before", "not_after")
	for i := 0; i < len(edges); i += 2 {
		name := edges[i].Value
		all = append(all, r.moment("window "+name, edges[i+1], at+"/"+name, func(o *outcome) time.Time { return o.edge(channel, name == "not_after") }))
	}
	return all
}

// edge is the first moment of the options' windows, or the last; of all channels if none is named.
func (o *outcome) edge(channel engine.Channel, last bool) (edge time.Time) {
	for i := range o.options {
		x := &o.options[i]
		if c := o.grid.Channels[o.grid.Levels(x.Action).Channel]; channel != 0 && c != channel {
			continue
		}
		from, to := time.Unix(x.NotBefore, 0), time.Unix(x.NotAfter, 0)
		switch {
		case last && to.After(edge):
			edge = to
		case !last && (edge.IsZero() || from.Before(edge)):
			edge = from
		}
	}
	return edge
}
