// Package demo runs Takt's whole loop on a small generated portfolio through the real HTTP API on
// the replay clock: cases open, the server decides, contacts happen, events come back, the policy
// learns. It ends with a table that compares policies on the same people.
//
//	result, err := demo.Run(ctx, demo.Options{Call: call, Learn: learn, Seed: 1, Cases: 1200, Days: 120})
//	result.Print(os.Stdout)
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"takt/engine"
)

// Call sends one request for a tenant to the server.
type Call func(ctx context.Context, tenant, method, path, contentType, key string, body []byte) (status int, reply []byte, err error)

// Options say what to run.
type Options struct {
	Call     Call
	Learn    func(ctx context.Context, tenant string) error // makes the next snapshot from the log
	Tenants  []Arm
	Seed     uint64
	Cases    int // per tenant
	Days     int // simulated
	Start    time.Time
	Progress func(done, of int)
}

// Arm is one tenant and what it is called in the table; Learns says whether its policy is trained.
type Arm struct {
	Tenant, Label string
	Learns        bool
}

// run is one tenant's portfolio on its way through the days.
type run struct {
	o       *Options
	arm     Arm
	people  map[string]*person // by case id
	order   []*person
	serial  int
	pending []queued // events that have not been reported
	sample  []byte   // a reply with a contact, for the eye
}

// queued is an event that is reported once its time has come, as a dunning system would.
type queued struct {
	at   time.Time
	body map[string]any
}

// Run plays all arms day by day and returns what each earned.
func Run(ctx context.Context, o Options) (*Result, error) {
	var runs []*run
	for _, arm := range o.Tenants {
		r := &run{o: &o, arm: arm, people: map[string]*person{}}
		for n := range o.Cases {
			p := newPerson(o.Seed, n, n*max(1, o.Days-45)/o.Cases)
			r.people[p.caseID] = p
			r.order = append(r.order, p)
		}
		runs = append(runs, r)
	}
	for day := range o.Days {
		for _, r := range runs {
			if err := r.day(ctx, day); err != nil {
				return nil, fmt.Errorf("%s, day %d: %w", r.arm.Label, day, err)
			}
			if r.arm.Learns && day%7 == 6 {
				if err := o.Learn(ctx, r.arm.Tenant); err != nil {
					return nil, fmt.Errorf("%s, day %d: learn: %w", r.arm.Label, day, err)
				}
			}
		}
		if o.Progress != nil {
			o.Progress(day+1, o.Days)
		}
	}
	return newResult(runs), nil
}

// at is the instant of an hour of a simulated day.
func (r *run) at(day, hour int) time.Time {
	return r.o.Start.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
}

func (r *run) day(ctx context.Context, day int) error {
	for _, p := range r.order {
		switch {
		case p.opened == day:
			r.open(p, day)
		case p.opened > day || p.paidOn >= 0:
			continue
		}
		p.live(day)
		if p.payOn >= 0 && p.payOn <= day {
			p.paidOn = day
			r.event("payment_received", p, r.at(day, 5), map[string]any{"amount_minor": p.amount, "currency": "EUR"})
			r.event("case_closed", p, r.at(day, 5).Add(time.Minute), map[string]any{"reason": "paid"})
		}
	}
	if err := r.report(ctx, r.at(day, 6)); err != nil {
		return err
	}
	return r.decide(ctx, day)
}

func (r *run) open(p *person, day int) {
	at := r.at(day, 4)
	r.event("debtor_updated", p, at, map[string]any{"kind": "person", "tz": "Europe/Berlin", "region": "DE-BE", "language": "de",
		"birth_year": at.Year() - []int{24, 40, 60, 76}[p.age]})
	for _, c := range []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone} {
		r.event("address_changed", p, at, map[string]any{"channel": c.String(), "address_ref": c.String() + ":" + p.debtor, "validity": .95})
	}
	r.event("case_opened", p, at.Add(time.Minute), map[string]any{"portfolio": "demo", "stage": "dunning", "dunning_level": 0,
		"open": map[string]any{"amount_minor": p.amount, "currency": "EUR"}, "oldest_due": at.AddDate(0, 0, -3).Format(time.DateOnly)})
}

// event queues one CloudEvent; its data carries the case unless it is about the person only.
func (r *run) event(kind string, p *person, at time.Time, data map[string]any) {
	if kind != "debtor_updated" && kind != "address_changed" {
		data["case_id"] = p.caseID
	}
	r.serial++
	r.pending = append(r.pending, queued{at, map[string]any{"specversion": "1.0", "id": fmt.Sprintf("e-%07d", r.serial), "source": "demo",
		"type": "de.takt." + dotted(kind) + ".v1", "subject": p.debtor, "time": at.Format(time.RFC3339), "data": data}})
}

func dotted(kind string) string { return strings.Replace(kind, "_", ".", 1) }

// report posts the queued events up to now as NDJSON.
func (r *run) report(ctx context.Context, now time.Time) error {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	later := r.pending[:0:0]
	// In the order of time, as facts come: a late one makes the server read the debtor's log again.
	slices.SortStableFunc(r.pending, func(a, b queued) int { return a.at.Compare(b.at) })
	for _, e := range r.pending {
		if e.at.After(now) {
			later = append(later, e)
		} else if err := enc.Encode(e.body); err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
	}
	r.pending = later
	if body.Len() == 0 {
		return nil
	}
	status, reply, err := r.o.Call(ctx, r.arm.Tenant, http.MethodPost, "/v1/events", "application/x-ndjson", "", body.Bytes())
	if err != nil {
		return fmt.Errorf("report events: %w", err)
	}
	if status != http.StatusAccepted || bytes.Contains(reply, []byte(`"status":"refused"`)) {
		return fmt.Errorf("report events: %d %.500s", status, reply)
	}
	return nil
}
