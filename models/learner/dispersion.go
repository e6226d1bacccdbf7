package learner

import "takt/engine/policy"

// The dispersion φ of the resolve head is how much more the residuals of a debtor, summed up, vary than those of as many
// independent labels of 0 or 1 would,
//
//	φ = Σ_debtors (Σ (y − p))² / Σ p(1−p)
//
// It is above 1 where a debtor's labels overlap, and below where y are expectations of labels (see outlook). The
// head's likelihood counts for 1/φ (quasi-likelihood: Wedderburn 1974; the cluster-robust variance of Liang and Zeger
// 1986 with one factor for all parameters). Without it the evidence takes noise for effects, and effects for noise.
type dispersion struct {
	debtors     map[uint64]float64 // residuals of the examples since the last review
	open        float64            // Σ p(1−p) of these
	clustered   float64            // Σ of squares of those before
	independent float64            // Σ p(1−p) of those before
}

// few is how many independent residuals φ = 1 counts for at first.
const few = 20

// add notes a residual at probability p.
func (d *dispersion) add(debtor uint64, residual, p float64) {
	if debtor == 0 {
		d.clustered += residual * residual
		d.independent += p * (1 - p)
		return
	}
	d.open += p * (1 - p)
	if d.debtors == nil {
		d.debtors = map[uint64]float64{}
	}
	d.debtors[debtor] += residual
}

// settle ends a stretch of examples: debtors start anew.
func (d *dispersion) settle() {
	for _, debtor := range sorted(d.debtors) {
		d.clustered += d.debtors[debtor] * d.debtors[debtor]
	}
	d.independent += d.open
	d.debtors, d.open = nil, 0
}

// value is φ as of the last review.
func (d *dispersion) value() float64 {
	return (d.clustered + few) / (d.independent + few)
}

// watch compares the block's closed examples with what the state says before it learns them.
func (s *state) watch(rows []row) {
	var terms []term
	var space design
	together, room := s.delays.shares().together, make([]float64, len(s.outlook.all))
	met := map[uint64]bool{} // debtors of the block: an alarm takes one example of each
	for i := range rows {
		e := &rows[i]
		if !e.closed {
			continue
		}
		terms = s.terms(terms, e)
		p := policy.Sigmoid(s.linear(s.mean, e.key, terms, &space))
		s.dispersion.add(e.debtor, s.outlook.label(e, together, room)-p, p)
		known := e.debtor != 0 && met[e.debtor]
		met[e.debtor] = true
		if s.rows-s.anew >= wagered && !known {
			s.alarm.add(s, e, e.y[policy.Resolve]-p, s.rows+i+1)
		}
	}
}
