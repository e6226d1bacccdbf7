package guard

import (
	"time"

	"takt/engine"
)

// shelf asks the catalogue whether a contact has a text that the terms permit.
type shelf struct {
	r     *run
	empty bool // no catalogue: keys are made up by convention, and the caller's texts keep to the terms
	place engine.Place
	day   engine.Date
	found bool
	bare  engine.ChannelSet // channels without a text for one of their tones
}

func newShelf(r *run) shelf { return shelf{r: r, empty: len(r.in.Tenant.Catalogue) == 0} }

// has remembers the last answer: slots of a day have the same texts.
func (s *shelf) has(c engine.Channel, t engine.Tone, w *window) bool {
	if s.empty {
		return true
	}
	p, day := engine.Place{Channel: c, Tone: t}, engine.DateOf(time.Unix(w.from, 0).In(s.r.loc))
	if p != s.place || day != s.day {
		s.place, s.day, s.found = p, day, s.r.text(p, day)
		if !s.found {
			s.bare = s.bare.With(c)
		}
	}
	return s.found
}

// note tells of places without a text.
func (s *shelf) note() { s.r.closesOwn("creditor.texts", s.bare) }

// text reports whether the catalogue has a usable text for a place and a day that the terms permit.
func (r *run) text(p engine.Place, day engine.Date) bool {
	t := r.in.Tenant
	if r.q.Debtor.Language != "" {
		return t.Catalogue.Find(p, day, &r.terms, r.q.Debtor.Language, t.Language) != nil
	}
	return t.Catalogue.Find(p, day, &r.terms, string(engine.Unpad(r.f.Language[:])), t.Language) != nil
}
