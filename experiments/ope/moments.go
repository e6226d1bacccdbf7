package ope

// moments are the means and centred second moments of the three numbers of a [Part].
// Added by Welford (1962), merged by Chan, Golub & LeVeque (1983): no cancellation of large squares.
type moments struct {
	n                      float64
	c, a, b                float64 // means
	cc, ca, cb, aa, ab, bb float64 // Σ(c−c̄)², Σ(c−c̄)(a−ā) …
}

func (m *moments) add(p Part) {
	m.n++
	dc, da, db := p.C-m.c, p.A-m.a, p.B-m.b
	share := 1 / m.n
	m.c += dc * share
	m.a += da * share
	m.b += db * share
	m.co(dc, da, db, 1-share)
}

func (m *moments) co(dc, da, db, k float64) {
	m.cc += k * dc * dc
	m.ca += k * dc * da
	m.cb += k * dc * db
	m.aa += k * da * da
	m.ab += k * da * db
	m.bb += k * db * db
}

func (m *moments) merge(o *moments) {
	if o.n == 0 {
		return
	}
	n := m.n + o.n
	share := o.n / n
	dc, da, db := o.c-m.c, o.a-m.a, o.b-m.b
	m.cc, m.ca, m.cb = m.cc+o.cc, m.ca+o.ca, m.cb+o.cb
	m.aa, m.ab, m.bb = m.aa+o.aa, m.ab+o.ab, m.bb+o.bb
	m.co(dc, da, db, m.n*share)
	m.c += dc * share
	m.a += da * share
	m.b += db * share
	m.n = n
}

// value is c̄ + ā/b̄; false where nothing is known.
func (m *moments) value() (float64, bool) {
	if m.n == 0 || m.b == 0 {
		return 0, false
	}
	return m.c + m.a/m.b, true
}

// variance is the sample variance (divisor n−1) of the influence ψ = (c−c̄) + (a − (ā/b̄)·b)/b̄ of one
// row on the value: of a plain mean its variance, else by the delta method (Cochran, Sampling
// Techniques, 1977, section 2.11).
func (m *moments) variance() (float64, bool) {
	if m.n < 2 || m.b == 0 {
		return 0, false
	}
	rho := m.a / m.b
	s := m.cc + 2*(m.ca-rho*m.cb)/m.b + (m.aa-2*rho*m.ab+rho*rho*m.bb)/(m.b*m.b)
	return max(s, 0) / (m.n - 1), true
}
