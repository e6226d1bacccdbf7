package gate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"takt/engine"
	"takt/experiments/ope"
	"takt/features/history"
	"takt/features/outcome"
	"takt/models/promotion"
)

// Gate is the gate over the log. New has its defaults.
type Gate struct {
	Level   float64    // of each one-sided bound. Defaults to .95
	Best    float64    // debtors at which the bounds are tightest. Defaults to 1,000
	Debtors int        // least number of debtors to say anything. Defaults to 200
	Limits  ope.Limits // of the weights, see ope.Report.Estimable
}

var _ promotion.Gate = (*Gate)(nil)

// New is the gate with its defaults.
func New() *Gate { return &Gate{Level: .95, Best: 1000, Debtors: 200} }

// Judge compares; see promotion.Gate.
func (g *Gate) Judge(ctx context.Context, src history.Scanner, q promotion.Question) (promotion.Verdict, error) {
	seen := q.Candidate.Header.ToSeq
	if q.FromSeq == 0 {
		q.FromSeq = seen + 1
	}
	if q.FromSeq <= seen {
		return promotion.Verdict{}, fmt.Errorf("judge %s from position %d: trained up to %d: %w", q.Candidate.Header.Version, q.FromSeq, seen, promotion.ErrSeen)
	}
	if q.Margin == 0 {
		q.Margin = promotion.DefaultMargin
	}
	c := newComparison(g, &q)
	err := src.Scan(ctx, history.Range{Tenant: q.Tenant.ID, Decided: true, Slim: true}, func(l *history.Log) error {
		for i := range l.Decisions {
			if err := c.add(l, &l.Decisions[i]); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return promotion.Verdict{}, fmt.Errorf("judge %s: %w", q.Candidate.Header.Version, err)
	}
	return c.verdict(), nil
}

// comparison is one judgement under way.
type comparison struct {
	gate            *Gate
	q               *promotion.Question
	rules           outcome.Rules
	replay          *promotion.Replay
	p               []float64
	diff, live, new ope.Clusters // of C, of the live version and of the candidate
	weights         ope.Weights
	unsupported     float64
	left            map[string]int
}

func newComparison(g *Gate, q *promotion.Question) *comparison {
	c := &comparison{gate: g, q: q, rules: outcome.Of(&q.Tenant.Reward), left: map[string]int{},
		replay: promotion.NewReplay(promotion.Arm{Tenant: q.Tenant, Snapshot: q.Candidate})}
	c.diff.Rule, c.live.Rule, c.new.Rule = ope.DR{}, ope.DR{}, ope.DR{}
	return c
}

// add takes a decision in, or counts why it is left out.
func (c *comparison) add(l *history.Log, d *engine.Decision) error {
	if why := c.unfit(d); why != "" {
		c.left[why]++
		return nil
	}
	o := c.rules.Label(l, d, c.q.AsOf)
	if o.State != engine.LabelClosed {
		c.left["label_"+o.State.String()]++
		return nil
	}
	p, value, err := c.replay.Vote(d)
	if errors.Is(err, promotion.ErrReplay) {
		c.left["other_actions"]++
		return nil
	}
	if err != nil {
		return err
	}
	at := slices.Index(d.Eligible, uint16(d.Chosen))
	if c.p, err = d.Propensities(c.p[:0]); err != nil || at < 0 || math.Abs(c.p[at]-d.Propensity) > 1e-9 {
		c.left["propensity"]++
		return nil
	}
	eval := ope.Sample{PLog: d.Propensity, PEval: p[at], Reward: c.q.Tenant.Reward.Earned(&o), Q: value[at], Cluster: engine.FNV1a(l.Debtor)}
	live := eval
	live.PEval = live.PLog
	lost := 0.
	for i := range p {
		eval.QEval += p[i] * value[i]
		live.QEval += c.p[i] * value[i]
		if c.p[i] == 0 {
			lost += p[i]
		}
	}
	if err := c.diff.AddPair(eval, live); err != nil {
		c.left["garbage"]++
		return nil
	}
	c.unsupported += lost
	return errors.Join(c.new.Add(eval), c.live.Add(live), c.weights.Add(eval))
}

// unfit is why a decision says nothing of the comparison: "" if it does.
func (c *comparison) unfit(d *engine.Decision) string {
	h := &c.q.Candidate.Header
	switch {
	case d.Seq < c.q.FromSeq:
		return "seen"
	case d.Mode != engine.Live:
		return "shadow"
	case d.Kind != engine.KindContact && d.Kind != engine.KindHold:
		return "settled"
	case d.Version != c.q.Live:
		return "other_version"
	case len(d.Eligible) < 2:
		return "no_choice"
	case d.Epsilon == 0 && len(d.Votes) == 1 && d.Votes[0].Weight == 1:
		return "calm" // nobody was tried out on: no chance, no weight
	case d.IssuedAt.After(c.q.AsOf):
		return "time"
	case d.Schema != h.Schema || d.OpenMinor <= 0:
		return "other_actions"
	}
	return ""
}
