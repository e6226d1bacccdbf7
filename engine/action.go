package engine

import (
	"strings"
	"time"
)

// maxTexts bounds the tables of kept texts: requests bring languages as they like.
const maxTexts = 4096

// action writes option o in words and local time.
func (w *work) action(dst *ContactAction, in *Input, o *Option) {
	g := &in.Tenant.Grid
	l := g.Levels(o.Action)
	*dst = ContactAction{
		Channel:   g.Channels[l.Channel],
		Tone:      g.Tones[l.Tone],
		Offer:     g.Offers[l.Offer],
		Language:  w.language(in),
		NotBefore: time.Unix(o.NotBefore, 0).In(w.zone),
		NotAfter:  time.Unix(o.NotAfter, 0).In(w.zone),
		TZ:        w.zone.String(),
	}
	if o.Contact >= 0 && o.Contact < len(in.Request.Contacts) {
		dst.AddressRef = in.Request.Contacts[o.Contact].AddressRef
	}
	w.template(dst, in.Tenant)
}

// template names the contact's text and its language. With a catalogue that has no text for the
// contact there is none.
func (w *work) template(dst *ContactAction, t *Tenant) {
	if len(t.Catalogue) == 0 {
		dst.Template = w.conventional(textPlace{dst.Channel, dst.Tone, Primary(dst.Language)})
		return
	}
	found := t.Catalogue.Find(Place{dst.Channel, dst.Tone}, DateOf(dst.NotBefore), &w.terms, dst.Language, t.Language)
	if found != nil {
		dst.Template, dst.Language = found.Key, found.Language
	}
}

// language is the debtor's, of the request or else of the history.
func (w *work) language(in *Input) string {
	if in.Request.Debtor.Language != "" {
		return in.Request.Debtor.Language
	}
	return w.text(Unpad(in.Facts.Language[:]))
}

// text is b as a string that is kept for the next time.
func (w *work) text(b []byte) string {
	if s, ok := w.texts[string(b)]; ok {
		return s
	}
	if len(w.texts) >= maxTexts {
		clear(w.texts)
	}
	s := string(b)
	w.texts[s] = s
	return s
}

// textPlace is what a key by convention is made of.
type textPlace struct {
	channel  Channel
	tone     Tone
	language string // primary subtag such as de
}

// conventional is the key <tone>_<channel>_<language>, without the last part if the language is unknown.
func (w *work) conventional(p textPlace) string {
	if s, ok := w.keys[p]; ok {
		return s
	}
	if len(w.keys) >= maxTexts {
		clear(w.keys)
	}
	s := p.tone.String() + "_" + p.channel.String()
	if p.language != "" {
		s += "_" + p.language
	}
	p.language = strings.Clone(p.language) // do not keep the request's bytes alive
	w.keys[p] = s
	return s
}
