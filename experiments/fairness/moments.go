package fairness

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"takt/features"
)

// moments are the predictors with mean 0 and variance 1, and Σxx' per fold.
type moments struct {
	n, k  int
	list  []column  // those that vary
	x     []float64 // [n][k]
	folds []int
	sums  []*mat.SymDense // per fold
}

func newMoments(s *sample, predictors []column) *moments {
	m := &moments{n: len(s.x), folds: s.folds}
	var means, scales []float64
	for _, c := range predictors {
		mean, square := 0., 0.
		for i := range m.n {
			mean += c.value(i) / float64(m.n)
		}
		for i := range m.n {
			d := c.value(i) - mean
			square += d * d / float64(m.n)
		}
		if square > 1e-12 {
			m.list, means, scales = append(m.list, c), append(means, mean), append(scales, math.Sqrt(square))
		}
	}
	m.k = len(m.list)
	m.x = make([]float64, 0, m.n*m.k)
	for i := range m.n {
		for j, c := range m.list {
			m.x = append(m.x, (c.value(i)-means[j])/scales[j])
		}
	}
	if m.k == 0 {
		return m
	}
	m.sums = make([]*mat.SymDense, slices.Max(m.folds)+1)
	for f := range m.sums {
		m.sums[f] = mat.NewSymDense(m.k, nil)
	}
	for i, f := range m.folds {
		m.sums[f].SymRankOne(m.sums[f], 1, mat.NewVecDense(m.k, m.row(i)))
	}
	return m
}

func (m *moments) row(i int) []float64 { return m.x[i*m.k : (i+1)*m.k] }

// usable are the predictors of a target: all but those that are the same thing.
func (m *moments) usable(target *column) (use []int) {
	for j, c := range m.list {
		if c.group == "" || c.group != target.group && !strings.HasPrefix(target.name, c.group+"_") {
			use = append(use, j)
		}
	}
	return use
}

// penalty of the ridge: as if one row said that there is nothing.
const penalty = 1

// ridge gives for each debtor what a fit on the other folds says, and 1 − Σ(y−ŷ)²/Σ(y−ȳ)², ȳ of the other folds too.
func (m *moments) ridge(use []int, y []float64) (fitted []float64, r2 float64, ok bool) {
	fitted = make([]float64, m.n)
	if len(use) == 0 {
		return fitted, 0, false
	}
	wrong, all := 0., 0.
	for f := range m.sums {
		w, mean, ok := m.fit(use, y, f)
		if !ok {
			return nil, 0, false
		}
		for i, fold := range m.folds {
			if fold != f {
				continue
			}
			x := m.row(i)
			fitted[i] = mean[0]
			for j, at := range use {
				fitted[i] += w[j] * (x[at] - mean[1+j])
			}
			wrong += (y[i] - fitted[i]) * (y[i] - fitted[i])
			all += (y[i] - mean[0]) * (y[i] - mean[0])
		}
	}
	return fitted, 1 - wrong/all, true
}

// fit are the weights of a ridge regression on all folds but one, and the means of y and the predictors there.
func (m *moments) fit(use []int, y []float64, without int) (w, mean []float64, ok bool) {
	mean = make([]float64, 1+len(use))
	b, n := mat.NewVecDense(len(use), nil), 0.
	for i, fold := range m.folds {
		if fold == without {
			continue
		}
		n++
		x := m.row(i)
		mean[0] += y[i]
		for j, at := range use {
			mean[1+j] += x[at]
			b.SetVec(j, b.AtVec(j)+x[at]*y[i])
		}
	}
	if n == 0 {
		return nil, nil, false
	}
	for j := range mean {
		mean[j] /= n
	}
	a := mat.NewSymDense(len(use), nil)
	for i, p := range use {
		b.SetVec(i, b.AtVec(i)-n*mean[1+i]*mean[0])
		for j := i; j < len(use); j++ {
			v := -n * mean[1+i] * mean[1+j]
			for f, s := range m.sums {
				if f != without {
					v += s.At(p, use[j])
				}
			}
			a.SetSym(i, j, v)
		}
		a.SetSym(i, i, a.At(i, i)+penalty)
	}
	var c mat.Cholesky
	solved := mat.NewVecDense(len(use), nil)
	if !c.Factorize(a) || c.SolveVecTo(solved, b) != nil {
		return nil, nil, false
	}
	return solved.RawVector().Data, mean, true
}

// top are the three predictors of the largest partial correlation with y: −P_jy/√(P_jj P_yy) of the inverse P of the
// correlations, with Fisher's interval tanh(atanh ρ ± z/√(n−k−2)), k predictors in all. One that the ones before it give
// exactly is passed over.
func (m *moments) top(use []int, y []float64) []Predictor {
	r := m.correlations(use, y)
	use, r = independent(use, r)
	k := len(use)
	df := float64(m.n - k - 2)
	if k == 0 || df < 1 {
		return nil
	}
	r.SetSym(k, k, 1+1e-9) // of a perfect proxy too there is an inverse
	var c mat.Cholesky
	if !c.Factorize(r) {
		return nil
	}
	p := mat.NewDense(k+1, k+1, nil)
	eye := mat.NewDiagDense(k+1, nil)
	for i := range k + 1 {
		eye.SetDiag(i, 1)
	}
	if c.SolveTo(p, eye) != nil {
		return nil
	}
	half := distuv.UnitNormal.Quantile(.975) / math.Sqrt(df)
	var list []Predictor
	for j, at := range use {
		rho := max(min(-p.At(j, k)/math.Sqrt(p.At(j, j)*p.At(k, k)), 1), -1)
		z := math.Atanh(max(min(rho, 1-1e-12), 1e-12-1))
		list = append(list, Predictor{m.list[at].name, m.list[at].words(), Value{rho, &Interval{math.Tanh(z - half), math.Tanh(z + half)}}, r.At(j, k)})
	}
	slices.SortStableFunc(list, func(a, b Predictor) int {
		return cmp.Compare(math.Abs(b.Partial.Value), math.Abs(a.Partial.Value))
	})
	return list[:min(3, len(list))]
}

// correlations are those of the predictors and, last, y.
func (m *moments) correlations(use []int, y []float64) *mat.SymDense {
	k := len(use)
	r, mean, square := mat.NewSymDense(k+1, nil), 0., 0.
	for _, v := range y {
		mean += v / float64(m.n)
	}
	with := make([]float64, k)
	for i, v := range y {
		square += (v - mean) * (v - mean)
		x := m.row(i)
		for j, at := range use {
			with[j] += x[at] * (v - mean)
		}
	}
	for i, p := range use {
		for j := i; j < k; j++ {
			v := 0.
			for _, s := range m.sums {
				v += s.At(p, use[j])
			}
			r.SetSym(i, j, v/float64(m.n))
		}
		r.SetSym(i, k, with[i]/math.Sqrt(square*float64(m.n)))
	}
	r.SetSym(k, k, 1)
	return r
}

// independent drops predictors of which those before leave less than a millionth, by a Cholesky factorisation row by row.
func independent(use []int, r *mat.SymDense) ([]int, *mat.SymDense) {
	var keep []int
	var rows [][]float64
	for i := range use {
		row, rest := make([]float64, len(keep)+1), r.At(i, i)
		for a, b := range keep {
			row[a] = r.At(i, b)
			for c := range a {
				row[a] -= row[c] * rows[a][c]
			}
			row[a] /= rows[a][a]
			rest -= row[a] * row[a]
		}
		if rest > 1e-6 {
			row[len(keep)] = math.Sqrt(rest)
			keep, rows = append(keep, i), append(rows, row)
		}
	}
	at := append(slices.Clone(keep), len(use))
	less := mat.NewSymDense(len(at), nil)
	for i, p := range at {
		for j := i; j < len(at); j++ {
			less.SetSym(i, j, r.At(p, at[j]))
		}
	}
	var left []int
	for _, i := range keep {
		left = append(left, use[i])
	}
	return left, less
}

// words are what people read of a predictor.
func (c *column) words() map[string]string {
	if c.at >= 0 {
		return map[string]string{"en": features.Text(c.at, "en"), "de": features.Text(c.at, "de")}
	}
	kind, name, _ := strings.Cut(c.name, "=")
	if kind == "segment" {
		return map[string]string{"en": "segment: " + features.SegmentText(name, "en"), "de": "Segment: " + features.SegmentText(name, "de")}
	}
	return map[string]string{"en": "portfolio " + name, "de": "Bestand " + name}
}
