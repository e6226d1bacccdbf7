package api

import (
	"time"

	"takt/engine"
	"takt/features"
)

// profileView is what /v1/debtors/{id}/profile shows: names instead of bits, times instead of numbers.
type profileView struct {
	DebtorID  string                  `json:"debtor_id"`
	AsOf      time.Time               `json:"as_of,omitzero"`
	Business  bool                    `json:"business"`
	Kind      string                  `json:"kind,omitempty"` // person, micro_business or business
	TZ        string                  `json:"tz,omitempty"`
	Region    string                  `json:"region,omitempty"`
	Language  string                  `json:"language,omitempty"`
	BirthYear int16                   `json:"birth_year,omitempty"`
	Flags     engine.Flags            `json:"flags"`
	Hold      *holdView               `json:"hold,omitempty"`
	Breathing *breathingView          `json:"breathing_space,omitempty"`
	Wishes    *wishesView             `json:"wishes,omitempty"`
	Work      int                     `json:"addresses_at_work,omitempty"`
	Channels  map[string]*channelView `json:"channels"`
	Contacts  []contactView           `json:"contacts"`
	Cases     []caseView              `json:"cases"`
	Schema    int                     `json:"schema"`
	Features  map[string]float32      `json:"features"`
}

type holdView struct {
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"` // absent: until an event lifts it
}

type channelView struct {
	Consent  map[string]string `json:"consent,omitempty"` // by purpose: given or withdrawn
	Stopped  bool              `json:"stopped"`
	Validity *float32          `json:"validity,omitempty"`
	Attempts uint16            `json:"attempts"`
	Reached  uint16            `json:"reached"`
	Answered uint16            `json:"answered"`
}

type contactView struct {
	At       time.Time      `json:"at"`
	Channel  engine.Channel `json:"channel"`
	State    string         `json:"state"` // pending, done or talked
	Offer    string         `json:"offer,omitempty"`
	Decision string         `json:"decision_id,omitempty"`
}

type caseView struct {
	OpenMinor  *int64    `json:"open_minor,omitempty"`
	Currency   string    `json:"currency,omitempty"`
	Stage      string    `json:"stage,omitempty"`
	OldestDue  string    `json:"oldest_due,omitempty"`
	Closed     bool      `json:"closed"`
	Disputed   bool      `json:"disputed"`
	Plan       bool      `json:"plan"`
	PromiseDue string    `json:"promise_due,omitempty"`
	Decision   string    `json:"decision_id,omitempty"` // the open one
	NextReview time.Time `json:"next_review_at,omitzero"`

	Parts         []partView `json:"parts,omitempty"`
	Reminders     uint8      `json:"reminders,omitempty"`
	FirstReminder string     `json:"first_reminder,omitempty"`
}

// profile shows what decisions about a debtor rest on.
func (s *Server) profile(x *call) error {
	id, err := x.param("id")
	if err != nil {
		return err
	}
	p, ok, err := x.ledger.Profile(x.r.Context(), x.tenant.Config.ID, id)
	if err != nil {
		return err
	}
	if !ok || !p.HasHistory() {
		return newProblem(notFound, "nothing is known of this debtor")
	}
	return x.json(s.profileOf(x.tenant.Config, id, &p), nil)
}

// profileOf is a profile with the features of now; of somebody who objected to profiling there are none.
func (s *Server) profileOf(tenant *engine.Tenant, id string, p *features.Profile) *profileView {
	v := facts(id, p)
	if p.Flags&engine.Objection != 0 {
		return v
	}
	now := s.Clock.Now(tenant.ID)
	request := engine.Request{Debtor: engine.Debtor{ID: id}, Case: engine.Case{DunningLevel: -1, Arrears: -1, Reminders: -1}}
	for i, f := range p.Context(nil, &request, now, s.codec.Zone(v.TZ)) {
		if !tenant.Denied.Has(i) {
			v.Features[features.Vector[i].Name] = f
		}
	}
	return v
}

func facts(id string, p *features.Profile) *profileView {
	v := &profileView{DebtorID: id, AsOf: micro(p.LastAt), Business: p.Kind > engine.Consumer, Kind: features.KindName(p.Kind), TZ: text(p.TZ[:]), Region: text(p.Region[:]),
		Language: text(p.Language[:]), BirthYear: p.BornYear, Flags: p.Flags, Channels: map[string]*channelView{},
		Contacts: []contactView{}, Cases: []caseView{}, Schema: features.Schema, Features: map[string]float32{}}
	if p.HoldTill > 0 {
		v.Hold = &holdView{Reason: p.HoldFor.String()}
		if p.HoldTill < engine.HoldForever {
			v.Hold.Until = micro(p.HoldTill)
		}
	}
	v.Breathing, v.Wishes = breathingFacts(&p.Breathing), wishFacts(&p.Wishes)
	for _, key := range p.Work {
		if key != 0 {
			v.Work++
		}
	}
	for c := engine.Email; c < engine.Channels; c++ {
		if w := channelFacts(p, c); w != nil {
			v.Channels[c.String()] = w
		}
	}
	for _, c := range p.Contacts {
		if c.State == 0 {
			continue
		}
		w := contactView{At: micro(c.At), Channel: c.Channel, State: "done", Offer: c.Offer.String()}
		switch c.State {
		case engine.ContactPending:
			w.State = "pending"
		case engine.ContactTalked:
			w.State = "talked"
		}
		if !c.Decision.IsZero() {
			w.Decision = c.Decision.String()
		}
		v.Contacts = append(v.Contacts, w)
	}
	for i := range p.Cases {
		if p.Cases[i].Key != 0 {
			v.Cases = append(v.Cases, caseFacts(&p.Cases[i]))
		}
	}
	return v
}

// channelFacts is nil for a channel of which nothing is known.
func channelFacts(p *features.Profile, c engine.Channel) *channelView {
	n, consents, address := &p.Channels[c], &p.Consents[c], &p.Addresses[c]
	v := &channelView{Stopped: p.Stopped.Has(c), Attempts: n.Attempts, Reached: n.Reached, Answered: n.Answered}
	for purpose, state := range map[string]engine.Consent{"service": consents.Service, "marketing": consents.Marketing, "tracking": consents.Tracking} {
		if state == 0 {
			continue
		}
		if v.Consent == nil {
			v.Consent = map[string]string{}
		}
		v.Consent[purpose] = "given"
		if state == engine.ConsentWithdrawn {
			v.Consent[purpose] = "withdrawn"
		}
	}
	if address.Key != 0 {
		v.Validity = &address.Validity
	}
	if v.Consent == nil && v.Validity == nil && !v.Stopped && *n == (features.ChannelStats{}) {
		return nil
	}
	return v
}

func caseFacts(c *engine.CaseFacts) caseView {
	v := caseView{Currency: text(c.Currency[:]), Stage: engine.Stages[c.Stage], OldestDue: c.OldestDue.String(), Closed: c.Closed,
		Disputed: c.Disputes > 0, Plan: c.Plan, PromiseDue: c.PromiseDue.String(), NextReview: micro(c.NextReview), Parts: partFacts(c),
		Reminders: c.Reminders, FirstReminder: c.FirstReminder.String()}
	if c.OpenMinor >= 0 {
		v.OpenMinor = &c.OpenMinor
	}
	if !c.Decision.IsZero() {
		v.Decision = c.Decision.String()
	}
	return v
}

// micro is an instant of a profile; 0 is none.
func micro(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
