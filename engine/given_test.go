package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"takt/engine"
	"takt/engine/rules"
)

// given reads a line of what is known.
func (s *scenario) given(w []string) error {
	q, rest := s.in.Request, w[1:]
	switch w[0] {
	case "now":
		t, err := time.Parse(time.RFC3339, w[1])
		s.in.Now = t
		return err
	case "zone":
		if w[1] == "unknown" {
			s.in.Zone, q.Debtor.TZ = nil, ""
			return nil
		}
		loc, err := time.LoadLocation(w[1])
		s.in.Zone, q.Debtor.TZ = loc, w[1]
		return err
	case "open":
		if w[1] == "unknown" {
			q.Case.Open = engine.Money{}
			return nil
		}
		q.Case.Open = engine.Money{AmountMinor: int64(number(w[1])), Currency: w[2]}
	case "due":
		return q.Case.OldestDue.UnmarshalText([]byte(w[1]))
	case "stage":
		q.Case.Stage = w[1]
	case "fulfilment":
		q.Case.Fulfilment = w[1]
	case "disputed":
		q.Case.Disputed = true
	case "debtor":
		q.Debtor.Kind, q.Debtor.BirthYear = w[1], int(number(w[2]))
	case "language":
		q.Debtor.Language = w[1]
	case "flag":
		f, err := engine.FlagNamed(w[1])
		q.Debtor.Flags |= f
		return err
	case "contact":
		p := engine.ContactPoint{AddressRef: w[2], Validity: number(w[3])}
		if len(w) > 4 {
			p.Consent = w[4]
		}
		err := p.Channel.UnmarshalText([]byte(w[1]))
		q.Contacts = append(q.Contacts, p)
		return err
	case "allow":
		return s.allow(w[1], strings.Split(w[2], ","))
	case "tenant":
		return s.tenant(rest)
	case "unprofiled":
		s.in.Profiled = false
	case "holdout":
		s.in.Variant = engine.Variant{Arm: "holdout", Share: .02}
	case "fact":
		return s.fact(rest)
	default:
		return fmt.Errorf("unknown word %q", w[0])
	}
	return nil
}

func (s *scenario) allow(what string, list []string) (err error) {
	c := &s.in.Request.Constraints
	for _, l := range list {
		switch what {
		case "channels":
			var v engine.Channel
			err = v.UnmarshalText([]byte(l))
			c.AllowChannels = append(c.AllowChannels, v)
		case "tones":
			var v engine.Tone
			err = v.UnmarshalText([]byte(l))
			c.AllowTones = append(c.AllowTones, v)
		case "offers":
			var v engine.Offer
			err = v.UnmarshalText([]byte(l))
			c.AllowOffers = append(c.AllowOffers, v)
		case "cost":
			c.MaxCostMinor = int64(number(l))
		case "from":
			c.EarliestExecute, err = time.Parse(time.RFC3339, l)
		case "until":
			c.LatestExecute, err = time.Parse(time.RFC3339, l)
		default:
			err = fmt.Errorf("unknown constraint %q", what)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scenario) tenant(w []string) (err error) {
	t := s.in.Tenant
	switch w[0] {
	case "policy":
		t.Policy = w[1]
	case "cap":
		t.Limits.Cap = int(number(w[1]))
	case "sundays":
		t.Limits.Sundays = true
		t.Rules = rules.Default().Without("de.quiet_hours").Without("de.quiet_hours.phone")
	case "pack":
		t.Rules, err = rules.Load(w[1])
	case "quiet": // minutes from and to
		t.Limits.QuietFrom, t.Limits.QuietTo = int(number(w[1])), int(number(w[2]))
	case "channels":
		t.Grid.Channels = nil
		for _, name := range w[1:] {
			var c engine.Channel
			if err := c.UnmarshalText([]byte(name)); err != nil {
				return err
			}
			t.Grid.Channels = append(t.Grid.Channels, c)
		}
	case "tones":
		t.Grid.Tones = nil
		for _, name := range w[1:] {
			var c engine.Tone
			if err := c.UnmarshalText([]byte(name)); err != nil {
				return err
			}
			t.Grid.Tones = append(t.Grid.Tones, c)
		}
	case "slots":
		t.Grid.Slots = nil
		for _, key := range w[1:] {
			slot, err := engine.ParseSlot(key)
			if err != nil {
				return err
			}
			t.Grid.Slots = append(t.Grid.Slots, slot)
		}
	case "language":
		t.Language = w[1]
	case "template":
		return s.template(w[1:])
	default:
		return fmt.Errorf("unknown setting %q", w[0])
	}
	return err
}

// template reads KEY CHANNEL TONE LANGUAGE STATE FROM UNTIL TAG…, a dash for no day.
func (s *scenario) template(w []string) (err error) {
	t := engine.Template{Key: w[0], Language: w[3]}
	for i, read := range []func([]byte) error{t.Channel.UnmarshalText, t.Tone.UnmarshalText, nil, t.Legal.UnmarshalText, t.From.UnmarshalText, t.Until.UnmarshalText} {
		if read != nil && w[i+1] != "-" && err == nil {
			err = read([]byte(w[i+1]))
		}
	}
	for _, name := range w[7:] {
		tag, bad := engine.TagNamed(name)
		t.Tags |= tag
		err = errors.Join(err, bad)
	}
	if s.in.Tenant.Catalogue == nil {
		s.in.Tenant.Catalogue = engine.Catalogue{}
	}
	s.in.Tenant.Catalogue.Add(t)
	return err
}

func (s *scenario) fact(w []string) error {
	f, key := s.in.Facts, engine.KeyOf(s.in.Request.Case.ID)
	c := f.Case(key)
	if c.Key == 0 && w[0] != "rest" {
		c = &f.Cases[0]
		*c = engine.CaseFacts{Key: key, OpenMinor: -1, Level: -1}
	}
	micros := func(i int) int64 {
		t, err := time.Parse(time.RFC3339, w[i])
		if err != nil {
			panic(err)
		}
		return t.UnixMicro()
	}
	var ch engine.Channel
	channel := func() error { return ch.UnmarshalText([]byte(w[1])) }
	switch w[0] {
	case "flag":
		v, err := engine.FlagNamed(w[1])
		f.Flags |= v
		return err
	case "never-contacted":
		c.LastContact = 0
	case "closed":
		c.Closed = true
	case "plan":
		c.Plan = true
	case "dispute":
		c.Disputes++
	case "other-dispute":
		f.Cases[1] = engine.CaseFacts{Key: 7, Disputes: 1}
	case "rest": // of a debtor with many cases
		f.Rest.Disputes++
	case "promise":
		return c.PromiseDue.UnmarshalText([]byte(w[1]))
	case "due":
		return c.OldestDue.UnmarshalText([]byte(w[1]))
	case "open":
		c.OpenMinor, c.OpenAt = int64(number(w[1])), micros(2)
	case "hold":
		f.HoldTill, f.HoldFor = micros(1), engine.HoldAsked
	case "moratorium":
		f.HoldTill, f.HoldFor = micros(1), engine.HoldMoratorium
	case "case-hold":
		c.HoldTill = micros(1)
	case "reply":
		f.Reply = micros(1)
	case "hardship":
		f.Hardship = micros(1)
	case "stage", "fulfilment":
		for i, n := range engine.Stages {
			if n == w[1] {
				c.Stage = uint8(i)
			}
		}
		for i, n := range engine.Fulfilments {
			if n == w[1] {
				c.Fulfilled = uint8(i)
			}
		}
	case "stopped":
		err := channel()
		f.Stopped = f.Stopped.With(ch)
		return err
	case "consent":
		err := channel()
		f.Consents[ch].Service = engine.ConsentGiven
		if w[2] == "withdrawn" {
			f.Consents[ch].Service = engine.ConsentWithdrawn
		}
		return err
	case "returned":
		err := channel()
		f.Returned[0] = engine.AddressKey(ch, w[2])
		return err
	case "address":
		err := channel()
		f.Addresses[ch] = engine.AddressFacts{Key: engine.AddressKey(ch, w[2]), Validity: float32(number(w[3])), At: 1}
		return err
	case "contact", "pending": // newest last in the text, first in the facts
		err := channel()
		k := engine.ContactFacts{At: micros(2), Channel: ch, State: engine.ContactDone}
		if w[0] == "pending" {
			k.State, k.Expires = engine.ContactPending, micros(3)
		}
		copy(f.Contacts[1:], f.Contacts[:len(f.Contacts)-1])
		f.Contacts[0], c.LastContact = k, k.At
		return err
	default:
		return fmt.Errorf("unknown fact %q", w[0])
	}
	return nil
}
