package config

import (
	"errors"
	"fmt"
	"time"

	"takt/engine"
)

// Retention is how many days facts are kept; by default as long as the data rules of the tenant's pack allow,
// and for good where none names a period.
type Retention struct {
	EventsDays    *int `koanf:"events_days"`
	DecisionsDays *int `koanf:"decisions_days"`
}

// The bounds of retention in days: below the first a promise or a label may still be open; the last is what
// rule packs know.
const (
	leastRetention = 90
	mostRetention  = 3660
)

// Retention is how long a tenant's events and decisions are kept at the instant; 0 is for good. No period is
// longer than the data rules in force allow.
func (c *Config) Retention(t *engine.Tenant, at time.Time) (events, decisions time.Duration) {
	most := retentionOf(t, at)
	y := c.Tenants[t.ID].Retention
	days := func(v *int) time.Duration {
		switch {
		case v != nil:
			return time.Duration(min(*v, most)) * 24 * time.Hour
		case most == mostRetention: // nobody names one
			return 0
		}
		return time.Duration(most) * 24 * time.Hour
	}
	return days(y.EventsDays), days(y.DecisionsDays)
}

// retentionOf is the shortest retention that a rule in force names, in days.
func retentionOf(t *engine.Tenant, at time.Time) int {
	most := mostRetention
	if t.Rules == nil {
		return most
	}
	for _, r := range t.Rules.On(engine.DateOf(at)).Of(engine.RuleData) {
		if days := int(r.Params.RetentionDays); days > 0 {
			most = min(most, days)
		}
	}
	return most
}

// check refuses periods that the rules of today forbid.
func (y Retention) check(t *engine.Tenant) error {
	most := retentionOf(t, time.Now())
	check := func(key string, days *int) error {
		if days != nil && (*days < min(leastRetention, most) || *days > most) {
			return fmt.Errorf("%s: %d is not between %d and %d, which the rules allow", key, *days, min(leastRetention, most), most)
		}
		return nil
	}
	return errors.Join(check("events_days", y.EventsDays), check("decisions_days", y.DecisionsDays))
}
