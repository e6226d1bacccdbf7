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
	key := TemplateKey{dst.Channel, dst.Tone, Primary(dst.Language)}
	if dst.Template = in.Tenant.Templates[key]; dst.Template == "" {
		dst.Template = w.template(key)
	}
}

// language is the debtor's, of the request or else of the history.
func (w *work) language(in *Input) string {
	if in.Request.Debtor.Language != "" {
		return in.Request.Debtor.Language
	}
	return w.text(unpad(in.Facts.Language[:]))
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

// template is the default key <tone>_<channel>_<language>, without the last part if the language is unknown.
func (w *work) template(k TemplateKey) string {
	if s, ok := w.templates[k]; ok {
		return s
	}
	if len(w.templates) >= maxTexts {
		clear(w.templates)
	}
	s := k.Tone.String() + "_" + k.Channel.String()
	if k.Language != "" {
		s += "_" + k.Language
	}
	k.Language = strings.Clone(k.Language) // do not keep the request's bytes alive
	w.templates[k] = s
	return s
}
