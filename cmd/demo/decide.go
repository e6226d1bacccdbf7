package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"

	"takt/engine"
)

// answer is what the demo reads of one line of a batch reply.
type answer struct {
	Status   int             `json:"status"`
	Problem  json.RawMessage `json:"problem"`
	Decision json.RawMessage `json:"decision"`
}

type reply struct {
	ID     string     `json:"decision_id"`
	Case   string     `json:"case_id"`
	Kind   string     `json:"kind"`
	Review *time.Time `json:"next_review_at"`
	Policy struct {
		Exploration bool `json:"exploration"`
	} `json:"policy"`
	Action *struct {
		Channel engine.Channel `json:"channel"`
		Tone    engine.Tone    `json:"tone"`
		Offer   struct {
			Type engine.Offer `json:"type"`
		} `json:"offer"`
		Window struct {
			NotBefore time.Time `json:"not_before"`
		} `json:"send_window"`
	} `json:"action"`
}

// decide asks for all cases that the server calls due, as one batch, and carries the answers out.
func (r *run) decide(ctx context.Context, day int) error {
	due := r.due(day)
	if len(due) == 0 {
		return nil
	}
	var body bytes.Buffer
	for _, p := range due {
		if err := json.NewEncoder(&body).Encode(r.request(p, day)); err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
	}
	status, lines, err := r.o.Call(ctx, r.arm.Tenant, http.MethodPost, "/v1/decisions:batch", "application/x-ndjson", "", body.Bytes())
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("decide: %d %.500s", status, lines)
	}
	for dec := json.NewDecoder(bytes.NewReader(lines)); dec.More(); {
		var a answer
		if err := dec.Decode(&a); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if a.Status != http.StatusOK {
			return fmt.Errorf("decide: %s", a.Problem)
		}
		if err := r.execute(a.Decision, day); err != nil {
			return err
		}
	}
	return nil
}

// due are the open cases whose review has come: what the last decision named as next_review_at.
func (r *run) due(day int) []*person {
	var people []*person
	for _, p := range r.order {
		if p.opened <= day && p.paidOn < 0 && !p.settled && !p.review.After(r.at(day, 6)) {
			people = append(people, p)
		}
	}
	return people
}

func (r *run) request(p *person, day int) any {
	type m = map[string]any
	var channels []m
	for _, c := range []engine.Channel{engine.Email, engine.SMS, engine.Letter, engine.Phone} {
		channels = append(channels, m{"channel": c.String(), "address_ref": c.String() + ":" + p.debtor, "validity": .95, "consent": "service"})
	}
	return m{
		"idempotency_key": fmt.Sprintf("%s-day-%d", p.caseID, day),
		"case": m{"id": p.caseID, "portfolio": "demo", "stage": "dunning", "open": m{"amount_minor": p.amount, "currency": "EUR"},
			"oldest_due": r.at(p.opened, 0).AddDate(0, 0, -3).Format(time.DateOnly), "dunning_level": 0},
		"debtor":   m{"id": p.debtor, "kind": "person", "tz": "Europe/Berlin", "language": "de", "flags": []string{}},
		"channels": channels, "as_of": r.at(day, 6).Format(time.RFC3339), "want": m{"alternatives": 3, "explain": "full", "mode": "live"},
	}
}

// execute carries one decision out as a dunning system would, and reports it.
func (r *run) execute(text []byte, day int) error {
	var d reply
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	p := r.people[d.Case]
	if p == nil {
		return fmt.Errorf("the server decided on case %q, which nobody asked about", d.Case)
	}
	if p.settled = d.Review == nil; !p.settled {
		p.review = *d.Review
	}
	if d.Kind != "contact" || d.Action == nil {
		return nil
	}
	if r.sample == nil || day > r.o.Days/2 && !d.Policy.Exploration {
		r.sample = append([]byte(nil), text...)
	}
	a, spec := d.Action, engine.DefaultSpecs()[d.Action.Channel]
	cost := spec.CostMicro
	at, grumbled := a.Window.NotBefore.UTC(), p.complaint
	noticed := p.reached(int(at.Sub(r.o.Start).Hours()/24), a.Channel, a.Tone, a.Offer.Type)
	if noticed && a.Channel == engine.Phone {
		cost += spec.ReachedMicro
	}
	p.costMicro += cost
	about := map[string]any{"decision_id": d.ID, "channel": a.Channel.String(), "tone": a.Tone.String()}
	r.event("decision_executed", p, at, map[string]any{"decision_id": d.ID, "at": at.Format(time.RFC3339), "cost_micro": cost})
	if p.complaint && !grumbled {
		r.event("complaint_received", p, at.Add(2*time.Hour), map[string]any{"channel": a.Channel.String()})
	}
	if a.Channel == engine.Phone {
		r.event("contact_attempted", p, at, clone(about))
		if noticed {
			r.event("contact_connected", p, at.Add(time.Minute), clone(about))
		}
		return nil
	}
	r.event("contact_sent", p, at, clone(about))
	r.event("contact_delivered", p, at.Add(time.Minute), clone(about))
	return nil
}

func clone(m map[string]any) map[string]any { return maps.Clone(m) }
