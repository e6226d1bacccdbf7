package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"takt/engine"
	"takt/experiments/ope"
	"takt/features/history"
	"takt/features/outcome"
	"takt/models/promotion"
)

// shadowNote says what kind of figure it is.
const shadowNote = "an expectation of the live model, not a measurement: it may have learned from these contacts, and the interval leaves out its own error; run live decisions to measure"

// Shadow is the direct method on shadow decisions with closed labels: the live model's mean value of what
// the engine would have chosen, weighed by the logged propensities, less that of what the caller did. The
// caller did the first contact on the case, reported without a decision or under this one, between the
// decision and the next one of the case or the review that it asked for; else it waited. Of what a contact does
// not state (tone, slot, offer) the mean over the eligible actions counts. It is a promotion.Shadow.
func Shadow(ctx context.Context, src history.Scanner, live promotion.Arm, asOf time.Time) (promotion.ShadowReport, error) {
	s := &shadow{live: live, asOf: asOf, rules: outcome.Of(&live.Tenant.Reward), replay: promotion.NewReplay(live), done: map[string]int{}, left: map[string]int{}}
	s.gain.Rule, s.engine.Rule, s.ladder.Rule = ope.DM{}, ope.DM{}, ope.DM{}
	err := src.Scan(ctx, history.Range{Tenant: live.Tenant.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		for i := range l.Decisions {
			if err := s.add(l, i); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return promotion.ShadowReport{}, fmt.Errorf("report on shadow decisions: %w", err)
	}
	return s.report(), nil
}

// shadow is one report under way.
type shadow struct {
	live                 promotion.Arm
	asOf                 time.Time
	rules                outcome.Rules
	replay               *promotion.Replay
	p                    []float64
	gain, engine, ladder ope.Clusters
	earned               float64
	agree                int
	done                 map[string]int
	left                 map[string]int
}

func (s *shadow) add(l *history.Log, i int) error {
	d := &l.Decisions[i]
	switch {
	case d.Mode != engine.Shadow:
		return nil
	case d.Kind != engine.KindContact && d.Kind != engine.KindHold || len(d.Eligible) < 2 || d.Version == "":
		s.left["no_choice"]++ // of a policy with a model
		return nil
	}
	o := s.rules.Label(l, d, s.asOf)
	if o.State != engine.LabelClosed {
		s.left["label_"+o.State.String()]++
		return nil
	}
	_, value, err := s.replay.Vote(d)
	if errors.Is(err, promotion.ErrReplay) {
		s.left["other_actions"]++
		return nil
	}
	if err != nil {
		return err
	}
	if s.p, err = d.Propensities(s.p[:0]); err != nil {
		s.left["propensity"]++
		return nil
	}
	e := executed(l, i)
	q, cost, ok := s.worth(d, e, value)
	if !ok {
		s.left["not_eligible"]++ // the caller did what the rules here forbid
		return nil
	}
	a := ope.Sample{PLog: 1, PEval: 1, Cluster: engine.FNV1a(l.Debtor)}
	for j, p := range s.p {
		a.QEval += p * value[j]
	}
	b := a
	b.QEval = q
	if err := s.gain.AddPair(a, b); err != nil {
		s.left["garbage"]++
		return nil
	}
	r := &s.live.Tenant.Reward
	s.earned += r.Earned(&o) + r.Value(0, 0, r.Minor(cost), 0, 0)
	s.done[channelOf(e)]++
	if channelOf(e) == s.chosen(d) {
		s.agree++
	}
	return errors.Join(s.engine.Add(a), s.ladder.Add(b))
}

// executed is the caller's contact for decision i, nil where it waited.
func executed(l *history.Log, i int) *engine.Event {
	d := &l.Decisions[i]
	end := d.Review
	if end.IsZero() {
		end = d.Expires
	}
	for j := i + 1; j < len(l.Decisions); j++ {
		if n := &l.Decisions[j]; n.Case == d.Case && n.IssuedAt.Before(end) {
			end = n.IssuedAt
			break
		}
	}
	for j := range l.Events {
		e := &l.Events[j]
		if (e.Type == engine.ContactSent || e.Type == engine.ContactAttempted) && e.Data.CaseID == d.Case && e.At.After(d.IssuedAt) && !e.At.After(end) &&
			(e.Data.DecisionID.IsZero() || e.Data.DecisionID == d.ID) {
			return e
		}
	}
	return nil
}

// worth is the mean model value and cost of the eligible actions that are what the caller did.
func (s *shadow) worth(d *engine.Decision, e *engine.Event, value []float64) (q float64, cost int64, ok bool) {
	g, n := &s.live.Tenant.Grid, 0
	for i, a := range d.Eligible {
		if e == nil && a == engine.Hold || e != nil && a != engine.Hold && is(g, int(a), e) {
			q += value[i]
			cost = promotion.Cost(s.live.Tenant, int(a))
			n++
		}
	}
	return q / max(float64(n), 1), cost, n > 0
}

// is reports whether an action has every level that the contact states.
func is(g *engine.Grid, action int, e *engine.Event) bool {
	v := g.Levels(action)
	return g.Channels[v.Channel] == e.Data.Channel && (e.Data.Tone == 0 || g.Tones[v.Tone] == e.Data.Tone)
}

func (s *shadow) chosen(d *engine.Decision) string {
	if d.Chosen == engine.Hold {
		return engine.KindHold.String()
	}
	g := &s.live.Tenant.Grid
	return g.Channels[g.Levels(d.Chosen).Channel].String()
}

func channelOf(e *engine.Event) string {
	if e == nil {
		return engine.KindHold.String()
	}
	return e.Data.Channel.String()
}

// leastShadow is how many debtors an interval needs.
const leastShadow = 100

func (s *shadow) report() promotion.ShadowReport {
	n := 0
	for _, k := range s.done {
		n += k
	}
	r := promotion.ShadowReport{Method: "direct_method", Note: shadowNote, Snapshot: s.live.Snapshot.ID, Decisions: n, Debtors: s.gain.N(), Executed: map[string]float64{}, LeftOut: s.left}
	r.Weights = s.weights(n)
	if n == 0 {
		return r
	}
	r.Engine, _ = s.engine.Value()
	r.Ladder, _ = s.ladder.Value()
	r.Gain, _ = s.gain.Value()
	r.Observed, r.Agreement = s.earned/float64(n), float64(s.agree)/float64(n)
	for c, k := range s.done {
		r.Executed[c] = float64(k) / float64(n)
	}
	if s.gain.N() >= leastShadow {
		var i ope.Interval
		i, r.Known = s.gain.Gaussian(.95)
		r.Lower, r.Upper = i.Lower, i.Upper
	}
	return r
}

// monotone is the share of one channel from which on the caller's actions do not vary.
const monotone = .95

// weights says whether importance weights could measure instead of the model.
func (s *shadow) weights(n int) string {
	top := 0
	for _, k := range s.done {
		top = max(top, k)
	}
	switch {
	case n < leastShadow:
		return fmt.Sprintf("not estimable: %d decisions", n)
	case float64(top) >= monotone*float64(n):
		names := make([]string, 0, len(s.done))
		for c := range s.done {
			names = append(names, c)
		}
		slices.SortFunc(names, func(a, b string) int { return s.done[b] - s.done[a] })
		return fmt.Sprintf("not estimable: the caller did the same (%s) in %.0f %% of decisions", names[0], 100*float64(top)/float64(n))
	}
	return "not estimable: the caller's actions vary, but are fixed by its ladder and carry no propensity"
}
