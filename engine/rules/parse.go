package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/engine/strict"
)

// file is a pack or a tenant's file as it is written.
type file struct {
	path      string
	name      string // such as de, or acme
	version   string // such as de-2026.11
	about     engine.RuleText
	countries []string
	include   []string // packs whose rules hold as well
	pack      string   // of a tenant's file: the pack it tightens
	entries   []entry
}

// entry is one item of rules: a rule, or what a tenant changes in one.
type entry struct {
	line     int
	rule     engine.Rule
	kindAt   *yaml.Node            // nil: names a rule of the pack
	params   map[string]*yaml.Node // as given
	drop     bool
	override *note
	verified *note
}

// note says who let a rule loosen, when and why.
type note struct {
	reason, by string
	date       engine.Date
}

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	idForm      = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z0-9_]+)+$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

// parse reads one file strictly. Errors name file and line, all of them at once.
func parse(path string, text []byte) (*file, error) {
	root, err := strict.Document(text)
	switch {
	case err != nil:
		return nil, syntax(path, err)
	case root == nil:
		return nil, fmt.Errorf("%s:1: the file is empty; start with name, version, about and rules", path)
	}
	r := &reader{strict.Reader{Name: path}}
	f := r.file(root)
	return f, r.Err()
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax puts the line of a YAML error where those of all other errors stand.
func syntax(path string, err error) error {
	line := "1"
	text := yamlLine.ReplaceAllStringFunc(err.Error(), func(s string) string {
		if m := yamlLine.FindStringSubmatch(s); m[1] != "" {
			line = m[1]
		}
		return ""
	})
	return fmt.Errorf("%s:%s: %s", path, line, text)
}

// reader reads packs; its errors say in words what they are about.
type reader struct{ strict.Reader }

func (r *reader) fail(n *yaml.Node, format string, a ...any) {
	r.failLine(n.Line, format, a...)
}

func (r *reader) failLine(line int, format string, a ...any) {
	r.FailAt(line, fmt.Errorf(format, a...))
}

// mapping hands the value of every key to its function; at is what the keys are of, for messages.
func (r *reader) mapping(n *yaml.Node, at string, keys []string, f func(key string, v *yaml.Node) error) {
	r.Mapping(n, at, func(key string, v *yaml.Node) bool {
		if !slices.Contains(keys, key) {
			return false
		}
		if err := f(key, v); err != nil {
			r.fail(v, "%s: %s: %w", at, key, err)
		}
		return true
	}, keys...)
}

var fileKeys = []string{"name", "version", "about", "countries", "include", "pack", "rules"}

func (r *reader) file(n *yaml.Node) *file {
	f := &file{path: r.Name}
	r.mapping(n, "pack", fileKeys, func(key string, v *yaml.Node) (err error) {
		switch key {
		case "name":
			f.name, err = formed(v, nameForm, "name; write small letters such as de")
		case "version":
			f.version, err = text(v, 64)
		case "about":
			f.about = r.text(v, "about")
		case "countries":
			f.countries, err = list(v, countryForm, "ISO 3166-1 code such as DE")
		case "include":
			f.include, err = list(v, nameForm, "pack's name such as core")
		case "pack":
			f.pack, err = formed(v, nameForm, "pack's name such as de")
		case "rules":
			f.entries = r.rules(v)
		}
		return err
	})
	r.header(n, f)
	r.overlaps(f)
	return f
}

// header checks what belongs together at the top of a file.
func (r *reader) header(n *yaml.Node, f *file) {
	switch {
	case r.Failures() > 0: // they may be the reason
	case f.name == "":
		r.fail(n, "pack: name is missing; write name: de")
	case !strings.HasPrefix(f.version, f.name+"-"):
		r.fail(n, "pack: version %q does not start with the name; write version: %s-2026.11", f.version, f.name)
	case f.pack == "" && f.about == engine.RuleText{}:
		r.fail(n, "pack: about is missing; say in English and German what the pack is for")
	case f.pack != "" && (len(f.include) > 0 || len(f.countries) > 0):
		r.fail(n, "pack: a tenant's file has the include and countries of its pack %s", f.pack)
	case len(f.entries) == 0:
		r.fail(n, "pack: rules is missing or empty")
	}
	for i := range f.entries {
		e := &f.entries[i]
		if e.rule.Origin = f.name; e.kindAt != nil && f.name != "" && !strings.HasPrefix(e.rule.ID, f.name+".") && e.rule.ID != "" && f.pack == "" {
			r.failLine(e.line, "rule %s: ids of pack %s start with %s.", e.rule.ID, f.name, f.name)
		}
		if f.pack == "" && (e.drop || e.override != nil || e.verified != nil) {
			r.failLine(e.line, "rule %s: drop, override and verified stand in a tenant's file, which names its pack", e.rule.ID)
		}
		if f.pack == "" && e.kindAt == nil && e.rule.ID != "" {
			r.failLine(e.line, "rule %s: kind is missing", e.rule.ID)
		}
	}
}

// overlaps refuses two entries of one id that hold on the same day.
func (r *reader) overlaps(f *file) {
	for i := range f.entries {
		for j := range i {
			a, b := &f.entries[j], &f.entries[i]
			if a.rule.ID != b.rule.ID || a.rule.ID == "" {
				continue
			}
			if from, until, ok := overlap(&a.rule, &b.rule); ok {
				r.failLine(b.line, "rule %s: holds with the entry of line %d at once%s; let the earlier one end the day before", b.rule.ID, a.line, days(from, until))
			}
			if a.kindAt != nil && b.kindAt != nil && a.rule.Kind != b.rule.Kind {
				r.failLine(b.line, "rule %s: is of kind %s in line %d; one id keeps its kind", b.rule.ID, a.rule.Kind, a.line)
			}
		}
	}
}

// overlap is the days on which both hold; zero dates are without end.
func overlap(a, b *engine.Rule) (from, until engine.Date, ok bool) {
	from, until = a.From, a.Until
	if from.IsZero() || !b.From.IsZero() && b.From > from {
		from = b.From
	}
	if until.IsZero() || !b.Until.IsZero() && b.Until < until {
		until = b.Until
	}
	return from, until, from.IsZero() || until.IsZero() || from <= until
}

func days(from, until engine.Date) string {
	s := ""
	if !from.IsZero() {
		s += " from " + from.String()
	}
	if !until.IsZero() {
		s += " until " + until.String()
	}
	return s
}

func (r *reader) rules(n *yaml.Node) (entries []entry) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "rules: want a list, each rule starting with - id:")
		return nil
	}
	for _, item := range n.Content {
		entries = append(entries, r.entry(strict.Resolve(item)))
	}
	return entries
}

var entryKeys = []string{"id", "kind", "from", "until", "status", "source", "text", "params", "drop", "override", "verified"}

func (r *reader) entry(n *yaml.Node) entry {
	e := entry{line: n.Line, params: map[string]*yaml.Node{}}
	before := r.Failures()
	var status string
	r.mapping(n, "rule", entryKeys, func(key string, v *yaml.Node) (err error) {
		switch key {
		case "id":
			e.rule.ID, err = formed(v, idForm, "id; write dotted small letters such as de.quiet_hours")
		case "kind":
			e.kindAt = v
			e.rule.Kind, err = wordOf[engine.RuleKind](v)
		case "from":
			err = date{&e.rule.From}.read(v)
		case "until":
			err = date{&e.rule.Until}.read(v)
		case "status":
			if status = v.Value; status != "verified" && status != "unverified" {
				err = unknown(status, []string{"verified", "unverified"})
			}
		case "source":
			e.rule.Source, err = text(v, 300)
		case "text":
			e.rule.Text = r.text(v, "text")
		case "params":
			r.given(v, e.params)
		case "drop":
			err = truth{&e.drop}.read(v)
		case "override":
			e.override = r.note(v, "override", "reason", "by", "date")
		case "verified":
			e.verified = r.note(v, "verified", "by", "date")
		}
		return err
	})
	e.rule.Unverified = status == "unverified"
	if r.Failures() == before {
		r.complete(&e, status)
	}
	return e
}

// complete checks what belongs together in an entry, and reads the params of a whole rule.
func (r *reader) complete(e *entry, status string) {
	id := e.rule.ID
	switch {
	case id == "":
		r.failLine(e.line, "rule: id is missing")
	case !e.rule.From.IsZero() && !e.rule.Until.IsZero() && e.rule.Until < e.rule.From:
		r.failLine(e.line, "rule %s: until %s is before from %s", id, e.rule.Until, e.rule.From)
	case e.drop && (e.kindAt != nil || len(e.params) > 0):
		r.failLine(e.line, "rule %s: is dropped; it has neither kind nor params", id)
	case e.override != nil && e.verified != nil:
		r.failLine(e.line, "rule %s: has both override and verified; an unverified rule is verified, another overridden", id)
	case e.kindAt == nil && status != "":
		r.failLine(e.line, "rule %s: status is the pack's; say who checked it: verified: {by, date}", id)
	case e.kindAt == nil: // changes a rule of the pack: read when that is known
	case e.override != nil || e.verified != nil:
		r.failLine(e.line, "rule %s: a new rule needs neither override nor verified: rules only restrict", id)
	case e.rule.From.IsZero():
		r.failLine(e.line, "rule %s: from is missing; write the day since when it holds", id)
	case status == "":
		r.failLine(e.line, "rule %s: status is missing; write verified or unverified", id)
	case e.rule.Source == "":
		r.failLine(e.line, "rule %s: source is missing; name the statute, decision or article", id)
	case e.rule.Text == engine.RuleText{}:
		r.failLine(e.line, "rule %s: text is missing; say it in English and German, a sentence each", id)
	default:
		e.rule.Params = defaults(e.rule.Kind)
		r.params(e, &e.rule)
		r.missing(e)
	}
}

// given notes the params as they are written, each once.
func (r *reader) given(n *yaml.Node, into map[string]*yaml.Node) {
	var all []string
	for i := range params {
		all = append(all, params[i].name)
	}
	r.mapping(n, "params", all, func(key string, v *yaml.Node) error {
		into[key] = v
		return nil
	})
}

// params reads the given params into a rule; those of its kind only.
func (r *reader) params(e *entry, rule *engine.Rule) {
	names := kinds[rule.Kind].names()
	for name, n := range e.params {
		if !slices.Contains(names, name) {
			if len(names) == 0 {
				r.fail(n, "rule %s: kind %s has no params", rule.ID, rule.Kind)
			} else {
				r.fail(n, "rule %s: params: %w of kind %s", rule.ID, unknown(name, names), rule.Kind)
			}
			continue
		}
		if err := paramNamed(name).of(&rule.Params).read(n); err != nil {
			r.fail(n, "rule %s: params: %s: %w", rule.ID, name, err)
		}
	}
	r.consistent(e, rule)
}

func (r *reader) missing(e *entry) {
	for _, name := range strings.Fields(kinds[e.rule.Kind].must) {
		if e.params[name] == nil {
			r.failLine(e.line, "rule %s: params: %s is missing; kind %s has %s", e.rule.ID, name, e.rule.Kind, strings.Join(kinds[e.rule.Kind].names(), ", "))
		}
	}
}

// consistent checks params that only make sense together.
func (r *reader) consistent(e *entry, rule *engine.Rule) {
	p := &rule.Params
	switch k := rule.Kind; {
	case k == engine.RuleHours && p.Open >= p.Close && e.params["open"] != nil:
		r.fail(e.params["open"], "rule %s: params: open %s is not before close %s", rule.ID, clock{&p.Open}, clock{&p.Close})
	case k == engine.RuleHours && p.Open >= p.Close && e.params["close"] != nil:
		r.fail(e.params["close"], "rule %s: params: close %s is not after open %s", rule.ID, clock{&p.Close}, clock{&p.Open})
	case (k == engine.RuleStop || k == engine.RuleMinor) && e.params["outcome"] != nil && !stops.Has(p.Outcome):
		r.fail(e.params["outcome"], "rule %s: params: outcome: a stop ends in no_contact, agent_review or route", rule.ID)
	}
}

// stops are the outcomes that end contact.
var stops = engine.SetOf(engine.KindNoContact, engine.KindAgentReview, engine.KindRoute)

func (r *reader) text(n *yaml.Node, at string) (t engine.RuleText) {
	before := r.Failures()
	r.mapping(n, at, []string{"en", "de"}, func(key string, v *yaml.Node) (err error) {
		dst := &t.EN
		if key == "de" {
			dst = &t.DE
		}
		if *dst, err = text(v, 400); err == nil && !strings.HasSuffix(*dst, ".") {
			err = errors.New("want a sentence that ends with a full stop")
		}
		return err
	})
	if r.Failures() == before && (t.EN == "" || t.DE == "") {
		r.fail(n, "%s: want both en and de", at)
	}
	return t
}

func (r *reader) note(n *yaml.Node, at string, keys ...string) *note {
	var c note
	before := r.Failures()
	r.mapping(n, at, keys, func(key string, v *yaml.Node) (err error) {
		switch key {
		case "reason":
			c.reason, err = text(v, 400)
		case "by":
			c.by, err = text(v, 100)
		case "date":
			err = date{&c.date}.read(v)
		}
		return err
	})
	if r.Failures() == before && (c.by == "" || c.date.IsZero() || slices.Contains(keys, "reason") && c.reason == "") {
		r.fail(n, "%s: want all of %s", at, strings.Join(keys, ", "))
	}
	return &c
}

// text is a scalar on one line.
func text(n *yaml.Node, most int) (string, error) {
	s := strings.TrimSpace(n.Value)
	if n.Kind != yaml.ScalarNode || s == "" || len(s) > most || strings.ContainsAny(s, "\n\r\t\x00") {
		return "", fmt.Errorf("want a text in one line, %d bytes at most", most)
	}
	return s, nil
}

func formed(n *yaml.Node, form *regexp.Regexp, what string) (string, error) {
	if n.Kind != yaml.ScalarNode || !form.MatchString(n.Value) {
		return "", fmt.Errorf("%q is no %s", n.Value, what)
	}
	return n.Value, nil
}

func list(n *yaml.Node, form *regexp.Regexp, what string) (items []string, err error) {
	err = each(n, func(n *yaml.Node) error {
		s, err := formed(n, form, what)
		if err == nil && slices.Contains(items, s) {
			err = fmt.Errorf("%q stands twice", s)
		}
		items = append(items, s)
		return err
	})
	return items, err
}
