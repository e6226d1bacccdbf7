package scenario

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
)

var (
	tagNames  = slices.Collect(engine.Tags(1<<16 - 1).Names())
	actNames  = namesOf(int(engine.ActCourt)+1, func(i int) string { return engine.Act(i).String() })
	termNames = []string{"wording", "has_wording", "not_wording", "identify", "has_identify", "not_identify", "discreet", "has_discreet", "not_discreet",
		"approve", "has_approve", "not_approve", "forbear", "has_forbear", "not_forbear", "needs", "with", "fee_minor", "lump_minor", "points", "ladder"}
)

// terms reads what texts and acts must keep to.
func (r *reader) terms(n *yaml.Node, at string) (all []expectation) {
	r.Mapping(n, at, func(key string, v *yaml.Node) bool {
		if !slices.Contains(termNames, key) {
			return false
		}
		all = append(all, r.term(key, v, at+"/"+key)...)
		return true
	}, termNames...)
	for i := range all {
		all[i].what = "terms " + all[i].what
	}
	return all
}

func (r *reader) term(key string, v *yaml.Node, p string) []expectation {
	of := func(f func(t *engine.Terms) float64) []expectation {
		return []expectation{r.number(key, v, p, func(o *outcome) float64 { return f(&o.verdict.Terms) })}
	}
	switch key {
	case "needs":
		return r.pairs(key, v, p, factors["channels"].names, needed)
	case "with":
		return r.pairs(key, v, p, tagNames, companions)
	case "fee_minor":
		return of(func(t *engine.Terms) float64 { return float64(t.FeeMinor) })
	case "lump_minor":
		return of(func(t *engine.Terms) float64 { return float64(t.Lump) })
	case "points":
		return of(func(t *engine.Terms) float64 { return t.Points })
	case "ladder":
		want := r.word(v, p, []string{"true", "false"})
		return []expectation{equal(key, want, v, func(o *outcome) string { return strconv.FormatBool(o.verdict.Terms.Ladder) })}
	}
	set := termSets[key[strings.IndexByte(key, '_')+1:]]
	return []expectation{r.list(key, v, p, set.names, func(o *outcome) []string { return set.of(&o.verdict.Terms) })}
}

// termSets are the terms that are sets of words.
var termSets = map[string]struct {
	names []string
	of    func(t *engine.Terms) []string
}{
	"wording":  {tagNames, func(t *engine.Terms) []string { return slices.Collect(t.Wording.Names()) }},
	"identify": {factors["channels"].names, func(t *engine.Terms) []string { return channels(t.Identify) }},
	"discreet": {factors["channels"].names, func(t *engine.Terms) []string { return channels(t.Discreet) }},
	"approve":  {actNames, func(t *engine.Terms) []string { return acts(t.Approve) }},
	"forbear":  {actNames, func(t *engine.Terms) []string { return acts(t.Forbear) }},
}

func channels(s engine.ChannelSet) (all []string) {
	for c := engine.Email; c < engine.Channels; c++ {
		if s.Has(c) {
			all = append(all, c.String())
		}
	}
	return all
}

func acts(s engine.Set[engine.Act]) (all []string) {
	for i, name := range actNames {
		if s.Has(engine.Act(i + 1)) {
			all = append(all, name)
		}
	}
	return all
}

// pairs reads a mapping of words to the tags that texts must carry then.
func (r *reader) pairs(what string, n *yaml.Node, at string, known []string, get func(t *engine.Terms, word string) engine.Tags) (all []expectation) {
	r.Mapping(n, at, func(word string, v *yaml.Node) bool {
		if !slices.Contains(known, word) {
			return false
		}
		all = append(all, r.list(what+" "+word, v, at+"/"+word, tagNames, func(o *outcome) []string {
			return slices.Collect(get(&o.verdict.Terms, word).Names())
		}))
		return true
	}, known...)
	return all
}

// needed are the tags that every text by a channel must carry.
func needed(t *engine.Terms, channel string) engine.Tags {
	var c engine.Channel
	if c.UnmarshalText([]byte(channel)) != nil {
		return 0
	}
	return t.Needs[c]
}

// companions are the tags that a text with the tag must carry too.
func companions(t *engine.Terms, tag string) (needs engine.Tags) {
	has, err := engine.TagNamed(tag)
	for _, w := range t.With {
		if err == nil && w.Has&has != 0 {
			needs |= w.Needs
		}
	}
	return needs
}
