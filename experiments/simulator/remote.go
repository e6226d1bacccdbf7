package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"takt/engine"
	"takt/features/wire"
)

// Call sends one request for a tenant to a Takt server and gives status and body.
type Call func(ctx context.Context, tenant, method, path, contentType, key string, body []byte) (status int, reply []byte, err error)

// Remote is Takt behind its HTTP API, on the replay clock.
type Remote struct {
	Tenant string // configured as Scenario.Tenant says
	Call   Call
	Learn  func(ctx context.Context) error // makes the next snapshot from the tenant's log; nil: nothing is learned

	sample []byte
}

// Sample is the reply to the last contact decision that was no exploration, for people to look at; nil
// without any.
func (r *Remote) Sample() []byte { return r.sample }

// remote is a dunning system that asks Takt over HTTP.
type remote struct {
	*Remote
	body bytes.Buffer
}

func (r *remote) learn(ctx context.Context, _ *world, _ int) error {
	if r.Remote.Learn == nil {
		return nil
	}
	return r.Remote.Learn(ctx)
}

// report posts the morning's events in the order of time, as a creditor's system does.
func (r *remote) report(ctx context.Context, p *play, cal int) error {
	var list []engine.Event
	take := func(e *engine.Event) { list = append(list, *e) }
	for _, c := range p.alive {
		if cal == c.arrived {
			c.open(p.w, take)
		}
		c.fresh(cal, take)
	}
	slices.SortStableFunc(list, func(a, b engine.Event) int { return a.At.Compare(b.At) })
	for len(list) > 0 {
		n := min(len(list), eventsAtOnce)
		if err := r.post(ctx, list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// eventsAtOnce keeps a body within the API's limit.
const eventsAtOnce = 10_000

func (r *remote) post(ctx context.Context, list []engine.Event) error {
	r.body.Reset()
	for i := range list {
		r.body.Write(append(wire.AppendEvent(r.body.AvailableBuffer(), &list[i]), '\n'))
	}
	status, reply, err := r.Call(ctx, r.Tenant, http.MethodPost, "/v1/events", "application/x-ndjson", "", r.body.Bytes())
	if err != nil {
		return err
	}
	if at := bytes.Index(reply, []byte(`"status":"refused"`)); at >= 0 {
		return fmt.Errorf("an event is refused: %.500s", reply[max(0, at-100):])
	}
	if status != http.StatusAccepted {
		return fmt.Errorf("events: status %d: %.500s", status, reply)
	}
	return nil
}

// answer is what the dunning system reads of one line of a batch reply.
type answer struct {
	Status   int             `json:"status"`
	Problem  json.RawMessage `json:"problem"`
	Decision json.RawMessage `json:"decision"`
}

type decision struct {
	ID     engine.ID   `json:"decision_id"`
	Kind   engine.Kind `json:"kind"`
	Review time.Time   `json:"next_review_at"`
	Policy struct {
		Exploration bool `json:"exploration"`
	} `json:"policy"`
	Action struct {
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

// decide asks for all cases whose review has come, as one batch.
func (r *remote) decide(ctx context.Context, p *play, cases []*course, cal int) error {
	if len(cases) == 0 {
		return nil
	}
	r.body.Reset()
	enc := json.NewEncoder(&r.body)
	for _, c := range cases {
		if err := enc.Encode(c.ask(p.w, cal)); err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
	}
	status, lines, err := r.Call(ctx, r.Tenant, http.MethodPost, "/v1/decisions:batch", "application/x-ndjson", "", r.body.Bytes())
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("decisions: status %d: %.500s", status, lines)
	}
	dec := json.NewDecoder(bytes.NewReader(lines))
	for _, c := range cases {
		var a answer
		if err := dec.Decode(&a); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if a.Status != http.StatusOK {
			return fmt.Errorf("case %s: status %d: %s", c.caseID, a.Status, a.Problem)
		}
		if err := r.follow(p.w, c, a.Decision, cal-c.arrived); err != nil {
			return err
		}
	}
	return nil
}

// follow takes a reply for the day's plan.
func (r *remote) follow(w *world, c *course, text []byte, day int) error {
	var v decision
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	d := engine.Decision{ID: v.ID, Kind: v.Kind, Review: v.Review}
	d.Action = engine.ContactAction{Channel: v.Action.Channel, Tone: v.Action.Tone, Offer: v.Action.Offer.Type, NotBefore: v.Action.Window.NotBefore}
	c.follow(w, &d, day)
	if d.Kind == engine.KindContact && !v.Policy.Exploration {
		r.sample = append(r.sample[:0], text...)
	}
	return nil
}

// ask is a line of the batch.
func (c *course) ask(w *world, cal int) any {
	type m = map[string]any
	now := w.at(cal, reviewAt)
	open := c.stated(w)
	var list []m
	for _, ch := range channels {
		if c.known.Has(ch) {
			list = append(list, m{"channel": ch, "address_ref": c.address(ch), "validity": w.valid[ch], "consent": "service"})
		}
	}
	return m{
		"idempotency_key": fmt.Sprintf("%s-%d", c.caseID, cal),
		"case": m{"id": c.caseID, "portfolio": w.s.Name, "stage": "dunning", "open": m{"amount_minor": open.AmountMinor, "currency": open.Currency},
			"oldest_due": w.date(c.arrived)},
		"debtor":   m{"id": c.debtor, "kind": "person", "tz": w.s.Creditor.Zone, "language": "de", "flags": []string{}},
		"channels": list, "as_of": now.In(w.loc).Format(time.RFC3339), "want": m{"alternatives": 3, "explain": "full", "mode": "live"},
	}
}
