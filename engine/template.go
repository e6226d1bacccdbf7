package engine

import "strings"

// Template is one text of a creditor's catalogue, under the key by which the caller knows it. The
// text itself stays with the caller.
type Template struct {
	Key      string
	Channel  Channel
	Tone     Tone
	Language string // BCP 47, such as de or de-AT
	Legal    LegalState
	From     Date // first day of use; zero: no first
	Until    Date // last day of use; zero: no last
	Tags     Tags
}

// LegalState says whether somebody who may has approved a text.
type LegalState uint8

// The legal states. Nothing but what is approved is ever chosen.
const (
	Draft LegalState = iota
	Approved
	Withdrawn
)

var legalNames = [...]string{"draft", "approved", "withdrawn"}

// String gives the name used in the catalogue's file.
func (s LegalState) String() string { return nameOf(legalNames[:], uint8(s)) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (s *LegalState) UnmarshalText(b []byte) error {
	return levelOf(s, legalNames[:], "legal state", b)
}

// Usable reports whether the text may be used on the day as far as its state and dates go.
func (t *Template) Usable(day Date) bool {
	return t.Legal == Approved && day >= t.From && (t.Until.IsZero() || day <= t.Until)
}

// Place is where a template is used.
type Place struct {
	Channel Channel
	Tone    Tone
}

// Catalogue holds a creditor's templates by place, those of a place in the order of the file. Nil or
// empty means that the creditor has none: then keys are made up by convention.
type Catalogue map[Place][]Template

// Add puts t behind the others of its place.
func (c Catalogue) Add(t Template) {
	p := Place{t.Channel, t.Tone}
	c[p] = append(c[p], t)
}

// Find is the template for a place and a day that the terms permit (nil permits any), or nil. The first language
// that has one wins, its broader tags included (de-AT, then de: the lookup of RFC 4647, 3.4), and
// within a language the first in the order of the file.
func (c Catalogue) Find(p Place, day Date, terms *Terms, languages ...string) *Template {
	list := c[p]
	for _, tag := range languages {
		for ; tag != ""; tag = broader(tag) {
			for i := range list {
				if t := &list[i]; t.Usable(day) && (terms == nil || terms.Permit(t.Tags, p.Channel)) && strings.EqualFold(t.Language, tag) {
					return t
				}
			}
		}
	}
	return nil
}

// Of is the template that a decided contact names, or nil.
func (c Catalogue) Of(a *ContactAction) *Template {
	list := c[Place{a.Channel, a.Tone}]
	for i := range list {
		if t := &list[i]; t.Key == a.Template && t.Language == a.Language && t.Usable(DateOf(a.NotBefore)) {
			return t
		}
	}
	return nil
}

// broader is the tag without its last subtag, "" of a primary one.
func broader(tag string) string { return tag[:max(strings.LastIndexAny(tag, "-_"), 0)] }

// Primary is the primary subtag of a BCP 47 tag: "de" of "de-AT". It keeps the case of the tag.
func Primary(tag string) string {
	for i := range len(tag) {
		if tag[i] == '-' || tag[i] == '_' {
			return tag[:i]
		}
	}
	return tag
}

// ValidLanguage has the form of the BCP 47 tags that a profile keeps: a language of two or three
// letters, then subtags of one to eight letters and digits; 12 bytes at most.
func ValidLanguage(tag string) bool {
	if len(tag) > len(Facts{}.Language) {
		return false
	}
	for i, part := range strings.Split(tag, "-") {
		if i == 0 && (len(part) < 2 || len(part) > 3 || !alnum(part, false)) || len(part) < 1 || len(part) > 8 || !alnum(part, true) {
			return false
		}
	}
	return true
}

func alnum(s string, digits bool) bool {
	for _, c := range []byte(s) {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || digits && c >= '0' && c <= '9') {
			return false
		}
	}
	return true
}
