package api

import (
	"sync"
	"sync/atomic"
	"time"

	"takt/engine"
)

// Clock is the time that each tenant lives by: the server's, or on the replay clock the latest
// as_of or event time it has seen. A replay clock never goes back. Learner and expiry ask it too.
type Clock struct {
	now    func() time.Time
	replay sync.Map // tenant → *atomic.Int64: Unix microseconds, 0 before the first observation
}

// NewClock makes a clock for the tenants; now is the server's clock and defaults to time.Now.
func NewClock(now func() time.Time, tenants ...*engine.Tenant) *Clock {
	c := &Clock{now: now}
	if c.now == nil {
		c.now = time.Now
	}
	for _, t := range tenants {
		c.Add(t)
	}
	return c
}

// Add gives a tenant its clock; one that has a clock keeps it.
func (c *Clock) Add(t *engine.Tenant) {
	if t.Clock == engine.ReplayClock {
		c.replay.LoadOrStore(t.ID, new(atomic.Int64))
	}
}

// of is the tenant's replay clock; nil: it lives by the system's.
func (c *Clock) of(tenant string) *atomic.Int64 {
	if r, ok := c.replay.Load(tenant); ok {
		return r.(*atomic.Int64)
	}
	return nil
}

// Now is the tenant's time, UTC, to the microsecond; the zero time on a replay clock that nothing has started.
func (c *Clock) Now(tenant string) time.Time {
	r := c.of(tenant)
	if r == nil {
		return c.now().UTC().Truncate(time.Microsecond)
	}
	if us := r.Load(); us != 0 {
		return time.UnixMicro(us).UTC()
	}
	return time.Time{}
}

// Observe moves a replay clock forward to t and returns the tenant's time, which is later than t
// if the clock was ahead. A system clock does not move.
func (c *Clock) Observe(tenant string, t time.Time) time.Time {
	if r := c.of(tenant); r != nil {
		for us := t.UnixMicro(); ; {
			old := r.Load()
			if old >= us || r.CompareAndSwap(old, us) {
				break
			}
		}
	}
	return c.Now(tenant)
}

// asOfSlack is how far as_of may differ from the system clock.
const asOfSlack = 10 * time.Minute

// How far ahead of the clock a fact may lie. Facts are dated at the day's end, and systems' clocks
// differ; whoever replays goes in steps. Without a bound one mistyped year would move a replay clock
// for good, and make every later fact of a debtor an earlier one.
const (
	systemAhead = 24 * time.Hour
	replayAhead = 400 * 24 * time.Hour
)

// latest is the last instant a fact may bear now. On a replay clock the past is not bounded: it
// counts from the server's clock as long as the tenant's is behind that.
func (c *Clock) latest(tenant string) time.Time {
	now := c.now().UTC().Truncate(time.Microsecond)
	if c.of(tenant) == nil {
		return now.Add(systemAhead)
	}
	if t := c.Now(tenant); t.After(now) {
		now = t
	}
	return now.Add(replayAhead)
}

// decide is the instant of a decision asked for as of t, which may be zero.
func (c *Clock) decide(tenant string, t time.Time) (time.Time, error) {
	if c.of(tenant) != nil {
		if t.After(c.latest(tenant)) {
			return t, &engine.FieldError{Pointer: "/as_of", Detail: "is more than 400 days ahead of the replay clock and of the server's; go in smaller steps"}
		}
		if now := c.Now(tenant); !t.After(now) && !now.IsZero() {
			return now, nil
		} else if t.IsZero() {
			return t, &engine.FieldError{Pointer: "/as_of", Detail: "is missing: the tenant's replay clock starts with the first as_of or event time"}
		}
		return c.Observe(tenant, t), nil
	}
	now := c.Now(tenant)
	if t.IsZero() {
		return now, nil
	}
	if d := t.Sub(now); d < -asOfSlack || d > asOfSlack {
		return t, &engine.FieldError{Pointer: "/as_of", Detail: "differs from the server's clock by more than 10 minutes; send the present instant, leave it out, or set clock: replay"}
	}
	return t, nil
}
