package simulator

import (
	"fmt"
	"math"
	"time"

	"takt/engine"
)

// world is a scenario made ready to be played: tables by index instead of names.
type world struct {
	s    *Scenario
	link func(p, odds float64) float64
	kind [types]kindModel
	age  [ages]ageModel

	ageShare                 [ages]float64
	windowShare, answerPhone [windows]float64
	valid, spread, talk      [engine.Channels]float64
	least, wait, grudge      [engine.Channels]float64 // wait: mean days beyond the least
	past                     [engine.Channels]int
	cost, reached            [engine.Channels]int64
	complain, planTone       [engine.Tones]float64
	turned                   [engine.Channels]engine.Channel
	turnOdds                 [engine.Channels]float64
	groups                   groupModel
	median, sigma            float64
	movesADay                float64
	settles, every, breaks   int     // days
	promised, returned       int     // days
	post, cancels            int     // days until a letter is read, and until a contract is cancelled
	lateRate, reminderRate   float64 // of the exponential behind a geometric number
	first, handover          int
	gap, limit, span, most   int
	reward                   engine.Reward
	loc                      *time.Location
	start                    time.Time // local noon of day 0
}

type kindModel struct {
	TypeTraits
	tone [engine.Tones]float64
}

type ageModel struct {
	kinds         [types]float64
	prefer        [len(channels)]float64
	known, notice [engine.Channels]float64
	preferred     [engine.Channels]float64
	trust         float64
	years         int
}

type groupModel struct {
	planted bool
	share   float64
	prefers [3]engine.Channel
	window  [3]uint8
	tone    [3][engine.Tones]float64
}

// newWorld makes a checked scenario ready.
func newWorld(s *Scenario) (*world, error) {
	d, c := &s.Debtors, &s.Creditor
	w := &world{s: s, link: links[d.Link], median: d.Amount.Median, sigma: d.Amount.Sigma}
	if w.link == nil {
		return nil, fmt.Errorf("scenario %s: debtors.link %q is none of logit, probit, cloglog", s.Name, d.Link)
	}
	for i, t := range d.Types.list() {
		w.kind[i] = kindModel{t, t.Tone.list()}
	}
	for i, a := range d.Ages.list() {
		w.ageShare[i] = a.Share
		w.age[i] = newAge(&a, &w.kind)
	}
	w.windowShare, w.answerPhone = d.Windows.Share.list(), d.Windows.Answer.list()
	for ch, t := range d.Channels.list() {
		w.valid[ch], w.spread[ch], w.talk[ch], w.grudge[ch] = t.Valid, t.Concentration, t.Talk, t.Grudge
		w.least[ch], w.wait[ch] = math.Round(t.Least), t.Mean-math.Round(t.Least)
	}
	for ch, v := range c.Costs.list() {
		w.cost[ch], w.reached[ch] = int64(v.Micro), int64(v.Reached)
	}
	for ch, n := range c.Past.list() {
		w.past[ch] = int(n)
	}
	w.complain, w.planTone = d.Complaints.Tone.list(), d.Plans.Tone.list()
	w.settles, w.every, w.breaks = whole(d.Disputes.Days), whole(d.Plans.Every), whole(d.Plans.Breaks)
	w.turnOdds = d.Drift.Odds.list()
	w.promised, w.returned = whole(d.Promises.Breaks), whole(d.Moves.Returned)
	w.post = min(whole(d.Moves.Post), max(0, int(w.least[engine.Letter])-1)) // no answer after its money
	w.cancels = whole(d.Complaints.Cancels)
	w.movesADay = max(-math.Log1p(-min(d.Moves.AYear, .999))/365, 1e-9)
	w.lateRate = -math.Log1p(-c.Funnel.Late)
	w.reminderRate = -math.Log1p(-c.Funnel.Late * c.Funnel.OnAccount)
	r := &c.Rules
	w.first, w.handover, w.gap, w.limit, w.span, w.most = int(r.First), int(r.Handover), int(r.Gap), int(r.Cap), int(r.CapDays), int(r.Contacts)
	if err := w.names(); err != nil {
		return nil, fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	w.reward = s.Reward()
	return w, w.calendar()
}

func newAge(a *AgeTraits, kinds *[types]kindModel) ageModel {
	m := ageModel{trust: a.Trust, years: int(a.Years), known: a.Known.list(), notice: a.Notice.list(), preferred: a.Prefer.list()}
	sum := 0.
	for i, tilt := range a.Types.list() {
		m.kinds[i] = kinds[i].Share * tilt
		sum += m.kinds[i]
	}
	for i := range m.kinds {
		m.kinds[i] /= sum
	}
	for i, c := range channels {
		m.prefer[i] = m.preferred[c]
	}
	return m
}

// names resolves the channels that a scenario calls by name.
func (w *world) names() error {
	for ch, name := range w.s.Debtors.Drift.To.list() {
		if name != "" {
			if err := w.turned[ch].UnmarshalText([]byte(name)); err != nil {
				return fmt.Errorf("debtors.drift.to: %w", err)
			}
		}
	}
	g := &w.s.Debtors.Groups
	w.groups = groupModel{planted: g.Planted, share: g.ShareA}
	for i, of := range []*Group{nil, &g.A, &g.B} {
		if of == nil {
			continue
		}
		if err := w.groups.prefers[i].UnmarshalText([]byte(of.Prefer)); err != nil {
			return fmt.Errorf("debtors.groups: %w", err)
		}
		w.groups.window[i], w.groups.tone[i] = uint8(of.Window), of.Tone.list()
	}
	return nil
}

func (w *world) calendar() error {
	loc, err := time.LoadLocation(w.s.Creditor.Zone)
	if err != nil {
		return fmt.Errorf("scenario %s: creditor.zone: %w", w.s.Name, err)
	}
	day, err := time.ParseInLocation(time.DateOnly, w.s.Creditor.Start, loc)
	if err != nil {
		return fmt.Errorf("scenario %s: creditor.start: %w", w.s.Name, err)
	}
	w.loc, w.start = loc, day.Add(12*time.Hour)
	return nil
}

// whole is a number of days.
func whole(days float64) int { return int(math.Round(days)) }

// date is the civil day of a calendar day.
func (w *world) date(day int) engine.Date { return engine.DateOf(w.start) + engine.Date(day) }

// at is the instant of a local time on a calendar day.
func (w *world) at(day, minute int) time.Time {
	y, m, d := w.start.Date()
	return time.Date(y, m, d+day, 0, minute, 0, 0, w.loc).UTC()
}

// Reward is what outcomes are worth to the scenario's creditor.
func (s *Scenario) Reward() engine.Reward {
	r, m := engine.DefaultReward(), &s.Creditor.Money
	r.Currency, r.DiscountYear = m.Currency, m.DiscountYear
	r.RetentionMinor, r.ComplaintMinor = int64(m.Retention), int64(m.Complaint)
	return r
}

// links are how odds act on a probability: on the logit they multiply it; the other two shift the
// probit by log odds·√3/π (the logistic's deviation in units of the normal's) and the complementary
// log-log by log odds. They exist so that no model family can be at home in all worlds.
var links = map[string]func(p, odds float64) float64{
	"logit": func(p, odds float64) float64 {
		o := p / (1 - p) * odds
		return o / (1 + o)
	},
	"probit": func(p, odds float64) float64 {
		return .5 * math.Erfc(math.Erfcinv(2*p)-math.Log(odds)*math.Sqrt(3)/(math.Pi*math.Sqrt2))
	},
	"cloglog": func(p, odds float64) float64 {
		return -math.Expm1(math.Log1p(-p) * odds)
	},
}
