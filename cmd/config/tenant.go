package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"takt/engine"
	"takt/engine/catalogue"
	"takt/engine/content"
	"takt/engine/ladder"
	"takt/engine/rules"
	"takt/features"
)

// Tenant is what takt.yaml says of one creditor; what it leaves out keeps engine.DefaultTenant's value.
type Tenant struct {
	Policy    string    `koanf:"policy"`    // bandit, squarecb, ladder or uniform
	Epsilon   *float64  `koanf:"epsilon"`   // share of the exploration floor, 0 to .5
	Ladder    string    `koanf:"ladder"`    // path of a ladder.yaml, relative to the configuration file
	Prior     string    `koanf:"prior"`     // path of a prior, likewise; see ParsePrior
	Templates string    `koanf:"templates"` // path of a catalogue of templates, likewise
	Language  string    `koanf:"language"`  // of templates where the debtor's is unknown or has none, BCP 47
	Creditor  Creditor  `koanf:"creditor"`
	Contact   Contact   `koanf:"contact"`
	Holdout   Holdout   `koanf:"holdout"`
	Retention Retention `koanf:"retention"`
	Actions   Actions   `koanf:"actions"`
	Reward    Reward    `koanf:"reward"`
	Rules     Rules     `koanf:"rules"`
	Features  Features  `koanf:"features"`

	Compiled *engine.Rules `koanf:"-"` // in place of Rules.Pack and Rules.File, for tenants that a program makes up
}

// Features say what learner, policies and segments may not use.
type Features struct {
	Deny []string `koanf:"deny"` // features, or words for several, see features.Deny
}

// apply denies what the file says and what the tenant's rules say.
func (y Features) apply(t *engine.Tenant) (err error) {
	if t.Denied, err = features.Deny(append(features.DeniedBy(t.Rules), y.Deny...)...); err != nil {
		return fmt.Errorf("deny: %w", err)
	}
	return nil
}

// Creditor is whom debtors pay by GiroCode; without an IBAN there is none.
type Creditor struct {
	Name string `koanf:"name"`
	IBAN string `koanf:"iban"`
	BIC  string `koanf:"bic"`
}

func (y Creditor) apply(c *engine.Creditor) error {
	if y == (Creditor{}) {
		return nil
	}
	*c = engine.Creditor{Name: y.Name, IBAN: y.IBAN, BIC: y.BIC}
	return content.CheckCreditor(c)
}

// Contact is where debtors reach a human of the creditor; without one they are told of its customer service.
type Contact struct {
	Name  string `koanf:"name"`
	Email string `koanf:"email"`
	Phone string `koanf:"phone"`
	URL   string `koanf:"url"`
}

func (y Contact) apply(s *engine.Service) error {
	*s = engine.Service(y)
	return s.Validate()
}

// Holdout is the permanent random share of debtors kept on the ladder; a share that is set is taken as it is.
type Holdout struct {
	Share     *float64 `koanf:"share"` // 0 to .1
	Salt      string   `koanf:"salt"`
	Precision *float64 `koanf:"precision"`        // points, .1 to 50, see engine.Holdout.Size
	PerYear   *int     `koanf:"debtors_per_year"` // expected, until there is a year of history
}

func (y Holdout) apply(h *engine.Holdout) error {
	if y.Salt != "" {
		h.Salt = y.Salt
	}
	if err := within(&h.Precision, y.Precision, .1, 50); err != nil {
		return fmt.Errorf("precision: %w", err)
	}
	if overwrite(&h.PerYear, y.PerYear); h.PerYear < 1 {
		return fmt.Errorf("debtors_per_year: %d is not 1 or more", h.PerYear)
	}
	if h.Share = h.Size(h.PerYear); y.Share == nil {
		return nil
	}
	h.Precision = 0
	if err := within(&h.Share, y.Share, 0, .1); err != nil {
		return fmt.Errorf("share: %w", err)
	}
	return nil
}

// Actions are the levels of the four factors and what an offer holds; an empty list keeps the default.
type Actions struct {
	Channels    map[string]Channel `koanf:"channels"`
	Tones       []string           `koanf:"tones"`
	Slots       []string           `koanf:"slots"` // such as d0.0800-1100
	Offers      []string           `koanf:"offers"`
	Methods     []string           `koanf:"methods"` // ways to pay, the favourite first
	Instalments Instalments        `koanf:"instalments"`
}

// Instalments bound the plans that are offered.
type Instalments struct {
	MinRateMinor *int64 `koanf:"min_rate_minor"` // in the reward's currency
	MaxCount     *int   `koanf:"max_count"`
	MaxDays      *int   `koanf:"max_days"` // from the contact's arrival to the last rate
	EveryDays    *int   `koanf:"every_days"`
}

// Channel is what a channel costs and how it behaves.
type Channel struct {
	CostMicro    *int64         `koanf:"cost_micro"`    // per attempt, millionths of a major unit
	ReachedMicro *int64         `koanf:"reached_micro"` // more, per conversation
	Reach        *float64       `koanf:"reach"`
	Lag          *time.Duration `koanf:"lag"`
	Consent      string         `koanf:"consent"` // required, or contract (the claim's own contract suffices)
	AnyTime      *bool          `koanf:"any_time"`
	MinValidity  *float64       `koanf:"min_validity"`
}

// Reward prices outcomes.
type Reward struct {
	Currency       string   `koanf:"currency"`
	HorizonDays    *int     `koanf:"horizon_days"`
	Pay            *float64 `koanf:"pay"` // the three weights
	Cost           *float64 `koanf:"cost"`
	Keep           *float64 `koanf:"keep"`
	Margin         *float64 `koanf:"margin"`
	DiscountYear   *float64 `koanf:"discount_year"`
	RetentionMinor *int64   `koanf:"retention_minor"`
	ComplaintMinor *int64   `koanf:"complaint_minor"`
}

// Rules are the tenant's contact rules: a pack of its jurisdiction, its own file over it, and its contact limits.
type Rules struct {
	Pack         string         `koanf:"pack"`       // an embedded pack such as de
	File         string         `koanf:"file"`       // path of the tenant's own rules, relative to the configuration file
	QuietFrom    string         `koanf:"quiet_from"` // local time such as 20:00
	QuietTo      string         `koanf:"quiet_to"`
	Sundays      *bool          `koanf:"sundays"`
	Cap          *int           `koanf:"cap"`
	CapWindow    *time.Duration `koanf:"cap_window"`
	Gap          *time.Duration `koanf:"gap"`
	PromiseGrace *time.Duration `koanf:"promise_grace"`
	ReplyPause   *time.Duration `koanf:"reply_pause"`
	ExpireAfter  *time.Duration `koanf:"expire_after"`
	ReviewAfter  *time.Duration `koanf:"review_after"`
	HoldFor      *time.Duration `koanf:"hold_for"`
}

// Tenant builds a tenant: the defaults, then what the file says. A tenant the file does not name
// has the defaults. Errors name the key.
func (c *Config) Tenant(id string, secret []byte) (*engine.Tenant, error) {
	t, y := engine.DefaultTenant(id), c.Tenants[id]
	t.Secret = secret
	if c.Clock == "replay" {
		t.Clock = engine.ReplayClock
	}
	var errs []error
	check := func(key string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("tenants.%s.%s: %w", id, key, err))
		}
	}
	if y.Policy != "" {
		t.Policy = y.Policy
	}
	if !oneOf(t.Policy, "bandit", "squarecb", "ladder", "uniform") {
		check("policy", fmt.Errorf("%q is not bandit, squarecb, ladder or uniform", t.Policy))
	}
	check("epsilon", within(&t.Epsilon, y.Epsilon, 0, .5))
	check("holdout", y.Holdout.apply(&t.Holdout))
	check("actions", y.Actions.apply(t))
	check("reward", y.Reward.apply(&t.Reward))
	check("rules", y.Rules.apply(&t.Limits))
	if t.Rules = y.Compiled; t.Rules == nil {
		check("rules", c.rules(t, y.Rules))
	}
	check("features", y.Features.apply(t))
	check("retention", y.Retention.check(t))
	check("creditor", y.Creditor.apply(&t.Creditor))
	check("contact", y.Contact.apply(&t.Contact))
	t.Language = y.Language
	if y.Ladder != "" {
		check("ladder", c.ladder(t, y.Ladder))
	}
	if y.Templates != "" {
		check("templates", c.templates(t, y.Templates))
	}
	if err := t.Validate(); err != nil && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("tenants.%s: %w", id, err))
	}
	return t, errors.Join(errs...)
}

func (c *Config) ladder(t *engine.Tenant, path string) error {
	path = c.path(path)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if t.Ladder, err = ladder.Parse(text); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (c *Config) templates(t *engine.Tenant, path string) error {
	path = c.path(path)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	t.Catalogue, err = catalogue.Parse(path, text)
	return err
}

// rules are the pack, the default one if none is named, or the tenant's file over the pack that it or the configuration names.
func (c *Config) rules(t *engine.Tenant, y Rules) (err error) {
	if y.File != "" {
		path := c.path(y.File)
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("file: %w", err)
		}
		t.Rules, err = rules.ParseOwn(path, text, y.Pack)
		return err
	}
	t.Rules, err = rules.Law(cmp.Or(y.Pack, rules.DefaultPack))
	return err
}

// path is a path in the file, which is relative to the file.
func (c *Config) path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// within overwrites dst if v was given and lies in [lo, hi].
func within(dst, v *float64, lo, hi float64) error {
	if v == nil {
		return nil
	}
	if !(*v >= lo && *v <= hi) {
		return fmt.Errorf("%g is not between %g and %g", *v, lo, hi)
	}
	*dst = *v
	return nil
}

// overwrite sets dst if v was given.
func overwrite[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

func (y Reward) apply(r *engine.Reward) error {
	if y.Currency != "" {
		if !engine.ValidCurrency(y.Currency) {
			return fmt.Errorf("currency: %q is no ISO 4217 code", y.Currency)
		}
		r.Currency = y.Currency
	}
	if y.HorizonDays != nil {
		if *y.HorizonDays < 1 || *y.HorizonDays > 365 {
			return fmt.Errorf("horizon_days: %d is not between 1 and 365", *y.HorizonDays)
		}
		r.Horizon = time.Duration(*y.HorizonDays) * 24 * time.Hour
	}
	overwrite(&r.RetentionMinor, y.RetentionMinor)
	overwrite(&r.ComplaintMinor, y.ComplaintMinor)
	if r.RetentionMinor < 0 || r.ComplaintMinor < 0 {
		return errors.New("retention_minor and complaint_minor are not negative")
	}
	return errors.Join(within(&r.WPay, y.Pay, 0, 1000), within(&r.WCost, y.Cost, 0, 1000), within(&r.WKeep, y.Keep, 0, 1000),
		within(&r.Margin, y.Margin, 0, 1), within(&r.DiscountYear, y.DiscountYear, 0, 1))
}

func (y Rules) apply(l *engine.Limits) error {
	for _, h := range []struct {
		key, text string
		dst       *int
	}{{"quiet_from", y.QuietFrom, &l.QuietFrom}, {"quiet_to", y.QuietTo, &l.QuietTo}} {
		if h.text == "" {
			continue
		}
		at, err := time.Parse("15:04", h.text)
		if err != nil {
			return fmt.Errorf("%s: %q is no time of day; write 20:00", h.key, h.text)
		}
		*h.dst = at.Hour()*60 + at.Minute()
	}
	overwrite(&l.Sundays, y.Sundays)
	overwrite(&l.Cap, y.Cap)
	for _, d := range []struct {
		key string
		dst *time.Duration
		v   *time.Duration
	}{{"cap_window", &l.CapWindow, y.CapWindow}, {"gap", &l.Gap, y.Gap}, {"promise_grace", &l.PromiseGrace, y.PromiseGrace},
		{"reply_pause", &l.ReplyPause, y.ReplyPause}, {"expire_after", &l.ExpireAfter, y.ExpireAfter}, {"review_after", &l.ReviewAfter, y.ReviewAfter}, {"hold_for", &l.HoldFor, y.HoldFor}} {
		overwrite(d.dst, d.v)
		if *d.dst < 0 || *d.dst > 366*24*time.Hour {
			return fmt.Errorf("%s: %v is not between 0 and a year", d.key, *d.dst)
		}
	}
	if l.Cap < 0 || l.Cap > 16 {
		return fmt.Errorf("cap: %d is not between 0 and 16 contacts", l.Cap)
	}
	return nil
}
