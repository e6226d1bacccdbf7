// Package catalogue reads a creditor's templates from YAML.
//
//	templates:
//	  - {key: reminder_1, channel: email, tone: friendly, language: de, legal_state: approved, until: 2026-12-31, tags: [opt_out]}
//	  - {key: reminder_1, channel: email, tone: friendly, language: en}     # a draft: never chosen
//
//	c, err := catalogue.Parse("texts.yaml", text)
package catalogue

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"takt/engine"
	"takt/engine/content"
	"takt/engine/strict"
)

// Parse reads a catalogue; name is the file's. Its errors name file, line and field, all of them at
// once; each wraps an *engine.FieldError. A template that may never go out is an error if it is approved.
func Parse(name string, text []byte) (engine.Catalogue, error) {
	root, err := strict.Document(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	p := parser{Reader: strict.Reader{Name: name}, seen: map[identity][]entry{}, c: engine.Catalogue{}}
	if root == nil {
		p.Fail(&yaml.Node{Line: 1}, "/templates", "is missing; list the templates")
		return nil, p.Err()
	}
	p.Mapping(root, "", func(key string, v *yaml.Node) bool {
		if key == "templates" {
			p.templates(v)
		}
		return key == "templates"
	}, "templates")
	if err := p.Err(); err != nil {
		return nil, err
	}
	if len(p.c) == 0 {
		p.Fail(root, "/templates", "is empty; list the templates")
	}
	return p.c, p.Err()
}

// identity is what two entries of one text have in common. A draft may lie beside what it is to replace.
type identity struct {
	key, language string
	place         engine.Place
	draft         bool
}

type entry struct {
	line        int
	from, until engine.Date
}

type parser struct {
	strict.Reader
	c    engine.Catalogue
	seen map[identity][]entry
}

func (p *parser) templates(n *yaml.Node) {
	for i, v := range p.Items(n, "/templates", "write one template per line, each starting with a dash") {
		at := fmt.Sprintf("/templates/%d", i)
		t := p.template(v, at)
		p.check(v, at, &t)
		p.c.Add(t)
	}
}

func (p *parser) template(n *yaml.Node, at string) (t engine.Template) {
	p.Mapping(n, at, func(key string, v *yaml.Node) bool {
		var read func([]byte) error
		switch key {
		case "key":
			read = func(b []byte) error { t.Key = string(b); return checkKey(t.Key) }
		case "channel":
			read = t.Channel.UnmarshalText
		case "tone":
			read = t.Tone.UnmarshalText
		case "language":
			read = func(b []byte) error { t.Language = string(b); return checkLanguage(t.Language) }
		case "legal_state":
			read = t.Legal.UnmarshalText
		case "from":
			read = t.From.UnmarshalText
		case "until":
			read = t.Until.UnmarshalText
		case "tags":
			t.Tags = p.tags(v, at+"/tags")
			return true
		default:
			return false
		}
		p.Text(v, at+"/"+key, read)
		return true
	}, "key", "channel", "tone", "language", "legal_state", "from", "until", "tags")
	return t
}

func checkKey(key string) error {
	if len(key) > 200 || strings.TrimSpace(key) != key || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return &engine.FieldError{Detail: "is no key; use at most 200 bytes without control characters and outer spaces"}
	}
	return nil
}

func checkLanguage(tag string) error {
	if !engine.ValidLanguage(tag) {
		return &engine.FieldError{Detail: fmt.Sprintf("%q is no BCP 47 tag; use one such as de or de-AT", tag)}
	}
	return nil
}

func (p *parser) tags(n *yaml.Node, at string) (tags engine.Tags) {
	for i, v := range p.Items(n, at, "write the tags as [fee, opt_out]") {
		at := fmt.Sprintf("%s/%d", at, i)
		p.Text(v, at, func(b []byte) error {
			tag, err := engine.TagNamed(string(b))
			if tags&tag != 0 {
				p.Fail(v, at, "%s is given twice", tag)
			}
			tags |= tag
			return err
		})
	}
	return tags
}

// check holds what needs the whole entry.
func (p *parser) check(n *yaml.Node, at string, t *engine.Template) {
	for _, f := range []struct {
		key     string
		missing bool
	}{{"key", t.Key == ""}, {"channel", t.Channel == 0}, {"tone", t.Tone == 0}, {"language", t.Language == ""}} {
		if f.missing && n.Kind == yaml.MappingNode && !has(n, f.key) {
			p.Fail(n, at+"/"+f.key, "is missing")
		}
	}
	if !t.Until.IsZero() && t.Until < t.From {
		p.Fail(n, at+"/until", "is %s, before from, %s", t.Until, t.From)
	}
	if ok, lacking, needs := content.Sound(t.Tags); !ok && t.Legal == engine.Approved {
		p.Fail(n, at+"/tags", "%s needs %s; this text may never go out", lacking, needs)
	}
	if t.Key != "" {
		p.apart(n, at, t)
	}
}

func has(n *yaml.Node, key string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

// apart refuses a second entry of a text for the same day: nobody could tell which one counts.
func (p *parser) apart(n *yaml.Node, at string, t *engine.Template) {
	id := identity{t.Key, strings.ToLower(t.Language), engine.Place{Channel: t.Channel, Tone: t.Tone}, t.Legal == engine.Draft}
	for _, o := range p.seen[id] {
		if (o.until.IsZero() || t.From <= o.until) && (t.Until.IsZero() || o.from <= t.Until) {
			p.Fail(n, at, "is the text of line %d for days that it is valid on too; let one end before the other begins", o.line)
			break
		}
	}
	p.seen[id] = append(p.seen[id], entry{n.Line, t.From, t.Until})
}
