package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"takt/engine"
	"takt/engine/strict"
)

// Parse reads and compiles a pack, or a tenant's file together with the embedded pack that it names. Errors name file
// and line, all of them at once.
func Parse(path string, text []byte) (*engine.Rules, error) {
	f, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	if f.pack == "" {
		return compilePack(f)
	}
	base, err := Law(f.pack)
	if err != nil {
		return nil, fmt.Errorf("%s: pack: %w", path, err)
	}
	return compileOwn(f, base)
}

// ParseOwn reads and compiles a tenant's file that has to be laid over the pack; an empty pack is the file's choice.
// A pack of its own is refused: it would take the place of the law.
func ParseOwn(path string, text []byte, pack string) (*engine.Rules, error) {
	f, err := parse(path, text)
	switch {
	case err != nil:
		return nil, err
	case f.pack == "":
		return nil, fmt.Errorf("%s:1: pack: is missing; name the pack that the file makes stricter, such as pack: de", path)
	case pack != "" && f.pack != pack:
		return nil, fmt.Errorf("%s:1: pack: is %s, but the configuration says %s", path, f.pack, pack)
	}
	return Parse(path, text)
}

// compilePack joins a pack with those it includes.
func compilePack(f *file) (*engine.Rules, error) {
	var rules []engine.Rule
	var errs []error
	for _, name := range f.include {
		in, err := packFile(name)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: include: %w", f.path, err))
			continue
		case len(in.include) > 0 || in.name == f.name:
			errs = append(errs, fmt.Errorf("%s: include: pack %s includes others itself", f.path, name))
			continue
		}
		for i := range in.entries {
			rules = append(rules, in.entries[i].rule)
		}
	}
	for i := range f.entries {
		rules = append(rules, f.entries[i].rule)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	header := engine.Rules{Pack: f.name, Countries: f.countries, About: f.about}
	header.Version = version(f.version, rules, nil)
	return engine.NewRules(header, rules, nil)
}

// compileOwn lays a tenant's file over its pack.
func compileOwn(f *file, base *engine.Rules) (*engine.Rules, error) {
	o := own{reader: &reader{strict.Reader{Name: f.path}}, base: base}
	for _, r := range base.All() {
		o.rules = append(o.rules, *r)
	}
	for i := range f.entries {
		o.entry(&f.entries[i], f.name)
	}
	if err := o.Err(); err != nil {
		return nil, err
	}
	header := engine.Rules{Pack: base.Pack, Countries: base.Countries, About: base.About}
	header.Version = version(f.version, o.rules, o.overrides)
	return engine.NewRules(header, o.rules, o.overrides)
}

// own is a tenant's file as it is laid over the rules of its pack.
type own struct {
	*reader
	base      *engine.Rules
	rules     []engine.Rule
	overrides []engine.RuleOverride
}

func (o *own) entry(e *entry, name string) {
	id := e.rule.ID
	known := map[string]engine.RuleKind{}
	for _, r := range o.base.All() {
		known[r.ID] = r.Kind
	}
	kind, ok := known[id]
	switch {
	case ok && e.kindAt != nil && e.rule.Kind != kind:
		o.fail(e.kindAt, "rule %s: is of kind %s in pack %s; leave kind out", id, kind, o.base.Pack)
	case ok && len(e.params) == 0 && !e.drop && e.verified == nil && e.rule.Source == "" && e.rule.Text == (engine.RuleText{}):
		o.failLine(e.line, "rule %s: changes nothing; give params, verified or drop", id)
	case ok:
		o.change(e, name)
	case e.kindAt == nil:
		o.failLine(e.line, "rule %s: no such rule in pack %s%s; a rule of your own needs a kind", id, o.base.Pack, engine.Hint(id, maps.Keys(known)))
	case !strings.HasPrefix(id, name+"."):
		o.failLine(e.line, "rule %s: ids of your own start with %s.%s", id, name, engine.Hint(id, maps.Keys(known)))
	default:
		o.rules = append(o.rules, e.rule)
	}
}

// change lays an entry over every piece of the rule that holds at the same time.
func (o *own) change(e *entry, name string) {
	var rules []engine.Rule
	met := false
	for i := range o.rules {
		was := o.rules[i]
		if was.ID != e.rule.ID {
			rules = append(rules, was)
			continue
		}
		from, until, ok := overlap(&was, &e.rule)
		if !ok {
			rules = append(rules, was)
			continue
		}
		met = true
		if from > was.From {
			head := was
			head.Until = from - 1
			rules = append(rules, head)
		}
		piece := was
		piece.From, piece.Until, piece.Origin = from, until, name
		if kept := o.lay(e, &was, &piece); kept {
			rules = append(rules, piece)
		}
		if !until.IsZero() && until != was.Until {
			tail := was
			tail.From = until + 1
			rules = append(rules, tail)
		}
	}
	if !met {
		o.failLine(e.line, "rule %s: the pack's rule does not hold%s; nothing is changed", e.rule.ID, days(e.rule.From, e.rule.Until))
	}
	o.rules = rules
}

// lay changes a piece of a rule as the entry says, if it may; it reports whether the piece is kept.
func (o *own) lay(e *entry, was, piece *engine.Rule) bool {
	if e.rule.Source != "" {
		piece.Source = e.rule.Source
	}
	if e.rule.Text != (engine.RuleText{}) {
		piece.Text = e.rule.Text
	}
	before := o.Failures()
	o.params(e, piece)
	if o.Failures() > before {
		return true
	}
	var all, looser []string
	if e.drop {
		looser = []string{"dropped"}
	}
	for _, c := range changes(was.Kind, &was.Params, &piece.Params) {
		all = append(all, c.String())
		if c.looser {
			looser = append(looser, c.String())
		}
	}
	if what := strings.Join(all, ", "); what != "" && e.rule.Text == (engine.RuleText{}) { // the pack's sentence may name the pack's values
		piece.Text.EN += " Changed by " + piece.Origin + ": " + what + "."
		piece.Text.DE += " Geändert von " + piece.Origin + ": " + what + "."
	}
	o.permit(e, was, piece, looser)
	return !e.drop
}

// permit refuses what loosens a rule unless somebody answers for it, and notes who does.
func (o *own) permit(e *entry, was, piece *engine.Rule, looser []string) {
	what := strings.Join(looser, ", ")
	switch {
	case e.verified != nil && !was.Unverified:
		o.failLine(e.line, "rule %s: is verified already; to loosen it write override: {reason, by, date}", was.ID)
	case e.override != nil && was.Unverified:
		o.failLine(e.line, "rule %s: is unverified; somebody has to check it first: write verified: {by, date} in place of override", was.ID)
	case len(looser) > 0 && was.Unverified && e.verified == nil:
		o.failLine(e.line, "rule %s: loosens an unverified rule: %s; write verified: {by, date} of the person who checked it", was.ID, what)
	case len(looser) > 0 && !was.Unverified && e.override == nil:
		o.failLine(e.line, "rule %s: loosens the pack: %s; write override: {reason, by, date}, or keep the pack's value", was.ID, what)
	case e.verified != nil:
		piece.Unverified = false
		o.note(e.verified, piece, strings.Join(append([]string{"verified"}, looser...), ", "), true)
	case len(looser) > 0:
		o.note(e.override, piece, what, false)
	}
}

func (o *own) note(n *note, piece *engine.Rule, what string, verified bool) {
	o.overrides = append(o.overrides, engine.RuleOverride{Rule: piece.ID, What: what, From: piece.From, Until: piece.Until,
		Verified: verified, Reason: n.reason, By: n.by, Date: n.date})
}

// version is the name with a hash of all that the rules say, the same for the same rules whatever the file looks like.
func version(name string, rules []engine.Rule, overrides []engine.RuleOverride) string {
	lines := make([]string, 0, len(rules))
	for i := range rules {
		lines = append(lines, canonical(&rules[i]))
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, l := range lines {
		fmt.Fprintln(h, l)
	}
	for _, o := range overrides {
		fmt.Fprintf(h, "%+v\n", o)
	}
	return fmt.Sprintf("%s+%x", name, h.Sum(nil)[:4])
}

// canonical is everything a rule says, in one line.
func canonical(r *engine.Rule) string {
	return fmt.Sprintf("%s|%s|%s|%s|%t|%q|%q|%q|%s", r.ID, r.Kind, r.From, r.Until, r.Unverified, r.Source, r.Text.EN, r.Text.DE, Params(r))
}
