package decided

import (
	"fmt"
	"iter"
	"time"

	"takt/engine"
	"takt/experiments/ope"
	"takt/features"
)

// Report is what the log says: of itself, then of the policies. Money is in minor units per decision.
type Report struct {
	Tenant      string         `json:"tenant"`
	AsOf        time.Time      `json:"as_of"`
	Currency    string         `json:"currency"`
	Decisions   int            `json:"decisions"` // in the log
	N           int            `json:"n"`         // judged
	LeftOut     map[Reason]int `json:"left_out"`
	Mean        float64        `json:"mean"` // earned per judged decision
	Actions     []ActionAudit  `json:"actions"`
	Holdout     *Holdout       `json:"holdout,omitempty"`
	Policies    []ope.Verdict  `json:"policies"`
	Reliability []ope.Bin      `json:"reliability"`
	Level       float64        `json:"level"`
	Limits      ope.Limits     `json:"limits"`
}

// ActionAudit compares how often an action was drawn with what its propensities say.
type ActionAudit struct {
	Action string `json:"action"`
	ope.Calibration
}

// Holdout is what decisions for debtors kept on the ladder earned: the value of the ladder, on its own debtors.
type Holdout struct {
	N        int        `json:"n"`
	Debtors  int        `json:"debtors"`
	Mean     float64    `json:"mean"`
	Interval [2]float64 `json:"interval"` // Gaussian, by debtor
}

// features are those of a snapshot.
func (*Log) features() int { return len(features.Vector) }

// Evaluate fits the model of rewards, cross-fitted by debtor, and judges the policies. Of j it uses
// Level, Draws, Seed and Limits.
func (l *Log) Evaluate(policies []Policy, j ope.Judge) (*Report, error) {
	if len(l.rows) == 0 {
		return nil, fmt.Errorf("%w: of %d decisions in the log, left out: %v; labels close %v after the decision", ErrNothing, l.total, l.left, l.rules.Reward.Horizon+l.rules.Booking)
	}
	if j.Level == 0 {
		j.Level = .95
	}
	t := l.options.Tenant
	j.Factors, j.NoModel = marginals(&t.Grid), false
	r := &Report{Tenant: t.ID, AsOf: l.options.AsOf, Currency: t.Reward.Currency, Decisions: l.total, N: len(l.rows), LeftOut: l.left, Level: j.Level, Limits: j.Limits.Filled()}
	m, err := l.model(j.Seed)
	if err != nil {
		return nil, err
	}
	expected, rewards := make([]float64, len(l.rows)), make([]float64, len(l.rows))
	var q []float64
	for i := range l.rows {
		q = m.Q(q, i)
		expected[i], rewards[i] = q[l.rows[i].d.Chosen], l.rows[i].reward
		r.Mean += rewards[i] / float64(len(l.rows))
	}
	r.Reliability = ope.Reliability(expected, rewards, 10)
	r.Holdout = l.ladder(j.Level)
	for i := range policies {
		p := &policies[i]
		v, err := j.Verdict(p.Name, l.samples(p, m))
		if err != nil {
			return nil, fmt.Errorf("judge policy %s: %w", p.Name, err)
		}
		if n := l.learned(p); n > 0 {
			v.Notes = append(v.Notes, fmt.Sprintf("the snapshot has learned from %d of these decisions, which flatters it; judge it on decisions from %s on", n, p.since.UTC().Format(time.RFC3339)))
		}
		r.audit(&t.Grid, v.Audit.Actions)
		v.Audit.Actions = nil
		r.Policies = append(r.Policies, v)
	}
	return r, nil
}

// audit keeps the first policy's calibration; it is the same for all. Actions that nobody could draw are left out.
func (r *Report) audit(g *engine.Grid, list []ope.Calibration) {
	if r.Actions != nil {
		return
	}
	for a, c := range list {
		if c.N > 0 || c.Propensity > 0 {
			c.Eval = 0
			r.Actions = append(r.Actions, ActionAudit{actionName(g, a), c})
		}
	}
}

// learned is how many judged decisions had closed labels when the policy was trained.
func (l *Log) learned(p *Policy) (n int) {
	for i := range l.rows {
		if !p.since.IsZero() && !l.rules.Close(l.rows[i].d.IssuedAt).After(p.since) {
			n++
		}
	}
	return n
}

// width is the length of x: 1, the open amount over its mean, then the decision's features but for their own 1.
func (l *Log) width() int { return 1 + l.features() }

func (l *Log) context(x []float32, r *row) []float32 {
	x = append(x[:0], 1, float32(float64(r.d.OpenMinor)/l.open))
	return append(x, r.d.X[1:]...)
}

// model is the regression of rewards on x and the action's levels.
func (l *Log) model(seed uint64) (*ope.Ridge, error) {
	m := &ope.Ridge{Features: l.width(), Actions: levels(&l.options.Tenant.Grid), Folds: ope.Folds{Seed: seed}}
	var x []float32
	for i := range l.rows {
		r := &l.rows[i]
		x = l.context(x, r)
		if err := m.Add(x, r.d.Chosen, r.reward, r.cluster); err != nil {
			return nil, err
		}
	}
	return m, m.Fit()
}

// samples are the decisions as rows for a policy. Their slices are valid until the next row.
func (l *Log) samples(p *Policy, m ope.Model) iter.Seq[ope.Row] {
	g := &l.options.Tenant.Grid
	k := g.Size()
	log, eval, q := make([]float64, k), make([]float64, k), make([]float64, k)
	var b engine.Ballot
	var own []float64
	return func(yield func(ope.Row) bool) {
		for i := range l.rows {
			r := &l.rows[i]
			l.ballot(&b, r)
			own = append(own[:0], b.P...)
			p.fill(own, b.P, &b, r)
			clear(log)
			clear(eval)
			q = m.Q(q, i)
			s := ope.Row{Choice: ope.Choice{Action: r.d.Chosen, Log: log, Eval: eval}}
			for j, o := range b.Options {
				log[o.Action], eval[o.Action] = b.P[j], own[j]
				s.QEval += own[j] * q[o.Action]
				s.QLog += b.P[j] * q[o.Action]
			}
			s.PLog, s.PEval, s.Q = log[r.d.Chosen], eval[r.d.Chosen], q[r.d.Chosen]
			s.Reward, s.Cluster = r.reward, r.cluster
			if !yield(s) {
				return
			}
		}
	}
}

// ballot is the decision's options with costs as the guard expects them, and the propensities it was drawn from.
func (l *Log) ballot(b *engine.Ballot, r *row) {
	t := l.options.Tenant
	b.Options, b.Votes, b.Epsilon, b.OpenMinor = b.Options[:0], b.Votes[:0], r.d.Epsilon, r.d.OpenMinor
	votes := r.d.Votes
	for _, a := range r.d.Eligible {
		o := engine.Option{Action: int(a), Contact: -1}
		if a != engine.Hold {
			spec := &t.Specs[t.Grid.Channels[t.Grid.Levels(int(a)).Channel]]
			o.CostMicro, o.Contact = spec.CostMicro+int64(spec.Reach*float64(spec.ReachedMicro)), 0
		}
		v := 0.
		if len(votes) > 0 && votes[0].Action == a {
			v, votes = votes[0].Weight, votes[1:]
		}
		b.Options, b.Votes = append(b.Options, o), append(b.Votes, v)
	}
	if err := b.Propensities(&t.Grid); err != nil {
		panic("decided: a decision that was checked has no propensities: " + err.Error())
	}
}

// ladder is the mean of the hold-out, nil where there is none.
func (l *Log) ladder(level float64) *Holdout {
	if len(l.holdout) == 0 {
		return nil
	}
	var c ope.Clusters
	for _, k := range l.holdout {
		// weight 1: these debtors are decided for by the ladder itself
		if err := c.Add(ope.Sample{PLog: 1, PEval: 1, Reward: k.reward, Cluster: k.cluster}); err != nil {
			return nil
		}
	}
	h := &Holdout{N: len(l.holdout), Debtors: c.N()}
	h.Mean, _ = c.Value()
	if i, ok := c.Gaussian(level); ok {
		h.Interval = [2]float64{i.Lower, i.Upper}
	}
	return h
}
