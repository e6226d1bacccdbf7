package logged

import "math"

// Mean is a learner without context: a running mean per action, its Thompson sampling from
// independent normals N(mean, s²/(n+2)), with probabilities by quadrature. It is what a
// contextual learner has to beat. Each action begins with two made-up rewards, 0 and 1.
type Mean struct {
	n, mean, spread []float64 // per action
	p, sds          []float64
	stale           bool
	below           []float64       // Φ at multiples of 1/steps from −edge
	weight          [points]float64 // exp(−z²/2) at the points of the quadrature
}

const (
	points      = 24
	steps, edge = 64, 6
)

func point(i int) float64 { return 8 * ((float64(i)+.5)/points - .5) }

// NewMean is a [New].
func NewMean(t Task) (Progressive, error) {
	k := t.actions()
	m := &Mean{n: make([]float64, k), mean: make([]float64, k), spread: make([]float64, k), p: make([]float64, k), sds: make([]float64, k), stale: true}
	for a := range k {
		m.n[a], m.mean[a], m.spread[a] = 2, .5, .5
	}
	for i := range 2*edge*steps + 2 {
		m.below = append(m.below, .5*math.Erfc((edge-float64(i)/steps)/math.Sqrt2))
	}
	for i := range m.weight {
		m.weight[i] = math.Exp(-point(i) * point(i) / 2)
	}
	return m, nil
}

// Propensities reads no x.
func (m *Mean) Propensities([]float32) (int, []float64) {
	greedy := 0
	for a, v := range m.mean {
		if v > m.mean[greedy] {
			greedy = a
		}
	}
	if m.stale {
		m.thompson()
		m.stale = false
	}
	return greedy, m.p
}

// Learn adds a reward to the action's mean.
func (m *Mean) Learn(action int, _ []float32, reward float64) error {
	m.n[action]++
	d := reward - m.mean[action]
	m.mean[action] += d / m.n[action]
	m.spread[action] += d * (reward - m.mean[action])
	m.stale = true
	return nil
}

// sd is the posterior standard deviation of an action's mean.
func (m *Mean) sd(a int) float64 { return max(math.Sqrt(m.spread[a])/m.n[a], 1e-12) }

// normal is Φ(d) from the table, linear between its entries: within 1e-5.
func (m *Mean) normal(d float64) float64 {
	switch at := (d + edge) * steps; {
	case at <= 0:
		return 0
	case at >= 2*edge*steps:
		return 1
	default:
		i := int(at)
		return m.below[i] + (at-float64(i))*(m.below[i+1]-m.below[i])
	}
}

// thompson fills p(a) = ∫ φ((v−μ_a)/σ_a)/σ_a · Π_{b≠a} Φ((v−μ_b)/σ_b) dv, the probability that a's
// draw is the greatest: by the midpoint rule with 24 points over ±4 σ_a, then made to sum to 1. Where no
// point has any weight, the greatest mean has it all.
func (m *Mean) thompson() {
	best := 0
	for a := range m.sds {
		if m.sds[a] = m.sd(a); m.mean[a] > m.mean[best] {
			best = a
		}
	}
	sum := 0.
	for a := range m.p {
		p := 0.
		for i, f := range m.weight {
			v := m.mean[a] + point(i)*m.sds[a]
			for b := range m.p {
				if b != a && f > 0 {
					f *= m.normal((v - m.mean[b]) / m.sds[b])
				}
			}
			p += f
		}
		m.p[a], sum = p, sum+p
	}
	if !(sum > 0) {
		m.p[best], sum = 1, 1
	}
	for a := range m.p {
		m.p[a] /= sum
	}
}
