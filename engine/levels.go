package engine

import (
	"fmt"
	"strings"
)

// Channel is a way to reach a debtor; the zero value means none.
type Channel uint8

// Tone is how a contact speaks; the zero value means none.
type Tone uint8

// Offer is what a contact offers beside the demand; the zero value means none was named.
type Offer uint8

// The channels.
const (
	Email Channel = 1 + iota
	SMS
	Letter
	Phone
	Messenger
	Push
	Portal
	Chat
)

// The tones.
const (
	Friendly Tone = 1 + iota
	Neutral
	Empathetic
	LossFramed
	Firm
	Formal
)

// The offers. OfferNone is the level "nothing beside the demand".
const (
	OfferNone Offer = 1 + iota
	PaymentLink
	Instalments
	Deferral
)

// Channels, Tones and Offers size arrays indexed by a level; index 0 (none) is unused.
const (
	Channels = 9
	Tones    = 7
	Offers   = 5
)

var (
	channelNames = [Channels]string{"", "email", "sms", "letter", "phone", "messenger", "push", "portal", "chat"}
	toneNames    = [Tones]string{"", "friendly", "neutral", "empathetic", "loss_framed", "firm", "formal"}
	offerNames   = [Offers]string{"", "none", "payment_link", "instalments", "deferral"}
)

// String gives the name used in JSON, SQL and configuration.
func (c Channel) String() string { return nameOf(channelNames[:], uint8(c)) }

// String gives the name used in JSON, SQL and configuration.
func (t Tone) String() string { return nameOf(toneNames[:], uint8(t)) }

// Presses reports whether the tone puts pressure on the debtor.
func (t Tone) Presses() bool { return t == LossFramed || t == Firm || t == Formal }

// String gives the name used in JSON, SQL and configuration.
func (o Offer) String() string { return nameOf(offerNames[:], uint8(o)) }

// MarshalText gives the name.
func (c Channel) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalText gives the name.
func (t Tone) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalText gives the name.
func (o Offer) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (c *Channel) UnmarshalText(b []byte) error { return levelOf(c, channelNames[:], "channel", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (t *Tone) UnmarshalText(b []byte) error { return levelOf(t, toneNames[:], "tone", b) }

// UnmarshalText reads a name; an unknown one is a FieldError that lists the known ones.
func (o *Offer) UnmarshalText(b []byte) error { return levelOf(o, offerNames[:], "offer", b) }

func nameOf(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("level(%d)", i)
}

func levelOf[L ~uint8](dst *L, names []string, what string, b []byte) error {
	for i, n := range names {
		if n == string(b) {
			*dst = L(i)
			return nil
		}
	}
	return &FieldError{"", fmt.Sprintf("%q is no %s; use one of %s", b, what, strings.TrimSpace(strings.Join(names, " ")))}
}
