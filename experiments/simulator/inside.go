package simulator

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"takt/engine"
	"takt/engine/guard"
	"takt/engine/policy"
	"takt/features"
	"takt/features/history"
	"takt/models/learner"
)

// inside is Takt in this process: the same guard, fold, policy and learner as the server's, without
// journal, store and HTTP.
type inside struct {
	tenant   *engine.Tenant
	decider  *engine.Decider
	snapshot *engine.Snapshot
	learner  learner.Learner
	zones    features.Zones
	learns   bool // desks are kept
	taking   bool // so are decisions, to learn from

	desks   []*desk         // in the order of the debtors' names
	chosen  int             // decisions taken in which the rules left a choice
	drift   []learner.Drift // alarms of the last training
	warned  int             // the calendar day of the first training with an alarm; 0: none
	workers []worker
}

// desk is what Takt knows of one debtor.
type desk struct {
	profile features.Profile
	log     history.Log // since the case was opened
	taken   int         // of its decisions, those to learn from
	seq     uint64
}

// worker is the reused space of one goroutine.
type worker struct {
	request engine.Request
	x       []float32
	d       engine.Decision
	chosen  int
	err     error
}

func newInside(t *engine.Tenant) (*inside, error) {
	s, err := policy.Prior(t, nil, features.Schema, len(features.Vector))
	if err != nil {
		return nil, err
	}
	return &inside{tenant: t, decider: engine.NewDecider(guard.New(), policy.NewUniform()), snapshot: s}, nil
}

// full ends the taking of decisions to learn from; what becomes of those taken is still seen.
func (t *inside) full() { t.taking = false }

// forget ends learning.
func (t *inside) forget() { t.learns, t.desks, t.learner = false, nil, learner.Learner{} }

func (t *inside) report(_ context.Context, p *play, cal int) error {
	p.parallel(p.alive, func(_ int, c *course) {
		if c.desk == nil {
			c.desk = &desk{profile: features.New(), log: history.Log{Tenant: t.tenant.ID, Debtor: c.debtor}}
			c.open(p.w, func(e *engine.Event) {
				if e.At.Before(p.w.at(c.arrived, 0)) {
					c.desk.profile.Fold(e, &t.zones)
				} else {
					c.desk.take(e, c, p.w, &t.zones)
				}
			})
		}
		c.fresh(cal, func(e *engine.Event) { c.desk.take(e, c, p.w, &t.zones) })
	})
	for _, c := range p.alive {
		if t.learns && cal == c.arrived {
			t.desks = append(t.desks, c.desk)
		}
	}
	return nil
}

// take folds one event, in place or with everything else anew.
func (k *desk) take(e *engine.Event, c *course, w *world, z *features.Zones) {
	for i := range k.log.Events {
		if k.log.Events[i].ID == e.ID {
			return
		}
	}
	k.seq++
	e.Seq = k.seq
	k.log.Events = append(k.log.Events, *e)
	if k.profile.FollowsEvent(e) {
		k.profile.Fold(e, z)
		return
	}
	whole := history.Log{Tenant: k.log.Tenant, Debtor: k.log.Debtor, Decisions: k.log.Decisions}
	c.again(w, func(e *engine.Event) {
		if e.At.Before(w.at(c.arrived, 0)) {
			whole.Events = append(whole.Events, *e)
		}
	})
	whole.Events = append(whole.Events, k.log.Events...)
	features.Tidy(&whole)
	k.profile = features.New()
	k.profile.Replay(&whole, z)
}

func (t *inside) decide(ctx context.Context, p *play, cases []*course, cal int) error {
	if len(t.workers) != p.workers {
		t.workers = make([]worker, p.workers)
	}
	now := p.w.at(cal, reviewAt)
	p.parallel(cases, func(n int, c *course) {
		if err := t.one(p.w, &t.workers[n], c, cal-c.arrived, now); err != nil {
			t.workers[n].err = err
		}
	})
	for i := range t.workers {
		if err := t.workers[i].err; err != nil {
			return err
		}
		t.chosen += t.workers[i].chosen
		t.workers[i].chosen = 0
	}
	return nil
}

// one decides on one case.
func (t *inside) one(w *world, r *worker, c *course, day int, now time.Time) error {
	k, q := c.desk, &r.request
	c.request(w, q, day, now)
	var segment string
	r.x, segment = k.profile.Permitted(r.x[:0], &t.tenant.Denied, q, now, w.loc)
	in := engine.Input{Tenant: t.tenant, Request: q, Facts: &k.profile.Facts, Profiled: true, X: r.x, Schema: features.Schema,
		AsOf: time.UnixMicro(k.profile.LastAt).UTC(), Now: now, Zone: w.loc, ID: c.id(now, k.seq), Segment: segment, Variant: engine.Variant{Share: 1}, Snapshot: t.snapshot}
	if err := t.decider.Decide(&r.d, &in); err != nil {
		return fmt.Errorf("case %s: %w", c.caseID, err)
	}
	k.seq++
	r.d.Seq = k.seq
	k.profile.FoldDecision(&r.d, &t.zones)
	k.log.Decisions = append(k.log.Decisions, r.d)
	if t.taking {
		k.taken = len(k.log.Decisions)
		r.chosen += min(len(r.d.Eligible)-1, 1)
	}
	r.d.X, r.d.Eligible, r.d.Votes = nil, nil, nil // they are the log's now
	c.follow(w, &r.d, day)
	return nil
}

// request is what the creditor's system asks.
func (c *course) request(w *world, q *engine.Request, day int, now time.Time) {
	*q = engine.Request{Contacts: q.Contacts[:0], AsOf: now, Constraints: engine.Constraints{MaxCostMinor: -1}}
	q.Case = engine.Case{ID: c.caseID, Portfolio: w.s.Name, Stage: "dunning", Open: c.stated(w), OldestDue: w.date(c.arrived), Arrears: -1, Reminders: -1}
	q.Debtor = engine.Debtor{ID: c.debtor, Kind: "person", TZ: w.s.Creditor.Zone, Language: "de"}
	for _, ch := range channels {
		if c.known.Has(ch) {
			q.Contacts = append(q.Contacts, engine.ContactPoint{Channel: ch, AddressRef: c.address(ch), Validity: w.valid[ch], Consent: "service"})
		}
	}
}

// id is a ULID of the instant and the person's own luck.
func (c *course) id(now time.Time, n uint64) (id engine.ID) {
	ms := now.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	binary.BigEndian.PutUint64(id[6:], mix(c.key^n))
	binary.BigEndian.PutUint16(id[14:], uint16(n))
	return id
}

// follow takes a decision of Takt for the day's plan.
func (c *course) follow(w *world, d *engine.Decision, day int) {
	c.review = never
	if !d.Review.IsZero() {
		c.review = max(day+1, c.dayOf(w, d.Review))
	}
	if d.Kind != engine.KindContact {
		return
	}
	hour := d.Action.NotBefore.In(w.loc).Hour() // of today: the creditor's slots are all of the same day
	c.plan = plan{Action: Action{d.Action.Channel, d.Action.Tone, d.Action.Offer, window(hour)}, contact: true, id: d.ID}
}

// window is the window of a local hour; what lies outside of all belongs to the nearest.
func window(hour int) uint8 { return uint8(min(max(hour-reviewAt/60, 0)/3, windows-1)) }

// Scan hands over what is to be learned from; with it inside is the learner's source.
func (t *inside) Scan(_ context.Context, _ history.Range, f func(*history.Log) error) error {
	for _, k := range t.desks {
		log := k.log
		log.Decisions = log.Decisions[:k.taken]
		if err := f(&log); err != nil {
			return err
		}
	}
	return nil
}

// learn makes the next snapshot from what is known on the evening of a calendar day.
func (t *inside) learn(ctx context.Context, w *world, cal int) error {
	data, report, err := t.learner.Train(ctx, t, learner.Options{Tenant: t.tenant, Seed: 1, AsOf: w.at(cal+1, 0), Version: "bandit-1"})
	if err != nil {
		return err
	}
	if t.drift = report.Drift; len(t.drift) > 0 && t.warned == 0 {
		t.warned = cal
	}
	t.snapshot, err = policy.Open(data)
	return err
}
