package engine

import "math"

// maxContributions is how many features an explanation names.
const maxContributions = 5

// explain fills ex for a decision just made; the ballot still holds what led to it.
func (w *work) explain(d *Decision, ex *Explanation, in *Input, v *Verdict, p Policy, why string) {
	ex.Fallback, ex.Terms = w.fallback(in, v), v.Terms
	if why != "" {
		ex.because(why)
	}
	if d.Reason != "" {
		ex.because(d.Reason)
	}
	if d.Policy == LadderName && d.Kind == KindContact {
		ex.because(ReasonLadderStep)
	}
	if v.Calm {
		ex.because(ReasonCalm)
	}
	if p == nil {
		return
	}
	i := w.option(d.Chosen)
	if ex.Exploration = w.explored(i); ex.Exploration && d.Reason != ReasonExplored {
		ex.because(ReasonExplored)
	}
	if s, ok := p.(Scorer); ok {
		w.score(ex, in, s, i)
	}
	w.alternatives(d, ex, in, i)
}

// option is the position of an action among the options.
func (w *work) option(action int) int {
	for i := range w.ballot.Options {
		if w.ballot.Options[i].Action == action {
			return i
		}
	}
	return 0
}

// explored reports whether another option got more votes than option i.
func (w *work) explored(i int) bool {
	for _, v := range w.ballot.Votes {
		if v > w.ballot.Votes[i] {
			return true
		}
	}
	return false
}

// score asks the model about option i and about waiting, and splits the difference of their
// values into the terms of Reward.Value.
func (w *work) score(ex *Explanation, in *Input, s Scorer, i int) {
	ex.Scored = true
	ex.Scores = s.Scores(&w.ballot, in, i)
	ex.Hold = ex.Scores
	if i == 0 {
		return
	}
	ex.Hold = s.Scores(&w.ballot, in, 0)
	a, h, r := &ex.Scores, &ex.Hold, &in.Tenant.Reward
	ex.Uplift = a.PResolve - h.PResolve
	for _, t := range [...]Reason{
		{ReasonPayment, -1, r.WPay * r.Margin * (a.PResolve*a.AmountMinor - h.PResolve*h.AmountMinor)},
		{ReasonCost, -1, -r.WCost * r.Minor(w.ballot.Options[i].CostMicro)},
		{ReasonChurn, -1, -r.WKeep * float64(r.RetentionMinor) * (a.PChurn - h.PChurn)},
		{ReasonComplaint, -1, -r.WKeep * float64(r.ComplaintMinor) * (a.PComplaint - h.PComplaint)},
	} {
		if t.WeightMinor != 0 {
			ex.Reasons = append(ex.Reasons, t)
		}
	}
	if e, ok := s.(Explainer); ok {
		ex.Reasons = e.Contributions(ex.Reasons, &w.ballot, in, i, maxContributions)
	}
}

// alternatives lists the best options not chosen, by expected net value or else by propensity,
// one per channel and tone: three hours of the same message would tell nobody anything.
func (w *work) alternatives(d *Decision, ex *Explanation, in *Input, chosen int) {
	b := &w.ballot
	for len(ex.Alternatives) < in.Request.Want.Alternatives {
		best := -1
		for i := range b.Options {
			if (best < 0 || w.better(i, best)) && !w.listed(d, ex, in, i, chosen) {
				best = i
			}
		}
		if best < 0 {
			return
		}
		alt := Alternative{Index: b.Options[best].Action, Propensity: b.P[best], NetMinor: b.Value[best]}
		if best > 0 {
			w.action(&alt.Action, in, &b.Options[best])
		}
		ex.Alternatives = append(ex.Alternatives, alt)
	}
}

// better orders options by value, then propensity; without values by propensity alone.
func (w *work) better(i, j int) bool {
	b := &w.ballot
	if vi, vj := b.Value[i], b.Value[j]; vi != vj && !math.IsNaN(vi) && !math.IsNaN(vj) {
		return vi > vj
	}
	return b.P[i] > b.P[j]
}

// listed reports whether option i is the chosen or a listed one, or differs from one of them by
// slot or offer alone.
func (w *work) listed(d *Decision, ex *Explanation, in *Input, i, chosen int) bool {
	a := w.ballot.Options[i].Action
	if i == chosen || w.alike(in, a, d.Chosen) {
		return true
	}
	for k := range ex.Alternatives {
		if w.alike(in, a, ex.Alternatives[k].Index) {
			return true
		}
	}
	return false
}

func (w *work) alike(in *Input, a, b int) bool {
	if a == Hold || b == Hold {
		return a == b
	}
	la, lb := in.Tenant.Grid.Levels(a), in.Tenant.Grid.Levels(b)
	return la.Channel == lb.Channel && la.Tone == lb.Tone
}
