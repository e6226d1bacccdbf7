package rules

import (
	"strings"

	"takt/engine"
)

// Params are the params of a rule in one line, as its kind orders them: max 2, window 7d.
func Params(r *engine.Rule) string {
	var b strings.Builder
	for i, p := range of(r.Kind) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.name + " " + p.of(&r.Params).String())
	}
	return b.String()
}

// Values are the params of a rule by name, as JSON shows them.
func Values(r *engine.Rule) map[string]any {
	m := map[string]any{}
	for _, p := range of(r.Kind) {
		m[p.name] = p.of(&r.Params).json()
	}
	return m
}

// Status is verified or unverified.
func Status(r *engine.Rule) string {
	if r.Unverified {
		return "unverified"
	}
	return "verified"
}
