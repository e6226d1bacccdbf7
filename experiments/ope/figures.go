package ope

import "strconv"

// figures fills a verdict once all rows are in.
func (r *run) figures(v *Verdict) {
	independent := v.Clusters == v.Audit.N
	if z := v.Audit.WeightZ; z > 4 || z < -4 {
		v.Notes = append(v.Notes, "the sum of weights is not the number of rows: propensities are wrong, or actions are missing from the log; believe no figure before that is explained")
	}
	for i := range r.estimates {
		v.add(r.figure(&r.estimates[i], independent))
	}
	if f, ok := r.cressieRead(independent); ok {
		v.Estimates = append(v.Estimates, f)
	}
	for i := range r.marginal {
		v.add(r.figure(&r.marginal[i], independent))
	}
	for _, g := range r.grids {
		i, ok := g.grid.Slope(r.Level)
		if !ok {
			continue
		}
		e := estimator{name: g.name + "(" + lambda(g.lambda[i]) + ") by SLOPE", rule: g.chosen[i].Rule, clusters: *g.chosen[i]}
		v.add(r.figure(&e, false))
	}
	if r.full {
		e := estimator{name: "DR − the log's own policy", rule: DR{}, clusters: r.gain}
		if f, ok := r.figure(&e, false); ok {
			v.Gain = &f
		}
	}
	if !independent {
		v.Notes = append(v.Notes, "debtors have several rows: Bernstein, Cressie-Read and betting need independent rows and are left out; the others count debtors")
	}
	if independent && r.betting == nil {
		v.Notes = append(v.Notes, "the range of rewards or weights is not known beforehand: no Bernstein, Cressie-Read and betting intervals")
	}
}

func (v *Verdict) add(f Figure, ok bool) {
	if ok {
		v.Estimates = append(v.Estimates, f)
	}
}

func lambda(l float64) string {
	if l == inf {
		return "∞"
	}
	return strconv.FormatFloat(l, 'g', -1, 64)
}

// figure is the value of one rule with all intervals that hold for it.
func (r *run) figure(e *estimator, independent bool) (Figure, bool) {
	value, ok := e.clusters.Value()
	if !ok {
		return Figure{}, false
	}
	f := Figure{Estimator: e.name, Value: value, Biased: biased(e.rule), Intervals: map[string][2]float64{}}
	if e.rule == (DM{}) {
		return f, true // its error is the model's, which no interval here knows
	}
	f.StdErr, _ = e.clusters.StdErr()
	if i, ok := e.clusters.Gaussian(r.Level); ok {
		f.set(GaussianName, i)
	}
	if headline(e.name) && r.Draws > 0 {
		if i, ok := e.clusters.Bootstrap(r.Level, r.Draws, r.Seed); ok {
			f.set(BootstrapName, i)
		}
	}
	if !self(e.rule) && !f.Biased {
		if i, ok := e.clusters.Sequence(r.Level, sequenceBest); ok {
			f.set(SequenceName, i)
		}
	}
	if !independent || r.betting == nil {
		return f, true
	}
	for _, b := range r.betting {
		if b.Rule != e.rule || e.rows.N() != b.N() {
			continue
		}
		if i, ok := e.rows.Bernstein(r.Level, b.Lower, b.Upper); ok {
			f.set(BernsteinName, i)
		}
		if i, ok := b.Interval(r.Level); ok && headline(e.name) {
			f.set(BettingName, i)
		}
	}
	if i, ok := r.mixture.Interval(r.Level); ok && e.name == "IPS" {
		f.set(MixtureName, i)
	}
	return f, true
}

func (f *Figure) set(name string, i Interval) { f.Intervals[name] = [2]float64{i.Lower, i.Upper} }

func (r *run) cressieRead(independent bool) (Figure, bool) {
	value, ok := r.cr.Value()
	if !ok || r.betting == nil || !independent {
		return Figure{}, false
	}
	f := Figure{Estimator: "Cressie-Read", Value: value, Intervals: map[string][2]float64{}}
	if i, ok := r.cr.Interval(r.Level); ok {
		f.set(CressieReadName, i)
	}
	return f, true
}
