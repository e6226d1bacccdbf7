package fairness

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"takt/engine"
	"takt/features"
	"takt/features/history"
	"takt/features/outcome"
)

// Options say what is reported on.
type Options struct {
	Tenant   *engine.Tenant   // its reward gives horizon and currency; required
	AsOf     time.Time        // labels are as known at this instant; required
	From, To time.Time        // only periods begun, or decisions issued, from From on and before To; zero: no bound
	By       []Characteristic // Defaults to Characteristics
	Booking  time.Duration    // see outcome.Rules. Defaults to outcome.Booking
	Seed     uint64           // of the folds of Proxies
}

// ErrOptions is returned for options that nothing can be reported on.
var ErrOptions = errors.New("a report needs a tenant and an as-of instant")

func (o *Options) defaults() error {
	if o.Tenant == nil || o.AsOf.IsZero() {
		return ErrOptions
	}
	if len(o.By) == 0 {
		o.By = Characteristics[:]
	}
	if o.Booking == 0 {
		o.Booking = outcome.Booking
	}
	if o.To.IsZero() || o.To.After(o.AsOf) {
		o.To = o.AsOf
	}
	return nil
}

// within reports whether an instant lies in the span of the report.
func (o *Options) within(t time.Time) bool { return !t.Before(o.From) && t.Before(o.To) }

// Reason says why a period is left out.
type Reason string

// The reasons.
const (
	Open     Reason = "label_open"
	Amount   Reason = "bad_amount" // no open amount, or one in another currency
	Business Reason = "business"   // the debtor is no person
)

// period is the time of one horizon in which a case was worked: it begins with a live decision, and the next one with
// the first decision behind it.
type period struct {
	debtor  int32
	balance float64 // log10(1 + major units) at its beginning
	overdue float64 // days past due then, negative before the due date
	num     [len(Measures)]float64
	den     [len(Measures)]float64
}

// sheet is what is read of the log: periods by debtor, and the groups of each debtor.
type sheet struct {
	options Options
	rules   outcome.Rules
	zones   features.Zones
	periods []period
	groups  [len(Characteristics)][]string // by debtor
	left    map[Reason]int
	missing int // contacts never reported back: they count as not carried out
}

func read(ctx context.Context, src history.Scanner, o Options) (*sheet, error) {
	s := &sheet{options: o, rules: outcome.Rules{Reward: &o.Tenant.Reward, Booking: o.Booking}, left: map[Reason]int{}}
	err := src.Scan(ctx, history.Range{Tenant: o.Tenant.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		s.debtor(l)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the decisions of tenant %s: %w", o.Tenant.ID, err)
	}
	return s, nil
}

// debtor takes one debtor's log.
func (s *sheet) debtor(l *history.Log) {
	begun := s.begun(l)
	if len(begun) == 0 {
		return
	}
	p := features.New()
	var told []engine.Event
	p.Walk(l, &s.zones, func(e *engine.Event) {
		if e.Type == engine.ContactSent || e.Type == engine.ContactAttempted {
			told = append(told, *e)
		}
	})
	if p.Kind > engine.Consumer {
		s.left[Business] += len(begun)
		return
	}
	contacts, n := s.contacts(l, told), len(s.periods)
	for _, i := range begun {
		s.period(l, &p, &l.Decisions[i], contacts)
	}
	if len(s.periods) == n {
		return
	}
	for c, who := range Characteristics {
		s.groups[c] = append(s.groups[c], who.of(&p, s.options.To))
	}
}

// begun are the places of the decisions that begin periods.
func (s *sheet) begun(l *history.Log) (list []int) {
	ends := map[string]time.Time{} // by case
	for i := range l.Decisions {
		d := &l.Decisions[i]
		if d.Mode == engine.Live && s.options.within(d.IssuedAt) && !d.IssuedAt.Before(ends[d.Case]) {
			ends[d.Case] = d.IssuedAt.Add(s.rules.Reward.Horizon)
			list = append(list, i)
		}
	}
	return list
}

// contact is one contact that reached out, decided here or not.
type contact struct {
	at      time.Time
	caseID  string // "": not stated, so of one of the debtor's cases
	channel engine.Channel
	tone    engine.Tone
	offer   engine.Offer
	counted bool
}

// contacts are those carried out: as decided, or as told where nobody decided or something else was done.
func (s *sheet) contacts(l *history.Log, told []engine.Event) (list []contact) {
	done := map[engine.ID]bool{}
	for i := range l.Decisions {
		d := &l.Decisions[i]
		if d.Mode != engine.Live || d.Kind != engine.KindContact {
			continue
		}
		if o := s.rules.Label(l, d, s.options.AsOf); o.Executed {
			done[d.ID] = true
			list = append(list, contact{d.IssuedAt, d.Case, d.Action.Channel, d.Action.Tone, d.Action.Offer, false})
		}
	}
	for i := range told {
		e := &told[i]
		if !done[e.Data.DecisionID] && !e.At.After(s.options.AsOf) {
			done[e.Data.DecisionID] = !e.Data.DecisionID.IsZero()
			list = append(list, contact{at: e.At, caseID: e.Data.CaseID, channel: e.Data.Channel, tone: e.Data.Tone})
		}
	}
	return list
}

// period adds the one that d begins.
func (s *sheet) period(l *history.Log, p *features.Profile, d *engine.Decision, contacts []contact) {
	r := s.rules.Reward
	o := s.rules.Label(l, d, s.options.AsOf)
	switch {
	case o.State == engine.LabelOpen:
		s.left[Open]++
		return
	case d.OpenMinor <= 0 || d.Currency != "" && d.Currency != r.Currency:
		s.left[Amount]++
		return
	case o.State == engine.LabelMissing:
		s.missing++
	}
	v := period{debtor: int32(len(s.groups[0])), balance: math.Log10(1 + float64(d.OpenMinor)*float64(engine.MicroPerMinor(r.Currency))/1e6), overdue: s.overdue(p, d)}
	month := float64(28*24*time.Hour) / float64(r.Horizon)
	add := func(m measure, num, den float64) { v.num[m], v.den[m] = v.num[m]+num, v.den[m]+den }
	for _, m := range [...]measure{contactsMade, calls, plans, complaints, resolved} {
		add(m, 0, 1)
	}
	for i := range contacts {
		c := &contacts[i]
		if c.counted || c.caseID != "" && c.caseID != d.Case || c.at.Before(d.IssuedAt) || !c.at.Before(d.IssuedAt.Add(r.Horizon)) {
			continue
		}
		c.counted = true
		add(contactsMade, month, 0)
		add(pressing, truth(c.tone.Presses()), 1)
		add(calls, month*truth(c.channel == engine.Phone), 0)
		add(plans, month*truth(c.offer == engine.Instalments || c.offer == engine.Deferral), 0)
	}
	add(complaints, truth(o.Complaint), 0)
	add(resolved, truth(o.Resolved), 0)
	add(recovered, o.CashMinor, float64(d.OpenMinor))
	s.periods = append(s.periods, v)
}

// The places in the context that say how late a claim is.
var overdueAt, dueAt = place("overdue_long"), place("pre_due")

func place(name string) int {
	return slices.IndexFunc(features.Vector, func(f features.Feature) bool { return f.Name == name })
}

// overdue is days past due as the decision knew it; where that is denied, by the newest due date on record.
func (s *sheet) overdue(p *features.Profile, d *engine.Decision) float64 {
	t := s.options.Tenant
	if !t.Denied.Has(overdueAt) && !t.Denied.Has(dueAt) && len(d.X) > max(overdueAt, dueAt) {
		return 365*float64(d.X[overdueAt]) - 30*float64(d.X[dueAt])
	}
	if due := p.Case(engine.KeyOf(d.Case)).OldestDue; due != 0 {
		return float64(engine.DateOf(d.IssuedAt) - due)
	}
	return 0
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
