package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Rules are a tenant's contact rules, compiled for reading: the days are cut into spans within which the same rules
// hold. They are immutable; reading them allocates nothing. Packages below engine/rules make them from packs.
type Rules struct {
	Version   string   // name of the pack and a hash of all it says, such as de-2026.11+1a2b3c4d
	Pack      string   // such as de
	Countries []string // ISO 3166-1, whose law it is
	About     RuleText

	spans     []RuleSpan
	overrides []RuleOverride
}

// RuleSpan is the days From to Until, both included, and the rules that hold on all of them, in the order of their
// kinds and then of their ids.
type RuleSpan struct {
	From, Until Date
	Rules       []*Rule
	first       [RuleKinds + 1]uint16 // of each kind in Rules
}

// RuleOverride is a rule that a tenant loosened, or declared verified: who, when and why.
type RuleOverride struct {
	Rule     string `json:"rule"`
	What     string `json:"what"` // such as close 20:00 -> 21:00, or dropped
	From     Date   `json:"from"`
	Until    Date   `json:"until,omitzero"`
	Verified bool   `json:"verified"` // an unverified rule was checked, and reads so
	Reason   string `json:"reason,omitempty"`
	By       string `json:"by"`
	Date     Date   `json:"date"`
}

// The first and last day of spans that have none.
const (
	minDate Date = math.MinInt32
	maxDate Date = math.MaxInt32
)

// NewRules compiles dated rules; the header's other fields are taken as they are. Rules of one id must not hold on
// the same day.
func NewRules(header Rules, rules []Rule, overrides []RuleOverride) (*Rules, error) {
	r := &Rules{Version: header.Version, Pack: header.Pack, Countries: header.Countries, About: header.About, overrides: overrides}
	starts := []Date{minDate}
	for i := range rules {
		starts = append(starts, rules[i].From)
		if !rules[i].Until.IsZero() {
			starts = append(starts, rules[i].Until+1)
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	sorted := make([]*Rule, len(rules))
	for i := range rules {
		rule := rules[i]
		sorted[i] = &rule
	}
	slices.SortStableFunc(sorted, func(a, b *Rule) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		return strings.Compare(a.ID, b.ID)
	})
	for i, from := range starts {
		s := RuleSpan{From: from, Until: maxDate}
		if i+1 < len(starts) {
			s.Until = starts[i+1] - 1
		}
		if err := s.fill(sorted); err != nil {
			return nil, err
		}
		r.spans = append(r.spans, s)
	}
	return r, nil
}

func (s *RuleSpan) fill(sorted []*Rule) error {
	seen := map[string]bool{}
	for _, r := range sorted {
		if !r.On(s.From) {
			continue
		}
		if seen[r.ID] {
			return fmt.Errorf("rule %s holds twice on %s", r.ID, s.From)
		}
		seen[r.ID] = true
		s.Rules = append(s.Rules, r)
	}
	s.index()
	return nil
}

// index notes where each kind begins.
func (s *RuleSpan) index() {
	n := 0
	for k := range s.first {
		for n < len(s.Rules) && int(s.Rules[n].Kind) < k {
			n++
		}
		s.first[k] = uint16(n)
	}
}

// On reports whether the rule is in force on a day.
func (r *Rule) On(d Date) bool { return d >= r.From && (r.Until.IsZero() || d <= r.Until) }

// On is the rules of a day.
func (r *Rules) On(d Date) *RuleSpan {
	i := len(r.spans) - 1
	for i > 0 && r.spans[i].From > d { // decisions are about today: the last spans
		i--
	}
	return &r.spans[i]
}

// Of is the rules of one kind.
func (s *RuleSpan) Of(k RuleKind) []*Rule { return s.Rules[s.first[k]:s.first[k+1]] }

// Rule is the rule with the id, or nil.
func (s *RuleSpan) Rule(id string) *Rule {
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Spans are all spans, the earliest first.
func (r *Rules) Spans() []RuleSpan { return r.spans }

// All are the rules of all days, each once, by id and then by date.
func (r *Rules) All() []*Rule {
	var all []*Rule
	seen := map[*Rule]bool{}
	for i := range r.spans {
		for _, rule := range r.spans[i].Rules {
			if !seen[rule] {
				seen[rule] = true
				all = append(all, rule)
			}
		}
	}
	slices.SortFunc(all, func(a, b *Rule) int {
		if c := strings.Compare(a.ID, b.ID); c != 0 {
			return c
		}
		return int(a.From) - int(b.From)
	})
	return all
}

// Overrides are the tenant's loosened and verified rules, for the log.
func (r *Rules) Overrides() []RuleOverride { return r.overrides }

// Without gives the rules minus one, under a version that says so: for tests that ask whether anybody would notice.
func (r *Rules) Without(id string) *Rules {
	less := *r
	less.Version += " without " + id
	less.spans = slices.Clone(r.spans)
	for i := range less.spans {
		s := &less.spans[i]
		s.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(rule *Rule) bool { return rule.ID == id })
		s.index()
	}
	return &less
}
