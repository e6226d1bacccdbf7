package engine

import (
	"errors"
	"fmt"
	"time"
)

// Validate reports everything that keeps a tenant from deciding, joined, or nil. Each error is a
// FieldError whose pointer names the field of Tenant in lower case.
func (t *Tenant) Validate() error {
	var errs []error
	check := func(pointer string, err error) {
		if err != nil {
			errs = append(errs, Within(pointer, err))
		}
	}
	want := func(ok bool, pointer, format string, args ...any) {
		if !ok {
			errs = append(errs, &FieldError{pointer, fmt.Sprintf(format, args...)})
		}
	}
	want(t.ID != "", "/id", "is empty")
	want(len(t.Secret) >= 16, "/secret", "has %d bytes; use 32 random ones", len(t.Secret))
	want(t.Epsilon >= 0 && t.Epsilon <= .5, "/epsilon", "is %g; use 0 to .5", t.Epsilon)
	want(t.Holdout.Share >= 0 && t.Holdout.Share <= .1, "/holdout/share", "is %g; use 0 to .1", t.Holdout.Share)
	want(t.Holdout.Precision >= 0 && t.Holdout.Precision <= 50, "/holdout/precision", "is %g; use 0 to 50 points", t.Holdout.Precision)
	want(t.Holdout.PerYear >= 0, "/holdout/debtors_per_year", "is %d; use 0 or more", t.Holdout.PerYear)
	check("/grid", t.Grid.Validate())
	for _, c := range t.Grid.Channels {
		if c < Channels {
			check("/specs/"+c.String(), t.Specs[c].validate())
		}
	}
	check("/reward", t.Reward.Validate())
	check("/ladder", t.Ladder.Validate())
	check("/limits", t.Limits.Validate())
	check("/plans", t.Plans.Validate())
	check("/contact", t.Contact.Validate())
	want(t.Language == "" || ValidLanguage(t.Language), "/language", "%q is no BCP 47 tag; use one such as de or de-AT", t.Language)
	want(t.Language != "" || len(t.Catalogue) == 0, "/language", "is missing; name the language of the templates for debtors whose own is unknown or has none")
	if len(t.Methods) > 0 {
		check("", levelList("/methods", t.Methods, func(m Method) bool { return m > 0 && m < Methods }))
	}
	return errors.Join(errs...)
}

// Validate reports an empty, repeated or unknown level, or too many actions: indices have 16 bits.
func (g *Grid) Validate() error {
	return errors.Join(
		levelList("/channels", g.Channels, func(c Channel) bool { return c > 0 && c < Channels }),
		levelList("/tones", g.Tones, func(t Tone) bool { return t > 0 && t < Tones }),
		levelList("/slots", g.Slots, func(s Slot) bool { return s.Day >= 0 && s.Day <= 31 && s.From >= 0 && s.From < s.To && s.To <= 1440 }),
		levelList("/offers", g.Offers, func(o Offer) bool { return o > 0 && o < Offers }),
		tooMany(g.Size()))
}

func levelList[L comparable](pointer string, levels []L, ok func(L) bool) error {
	if len(levels) == 0 {
		return &FieldError{pointer, "is empty; name at least one level"}
	}
	seen := map[L]bool{}
	for _, l := range levels {
		if !ok(l) || seen[l] {
			return &FieldError{pointer, fmt.Sprintf("holds %v, which is unknown or given twice", l)}
		}
		seen[l] = true
	}
	return nil
}

func tooMany(n int) error {
	if n > 1<<16-1 {
		return &FieldError{"", fmt.Sprintf("makes %d actions; use fewer levels, 65535 actions at most", n)}
	}
	return nil
}

func (s *ChannelSpec) validate() error {
	if s.CostMicro < 0 || s.ReachedMicro < 0 || s.Lag < 0 || !(s.Reach >= 0 && s.Reach <= 1) || !(s.MinValidity >= 0 && s.MinValidity <= 1) {
		return &FieldError{"", "has a negative cost or lag, or a share outside 0 to 1"}
	}
	return nil
}

// Validate reports limits that make no sense, or nil. Cap is at most 16, what a profile remembers.
func (l *Limits) Validate() error {
	switch {
	case l.QuietTo < 0 || l.QuietFrom > 1440 || l.QuietTo >= l.QuietFrom:
		return &FieldError{"/quiet", fmt.Sprintf("leaves minutes %d to %d of a day; use 0 ≤ quiet_to < quiet_from ≤ 1440", l.QuietTo, l.QuietFrom)}
	case l.Cap < 0 || l.Cap > len(Facts{}.Contacts):
		return &FieldError{"/cap", fmt.Sprintf("is %d; use 0 to %d contacts", l.Cap, len(Facts{}.Contacts))}
	}
	for _, d := range []time.Duration{l.CapWindow, l.Gap, l.PromiseGrace, l.ReplyPause, l.ExpireAfter, l.ReviewAfter, l.HoldFor} {
		if d < 0 || d > 366*day {
			return &FieldError{"", fmt.Sprintf("hold %v; use 0 to 366 days", d)}
		}
	}
	return nil
}

// Validate reports bounds that no plan can keep, or nil.
func (l *PlanLimits) Validate() error {
	want := func(pointer string, v, lo, hi int64) error {
		if v < lo || v > hi {
			return &FieldError{pointer, fmt.Sprintf("is %d; use %d to %d", v, lo, hi)}
		}
		return nil
	}
	return errors.Join(
		want("/min_rate_minor", l.MinRateMinor, 1, MaxAmountMinor),
		want("/max_count", int64(l.MaxCount), 2, 120),
		want("/every_days", int64(l.EveryDays), 1, 366),
		want("/max_days", int64(l.MaxDays), int64(l.FirstDays()+l.EveryDays), 3660)) // room for two
}
